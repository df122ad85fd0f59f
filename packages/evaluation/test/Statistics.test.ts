/** Intervals, tests and quantiles against scipy and statsmodels, whose answers were computed once by oracle/statistics.py. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { arctangent, exponentialOfMinus } from "../src/Elementary.ts"
import {
  comparePaired,
  mcNemarExact,
  normalCritical,
  normalWithin,
  quantile,
  studentCritical,
  studentWithin,
  wilsonInterval
} from "../src/index.ts"

interface Oracle {
  readonly student: ReadonlyArray<{ readonly confidence: number; readonly df: number; readonly critical: number }>
  readonly normal: ReadonlyArray<{ readonly confidence: number; readonly critical: number }>
  readonly wilson: ReadonlyArray<{
    readonly successes: number
    readonly n: number
    readonly confidence: number
    readonly low: number
    readonly high: number
  }>
  readonly mcnemar: ReadonlyArray<{ readonly only_a: number; readonly only_b: number; readonly p: number }>
  readonly bootstrap: ReadonlyArray<{
    readonly both: number
    readonly only_a: number
    readonly only_b: number
    readonly neither: number
    readonly confidence: number
    readonly low: number
    readonly high: number
  }>
}

const oracle = JSON.parse(readFileSync(new URL("./oracle/statistics.json", import.meta.url), "utf8")) as Oracle

/** Largest relative difference of a list, with the entry that has it. */
const worst = <A>(entries: ReadonlyArray<A>, pair: (entry: A) => readonly [number, number]) =>
  entries
    .map((entry) => {
      const [ours, theirs] = pair(entry)
      return { entry, ours, theirs, error: theirs === 0 ? Math.abs(ours) : Math.abs(ours / theirs - 1) }
    })
    .reduce((most, each) => (each.error > most.error || Number.isNaN(each.error) ? each : most))

describe("critical values", () => {
  it("of Student's t equal scipy's for 351 pairs of confidence and degrees of freedom", () => {
    expect(oracle.student).toHaveLength(351)
    const error = (df: number, confidence: number) =>
      worst(
        oracle.student.filter((each) => each.df <= df && each.confidence <= confidence),
        (each) => [studentCritical(each.confidence, each.df), each.critical]
      ).error
    expect(error(1000, 0.999)).toBeLessThan(1e-11)
    expect(error(1000, 0.999999)).toBeLessThan(1e-9)
    // The finite series has ν/2 terms, each of which adds a rounding.
    expect(error(100001, 0.999)).toBeLessThan(1e-9)
    expect(error(100001, 0.999999)).toBeLessThan(1e-7)
  })

  it("of the normal distribution equal scipy's to 1e-9", () => {
    const found = worst(oracle.normal, ({ confidence, critical }) => [normalCritical(confidence), critical])
    expect(found.error, JSON.stringify(found)).toBeLessThan(1e-9)
  })

  it("give back the confidence they were asked for", () => {
    for (const confidence of [0.001, 0.3, 0.95, 0.9999]) {
      expect(normalWithin(normalCritical(confidence))).toBeCloseTo(confidence, 14)
      for (const freedom of [1, 2, 3, 8, 33])
        expect(studentWithin(studentCritical(confidence, freedom), freedom)).toBeCloseTo(confidence, 14)
    }
    expect(normalWithin(0)).toBe(0)
    expect(normalWithin(40)).toBe(1)
  })

  it("refuse a confidence outside 0 and 1, and degrees of freedom that are none", () => {
    for (const confidence of [0, 1, -0.5, 95, Number.NaN]) expect(() => normalCritical(confidence)).toThrow(`got ${confidence}`)
    for (const freedom of [0, 1.5, -1, Number.POSITIVE_INFINITY]) expect(() => studentCritical(0.95, freedom)).toThrow(`not ${freedom}`)
  })

  it("rest on arctan and exp that are those of the engine to 2e-15", () => {
    for (let index = 0; index <= 400; index++) {
      const x = index / 37
      expect(Math.abs(arctangent(x) - Math.atan(x))).toBeLessThanOrEqual(2e-15 * Math.max(1, Math.atan(x)))
      expect(Math.abs(exponentialOfMinus(x) / Math.exp(-x) - 1)).toBeLessThanOrEqual(4e-15)
    }
    expect(exponentialOfMinus(2000)).toBe(0)
  })
})

