import { describe, expect, it } from "vitest"
import { exactProduct, power, root } from "../src/Powers.ts"
import { cosine, cosPi, sine } from "../src/Trigonometry.ts"

/** The distance from a double to the next one away from 0. */
const ulp = (value: number): number => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, Math.abs(value))
  view.setBigUint64(0, view.getBigUint64(0) + 1n)
  return view.getFloat64(0) - Math.abs(value)
}

/** π as an integer over 2^200, by Machin's formula. */
const bits = 200n
const arcotangent = (n: bigint): bigint => {
  let term = (1n << bits) / n
  let sum = term
  for (let odd = 3n; term !== 0n; odd += 2n) {
    term = -term / (n * n)
    sum += term / odd
  }
  return sum
}
const pi = 4n * (4n * arcotangent(5n) - arcotangent(239n))

/** A double as an integer over 2^200; exact for doubles that need no more. */
const fixed = (value: number): bigint => {
  const scaled = value * 2 ** 60
  const whole = Math.trunc(scaled)
  return (BigInt(whole) << (bits - 60n)) + (BigInt(Math.trunc((scaled - whole) * 2 ** 70)) << (bits - 130n))
}

/** cos of an angle over 2^200, by its series. */
const seriesCosine = (angle: bigint): bigint => {
  const square = (angle * angle) >> bits
  let term = 1n << bits
  let sum = term
  for (let n = 1n; term !== 0n; n += 2n) {
    term = -((term * square) >> bits) / (n * (n + 1n))
    sum += term
  }
  return sum
}

/** Units in the last place between a double and an exact value over 2^200. */
const unitsApart = (found: number, exact: bigint): number => {
  const apart = fixed(found) - exact
  const size = apart < 0n ? -apart : apart
  return Number((size << 20n) / fixed(ulp(found))) / 2 ** 20
}

describe("cosPi()", () => {
  it("is exact at 0, ½ and 1", () => {
    expect([cosPi(0), cosPi(0.5), cosPi(1)].map((value) => (Object.is(value, -0) ? 0 : value))).toEqual([1, 0, -1])
  })

  it("lies within one unit in the last place of the exact cosine over a sweep", () => {
    let worst = 0
    for (let at = 0; at <= 2000; at += 1) {
      const x = at / 2000
      if (x === 0.5) continue
      worst = Math.max(worst, unitsApart(cosPi(x), seriesCosine((pi * fixed(x)) >> bits)))
    }
    expect(worst).toBeLessThanOrEqual(1)
    expect(worst).toBeGreaterThan(0.3)
  })

  it.each([-1e-9, 1.0000001, Number.NaN])("refuses %s", (x) => {
    expect(() => cosPi(x)).toThrow(RangeError)
  })
})

describe("sine() and cosine()", () => {
  it("lie within one unit in the last place of the host's over a sweep", () => {
    let worst = 0
    for (let at = -20000; at <= 20000; at += 1) {
      const angle = at * 0.37 + at * at * 1e-6
      worst = Math.max(worst, Math.abs(sine(angle) - Math.sin(angle)) / ulp(Math.sin(angle)))
      worst = Math.max(worst, Math.abs(cosine(angle) - Math.cos(angle)) / ulp(Math.cos(angle)))
    }
    expect(worst).toBeLessThanOrEqual(1)
  })

  it("refuse angles that cannot be reduced", () => {
    expect(() => sine(2 ** 20 + 1)).toThrow(RangeError)
    expect(() => cosine(Number.NaN)).toThrow(RangeError)
  })
})

/** A double below 2 as a fraction over 2^1074. */
const fraction = (value: number): bigint => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const word = view.getBigUint64(0)
  const exponent = (word >> 52n) & 0x7ffn
  const mantissa = word & ((1n << 52n) - 1n)
  return exponent === 0n ? mantissa : (mantissa | (1n << 52n)) << (exponent - 1n)
}

describe("power()", () => {
  it.each([0.9, 0.99, 0.999, 0.95])("of %s lies within one unit in the last place of the exact power", (base) => {
    let exact = 1n << 1074n
    const wrong: Array<number> = []
    for (let exponent = 0; exponent <= 600; exponent += 1) {
      const found = fraction(power(base, exponent))
      const apart = found > exact ? found - exact : exact - found
      if (apart > fraction(ulp(power(base, exponent)))) wrong.push(exponent)
      exact = (exact * fraction(base)) >> 1074n
    }
    expect(wrong).toEqual([])
  })

  it.each([-1, 0.5, Number.NaN])("refuses the exponent %s", (exponent) => {
    expect(() => power(0.9, exponent)).toThrow(RangeError)
  })

  it("rests on products without rounding", () => {
    const { high, low } = exactProduct(0.1, 0.3)
    expect(high).toBe(0.1 * 0.3)
    expect(fraction(high) + (low < 0 ? -fraction(-low) : fraction(low))).toBe((fraction(0.1) * fraction(0.3)) >> 1074n)
  })
})

describe("root()", () => {
  it.each([
    [10000, 4, 10],
    [10000, 2, 100],
    [10000, 1, 10000],
    [1024, 10, 2],
    [1, 7, 1]
  ])("of %s and degree %s is %s", (value, degree, expected) => {
    expect(Math.abs(root(value, degree) - expected)).toBeLessThanOrEqual(ulp(expected))
  })
})
