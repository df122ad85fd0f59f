/** Sample by sample: what got better, what got worse, and what only one of two runs has. */
import { MetricPack, optionsFrom, type Scored } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { type SampleJudge, sampleChanges, slicesBy } from "../../src/index.ts"

/** A sample of class `target` that was answered with a class, or not at all. */
const answered = (sample_id: string, target: number, answer: number | null): Scored => ({
  sample_id,
  target: { class: { class_id: target, label: null } },
  prediction: answer === null ? { abstain: { reason: "silent" } } : { class: { class_id: answer, scores: [] } }
})

const scalar = (sample_id: string, target: number, answer: number | null): Scored => ({
  sample_id,
  target: { scalar: target },
  prediction: answer === null ? { abstain: { reason: "silent" } } : { scalar: answer }
})

/** Mean absolute error, of which a single sample has a value unless it was not answered. */
const errors = MetricPack.define<object, { readonly sum: number; readonly n: number }>({
  id: "mae",
  output_types: ["scalar"],
  decodeOptions: optionsFrom(Schema.Struct({})),
  state: Schema.Struct({ sum: Schema.Finite, n: Schema.Int }),
  signature: () => "mae:1",
  directions: { mae: "lower-is-better" },
  start: () => ({
    empty: { sum: 0, n: 0 },
    add: ({ sum, n }, { sample_id, target, prediction }) => {
      if (!("scalar" in target)) throw new RangeError(`sample "${sample_id}": its target is no number`)
      return "scalar" in prediction ? { sum: sum + Math.abs(prediction.scalar - target.scalar), n: n + 1 } : { sum, n }
    },
    merge: (left, right) => ({ sum: left.sum + right.sum, n: left.n + right.n }),
    result: ({ sum, n }) => ({ values: { mae: n === 0 ? { insufficient: "nothing was answered" } : sum / n }, figures: [] })
  })
})

const context = { output_type: "scalar", classes: [] } as const
const mae: SampleJudge = { metric: "mae", direction: "lower-is-better", fold: errors.start({}, context) as SampleJudge["fold"] }

const ids = (list: ReadonlyArray<{ readonly sample_id: string }> | null) => list?.map((each) => each.sample_id)

describe("sampleChanges()", () => {
  it("sorts samples of a class by who was right, an abstention being wrong", () => {
    const baseline = [
      answered("both", 1, 1),
      answered("lost", 1, 1),
      answered("won", 1, 0),
      answered("never", 1, 0),
      answered("mute", 1, null)
    ]
    const run = [answered("mute", 1, 1), answered("never", 1, 2), answered("won", 1, 1), answered("lost", 1, null), answered("both", 1, 1)]
    expect(sampleChanges(baseline, run, mae)).toEqual({
      judged_by: "class",
      matched: 5,
      not_judged: 0,
      improved: [
        { sample_id: "won", target: 1, baseline: 0, run: 1 },
        { sample_id: "mute", target: 1, baseline: null, run: 1 }
      ],
      regressed: [{ sample_id: "lost", target: 1, baseline: 1, run: null }],
      persistent: [{ sample_id: "never", target: 1, baseline: 0, run: 2 }],
      unmatched: { baseline_only: [], run_only: [] }
    })
  })

  it("names samples that only one of them has, and judges none of them", () => {
    const found = sampleChanges([answered("a", 1, 1), answered("b", 1, 1)], [answered("c", 1, 0), answered("b", 1, 1)], mae)
    expect([found.matched, found.unmatched, found.improved, found.regressed]).toEqual([
      1,
      { baseline_only: ["a"], run_only: ["c"] },
      [],
      []
    ])
  })

  it("judges everything else by the metric over one sample, in its direction", () => {
    const baseline = [scalar("closer", 5, 9), scalar("farther", 5, 6), scalar("same", 5, 4), scalar("mute", 5, null)]
    const run = [scalar("closer", 5, 6), scalar("farther", 5, 0), scalar("same", 5, 6), scalar("mute", 5, 5)]
    expect(sampleChanges(baseline, run, mae)).toEqual({
      judged_by: "mae",
      matched: 4,
      not_judged: 1,
      improved: [{ sample_id: "closer", target: null, baseline: 4, run: 1 }],
      regressed: [{ sample_id: "farther", target: null, baseline: 1, run: 5 }],
      persistent: null,
      unmatched: { baseline_only: [], run_only: [] }
    })
    const higher = sampleChanges(baseline, run, { ...mae, direction: "higher-is-better" })
    expect([ids(higher.improved), ids(higher.regressed)]).toEqual([["farther"], ["closer"]])
  })

  it("leaves samples out that the pack refuses, and counts them", () => {
    const mixed = [scalar("a", 1, 1), answered("b", 1, 1)]
    expect(sampleChanges(mixed, mixed, mae)).toMatchObject({ judged_by: "mae", not_judged: 1, improved: [], regressed: [] })
  })

  it("lists all of a hundred thousand samples", () => {
    const many = (shift: number) =>
      Array.from({ length: 100_000 }, (_, at) => answered(`s-${at}`, at % 10, (at % 10) + (at % 7 === shift ? 1 : 0)))
    const found = sampleChanges(many(0), many(1), mae)
    expect([found.matched, found.improved.length, found.regressed.length, found.persistent?.length]).toEqual([100_000, 14_286, 14_286, 0])
  })
})

describe("slicesBy()", () => {
  const baseline = [answered("a", 0, 0), answered("b", 0, 1), answered("c", 1, 1), answered("d", 1, null)]
  const run = [answered("d", 1, 1), answered("c", 1, 1), answered("b", 0, 0), answered("a", 0, 0)]
  const groups: Readonly<Record<string, string>> = { a: "10", b: "9", c: "9" }

  it("sorts numbers by size and puts samples without a value last", () => {
    const runs = [
      { label: "a", answers: baseline },
      { label: "b", answers: run }
    ]
    expect(slicesBy("age", (id) => groups[id], runs, mae)).toMatchObject({
      by: "age",
      slices: [
        { slice: "9", n: 2, errors: { a: 1, b: 0 } },
        { slice: "10", n: 1, errors: { a: 0, b: 0 } },
        { slice: null, n: 1, errors: { a: 1, b: 0 } }
      ]
    })
  })

  it("says why a slice has no value of the metric, and counts no errors where answers are of no class", () => {
    const mute = [{ label: "a", answers: [scalar("a", 1, null), scalar("b", 1, 3)] }]
    expect(slicesBy("id", (id) => id, mute, mae).slices).toEqual([
      { slice: "a", n: 1, values: { a: { insufficient: "nothing was answered" } }, errors: null },
      { slice: "b", n: 1, values: { a: 2 }, errors: null }
    ])
    const refused = [{ label: "a", answers: baseline.slice(0, 1) }]
    expect(slicesBy("id", (id) => id, refused, mae).slices[0]?.values).toEqual({
      a: { insufficient: `sample "a": its target is no number` }
    })
  })
})
