import { describe, expect, it } from "vitest"
import { at, bits, device, gradientProduct, ofShape, product, transposed, type Window, windowsBack, windowsOf } from "./Reference.ts"

const sizes = [1, 2, 3, 4, 5, 8, 12, 16, 17, 33]

describe("a dense layer", () => {
  it("equals the plain sums to the bit for every kind of edge, forwards and backwards", async () => {
    const machine = await device()
    for (const m of [1, 3, 4, 6, 9]) {
      for (const n of sizes) {
        const k = ((m * 7 + n * 3) % 29) + 1
        const [x, w, bias, weights] = [ofShape([m, k], 1), ofShape([k, n], 2), ofShape([n], 3), ofShape([m, n], 4)]
        const tape = machine.pass()
        const parameter = machine.parameter("w", [k, n], w)
        const shift = machine.parameter("b", [n], bias)
        const input = tape.variable([m, k], x)
        const y = tape.linear(input, tape.parameter(parameter), tape.parameter(shift))
        expect(bits(machine.read(y.value)), `${m} ${n} ${k}`).toEqual(bits(product(x, w, m, n, k, bias)))
        const start = ofShape([k, n], 5)
        machine.write(parameter.gradient, start)
        tape.backward(tape.sumAll(tape.multiply(y, tape.constant([m, n], weights))))
        expect(bits(machine.read(parameter.gradient))).toEqual(bits(gradientProduct(x, weights, start, m, 1, k, n)))
        expect(bits(machine.read(shift.gradient))).toEqual(
          bits(gradientProduct(new Float32Array(m).fill(1), weights, new Float32Array(n), m, 1, 1, n))
        )
        const dx = tape.gradientOf(input)
        expect(dx && bits(machine.read(dx))).toEqual(bits(product(weights, transposed(w, k, n), m, k, n)))
      }
    }
  })

  it("equals the plain sums where it is large enough to be cut into stretches and packed", async () => {
    const machine = await device()
    for (const [batch, k, n] of [
      [21, 531, 83],
      [300, 262, 75]
    ] as const) {
      const [x, w, bias, weights] = [ofShape([batch, k], 1), ofShape([k, n], 2), ofShape([n], 3), ofShape([batch, n], 4)]
      const tape = machine.pass()
      const parameter = machine.parameter("w", [k, n], w)
      const y = tape.linear(tape.constant([batch, k], x), tape.parameter(parameter), tape.constant([n], bias))
      expect(bits(machine.read(y.value))).toEqual(bits(product(x, w, batch, n, k, bias)))
      tape.backward(tape.sumAll(tape.multiply(y, tape.constant([batch, n], weights))))
      expect(bits(machine.read(parameter.gradient))).toEqual(bits(gradientProduct(x, weights, new Float32Array(k * n), batch, 1, k, n)))
      // The same numbers as three samples of a sequence.
      const sequence = machine.pass()
      const shared = machine.parameter("w", [k, n], w)
      const z = sequence.linear(sequence.constant([3, batch / 3, k], x), sequence.parameter(shared), undefined)
      sequence.backward(sequence.sumAll(sequence.multiply(z, sequence.constant(z.shape, weights))))
      expect(bits(machine.read(shared.gradient))).toEqual(bits(gradientProduct(x, weights, new Float32Array(k * n), 3, batch / 3, k, n)))
    }
  })

  it("sums the gradient of a sequence per sample before it meets the accumulator", async () => {
    const machine = await device()
    const [batch, length, inputs, outputs] = [3, 5, 7, 18]
    const [x, w, weights] = [ofShape([batch, length, inputs], 1), ofShape([inputs, outputs], 2), ofShape([batch, length, outputs], 3)]
    const tape = machine.pass()
    const parameter = machine.parameter("w", [inputs, outputs], w)
    const start = ofShape([inputs, outputs], 9)
    machine.write(parameter.gradient, start)
    const y = tape.linear(tape.constant([batch, length, inputs], x), tape.parameter(parameter), undefined)
    tape.backward(tape.sumAll(tape.multiply(y, tape.constant([batch, length, outputs], weights))))
    const perSample = gradientProduct(x, weights, start, batch, length, inputs, outputs)
    expect(bits(machine.read(parameter.gradient))).toEqual(bits(perSample))
    expect(bits(gradientProduct(x, weights, start, batch * length, 1, inputs, outputs))).not.toEqual(bits(perSample))
  })
})

