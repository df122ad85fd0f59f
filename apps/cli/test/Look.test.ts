/** The verbs that look at a run and at what can be begun with, held against what the run itself says. */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { irisCsv } from "../src/serve/irisCsv.ts"
import { iris, irisProject, type Project, type RunShown } from "./support/project.ts"

let project: Project
let run: RunShown
beforeAll(async () => {
  project = await irisProject("3")
  const { runs } = await project.data<{ readonly runs: ReadonlyArray<RunShown> }>(
    "run",
    "start",
    "x.run.toml",
    ...["--set", "training.epochs=3", "--set", "checkpoint_every=30"]
  )
  const [first] = runs
  if (first === undefined) throw new Error("one seed was started")
  run = first
})
afterAll(() => project.close())

interface Answers {
  readonly total: number
  readonly matched: number
  readonly rows: ReadonlyArray<{
    readonly phase: string
    readonly epoch: number
    readonly sample_id: string
    readonly truth: string | null
    readonly predicted: string | null
    readonly outcome: string
    readonly reward?: { readonly raw: number }
  }>
}

describe("run predictions", () => {
  it("gives as many right ones as the accuracy says, and the rest is wrong or abstained", async () => {
    const test = await project.data<Answers>("run", "predictions", "--phase", "test")
    expect([test.total, test.matched, test.rows.length]).toEqual([30, 30, 30])
    const right = await project.data<Answers>("run", "predictions", "--phase", "test", "--outcome", "correct")
    expect(right.matched / test.total).toBe(run.phases.at(-1)?.metrics.accuracy)
    const counts = await Promise.all(
      ["correct", "wrong", "abstained", "unscored"].map(
        async (outcome) => (await project.data<Answers>("run", "predictions", "--phase", "test", "--outcome", outcome)).matched
      )
    )
    expect(counts.reduce((sum, each) => sum + each)).toBe(30)
  })

  it("filters by class, epoch and sample, and counts before it pages", async () => {
    const setosa = await project.data<Answers>(
      "run",
      "predictions",
      "--phase",
      "train",
      "--truth",
      "setosa",
      "--epoch",
      "2",
      "--limit",
      "4"
    )
    expect([setosa.total, setosa.matched, setosa.rows.length]).toEqual([270, 30, 4])
    expect(new Set(setosa.rows.map(({ truth, epoch }) => `${truth} ${epoch}`))).toEqual(new Set(["setosa 2"]))
    const [first] = setosa.rows
    const next = await project.data<Answers>("run", "predictions", "--phase", "train", "--truth", "setosa", "--epoch", "2", "--offset", "4")
    expect(next.rows.length).toBe(26)
    const one = await project.data<Answers>("run", "predictions", "--sample", first?.sample_id ?? "")
    expect([one.matched, new Set(one.rows.map(({ sample_id }) => sample_id)).size]).toEqual([3, 1])
    expect(one.rows.every(({ reward }) => reward !== undefined)).toBe(true)
  })
})

interface SeriesData {
  readonly available: ReadonlyArray<{ readonly name: string; readonly points: number; readonly unit: string }>
  readonly series: ReadonlyArray<{
    readonly name: string
    readonly x: ReadonlyArray<number>
    readonly y: ReadonlyArray<number>
    readonly points: number
    readonly range: ReadonlyArray<number> | null
    readonly thinned: boolean
  }>
}

