import { problemsOf } from "@feagi-trainer/charts"
import { describe, expect, it } from "vitest"
import { drawnTogether, envelopeFigure, envelopeOf } from "../src/pages/experiments/envelope.ts"
import { type Group, halfWidth, historyFigure, intervalColumns, scaleOf, seriesOf, statOf } from "../src/pages/experiments/groups.ts"

const group = (name: string, scores: ReadonlyArray<number | null>, score: Group["score"], more: Partial<Group> = {}): Group => ({
  group_id: `g-${name}00000000`.slice(0, 14),
  name,
  created: "2026-11-22T07:41:08.177Z",
  dataset: "iris@1",
  protocol: "holdout@1",
  learner: "brain",
  statuses: { completed: scores.length },
  runs: scores.length,
  done: scores.length,
  primary_metric: "accuracy",
  direction: "higher-is-better",
  score,
  best: null,
  members: scores.map((value, index) => ({ run_id: `r-${index}`, seed: index + 1, status: "completed", score: value })),
  earlier_attempts: 0,
  archived: false,
  ...more
})
const stat = (n: number, mean: number, half: number): Group["score"] => ({
  n,
  mean,
  stddev: half,
  ci_low: mean - half,
  ci_high: mean + half,
  confidence_level: 0.95
})

describe("run groups", () => {
  it("have the ends of their interval in a file, and one seed has none", () => {
    const row = (score: Group["score"]) => intervalColumns.map(({ key, value }) => [key, value({ score })])
    expect(row(stat(3, 0.5, 0.25))).toEqual([
      ["stddev", 0.25],
      ["ci_low", 0.25],
      ["ci_high", 0.75],
      ["confidence_level", 0.95]
    ])
    for (const score of [stat(1, 0.5, 0), { insufficient: "no" }])
      expect(row(score).map(([, value]) => value)).toEqual([null, null, null, null])
  })

  it("have no mean while a seed has no score, and no interval with one seed", () => {
    expect(statOf({ score: { insufficient: "the run has no value" } })).toBeNull()
    expect(statOf({ score: stat(1, 0.9, 0) })).toEqual({ n: 1, mean: 0.9, interval: null })
    expect(halfWidth({ score: stat(1, 0.9, 0) })).toBeNull()
    expect(halfWidth({ score: stat(3, 0.5, 0.25) })).toBe(0.25)
  })

  it("are drawn together only where dataset, protocol and metric are the same, oldest first", () => {
    const groups = [
      group("b", [0.9], stat(1, 0.9, 0), { created: "2026-11-22T08:00:00.000Z" }),
      group("a", [0.8], stat(1, 0.8, 0)),
      group("c", [0.7], stat(1, 0.7, 0), { dataset: "iris@2" }),
      group("d", [0.7], stat(1, 0.7, 0), { primary_metric: "f1/macro" }),
      group("e", [null], { insufficient: "the run has no value" })
    ]
    expect(seriesOf(groups).map(({ groups: list }) => list.map(({ name }) => name))).toEqual([["a", "b"], ["c"], ["d"]])
  })

  it("make a figure that can be drawn, with gaps where nothing is known", () => {
    const figure = historyFigure("iris", [
      group("a", [0.8, 0.9], stat(2, 0.85, 0.1)),
      group("b", [0.8], stat(1, 0.8, 0)),
      group("c", [null], { insufficient: "the run has no value" })
    ])
    expect(problemsOf(figure)).toEqual([])
    expect(figure.series[0]).toMatchObject({ values: [0.85, 0.8, null], low: [0.75, null, null], high: [0.95, null, null] })
    expect(figure.categories.length).toBe(3)
  })

  it("are drawn up to the newest twenty, as more could not be told apart", () => {
    const many = Array.from({ length: 25 }, (_, index) => group(`n${index}`, [0.8], stat(1, index / 25, 0)))
    const figure = historyFigure("iris", many)
    expect(figure.categories.length).toBe(20)
    expect(figure.categories[0]).toMatch(/^n5 /)
    expect(figure.description).toContain("the newest 20 of 25")
  })

  it("share a scale: 0 to 1 for shares, what scores reach otherwise, and never an empty one", () => {
    expect(scaleOf([group("a", [0.2, null], stat(1, 0.2, 0))])).toEqual([0, 1])
    expect(scaleOf([group("a", [-3, 12], stat(2, 4, 1))])).toEqual([-3, 12])
    expect(scaleOf([group("a", [200], stat(1, 200, 0))])).toEqual([199, 201])
    expect(scaleOf([])).toEqual([0, 1])
  })
})

describe("a series over the seeds", () => {
  const seeds = [
    { x: [1, 2, 3], y: [0, 0.5, 1] },
    { x: [1, 2], y: [1, 0.5] },
    { x: [2, 1, 3], y: [0.2, 0.5, null] }
  ]

  it("has mean, least and most where every seed has a value, and nothing elsewhere", () => {
    const found = envelopeOf(seeds)
    expect(found.map(({ x, low, high }) => [x, low, high])).toEqual([
      [1, 0, 1],
      [2, 0.2, 0.5]
    ])
    expect(found.map(({ mean }) => mean)).toEqual([0.5, 1.2 / 3])
    expect([envelopeOf([]), envelopeOf([...seeds, { x: [], y: [] }])]).toEqual([[], []])
    expect(envelopeOf([{ x: [1, 1], y: [3, 4] }])).toEqual([{ x: 1, mean: 4, low: 4, high: 4 }])
  })

  it("is drawn as a line in a band, of those experiments whose seeds have a place in common", () => {
    const series = { name: "metric/train/accuracy", title: "accuracy, train", unit: "1" }
    const figure = envelopeFigure(series, [
      { name: "a", seeds },
      { name: "b", seeds: [{ x: [], y: [] }] }
    ])
    if (figure === undefined) throw new Error("there is one")
    expect(problemsOf(figure)).toEqual([])
    expect(figure.series.map(({ name, points, band }) => [name, points.length, band?.[1]])).toEqual([["a, 3 seeds", 2, [2, 0.2, 0.5]]])
    expect(envelopeFigure(series, [])).toBeUndefined()
  })

  it("is drawn together for one dataset and protocol alone", () => {
    const [a, b, c] = [group("a", [1], stat(1, 1, 0)), group("b", [1], stat(1, 1, 0), { dataset: "x@1" }), group("c", [1], stat(1, 1, 0))]
    expect(drawnTogether([a, b, c]).map(({ name }) => name)).toEqual(["a", "c"])
    expect(drawnTogether([a, group("d", [1], stat(1, 1, 0), { protocol: "other@1" })])).toEqual([a])
  })
})