describe("a batched product", () => {
  it("equals the plain sums to the bit, with b as it is and transposed", async () => {
    const machine = await device()
    const [count, m, k, n] = [3, 5, 6, 9]
    const [a, b, weights] = [ofShape([count, m, k], 1), ofShape([count, k, n], 2), ofShape([count, m, n], 3)]
    const part = (values: Float32Array, i: number, size: number) => values.slice(i * size, (i + 1) * size)
    const join = (make: (i: number) => Float32Array) => Float32Array.from([0, 1, 2].flatMap((i) => [...make(i)]))
    const turned = join((i) => transposed(part(b, i, k * n), k, n))
    const forward = join((i) => product(part(a, i, m * k), part(b, i, k * n), m, n, k))
    const slopeA = join((i) => product(part(weights, i, m * n), part(turned, i, k * n), m, k, n))
    const slopeB = join((i) => product(transposed(part(a, i, m * k), m, k), part(weights, i, m * n), k, n, m))
    for (const transposeB of [false, true]) {
      const tape = machine.pass()
      const left = tape.variable([count, m, k], a)
      const right = transposeB ? tape.variable([count, n, k], turned) : tape.variable([count, k, n], b)
      const y = tape.matmul(left, right, { transposeB })
      expect(bits(machine.read(y.value))).toEqual(bits(forward))
      tape.backward(tape.sumAll(tape.multiply(y, tape.constant([count, m, n], weights))))
      const [da, db] = [tape.gradientOf(left), tape.gradientOf(right)]
      expect(da && bits(machine.read(da))).toEqual(bits(slopeA))
      expect(db && bits(machine.read(db))).toEqual(bits(transposeB ? join((i) => transposed(part(slopeB, i, k * n), k, n)) : slopeB))
    }
  })
})

describe("a convolution", () => {
  const cases: ReadonlyArray<{ c: number; f: number; kernel: [number, number]; stride: [number, number]; padding: "same" | "valid" }> = [
    { c: 1, f: 16, kernel: [3, 3], stride: [1, 1], padding: "same" },
    { c: 4, f: 5, kernel: [3, 2], stride: [2, 1], padding: "same" },
    { c: 3, f: 8, kernel: [2, 3], stride: [1, 2], padding: "valid" },
    { c: 5, f: 3, kernel: [1, 1], stride: [1, 1], padding: "same" },
    { c: 2, f: 7, kernel: [6, 7], stride: [1, 1], padding: "valid" },
    { c: 4, f: 4, kernel: [5, 5], stride: [3, 3], padding: "same" }
  ]
  const [n, h, w] = [2, 6, 7]
  const along = (length: number, size: number, stride: number, padding: string) => {
    if (padding === "valid") return [Math.floor((length - size) / stride) + 1, 0] as const
    const outputs = Math.ceil(length / stride)
    return [outputs, Math.floor(Math.max((outputs - 1) * stride + size - length, 0) / 2)] as const
  }

  for (const { c, f, kernel, stride, padding } of cases) {
    it(`of ${kernel} by ${stride}, ${padding}, from ${c} to ${f} channels equals the plain sums to the bit`, async () => {
      const machine = await device()
      const [[oh, top], [ow, left]] = [along(h, kernel[0], stride[0], padding), along(w, kernel[1], stride[1], padding)]
      const window: Window = { kh: kernel[0], kw: kernel[1], sh: stride[0], sw: stride[1], top, left, oh, ow }
      const picture = { n, h, w, c }
      const [positions, width] = [oh * ow, kernel[0] * kernel[1] * c]
      const [x, k, bias, weights] = [ofShape([n, h, w, c], 1), ofShape([width, f], 2), ofShape([f], 3), ofShape([n, oh, ow, f], 4)]
      const tape = machine.pass()
      const parameter = machine.parameter("w", [...kernel, c, f], k)
      const shift = machine.parameter("b", [f], bias)
      const input = tape.variable([n, h, w, c], x)
      const y = tape.conv2d(input, tape.parameter(parameter), tape.parameter(shift), { stride, padding })
      expect(y.shape).toEqual([n, oh, ow, f])
      const rows = windowsOf(x, picture, window)
      expect(bits(machine.read(y.value))).toEqual(bits(product(rows, k, n * positions, f, width, bias)))
      tape.backward(tape.sumAll(tape.multiply(y, tape.constant(y.shape, weights))))
      const none = new Float32Array(width * f)
      expect(bits(machine.read(parameter.gradient))).toEqual(bits(gradientProduct(rows, weights, none, n, positions, width, f)))
      const ones = new Float32Array(n * positions).fill(1)
      expect(bits(machine.read(shift.gradient))).toEqual(bits(gradientProduct(ones, weights, new Float32Array(f), n, positions, 1, f)))
      const columns = product(weights, transposed(k, width, f), n * positions, width, f)
      const dx = tape.gradientOf(input)
      expect(dx && bits(machine.read(dx))).toEqual(bits(windowsBack(columns, picture, window)))
    })
  }
})