describe("wilsonInterval()", () => {
  it.each(oracle.wilson)("equals statsmodels for $successes of $n at $confidence", ({ successes, n, confidence, low, high }) => {
    const interval = wilsonInterval(successes, n, confidence)
    if ("insufficient" in interval) throw new Error(interval.insufficient)
    expect(Math.abs(interval.low - low)).toBeLessThan(1e-12)
    expect(Math.abs(interval.high - high)).toBeLessThan(1e-12)
  })

  it("ends at exactly 0 and 1 where the share does, and is wide still", () => {
    expect(wilsonInterval(0, 10, 0.95)).toMatchObject({ low: 0, high: expect.closeTo(0.2775, 4) })
    expect(wilsonInterval(10, 10, 0.95)).toMatchObject({ low: expect.closeTo(0.7225, 4), high: 1 })
  })

  it("has no interval for no sample, and none for counts that cannot be", () => {
    expect(wilsonInterval(0, 0, 0.95)).toEqual({ insufficient: "no sample was scored" })
    expect(() => wilsonInterval(4, 3, 0.95)).toThrow("got 4 successes of 3")
    expect(() => wilsonInterval(0.5, 3, 0.95)).toThrow("got 0.5 successes of 3")
  })
})

describe("mcNemarExact()", () => {
  it.each(oracle.mcnemar)("equals statsmodels for $only_a against $only_b", ({ only_a, only_b, p }) => {
    expect(Math.abs(mcNemarExact(only_a, only_b) / p - 1)).toBeLessThan(1e-11)
  })

  it("falls to the least double and not to NaN for thousands against none", () => {
    expect(mcNemarExact(0, 1000)).toBeGreaterThan(0)
    expect(mcNemarExact(0, 5000)).toBe(0)
    expect(mcNemarExact(50000, 50001)).toBeCloseTo(1, 2)
  })

  it("refuses what is no count", () => {
    expect(() => mcNemarExact(-1, 2)).toThrow("got -1 and 2")
  })
})

const sides = ({ both, only_a, only_b, neither }: Oracle["bootstrap"][number]) => {
  const repeat = (times: number, value: boolean) => Array.from({ length: times }, () => value)
  return {
    a: [...repeat(both, true), ...repeat(only_a, true), ...repeat(only_b, false), ...repeat(neither, false)],
    b: [...repeat(both, true), ...repeat(only_a, false), ...repeat(only_b, true), ...repeat(neither, false)]
  }
}

describe("comparePaired()", () => {
  it("finds the exact quantiles of the resampled difference in all 115 cases", () => {
    expect(oracle.bootstrap).toHaveLength(115)
    for (const each of oracle.bootstrap) {
      const { a, b } = sides(each)
      const { interval } = comparePaired(a, b, { seed: 1, resamples: 6000, confidence: each.confidence })
      expect(interval.low, JSON.stringify(each)).toBeCloseTo(each.low, 12)
      expect(interval.high, JSON.stringify(each)).toBeCloseTo(each.high, 12)
    }
  })

  it("gives the same bytes for the same seed and other draws for another", () => {
    const { a, b } = sides({ both: 20, only_a: 6, only_b: 11, neither: 13, confidence: 0, low: 0, high: 0 })
    const run = (seed: number) => JSON.stringify(comparePaired(a, b, { seed, resamples: 40, confidence: 0.9 }))
    expect(run(7)).toBe(run(7))
    expect(new Set([1, 2, 3, 4, 5].map(run)).size).toBeGreaterThan(1)
  })

  it("counts b − a, and swapping the sides swaps the sign and the verdict", () => {
    const { a, b } = sides({ both: 10, only_a: 1, only_b: 19, neither: 0, confidence: 0, low: 0, high: 0 })
    const options = { seed: "swap", resamples: 500, confidence: 0.95 }
    const forth = comparePaired(a, b, options)
    const back = comparePaired(b, a, options)
    expect(forth).toMatchObject({ n: 30, a: 11 / 30, b: 29 / 30, diff: 0.6, only_a: 1, only_b: 19, verdict: "b-better" })
    expect(back).toMatchObject({ diff: -0.6, p: forth.p, verdict: "a-better" })
    expect([back.interval.low, back.interval.high]).toEqual([-forth.interval.high, -forth.interval.low])
  })

  it("shows no difference on one sample, although the bootstrap has nothing to vary", () => {
    expect(comparePaired([false], [true], { seed: 1, resamples: 100, confidence: 0.95 })).toMatchObject({
      diff: 1,
      interval: { low: 1, high: 1 },
      p: 1,
      verdict: "no-difference-shown"
    })
  })

  it("refuses sides of different length, no sample and no resample", () => {
    expect(() => comparePaired([true], [], { seed: 1, resamples: 1, confidence: 0.95 })).toThrow("got 1 and 0")
    expect(() => comparePaired([], [], { seed: 1, resamples: 1, confidence: 0.95 })).toThrow("at least one sample")
    expect(() => comparePaired([true], [true], { seed: 1, resamples: 0, confidence: 0.95 })).toThrow(
      "resamples is a whole number from 1, not 0"
    )
  })
})

describe("quantile()", () => {
  it("is linear between neighbours, as numpy's default", () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1, 1.75, 3, 6.800000000000001, 8])
    expect(() => quantile([], 0.5)).toThrow("got 0 and 0.5")
  })
})
