/** What a session leaves behind, and how its groups fare: the same bytes from two stores that executed the same runs. */

import { existsSync } from "node:fs"
import { canonical, fromCanonical, sha256Hex } from "@feagi-trainer/determinism"
import { Ajv2020 } from "ajv/dist/2020.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type GroupShown, irisProject, type Project } from "./support/project.ts"

const names = ["train_summary.json", "training_metrics.json", "validation_metrics.json", "val_summary.md", "session_summary.md"] as const
const quick = ["--set", "training.epochs=2", "--no-progress"]

let here: Project
let there: Project
let group: GroupShown
let other: GroupShown
beforeAll(async () => {
  ;[here, there] = await Promise.all([irisProject("1..2"), irisProject("1..2")])
  group = await here.data<GroupShown>("run", "start", "x.run.toml", ...quick)
  // Of the same seeds there are two attempts, so that not even the ids of the runs are the same.
  await there.data("run", "start", "x.run.toml", ...quick)
  other = await there.data<GroupShown>("run", "start", "x.run.toml", ...quick)
})
afterAll(() => {
  here.close()
  there.close()
})

interface Written {
  readonly file: string
  readonly body_sha256: string
}

/** A file without what stands outside of its body. */
const bodyOf = (text: string): string =>
  text.split(text.startsWith("{") ? '  "envelope": {' : "<!-- envelope: not part of the body -->")[0] ?? ""

