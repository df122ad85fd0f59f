import { describe, expect, it } from "vitest"
import type { Node } from "../src/index.ts"
import { at, bits, device, ofShape } from "./Reference.ts"

const f = Math.fround
const close = (found: Float32Array, wanted: ReadonlyArray<number>): void => {
  expect(found.length).toBe(wanted.length)
  for (const [i, value] of found.entries())
    expect(Math.abs(value - at(wanted, i)), `element ${i}`).toBeLessThan(2e-7 * (1 + Math.abs(at(wanted, i))))
}

describe("operations on each element", () => {
  it("round once, as f32 does", async () => {
    const machine = await device()
    const [n, m] = [5, 7]
    const [a, b, row] = [ofShape([n, m], 1), ofShape([n, m], 2), ofShape([m], 3)]
    const tape = machine.pass()
    const [x, y, z] = [tape.constant([n, m], a), tape.constant([n, m], b), tape.constant([m], row)]
    const check = (node: Node, wanted: (u: number, v: number, w: number) => number) =>
      expect(bits(machine.read(node.value))).toEqual(bits(a.map((u, i) => wanted(u, at(b, i), at(row, i % m)))))
    check(tape.add(x, y), (u, v) => u + v)
    check(tape.subtract(x, y), (u, v) => u - v)
    check(tape.multiply(x, y), (u, v) => u * v)
    check(tape.add(x, z), (u, _, w) => u + w)
    check(tape.subtract(x, z), (u, _, w) => u - w)
    check(tape.multiply(x, z), (u, _, w) => u * w)
    check(tape.minimum(x, y), (u, v) => Math.min(u, v))
    check(tape.scale(x, 0.1), (u) => u * f(0.1))
    check(tape.negate(x), (u) => -u)
    check(tape.addScalar(x, 0.1), (u) => u + f(0.1))
    check(tape.square(x), (u) => u * u)
    check(tape.relu(x), (u) => Math.max(u, 0))
    check(tape.clamp(x, -0.5, 0.25), (u) => Math.max(-0.5, Math.min(0.25, u)))
  })

  it("leave the numbers behind the end alone where a sum follows", async () => {
    const machine = await device()
    machine.pass().constant([64], new Float32Array(64).fill(Number.NaN))
    const tape = machine.pass()
    const x = tape.variable([3], Float32Array.of(1, 2, 3))
    expect(tape.scalar(tape.sumAll(tape.addScalar(tape.relu(x), 1)))).toBe(9)
  })
})