describe("run series", () => {
  it("lists what there is and gives no point unasked", async () => {
    const { available, series } = await project.data<SeriesData>("run", "series")
    expect(series).toEqual([])
    const points = Object.fromEntries(available.map((each) => [each.name, each.points]))
    expect(points).toMatchObject({
      "metric/train/accuracy": 9,
      "reward/train/raw": 270,
      "curve/train/accuracy": 3,
      "cost/train/wall_seconds": 9
    })
  })

  it("gives the rewards that the run recorded, sample by sample, with their mean by epoch", async () => {
    const { series } = await project.data<SeriesData>("run", "series", "--name", "reward/train/raw", "--max-points", "1000")
    const [raw] = series
    expect([raw?.points, raw?.thinned, raw?.x[0], raw?.x.at(-1)]).toEqual([270, false, 1, 270])
    const shown = await project.data<{ readonly rewards: ReadonlyArray<{ readonly mean_raw: number }> }>("run", "show")
    const means = [0, 1, 2].map((epoch) => (raw?.y.slice(epoch * 90, (epoch + 1) * 90) ?? []).reduce((sum, each) => sum + each, 0) / 90)
    for (const [epoch, mean] of means.entries()) expect(mean).toBeCloseTo(shown.rewards[epoch]?.mean_raw ?? Number.NaN, 12)
  })

  it("ends where the run ended: the last point of a metric is that of the last epoch", async () => {
    const { series } = await project.data<SeriesData>(
      "run",
      "series",
      "--name",
      "metric/train/accuracy",
      "--name",
      "curve/train/accuracy",
      "--x",
      "epoch"
    )
    const [metric, curve] = series
    expect(curve?.x).toEqual([1, 2, 3])
    expect(metric?.x.at(-1)).toBe(3)
    expect(metric?.y.at(-1)).toBe(curve?.y.at(-1))
  })

  it("looks into a window with the nearest point outside on each side", async () => {
    const { series } = await project.data<SeriesData>("run", "series", "--name", "reward/train/raw", "--from", "100.5", "--to", "110")
    const [raw] = series
    expect([raw?.x[0], raw?.x.at(-1), raw?.points, raw?.range]).toEqual([100, 111, 10, [1, 270]])
  })

  it("names the line that was meant", async () => {
    const said = await project.ftr("run", "series", "--name", "metric/train/acuracy")
    expect([said.code, said.stderr.includes('did you mean "metric/train/accuracy"?')]).toEqual([2, true])
  })
})

describe("run status and run metrics", () => {
  it("say of a finished run what it came to", async () => {
    const status = await project.data("run", "status")
    expect(status).toMatchObject({
      run_id: run.run_id,
      status: "completed",
      held: false,
      phase: "test",
      samples_done: 30,
      samples_total: 30,
      run_samples_done: 330,
      run_samples_total: 330,
      rate: null,
      pending: null,
      failure: null
    })
    const { phases, primary_metric, directions } = await project.data<{
      readonly primary_metric: string
      readonly directions: Readonly<Record<string, string>>
      readonly phases: ReadonlyArray<{
        readonly phase: string
        readonly state: string
        readonly metrics: ReadonlyArray<{ readonly name: string; readonly final: unknown; readonly points: number; readonly last: number }>
      }>
    }>("run", "metrics")
    expect([primary_metric, directions.accuracy, phases.map(({ state }) => state)]).toEqual([
      "accuracy",
      "higher-is-better",
      ["done", "done", "done"]
    ])
    const accuracy = phases.map(({ metrics }) => metrics.find(({ name }) => name === "accuracy"))
    expect([accuracy[0]?.final, accuracy[0]?.points]).toEqual([null, 9])
    expect(accuracy[2]?.final).toBe(run.phases.at(-1)?.metrics.accuracy)
  })

  it("say of a created run that nothing began", async () => {
    const { run_ids, runs } = await project.data<{
      readonly run_ids: ReadonlyArray<string>
      readonly runs: ReadonlyArray<{ readonly spec_sha256: string }>
    }>("run", "create", "x.run.toml")
    const planned = await project.data<{ readonly runs: ReadonlyArray<{ readonly spec_sha256: string }> }>("run", "plan", "x.run.toml")
    expect(runs.map((each) => each.spec_sha256)).toEqual(planned.runs.map((each) => each.spec_sha256))
    expect(await project.data("run", "status", run_ids[0] ?? "")).toMatchObject({
      status: "created",
      phase: null,
      started_at: null,
      samples_done: 0,
      last_seq: 0
    })
    expect((await project.ftr("run", "status", run_ids[0] ?? "")).stdout).toContain("none begun")
  })

  it("fit into 80 columns", async () => {
    for (const verb of ["status", "metrics", "series", "predictions"]) {
      const { stdout } = await project.ftr("run", verb, run.run_id)
      expect(Math.max(...stdout.split("\n").map((line) => [...line].length)), verb).toBeLessThanOrEqual(80)
    }
  })
})