describe("run summaries", () => {
  it("writes the five files of a session, each with the hash of its own body", async () => {
    const written = await here.data<ReadonlyArray<Written>>("run", "summaries", group.group_id, "--out", "out")
    expect(written.map((each) => each.file)).toEqual(names.map((name) => `out/${name}`))
    for (const { file, body_sha256 } of written) {
      const text = here.read(file)
      if (file.endsWith(".md")) {
        expect([file, sha256Hex(bodyOf(text))]).toEqual([file, body_sha256])
        expect(text.slice(bodyOf(text).length)).toContain(body_sha256)
        continue
      }
      const document = JSON.parse(text) as {
        readonly body_sha256: string
        readonly body: never
        readonly envelope: { readonly runs: object }
      }
      expect([file, document.body_sha256]).toEqual([file, body_sha256])
      expect(sha256Hex(canonical(fromCanonical(JSON.stringify(document.body)) as never))).toBe(body_sha256)
    }
    // The overview names the four others by the hash of their bodies.
    for (const { body_sha256 } of written.slice(0, 4)) expect(here.read("out/session_summary.md")).toContain(body_sha256)
  })

  it("writes the same bytes from another store, apart from the envelope", async () => {
    const ours = await here.data<ReadonlyArray<Written>>("run", "summaries", group.group_id, "--out", "same")
    const theirs = await there.data<ReadonlyArray<Written>>("run", "summaries", other.group_id, "--out", "same")
    expect(theirs).toEqual(ours)
    for (const { file } of ours) {
      const [one, two] = [here.read(file), there.read(file)]
      expect(bodyOf(one).length).toBeGreaterThan(300)
      expect(bodyOf(two)).toBe(bodyOf(one))
      expect(two).not.toBe(one)
    }
    const envelope = (project: Project) =>
      (JSON.parse(project.read("same/train_summary.json")) as { envelope: { runs: ReadonlyArray<Record<string, string>> } }).envelope.runs
    expect(envelope(there).map((run) => run.run_id)).toEqual(other.runs.map((run) => run.run_id))
    expect(new Set([...envelope(here), ...envelope(there)].map((run) => run.run_uuid)).size).toBe(4)
  })

  it("writes the same bytes again from the same store", async () => {
    const id = group.runs[1]?.run_id ?? ""
    await here.data("run", "summaries", id, "--out", "one")
    await here.data("run", "summaries", id, "--out", "two")
    for (const name of names) expect(here.read(`two/${name}`)).toBe(here.read(`one/${name}`))
  })

  it("says what the runs themselves say: metrics, hashes, rewards, statistics over the seeds", async () => {
    await here.data("run", "summaries", group.group_id, "--out", "out")
    const body = <A>(name: string): A => (JSON.parse(here.read(`out/${name}`)) as { readonly body: A }).body
    type Phase = { readonly phase: string; readonly values: Record<string, number>; readonly predictions_sha256: string }
    const validation = body<{
      runs: ReadonlyArray<{ seed: number; spec_sha256: string; phases: ReadonlyArray<Phase> }>
      statistics: Record<string, Record<string, { n: number; mean: number }>>
    }>("validation_metrics.json")
    expect(validation.runs.map((run) => [run.seed, run.spec_sha256])).toEqual(group.runs.map((run) => [run.seed, run.spec_sha256]))
    for (const [at, run] of validation.runs.entries())
      expect(run.phases.map(({ phase, values, predictions_sha256 }) => ({ phase, predictions_sha256, metrics: values }))).toEqual(
        group.runs[at]?.phases
          .filter((each) => each.phase !== "train")
          .map(({ phase, predictions_sha256, metrics }) => ({ phase, predictions_sha256, metrics }))
      )
    const accuracies = validation.runs.map((run) => run.phases.find((each) => each.phase === "test")?.values.accuracy ?? Number.NaN)
    expect(validation.statistics.test?.accuracy).toMatchObject({ n: 2, mean: (Number(accuracies[0]) + Number(accuracies[1])) / 2 })
    const training = body<{ runs: ReadonlyArray<{ epochs: ReadonlyArray<Record<string, unknown>> }> }>("training_metrics.json")
    expect(training.runs.map((run) => run.epochs.map(({ epoch, phase, samples }) => [phase, epoch, samples]))).toEqual(
      group.runs.map(() => [
        ["train", 1, 90],
        ["train", 2, 90]
      ])
    )
    const shown = await here.data<{ rewards: ReadonlyArray<{ mean_raw: number }> }>("run", "show", group.runs[0]?.run_id ?? "")
    const [first] = training.runs
    expect(first?.epochs.map(({ reward }) => (reward as { mean_raw: number }).mean_raw)).toEqual(shown.rewards.map((each) => each.mean_raw))
  })

  it("tells the groups of a field as `run bias` does, and changes nothing else", async () => {
    const [run] = group.runs
    const id = run?.run_id ?? ""
    const plain = await here.data<ReadonlyArray<Written>>("run", "summaries", id, "--out", "plain")
    const grouped = await here.data<ReadonlyArray<Written>>("run", "summaries", id, "--out", "grouped", "--group-by", "class")
    expect(grouped.map((each, at) => each.body_sha256 === plain[at]?.body_sha256)).toEqual([true, true, false, false, false])
    type Body = { readonly body: { readonly runs: ReadonlyArray<{ readonly phases: ReadonlyArray<Record<string, unknown>> }> } }
    const phases = (JSON.parse(here.read("grouped/validation_metrics.json")) as Body).body.runs[0]?.phases ?? []
    const { metrics } = await here.data<{ metrics: object }>("run", "bias", id, "--group-by", "class")
    expect(phases.map((each) => each.phase)).toEqual(["validate", "test"])
    expect(phases[1]?.groups).toEqual({ field: "class", minimum: 10, ...metrics })
    expect(here.read("grouped/val_summary.md")).toMatch(/^\| virginica \| 10 \| [01]\.\d{6} \|/m)
  })

  it("writes what its published schemas describe", async () => {
    await here.data("run", "summaries", group.runs[0]?.run_id ?? "", "--out", "out", "--group-by", "class")
    const ajv = new Ajv2020({ strict: false })
    for (const [name, file] of [
      ["TrainSummary", "train_summary.json"],
      ["TrainingMetrics", "training_metrics.json"],
      ["ValidationMetrics", "validation_metrics.json"]
    ] as const) {
      const valid = ajv.compile(JSON.parse((await here.ftr("schema", "show", name)).stdout) as object)
      const document = JSON.parse(here.read(`out/${file}`)) as { body: { runs: ReadonlyArray<object> } }
      expect([file, valid(document), valid.errors]).toEqual([file, true, null])
      expect(valid({ ...document, body: { ...document.body, runs: [{}] } })).toBe(false)
    }
  })

  it("summarises one run, without statistics over seeds", async () => {
    const [one] = group.runs
    await here.data("run", "summaries", one?.run_id ?? "", "--out", "single")
    const { body } = JSON.parse(here.read("single/validation_metrics.json")) as {
      body: { runs: ReadonlyArray<unknown>; statistics: object }
    }
    expect([body.runs.length, body.statistics]).toEqual([1, {}])
  })

  it("refuses a session of which a run is not over, and writes nothing", async () => {
    const { child, ended } = there.spawn([
      "run",
      "start",
      "x.run.toml",
      "--set",
      "seeds=[7]",
      "--set",
      "training.epochs=500",
      "--no-progress"
    ])
    type Row = { readonly run_id: string; readonly seed: number; readonly status: string }
    const working = async (): Promise<Row> => {
      const row = (await there.data<ReadonlyArray<Row>>("run", "ls")).find((each) => each.seed === 7)
      if (child.exitCode !== null) throw new Error("the run ended before it could be stopped")
      return row?.status === "running" ? row : working()
    }
    const { run_id } = await working()
    child.kill("SIGINT")
    expect((await ended).code).toBe(130)
    const refused = await there.ftr("run", "summaries", run_id, "--out", "none")
    expect([refused.code, refused.stderr.includes("FT3315"), refused.stderr.includes(`run resume ${run_id}`)]).toEqual([3, true, true])
    expect(existsSync(there.path("none"))).toBe(false)
    const nowhere = await there.ftr("run", "summaries", "r-nothing", "--out", "none")
    expect([nowhere.code, nowhere.stderr.includes("run ls")]).toEqual([3, true])
  })
})