describe("moving numbers", () => {
  it("by transposition puts each where its axes say", async () => {
    const machine = await device()
    const x = ofShape([2, 3, 4, 5])
    const tape = machine.pass()
    const y = tape.transpose(tape.constant([2, 3, 4, 5], x), [2, 0, 3, 1])
    expect(y.shape).toEqual([4, 2, 5, 3])
    const wanted: Array<number> = []
    for (let c = 0; c < 4; c++)
      for (let a = 0; a < 2; a++) for (let d = 0; d < 5; d++) for (let b = 0; b < 3; b++) wanted.push(at(x, ((a * 3 + b) * 4 + c) * 5 + d))
    expect([...machine.read(y.value)]).toEqual(wanted)
  })

  it("by transposition moves last axes of any length as they are", async () => {
    const machine = await device()
    for (const width of [1, 3, 4, 7, 16, 18]) {
      const x = ofShape([3, 2, width])
      const tape = machine.pass()
      const wanted = [0, 1].flatMap((b) => [0, 1, 2].flatMap((a) => [...x.slice((a * 2 + b) * width, (a * 2 + b + 1) * width)]))
      expect([...machine.read(tape.transpose(tape.constant([3, 2, width], x), [1, 0, 2]).value)], `${width}`).toEqual(wanted)
    }
  })

  it("by slices and their concatenation gives the whole again", async () => {
    const machine = await device()
    const x = ofShape([3, 5, 2])
    for (const axis of [0, 1, 2]) {
      const tape = machine.pass()
      const whole = tape.constant([3, 5, 2], x)
      const length = at(whole.shape, axis)
      const parts = [tape.slice(whole, axis, 0, 1), tape.slice(whole, axis, 1, length)]
      expect(parts.map((part) => at(part.shape, axis))).toEqual([1, length - 1])
      expect(bits(machine.read(tape.concat(parts, axis).value))).toEqual(bits(x))
    }
    const tape = machine.pass()
    expect([...machine.read(tape.slice(tape.constant([3, 5, 2], x), 1, 2, 3).value)]).toEqual([4, 5, 14, 15, 24, 25].map((i) => at(x, i)))
  })

  it("by ids picks rows and columns", async () => {
    const machine = await device()
    const tape = machine.pass()
    const x = tape.constant([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6))
    expect([...machine.read(tape.embedding(x, Int32Array.of(2, 0), [2, 1]).value)]).toEqual([5, 6, 1, 2])
    expect(tape.embedding(x, Int32Array.of(2, 0), [2, 1]).shape).toEqual([2, 1, 2])
    expect([...machine.read(tape.gather(x, Int32Array.of(1, 0, 1)).value)]).toEqual([2, 3, 6])
  })

  it("by the causal mask hides what is later", async () => {
    const machine = await device()
    const tape = machine.pass()
    const y = tape.softmax(tape.causalMask(tape.constant([1, 3, 3], new Float32Array(9))))
    expect([...machine.read(y.value)]).toEqual([1, 0, 0, 0.5, 0.5, 0, f(1 / 3), f(1 / 3), f(1 / 3)])
    for (const length of [4, 5, 8, 11]) {
      const masked = machine.pass()
      const x = ofShape([2, length, length])
      const z = machine.read(masked.causalMask(masked.constant([2, length, length], x)).value)
      const later = (i: number) => i % length > Math.floor(i / length) % length
      for (const [i, value] of z.entries()) {
        if (later(i)) expect(value, `${length}: ${i}`).toBeLessThan(-1e9)
        else expect(value, `${length}: ${i}`).toBe(at(x, i))
      }
    }
  })
})

describe("sums and means", () => {
  it("agree with the plain ones", async () => {
    const machine = await device()
    const x = ofShape([2, 3, 4])
    const tape = machine.pass()
    const node = tape.constant([2, 3, 4], x)
    const total = x.reduce((sum, v) => sum + v, 0)
    expect(tape.scalar(tape.sumAll(node))).toBe(f(total))
    expect(tape.scalar(tape.meanAll(node))).toBe(f(total / 24))
    expect([...machine.read(tape.sumLast(node).value)]).toEqual(
      Array.from({ length: 6 }, (_, r) => f(x.slice(4 * r, 4 * r + 4).reduce((sum, v) => sum + v, 0)))
    )
    const means = Array.from({ length: 8 }, (_, i) => {
      const [a, c] = [Math.floor(i / 4), i % 4]
      return f([0, 1, 2].reduce((sum, b) => f(sum + at(x, (a * 3 + b) * 4 + c)), 0) / 3)
    })
    expect([...machine.read(tape.meanOver(node, 1).value)]).toEqual(means)
    expect(tape.meanOver(node, 1).shape).toEqual([2, 4])
  })
})

