/** Statistics over seeds: upstream's recorded answers, and what upstream has no word for. */
import { readFileSync } from "node:fs"
import type { MetricStat } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { isSeedStat, metricStat, metricStats, upstreamRepeatSeed } from "../src/index.ts"

interface Case {
  readonly confidence_level: number
  readonly per_repeat: ReadonlyArray<Readonly<Record<string, number>>>
  readonly ok?: Readonly<Record<string, MetricStat>>
  readonly error?: { readonly message: string }
}

const { cases } = JSON.parse(readFileSync(new URL("./golden/upstream-metric-stats.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
}
const answered = cases.flatMap((each, index) => (each.ok === undefined ? [] : [{ index, ok: each.ok, each }]))
const refused = cases.filter(({ error }) => error !== undefined)

const near = (ours: number, theirs: number, tolerance: number, what: string, allowed = 0): void =>
  expect(Math.abs(ours - theirs), `${what}: ${ours} against ${theirs}`).toBeLessThanOrEqual(
    tolerance * Math.max(1, Math.abs(theirs)) + allowed
  )

/**
 * Upstream's quantile of Student's t is an approximation: at 3 degrees of freedom (n = 4) it is off by 2e-7 and 7e-7 of itself, where
 * ours is scipy's to 1e-11. The bounds of those two cases are allowed that share of their margin.
 */
const allowance = (theirs: MetricStat): number => (theirs.n === 4 ? 7e-7 * (theirs.ci_high - theirs.mean) : 0)

describe("metricStats() against upstream 0.0.53", () => {
  it("has 45 answers and 5 errors to compare with", () => {
    expect([cases.length, answered.length, refused.length]).toEqual([50, 45, 5])
  })

  it.each(answered)("gives mean and stddev to 1e-12 and bounds to 1e-9: case $index", ({ ok, each }) => {
    const stats = metricStats(each.per_repeat, each.confidence_level)
    expect(Object.keys(stats)).toEqual(Object.keys(ok).sort())
    for (const [name, theirs] of Object.entries(ok)) {
      const ours = stats[name]
      if (ours === undefined || !isSeedStat(ours)) throw new Error(`${name} has no statistic`)
      expect([ours.n, ours.confidence_level]).toEqual([theirs.n, theirs.confidence_level])
      near(ours.mean, theirs.mean, 1e-12, `${name} mean`)
      near(ours.stddev, theirs.stddev, 1e-12, `${name} stddev`)
      near(ours.ci_low, theirs.ci_low, 1e-9, `${name} ci_low`, allowance(theirs))
      near(ours.ci_high, theirs.ci_high, 1e-9, `${name} ci_high`, allowance(theirs))
    }
  })

  it.each(refused)("refuses what upstream refuses: $error.message", ({ confidence_level, per_repeat }) => {
    expect(() => metricStats(per_repeat, confidence_level)).toThrow(RangeError)
  })
})

describe("metricStats()", () => {
  it("has a spread of exactly 0 for equal seeds, where a plain sum leaves a trace", () => {
    const value = 0.7547921977523184
    expect(
      metricStat(
        Array.from({ length: 9 }, () => value),
        0.95
      )
    ).toEqual({
      n: 9,
      mean: value,
      stddev: 0,
      ci_low: value,
      ci_high: value,
      confidence_level: 0.95
    })
  })

  it("does not depend on the order of the seeds", () => {
    const values = [0.1, 0.7, 1e-9, 0.30000000000000004, 0.9999]
    expect(metricStat([...values].reverse(), 0.9)).toEqual(metricStat(values, 0.9))
  })

  it("never makes a number of a seed without one, and says how many there were", () => {
    const none = { insufficient: "the class was never predicted" }
    const stats = metricStats(
      [
        { accuracy: 0.5, f1: 0.5 },
        { accuracy: 0.7, f1: none },
        { accuracy: 0.6, f1: none }
      ],
      0.95
    )
    expect(stats.f1).toEqual({
      insufficient: "2 of 3 seeds have no value; seed 1: the class was never predicted",
      seeds: 3,
      insufficient_seeds: 2
    })
    expect(stats.accuracy).toMatchObject({ n: 3, mean: expect.closeTo(0.6, 12) })
  })

  it("is insufficient for no value and refuses what is not finite", () => {
    expect(metricStat([], 0.95)).toEqual({ insufficient: "there is no value" })
    expect(() => metricStat([1, Number.NaN], 0.95)).toThrow("value 1 of 2 is NaN")
    expect(() => metricStat([], 1)).toThrow("a confidence level is a number between 0 and 1")
    expect(() => metricStats([], 0.95)).toThrow("at least one seed")
  })

  it("names the seed and the metrics that do not fit", () => {
    expect(() =>
      metricStats(
        [
          { a: 1, b: 1 },
          { a: 1, b: 1 },
          { a: 1, c: 1 }
        ],
        0.95
      )
    ).toThrow("all seeds must have the same metrics; seed 2 lacks b and has c besides, compared with seed 0")
  })
})

describe("upstreamRepeatSeed()", () => {
  const repeats = JSON.parse(readFileSync(new URL("./golden/upstream-repeat-seed.json", import.meta.url), "utf8")) as {
    readonly cases: ReadonlyArray<{ readonly base_seed: string; readonly repeat_index: number; readonly seed: string }>
  }

  it("is what upstream 0.0.53 gives in all 6 recorded cases, around the end of 64 bits too", () => {
    expect(repeats.cases).toHaveLength(6)
    for (const { base_seed, repeat_index, seed } of repeats.cases)
      expect(upstreamRepeatSeed(BigInt(base_seed), BigInt(repeat_index))).toBe(BigInt(seed))
  })

  it("refuses what is no number of 64 bits", () => {
    expect(() => upstreamRepeatSeed(-1n, 0n)).toThrow("not -1")
    expect(() => upstreamRepeatSeed(0n, 1n << 64n)).toThrow("not 18446744073709551616")
  })
})