describe("run figures", () => {
  it("counts every answer once in the confusion matrix, and of one sample the one", async () => {
    interface Matrix {
      readonly kind: string
      readonly values: ReadonlyArray<ReadonlyArray<number>>
    }
    const counted = async (...more: ReadonlyArray<string>) => {
      const { phases } = await project.data<{
        readonly phases: ReadonlyArray<{ readonly phase: string; readonly figures: ReadonlyArray<Matrix> }>
      }>("run", "figures", run.run_id, ...more)
      return phases.map(({ phase, figures }) => {
        const values = figures.find(({ kind }) => kind === "matrix")?.values.flat() ?? []
        return [phase, values.reduce((sum, each) => sum + each, 0)]
      })
    }
    expect(await counted()).toEqual([
      ["validate", 30],
      ["test", 30]
    ])
    const { rows } = await project.data<Answers>("run", "predictions", run.run_id, "--phase", "test", "--limit", "1")
    expect(await counted("--phase", "test", "--sample", rows[0]?.sample_id ?? "")).toEqual([["test", 1]])
  })

  it("names the phases that are scored", async () => {
    const said = await project.ftr("run", "figures", "--phase", "train")
    expect([said.code, said.stderr.includes("one of validate, test")]).toEqual([2, true])
  })
})

describe("template ls", () => {
  it("says which templates fit a dataset, those that can be used first, and why the others do not", async () => {
    const rows = await project.data<
      ReadonlyArray<{
        readonly template: string
        readonly applies: string
        readonly available: boolean
        readonly reasons: ReadonlyArray<string>
      }>
    >("template", "ls", "--dataset", "iris@1")
    expect(rows.map(({ template, applies, available }) => [template, applies, available])).toEqual([
      ["tabular-classification", "yes", true],
      ["image-classification", "no", false],
      ["time-series-classification", "no", false]
    ])
    expect(rows[1]?.reasons).toContain("takes image, not tabular")
    const alone = await project.data<ReadonlyArray<{ readonly applies: null }>>("template", "ls")
    expect(alone.map(({ applies }) => applies)).toEqual([null, null, null])
    expect(await project.data("template", "ls", "--learner", "gradient")).toEqual([])
  })
})

describe("dataset labels and dataset preview", () => {
  it("count the samples of each class", async () => {
    expect(await project.data("dataset", "labels", "iris@1")).toEqual({
      dataset: "iris@1",
      classes: ["setosa", "versicolor", "virginica"].map((label, class_id) => ({ class_id, label, samples: 50, from: [label] })),
      label_map: null
    })
  })

  it("show of a source what the registered dataset shows", async () => {
    interface Preview {
      readonly samples: ReadonlyArray<{ readonly sample_id: string; readonly payload: unknown; readonly target: unknown }>
    }
    const page = ["--count", "3", "--from", "99"]
    const registered = await project.data<Preview>("dataset", "preview", "iris@1", ...page)
    const source = await project.data<Preview>("dataset", "preview", "iris.csv", "--adapter", "csv", "--label-column", "species", ...page)
    const facts = ({ samples }: Preview) => samples.map(({ sample_id, payload, target }) => ({ sample_id, payload, target }))
    expect(facts(source)).toEqual(facts(registered))
    expect(facts(source).length).toBe(3)
  })
})

describe("the demonstration", () => {
  it("registers the Iris data of the examples, byte for byte", () => {
    expect(irisCsv).toBe(readFileSync(iris, "utf8"))
  })
})