describe("rows", () => {
  const [n, c] = [4, 6]
  const x = ofShape([n, c], 3).map((v) => v * 8)
  const row = (r: number) => [...x.slice(r * c, (r + 1) * c)]
  const soft = (values: ReadonlyArray<number>) => {
    const total = values.reduce((sum, v) => sum + Math.exp(v), 0)
    return values.map((v) => Math.exp(v) / total)
  }

  it("are brought to probabilities, and stay finite for logits that exp cannot hold", async () => {
    const machine = await device()
    const tape = machine.pass()
    close(
      machine.read(tape.softmax(tape.constant([n, c], x)).value),
      [0, 1, 2, 3].flatMap((r) => soft(row(r)))
    )
    close(
      machine.read(tape.logSoftmax(tape.constant([n, c], x)).value),
      [0, 1, 2, 3].flatMap((r) => soft(row(r)).map(Math.log))
    )
    const large = tape.constant([2], Float32Array.of(1000, 998))
    close(machine.read(tape.softmax(large).value), soft([2, 0]))
    close(machine.read(tape.logSoftmax(large).value), soft([2, 0]).map(Math.log))
  })

  it("are normalised to mean 0 and variance 1, then scaled and shifted", async () => {
    const machine = await device()
    const [gain, shift, epsilon] = [ofShape([c], 4), ofShape([c], 5), 1e-5]
    const normal = (values: ReadonlyArray<number>) => {
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length
      return values.map((v) => (v - mean) / Math.sqrt(variance + epsilon))
    }
    const tape = machine.pass()
    const [g, s] = [tape.constant([c], gain), tape.constant([c], shift)]
    const layer = [0, 1, 2, 3].flatMap((r) => normal(row(r)).map((v, j) => v * at(gain, j) + at(shift, j)))
    close(machine.read(tape.layerNorm(tape.constant([n, c], x), g, s, epsilon).value), layer)
    // Two samples of two positions, two groups of three channels.
    const group = new Array<number>(n * c).fill(0)
    for (const sample of [0, 1])
      for (const k of [0, 1]) {
        const places = [0, 1].flatMap((p) => [0, 1, 2].map((j) => (sample * 2 + p) * c + k * 3 + j))
        for (const [i, v] of normal(places.map((place) => at(x, place))).entries()) {
          const place = at(places, i)
          group[place] = v * at(gain, place % c) + at(shift, place % c)
        }
      }
    close(machine.read(tape.groupNorm(tape.constant([2, 2, c], x), g, s, 2, epsilon).value), group)
  })
})

describe("losses", () => {
  const mean = (values: ReadonlyArray<number>) => values.reduce((sum, v) => sum + v, 0) / values.length

  it("are sums of rows over the denominator", async () => {
    const machine = await device()
    const [n, c] = [3, 4]
    const x = ofShape([n, c], 6).map((v) => v * 3)
    const target = ofShape([n, c], 7).map((v) => (v + 1) / 2)
    const classes = Int32Array.of(3, 0, 1)
    const tape = machine.pass()
    const node = tape.constant([n, c], x)
    const rows = (each: (v: number, t: number) => number) =>
      [0, 1, 2].map((r) => mean([0, 1, 2, 3].map((j) => each(at(x, r * c + j), at(target, r * c + j)))))
    const cross = (smoothing: number) =>
      [0, 1, 2].map((r) => {
        const values = [...x.slice(r * c, (r + 1) * c)]
        const level = Math.log(values.reduce((sum, v) => sum + Math.exp(v), 0))
        return values.reduce((sum, v, j) => sum - ((j === classes[r] ? 1 - smoothing : 0) + smoothing / c) * (v - level), 0)
      })
    const denominator = 8
    const cases = [
      [tape.softmaxCrossEntropy(node, classes, { denominator, label_smoothing: 0 }), cross(0)],
      [tape.softmaxCrossEntropy(node, classes, { denominator, label_smoothing: 0.2 }), cross(0.2)],
      [tape.meanSquaredError(node, target, { denominator }), rows((v, t) => (v - t) ** 2)],
      [tape.binaryCrossEntropy(node, target, { denominator }), rows((v, t) => Math.log(1 + Math.exp(v)) - v * t)],
      [
        tape.huber(node, target, { denominator, delta: 0.7 }),
        rows((v, t) => (Math.abs(v - t) <= 0.7 ? (v - t) ** 2 / 2 : 0.7 * (Math.abs(v - t) - 0.35)))
      ]
    ] as const
    for (const [loss, wanted] of cases) {
      close(machine.read(loss.rows), wanted)
      expect(Math.abs(loss.total - wanted.reduce((sum, v) => sum + v, 0) / denominator)).toBeLessThan(1e-7)
      expect(tape.scalar(loss)).toBe(f(loss.total))
    }
  })

  it("stay finite for logits that exp cannot hold", async () => {
    const machine = await device()
    const tape = machine.pass()
    const logits = tape.constant([1, 2], Float32Array.of(500, -500))
    expect(tape.softmaxCrossEntropy(logits, Int32Array.of(1), { denominator: 1, label_smoothing: 0 }).total).toBe(1000)
    expect(tape.binaryCrossEntropy(logits, Float32Array.of(0, 1), { denominator: 1 }).total).toBe(500)
  })
})
