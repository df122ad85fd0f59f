import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { kernelModuleUrl } from "../src/index.ts"
import { instantiateKernels } from "../src/Wasm.ts"
import { at, bits, device, ofShape, unitsApart } from "./Reference.ts"

const kernels = instantiateKernels(readFileSync(kernelModuleUrl))

/** Floats from small to large on both sides of zero, about 40 000 of them, evenly over their bit patterns. */
const sweep = function* (smallest: number, largest: number, signs: ReadonlyArray<number>): Generator<number> {
  const [from = 0, to = 0] = new Int32Array(Float32Array.of(smallest, largest).buffer)
  for (const sign of signs) {
    for (let word = from; word <= to; word += Math.floor((to - from) / 20_000)) {
      yield sign * (new Float32Array(Int32Array.of(word).buffer)[0] ?? 0)
    }
  }
}

/**
 * The normal distribution: for |x| < 2 by its power series, beyond by Lentz's method on a continued fraction of its smaller side
 * (Abramowitz, Stegun: Handbook of Mathematical Functions, 26.2.11 and 26.2.14).
 */
const normal = (x: number): number => {
  const z = Math.abs(x)
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z < 2) {
    let [term, sum] = [z, z]
    for (let n = 1; n < 80; n++) {
      term *= (z * z) / (2 * n + 1)
      sum += term
    }
    return 0.5 + Math.sign(x) * density * sum
  }
  let fraction = z
  for (let n = 200; n > 0; n--) fraction = z + n / fraction
  return x < 0 ? density / fraction : 1 - density / fraction
}

describe("a function of the module errs by at most one unit in the last place", () => {
  const check = (found: (x: number) => number, wanted: (x: number) => number, points: Iterable<number>) => {
    let worst = { x: 0, units: 0 }
    for (const x of points) {
      const units = unitsApart(found(x), Math.fround(wanted(x)))
      if (units > worst.units || Number.isNaN(units)) worst = { x, units }
    }
    expect(worst.units, `at ${worst.x}`).toBeLessThanOrEqual(1)
  }

  it("exp", async () => check((await kernels).raw.exp_of, Math.exp, sweep(1e-30, 100, [1, -1])))
  it("log", async () => check((await kernels).raw.log_of, Math.log, sweep(1e-38, 3e38, [1])))
  it("tanh", async () => check((await kernels).raw.tanh_of, Math.tanh, sweep(1e-30, 30, [1, -1])))
  it("the normal distribution, down to where a float ends", async () =>
    check((await kernels).raw.normal_of, normal, sweep(1e-30, 16, [1, -1])))
  it("gelu, down to where a float ends", async () => check((await kernels).raw.gelu_of, (x) => x * normal(x), sweep(1e-30, 16, [1, -1])))
  it("the logistic function", async () => check((await kernels).raw.sigmoid_of, (x) => 1 / (1 + Math.exp(-x)), sweep(1e-30, 80, [1, -1])))

  it("knows zero, infinity and what is no number", async () => {
    const { raw } = await kernels
    const infinity = Number.POSITIVE_INFINITY
    expect([raw.exp_of(0), raw.exp_of(-infinity), raw.exp_of(infinity)]).toEqual([1, 0, infinity])
    expect([raw.log_of(1), raw.log_of(0), raw.log_of(-1)]).toEqual([0, -infinity, Number.NaN])
    expect([raw.tanh_of(0), raw.tanh_of(infinity), raw.tanh_of(-infinity)]).toEqual([0, 1, -1])
    expect([raw.sigmoid_of(0), raw.sigmoid_of(infinity), raw.sigmoid_of(-infinity)]).toEqual([0.5, 1, 0])
    expect([raw.normal_of(0), raw.normal_of(infinity), raw.normal_of(-infinity)]).toEqual([0.5, 1, 0])
    expect([raw.gelu_of(0), raw.gelu_of(3e38), raw.gelu_of(-3e38), raw.gelu_of(infinity)]).toEqual([0, Math.fround(3e38), -0, infinity])
    expect([raw.tanh_of(-0), raw.tanh_of(-1e-40)]).toEqual([-0, Math.fround(-1e-40)])
    for (const of of [raw.exp_of, raw.log_of, raw.tanh_of, raw.normal_of, raw.gelu_of, raw.sigmoid_of]) expect(of(Number.NaN)).toBeNaN()
  })

  it("powers are exact where their factors are", async () => {
    const { raw } = await kernels
    expect([raw.power(2, 0), raw.power(2, 10), raw.power(-3, 5), raw.power(0.5, 1074)]).toEqual([1, 1024, -243, 2 ** -1074])
  })
})