describe("run bias", () => {
  it("tells the metrics of every group with the gap between them", async () => {
    const [run] = group.runs
    const found = await here.data<{
      field: string
      n: number
      metrics: { groups: Record<string, { n: number; values: Record<string, { value: number }> }>; disparities: Record<string, unknown> }
      classes: ReadonlyArray<{ label: string }>
    }>("run", "bias", run?.run_id ?? "", "--group-by", "class")
    const metrics = run?.phases.find((each) => each.phase === "test")?.metrics ?? {}
    expect([found.field, found.n, Object.keys(found.metrics.groups)]).toEqual(["class", 30, ["setosa", "versicolor", "virginica"]])
    for (const [label, { n, values }] of Object.entries(found.metrics.groups))
      expect([label, n, values.accuracy?.value]).toEqual([label, 10, metrics[`recall/${label}`]])
    expect(Object.keys(found.metrics.disparities)).toContain("accuracy")
    expect(found.classes.map((each) => each.label)).toEqual(["setosa", "versicolor", "virginica"])
  })

  it("reads a bundle as well, and fits 80 columns", async () => {
    const [run] = group.runs
    expect((await here.ftr("run", "export", run?.run_id ?? "", "--bundle", "b.zip")).code).toBe(0)
    const argv = ["--group-by", "class", "--min-group", "5"] as const
    const [stored, bundled] = [await here.ftr("run", "bias", run?.run_id ?? "", ...argv), await here.ftr("run", "bias", "b.zip", ...argv)]
    expect([stored.code, bundled.stdout]).toEqual([0, stored.stdout])
    expect(stored.stdout.split("\n").filter((line) => line.length > 80)).toEqual([])
  })

  it("names the fields that there are, and the groups that are too small", async () => {
    const slip = await here.ftr("run", "bias", "latest", "--group-by", "sex")
    expect([slip.code, slip.stderr.includes("class, feature.petal_length")]).toEqual([2, true])
    const small = await here.ftr("run", "bias", "latest", "--group-by", "class", "--min-group", "11")
    expect([small.code, small.stderr.includes("setosa: 10")]).toEqual([3, true])
  })
})
