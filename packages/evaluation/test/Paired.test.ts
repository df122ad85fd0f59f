/** Two runs over the same samples: pairing, right and wrong, and every metric of a pack with its interval. */
import type { Scored } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { comparePaired, comparePairedMetrics, isCorrect, type PairedMetric, pairBySample } from "../src/index.ts"
import { answeredWith, context, hitPack } from "./support.ts"

const run = (answers: ReadonlyArray<number>): ReadonlyArray<Scored> => answers.map((answer, index) => answeredWith(`s${index}`, answer))
const draws = { seed: 11, resamples: 400, confidence: 0.95 }

const metricsOf = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): Readonly<Record<string, PairedMetric>> => {
  const result = comparePairedMetrics({ ...draws, a: run(a), b: run(b), pack: hitPack, options: {}, context })
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics))
  expect(result.n).toBe(a.length)
  return result.metrics
}

describe("isCorrect()", () => {
  it("is true for the class itself and false for another and for silence", () => {
    expect([1, 0, -1].map((answer) => isCorrect(answeredWith("s", answer)))).toEqual([true, false, false])
  })

  it("refuses what is no class, naming the sample", () => {
    expect(() => isCorrect({ ...answeredWith("s", 1), target: { scalar: 1 } })).toThrow('sample "s": its target is of type scalar')
    expect(() => isCorrect({ ...answeredWith("s", 1), prediction: { scalar: 1 } })).toThrow('sample "s": its prediction is of type scalar')
  })
})

describe("pairBySample()", () => {
  it("puts the samples side by side in the order of the first run", () => {
    const b = [answeredWith("s1", 0), answeredWith("s0", 1)]
    const result = pairBySample(run([1, 1]), b)
    expect(result).toEqual({
      ok: true,
      pairs: [
        [answeredWith("s0", 1), answeredWith("s0", 1)],
        [answeredWith("s1", 1), answeredWith("s1", 0)]
      ]
    })
  })

  it("refuses other samples, repeated ones and other targets, all at once", () => {
    const a = [answeredWith("x", 1), answeredWith("same", 1), answeredWith("same", 1), answeredWith("moved", 1)]
    const b = [
      answeredWith("y", 1),
      answeredWith("same", 1),
      { ...answeredWith("moved", 1), target: { class: { class_id: 0, label: null } } }
    ]
    const result = pairBySample(a, b)
    if (result.ok) throw new Error("was not refused")
    expect(result.diagnostics.map(({ message }) => message.split("; ")[1])).toEqual([
      'only the first run has 1 sample ("x")',
      'only the second run has 1 sample ("y")',
      'the first run repeats 1 sample ("same")',
      'the two runs have different targets for 1 sample ("moved")'
    ])
  })
})

describe("comparePairedMetrics()", () => {
  const weak = Array.from({ length: 40 }, (_, index) => (index % 4 === 0 ? 1 : 0))
  const strong = weak.map((_, index) => (index % 10 === 0 ? 0 : 1))

  it("agrees with comparePaired() where the metric is the share of right answers", () => {
    const { hits } = metricsOf(weak, strong)
    const exact = comparePaired(
      weak.map((each) => each === 1),
      strong.map((each) => each === 1),
      draws
    )
    expect(hits).toMatchObject({ a: exact.a, b: exact.b, diff: exact.b - exact.a, verdict: "b-better" })
    const interval = hits?.interval
    if (interval === undefined || "insufficient" in interval) throw new Error("no interval")
    expect(interval.low).toBeCloseTo(exact.interval.low, 12)
    expect(interval.high).toBeCloseTo(exact.interval.high, 12)
    expect(hits?.p).toBe(1 / 401)
    expect(exact.p).toBeLessThan(0.001)
  })

  it("knows that fewer is better where the pack says so, and says only that a metric differs where it has no better side", () => {
    const talkative = weak.map(() => 0)
    const silent = weak.map(() => -1)
    expect(metricsOf(silent, talkative).answered).toMatchObject({ a: 0, b: 1, diff: 1, verdict: "differs" })
    const { misses } = metricsOf(weak, strong)
    expect(misses).toMatchObject({ diff: -0.65, verdict: "b-better" })
    expect(metricsOf(strong, weak).misses).toMatchObject({ verdict: "a-better" })
  })

  it("shows no difference between a run and itself, with p of exactly 1", () => {
    for (const metric of Object.values(metricsOf(strong, strong))) {
      expect(metric).toMatchObject({ diff: 0, interval: { low: 0, high: 0 }, p: 1, verdict: "no-difference-shown" })
    }
  })

  it("gives the same bytes for the same seed", () => {
    expect(JSON.stringify(metricsOf(weak, strong))).toBe(JSON.stringify(metricsOf(weak, strong)))
  })

  it("has no interval where a run, or some resample of it, has no value", () => {
    const silent = [-1, -1, -1, -1]
    expect(metricsOf(silent, [1, 1, 1, 0])["hits/answered"]).toMatchObject({
      a: { insufficient: "nothing there" },
      diff: { insufficient: "a: nothing there" },
      interval: { insufficient: "a: nothing there" },
      verdict: "insufficient"
    })
    const rarely = metricsOf([1, -1, -1, -1], [1, 1, 1, 0])["hits/answered"]
    expect(rarely).toMatchObject({ a: 1, b: 0.75, diff: -0.25, verdict: "insufficient" })
    expect(rarely?.interval).toMatchObject({ insufficient: expect.stringMatching(/^\d+ of 400 resamples have no value$/) })
  })

  it("passes the refusal of a pairing on", () => {
    const result = comparePairedMetrics({ ...draws, a: run([1]), b: run([1, 1]), pack: hitPack, options: {}, context })
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: "FT5020", sample_id: "s1" }] })
  })
})
