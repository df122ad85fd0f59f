import { describe, expect, it } from "vitest"
import { ExactSum, SeedTree } from "../src/index.ts"
import answers from "./oracle/answers.json" with { type: "json" }

/** Reads a double from C's hexadecimal form, such as -0x1.8p-3. */
const doubleOf = (text: string): number => {
  if (text === "inf") return Number.POSITIVE_INFINITY
  if (text === "-inf") return Number.NEGATIVE_INFINITY
  const [, sign, lead, digits = "", exponent] = /^(-?)0x([01])(?:\.([0-9a-f]+))?p([+-]\d+)$/.exec(text) ?? []
  if (lead === undefined || exponent === undefined) throw new Error(`not a hexadecimal double: ${text}`)
  const fraction = BigInt(`0x${digits.padEnd(13, "0")}`)
  const biased = lead === "0" ? 0n : BigInt(Number(exponent) + 1023)
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, ((sign === "-" ? 1n : 0n) << 63n) | (biased << 52n) | fraction)
  return view.getFloat64(0)
}

const sumOf = (terms: Iterable<number>): ExactSum => ExactSum.addAll(ExactSum.empty, terms)

describe("value", () => {
  for (const { name, terms, sum } of answers.sums) {
    it(`is the nearest double to the exact sum: ${name}`, () => {
      expect(ExactSum.value(sumOf(terms.map(doubleOf)))).toBe(doubleOf(sum))
      expect(ExactSum.value(sumOf(terms.map((term) => -doubleOf(term)))) + doubleOf(sum)).toEqual(
        Number.isFinite(doubleOf(sum)) ? 0 : Number.NaN
      )
    })
  }

  it("gives each single double back", () => {
    const draw = SeedTree.root(8).child("singles").random()
    const view = new DataView(new ArrayBuffer(8))
    for (let round = 0; round < 3000; round += 1) {
      view.setBigUint64(0, draw.below(2n ** 64n))
      const term = view.getFloat64(0)
      expect(ExactSum.value(sumOf([term]))).toBe(term === 0 ? 0 : term)
    }
  })

  it("is +0 for no terms and for zeros of either sign", () => {
    expect(ExactSum.value(ExactSum.empty)).toBe(0)
    expect(ExactSum.value(sumOf([-0, -0]))).toBe(0)
    expect(ExactSum.value(sumOf([1, -1]))).toBe(0)
  })

  it("treats infinities and NaN as sums do, whatever their order", () => {
    const { POSITIVE_INFINITY: plus, NEGATIVE_INFINITY: minus, NaN: nan } = Number
    expect(ExactSum.value(sumOf([1, plus, 2, plus]))).toBe(plus)
    expect(ExactSum.value(sumOf([minus, 1e308]))).toBe(minus)
    expect(ExactSum.value(sumOf([minus, 1, plus]))).toBe(nan)
    expect(ExactSum.value(sumOf([1, nan]))).toBe(nan)
    expect(ExactSum.value(ExactSum.merge(sumOf([plus]), sumOf([minus])))).toBe(nan)
  })
})

describe("state", () => {
  it("is equal for every order and every way of sharding", () => {
    const draw = SeedTree.root(9).child("orders").random()
    for (let round = 0; round < 100; round += 1) {
      const terms = Array.from({ length: draw.int(1, 40) }, () => draw.normal() * 2 ** draw.int(-60, 60))
      const whole = sumOf(terms)
      const shuffled = draw.shuffle(terms)
      const cut = draw.int(0, terms.length)
      expect(shuffled.reduce(ExactSum.add, ExactSum.empty)).toEqual(whole)
      expect(ExactSum.merge(sumOf(shuffled.slice(cut)), sumOf(shuffled.slice(0, cut)))).toEqual(whole)
    }
  })

  it("survives JSON and goes on from there", () => {
    const sum = sumOf([0.1, -1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY])
    const back: ExactSum = JSON.parse(JSON.stringify(sum))
    expect(back).toEqual(sum)
    expect(ExactSum.add(back, 0.2)).toEqual(ExactSum.add(sum, 0.2))
  })

  it("is the odd integer and the power of two of the finite terms, and the counts of all", () => {
    expect(sumOf([-0.75, Number.NaN, Number.NEGATIVE_INFINITY, 16.25])).toEqual({
      count: 4,
      significand: "1f",
      exponent: -1,
      nan: 1,
      positiveInfinity: 0,
      negativeInfinity: 1
    })
    expect(sumOf([3, -3])).toEqual({ ...ExactSum.empty, count: 2 })
  })

  it("is not changed by adding", () => {
    const sum = sumOf([1])
    ExactSum.add(sum, 2)
    ExactSum.add(ExactSum.empty, 2)
    expect(ExactSum.value(sum)).toBe(1)
    expect(ExactSum.empty.count).toBe(0)
  })

  it("is refused when it is not that of a sum", () => {
    for (const wrong of [
      { significand: "xyz" },
      { significand: "" },
      { significand: "-0" },
      { exponent: 1e9 },
      { exponent: -1075 },
      { exponent: 0.5 }
    ]) {
      expect(() => ExactSum.value({ ...ExactSum.empty, ...wrong }), JSON.stringify(wrong)).toThrow("expected the state of an exact sum")
    }
  })
})