describe("an operation gives an element the same bits, whatever stands beside it", () => {
  it("in gelu, tanh, sigmoid and exp: those of the function by itself", async () => {
    const [{ raw }, machine] = [await kernels, await device()]
    const x = ofShape([4099], 11).map((v) => v * 12)
    for (const [name, of] of [
      ["gelu", raw.gelu_of],
      ["tanh", raw.tanh_of],
      ["sigmoid", raw.sigmoid_of],
      ["exp", raw.exp_of]
    ] as const) {
      const tape = machine.pass()
      const y = tape[name](tape.constant([x.length], x))
      expect(bits(machine.read(y.value)), name).toEqual(bits(x.map((v) => of(v))))
    }
  })

  it("in the softmax of rows of every length: exp of the difference to the largest, over the sum in order", async () => {
    const [{ raw }, machine] = [await kernels, await device()]
    for (let columns = 1; columns <= 13; columns++) {
      const x = ofShape([3, columns], columns).map((v) => v * 9)
      const rows = [0, 1, 2].flatMap((r) => {
        const row = x.slice(r * columns, (r + 1) * columns)
        const top = Math.max(...row)
        const values = row.map((v) => raw.exp_of(v - top))
        const total = values.reduce((sum, v) => sum + v, 0)
        return [...values.map((v) => v / total)]
      })
      const tape = machine.pass()
      const node = tape.variable([3, columns], x)
      const y = tape.softmax(node)
      expect(bits(machine.read(y.value)), `${columns} columns`).toEqual(bits(Float32Array.from(rows)))
      const upstream = ofShape([3, columns], 5)
      tape.backward(tape.sumAll(tape.multiply(y, tape.constant([3, columns], upstream))))
      const along = [0, 1, 2].map((r) => {
        let sum = 0
        for (let j = 0; j < columns; j++) sum += at(machine.read(y.value), r * columns + j) * at(upstream, r * columns + j)
        return sum
      })
      const wanted = upstream.map((dy, i) => at(machine.read(y.value), i) * (dy - at(along, Math.floor(i / columns))))
      const dx = tape.gradientOf(node)
      expect(dx && bits(machine.read(dx)), `${columns} columns`).toEqual(bits(wanted))
    }
  })

  it("in the cross entropy of rows of every length, and in the gradient of its logits", async () => {
    const [{ raw }, machine] = [await kernels, await device()]
    for (const smoothing of [0, 0.2]) {
      for (let columns = 1; columns <= 9; columns++) {
        const x = ofShape([2, columns], columns).map((v) => v * 4)
        const classes = Int32Array.of(columns - 1, 0)
        const tape = machine.pass()
        const node = tape.variable([2, columns], x)
        tape.backward(tape.softmaxCrossEntropy(node, classes, { denominator: 3, label_smoothing: smoothing }))
        const wanted = [0, 1].flatMap((r) => {
          const row = x.slice(r * columns, (r + 1) * columns)
          const values = row.map((v) => raw.exp_of(v - Math.max(...row)))
          const total = values.reduce((sum, v) => sum + v, 0)
          return [...values].map((v, j) => (v / total - ((j === classes[r] ? 1 - smoothing : 0) + smoothing / columns)) / 3)
        })
        const dx = tape.gradientOf(node)
        expect(dx && bits(machine.read(dx)), `${columns} columns`).toEqual(bits(Float32Array.from(wanted)))
      }
    }
  })
})
