/** Metrics by group and how far the groups lie apart: Fairlearn's numbers, and what it has no word for. */
import { readFileSync } from "node:fs"
import type { Scored } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { disparityOf } from "../src/Groups.ts"
import { type Estimate, type FairnessReport, fairness, groupCalibration, groupMetrics } from "../src/index.ts"
import { answeredWith, context, hitPack } from "./support.ts"

type Numbers = Readonly<Record<string, number>>
const { cases } = JSON.parse(readFileSync(new URL("./oracle/fairness.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<{
    readonly group: string
    readonly truth: string
    readonly answer: string
    readonly rates: Readonly<Record<string, Numbers>>
    readonly difference: Numbers
    readonly ratio: Readonly<Record<string, number | null>>
    readonly summary: Readonly<Record<string, number | null>>
  }>
}

const draws = { seed: 7, resamples: 2, confidence: 0.95, method: "percentile", minimum: 1 } as const
const byGroup = { ...draws, groupOf: ({ group }: Scored) => group }

/** A sample of a group: target and answer are class ids, an answer of -1 is an abstention. */
const sample = (index: number, group: string, truth: number, answer: number): Scored => ({
  sample_id: `s${index}`,
  group,
  target: { class: { class_id: truth, label: null } },
  prediction: answer === -1 ? { abstain: { reason: null } } : { class: { class_id: answer, scores: [] } }
})
const samplesOf = ({ group, truth, answer }: (typeof cases)[number]): ReadonlyArray<Scored> =>
  [...group].map((name, index) => sample(index, name, Number(truth[index]), Number(answer[index])))

const near = (ours: Estimate | undefined, theirs: number | null | undefined, what: string): void => {
  if (theirs === null) expect(ours?.value, what).toHaveProperty("insufficient")
  else
    expect(Math.abs(Number(ours?.value) - Number(theirs)), `${what}: ${JSON.stringify(ours?.value)} against ${theirs}`).toBeLessThan(1e-12)
}

const summaries = [
  "demographic_parity_difference",
  "demographic_parity_ratio",
  "equalized_odds_difference",
  "equalized_odds_ratio",
  "equal_opportunity_difference",
  "equal_opportunity_ratio"
] as const

describe("fairness()", () => {
  it("equals Fairlearn in all 210 cases: rates, gaps, ratios and summaries", () => {
    expect(cases).toHaveLength(210)
    for (const [index, each] of cases.entries()) {
      const found = fairness({ ...byGroup, samples: samplesOf(each), positive: 1 })
      expect(Object.keys(found.groups)).toEqual(Object.keys(each.rates).sort())
      for (const [group, rates] of Object.entries(each.rates))
        for (const [name, rate] of Object.entries(rates)) near(found.groups[group]?.values[name], rate, `case ${index}, ${group}, ${name}`)
      for (const [name, gap] of Object.entries(each.difference)) {
        near(found.disparities[name]?.difference, gap, `case ${index}, difference of ${name}`)
        // The ratio of two rates of 0 is 0 / 0.
        near(found.disparities[name]?.ratio, each.ratio[name], `case ${index}, ratio of ${name}`)
      }
      for (const name of summaries) near(found[name], each.summary[name], `case ${index}, ${name}`)
    }
  })

  const unfair = Array.from({ length: 400 }, (_, index) => {
    const [group, truth] = [index % 2 === 0 ? "x" : "y", index % 4 < 2 ? 1 : 0]
    return sample(index, group, truth, group === "x" ? truth : index % 8 < 3 ? 1 : 0)
  })
  const report = (over: Partial<typeof byGroup> = {}): FairnessReport =>
    fairness({ ...byGroup, resamples: 400, ...over, samples: unfair, positive: 1 })

  it("gives every gap an interval that holds it, narrower with more samples", () => {
    const found = report()
    for (const name of summaries) {
      const { value, interval } = found[name]
      if (typeof value !== "number" || "insufficient" in interval) throw new Error(`${name} has no interval`)
      expect(interval.low).toBeLessThanOrEqual(value)
      expect(interval.high).toBeGreaterThanOrEqual(value)
    }
    // No group has a false alarm: that rate has no ratio, and the other one decides.
    expect(found.disparities.false_positive_rate).toMatchObject({
      difference: { value: 0 },
      ratio: { value: { insufficient: expect.any(String) } }
    })
    expect(found.equalized_odds_ratio.value).toBe(0.5)
    expect(found.disparities.accuracy).toMatchObject({ smallest: "y", largest: "x", difference: { value: 0.25 }, ratio: { value: 0.75 } })
    // Group y is right in 3 of 4, 200 samples: 1.96 · √(0.75 · 0.25 / 200) = 0.06 to either side.
    const { interval } = found.disparities.accuracy?.difference ?? {}
    if (interval === undefined || "insufficient" in interval) throw new Error("no interval")
    expect(interval.low).toBeCloseTo(0.19, 1)
    expect(interval.high).toBeCloseTo(0.31, 1)
    expect(found.groups.x?.values.accuracy).toEqual({ value: 1, interval: { low: 1, high: 1, confidence: 0.95 } })
  })

  it("gives the same bits in any order of the samples, and others for another seed", () => {
    const again = fairness({ ...byGroup, resamples: 400, samples: unfair.toReversed(), positive: 1 })
    expect(again).toEqual(report())
    expect(report({ seed: 8 as 7 })).not.toEqual(report())
  })

  it("counts an abstention as wrong, and as selecting nobody", () => {
    const { groups } = fairness({ ...byGroup, samples: [sample(0, "x", 1, -1), sample(1, "x", 0, -1), sample(2, "x", 1, 1)], positive: 1 })
    expect(Object.fromEntries(Object.entries(groups.x?.values ?? {}).map(([name, { value }]) => [name, value]))).toEqual({
      accuracy: 1 / 3,
      selection_rate: 1 / 3,
      true_positive_rate: 1 / 2,
      false_positive_rate: 0
    })
  })

  it("asks the false alarms alone where no group has a hit, and nobody where there is neither", () => {
    const missed = ["x", "y"].flatMap((group, at) =>
      [0, 1, 2, 3].map((index) => sample(10 * at + index, group, index % 2, index === 0 && at < 1 ? 1 : 0))
    )
    const of = (samples: ReadonlyArray<Scored>) => fairness({ ...byGroup, samples, positive: 1 }).equalized_odds_ratio.value
    expect(of(missed)).toBe(0)
    expect(of(missed.map((each) => ({ ...each, prediction: { class: { class_id: 0, scores: [] } } })))).toEqual({
      insufficient: "the largest value of a group is 0: there is nothing to divide by"
    })
  })

  it("says which group has nobody to make a rate of, where Fairlearn says 0", () => {
    const found = fairness({ ...byGroup, samples: [sample(0, "x", 1, 1), sample(1, "y", 0, 1), sample(2, "y", 1, 1)], positive: 1 })
    expect(found.equalized_odds_difference.value).toEqual({ insufficient: 'group "x": every target of the group is the positive class' })
    expect(found.equal_opportunity_difference.value).toBe(0)
    expect(found.disparities.false_positive_rate).not.toHaveProperty("smallest")
  })

  it("names small groups and counts samples of none, and has no gap of one group", () => {
    const few = [...unfair.filter(({ group }) => group === "x"), sample(1000, "z", 1, 0), { ...sample(1001, "", 1, 1), group: "?" }]
    const found = fairness({ ...draws, minimum: 5, groupOf: ({ group }) => (group === "?" ? undefined : group), samples: few, positive: 1 })
    expect([Object.keys(found.groups), found.small, found.ungrouped]).toEqual([["x"], { z: 1 }, 1])
    expect(found.demographic_parity_difference.value).toEqual({
      insufficient: "a gap needs at least two groups that are large enough; there is 1"
    })
    expect(() => fairness({ ...byGroup, minimum: 0 as 1, samples: few, positive: 1 })).toThrow("a whole number of samples from 1, not 0")
  })

  it("refuses what is no class, by the id of the sample", () => {
    const scalar: Scored = { ...sample(0, "x", 1, 1), prediction: { scalar: 1 } }
    expect(() => fairness({ ...byGroup, samples: [scalar], positive: 1 })).toThrow('sample "s0": its prediction is of type scalar')
  })
})

describe("groupMetrics()", () => {
  const samples = Array.from({ length: 90 }, (_, index) =>
    answeredWith(`s${index}`, index % 3 === 0 ? (index % 2 === 0 ? 1 : 0) : index % 9 === 1 ? -1 : 1)
  )
  const groupOf = ({ sample_id }: Scored) => `g${Number(sample_id.slice(1)) % 3}`
  const found = groupMetrics({ ...draws, resamples: 300, groupOf, pack: hitPack, options: {}, context, samples })

  it("gives each group what the pack gives its samples alone", () => {
    const fold = hitPack.start({}, context)
    for (const name of ["g0", "g1", "g2"]) {
      const own = samples.filter((each) => groupOf(each) === name)
      const { values } = fold.result(own.reduce(fold.add, fold.empty))
      expect(found.groups[name]?.n).toBe(30)
      expect(Object.fromEntries(Object.entries(found.groups[name]?.values ?? {}).map(([key, { value }]) => [key, value]))).toEqual(values)
    }
  })

  it("has a gap of every value with a direction and of no other", () => {
    expect(Object.keys(found.disparities)).toEqual(["hits", "misses", "hits/answered"])
    expect(found.disparities.hits).toMatchObject({ smallest: "g0", largest: "g2", difference: { value: 0.5 }, ratio: { value: 0.5 } })
    expect(found.disparities.misses?.ratio.value).toBe(0)
  })

  it("has no ratio of values below 0, which the difference does not mind", () => {
    expect(disparityOf(["x", "y"], [-0.5, 1])).toEqual({
      difference: 1.5,
      ratio: { insufficient: "the smallest value of a group is -0.5: a ratio is one of values of at least 0" },
      smallest: "x",
      largest: "y"
    })
  })

  it("keeps the groups as large as they are in every resample", () => {
    expect(found.groups.g0?.values.samples).toEqual({ value: 30, interval: { low: 30, high: 30, confidence: 0.95 } })
  })

  it("draws within the groups: a group whose samples all agree has an interval of no width", () => {
    expect(found.groups.g2?.values.hits).toEqual({ value: 1, interval: { low: 1, high: 1, confidence: 0.95 } })
    const { interval } = found.groups.g0?.values.hits ?? {}
    if (interval === undefined || "insufficient" in interval) throw new Error("no interval")
    expect(interval.low).toBeGreaterThan(0.25)
    expect(interval.high).toBeLessThan(0.75)
    expect(interval.high - interval.low).toBeGreaterThan(0.25)
  })
})

describe("groupCalibration()", () => {
  const classes = [0, 1].map((class_id) => ({ class_id, label: `c${class_id}` }))
  const sure = (index: number, group: string, score: number, right: boolean): Scored => ({
    sample_id: `s${index}`,
    group,
    target: { class: { class_id: right ? 1 : 0, label: null } },
    prediction: { class: { class_id: 1, scores: [] } },
    scores: [1 - score, score]
  })
  const request = { groupOf: ({ group }: Scored) => group, minimum: 2, classes, bins: 4 }

  it("is 0 for answers that are right as often as they say, and the gap for those that are not", () => {
    const honest = [0, 1, 2, 3].map((index) => sure(index, "honest", 0.75, index > 0))
    const loud = [4, 5, 6, 7].map((index) => sure(index, "loud", index < 6 ? 1 : 0.5, index === 4))
    const { groups } = groupCalibration({ ...request, samples: [...honest, ...loud] })
    expect(groups.honest).toMatchObject({ n: 4, without_score: 0, confidence: 0.75, accuracy: 0.75, expected_calibration_error: 0 })
    // Two answers at 1 of which one is right, two at 0.5 of which none is: 2/4 · 0.5 + 2/4 · 0.5.
    expect(groups.loud?.expected_calibration_error).toBe(0.5)
    expect(groups.loud?.bins).toEqual([
      {
        low: 0,
        high: 0.25,
        n: 0,
        confidence: { insufficient: "no answer with a score" },
        accuracy: { insufficient: "no answer with a score" }
      },
      {
        low: 0.25,
        high: 0.5,
        n: 0,
        confidence: { insufficient: "no answer with a score" },
        accuracy: { insufficient: "no answer with a score" }
      },
      { low: 0.5, high: 0.75, n: 2, confidence: 0.5, accuracy: 0 },
      { low: 0.75, high: 1, n: 2, confidence: 1, accuracy: 0.5 }
    ])
  })

  it("counts what has no score and never takes it for a sure answer", () => {
    const silent: Scored = { ...sample(0, "x", 1, -1) }
    const bare = sample(1, "x", 1, 1)
    expect(groupCalibration({ ...request, samples: [silent, bare] }).groups.x).toMatchObject({
      n: 0,
      without_score: 2,
      expected_calibration_error: { insufficient: "no answer with a score" }
    })
    expect(groupCalibration({ ...request, samples: [silent] })).toEqual({ groups: {}, small: { x: 1 }, ungrouped: 0 })
  })

  it("refuses scores that do not fit the classes or are none, and bins that are none", () => {
    const short = { ...sure(0, "x", 0.5, true), scores: [1] }
    const loud = { ...sure(0, "x", 0.5, true), scores: [-1, 2] }
    const two = (each: Scored) => [each, sure(1, "x", 0.5, true)]
    expect(() => groupCalibration({ ...request, samples: two(short) })).toThrow('sample "s0": expected 2 scores')
    expect(() => groupCalibration({ ...request, samples: two(loud) })).toThrow('sample "s0": a score that says how sure an answer is')
    expect(() => groupCalibration({ ...request, bins: 0, samples: [] })).toThrow("a whole number from 1, not 0")
  })
})