describe("pools", () => {
  const shape = [2, 5, 7, 6]
  const places = (s: number, oy: number, ox: number, k: number) =>
    [0, 1, 2].flatMap((i) => [0, 1].map((j) => ((s * 5 + oy * 1 + i) * 7 + ox * 2 + j) * 6 + k))
  const windows = [0, 1].flatMap((s) =>
    [0, 1, 2].flatMap((oy) => [0, 1, 2].flatMap((ox) => [0, 1, 2, 3, 4, 5].map((k) => places(s, oy, ox, k))))
  )

  it("take the largest, and give the gradient to the first of equals", async () => {
    const machine = await device()
    // Few distinct numbers, so that windows have ties.
    const x = ofShape(shape).map((v) => Math.round(v * 2))
    const weights = ofShape([2, 3, 3, 6], 2)
    const tape = machine.pass()
    const input = tape.variable(shape, x)
    const y = tape.maxPool2d(input, { size: [3, 2], stride: [1, 2] })
    const winners = windows.map((window) => window.reduce((best, place) => (at(x, place) > at(x, best) ? place : best)))
    expect(y.shape).toEqual([2, 3, 3, 6])
    expect([...machine.read(y.value)]).toEqual(winners.map((place) => at(x, place)))
    tape.backward(tape.sumAll(tape.multiply(y, tape.constant(y.shape, weights))))
    const slopes = new Float32Array(x.length)
    for (const [i, place] of winners.entries()) slopes[place] = at(slopes, place) + at(weights, i)
    const dx = tape.gradientOf(input)
    expect(dx && bits(machine.read(dx))).toEqual(bits(slopes))
  })

  it("carry a NaN on instead of losing it among the numbers", async () => {
    const machine = await device()
    for (const channels of [1, 4]) {
      for (const place of [0, 1, 2, 3]) {
        const x = new Float32Array(4 * channels).fill(1)
        x[place * channels] = Number.NaN
        const tape = machine.pass()
        const y = tape.maxPool2d(tape.constant([1, 2, 2, channels], x), { size: [2, 2], stride: [2, 2] })
        expect(at(machine.read(y.value), 0)).toBeNaN()
      }
    }
  })

  it("take the mean in the order of the window", async () => {
    const machine = await device()
    const x = ofShape(shape)
    const tape = machine.pass()
    const y = tape.averagePool2d(tape.constant(shape, x), { size: [3, 2], stride: [1, 2] })
    const means = windows.map((window) => Math.fround(window.reduce((sum, place) => Math.fround(sum + at(x, place)), 0) / 6))
    expect([...machine.read(y.value)]).toEqual(means)
  })
})
