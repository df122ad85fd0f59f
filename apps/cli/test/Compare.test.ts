import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Comparison, comparisonCsv, comparisonMarkdown } from "@feagi-trainer/control-api/comparison"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { flip, irisProject, type Project, type Said, started } from "./support/project.ts"

let project: Project
const ids: Record<string, string> = {}
const quick = ["--set", "training.epochs=1", "--set", "split.seed=1", "--no-progress"]

beforeAll(async () => {
  project = await irisProject("1")
  const other = await project.ftr(
    "init",
    "--template",
    "tabular-classification",
    "--dataset",
    "iris@1",
    "--seed",
    "1",
    "--option",
    "bins=7"
  )
  expect(other.code).toBe(0)
  project.write("bins.run.toml", other.stdout)
  const make = async (name: string, ...argv: ReadonlyArray<string>) => {
    ids[name] = (await started(project, ...argv, ...quick)).run_id
  }
  await make("plain", "x.run.toml")
  await make("seed", "x.run.toml", "--set", "seeds=[2]")
  await make("reward", "x.run.toml", "--set", "learner.reward.options.margin=0.1")
  await make("bins", "bins.run.toml")
  await make("controls", "x.run.toml", "--set", "controls.silent_reward=true", "--set", "controls.shuffled_labels=true")
  ids.split = (await started(project, "x.run.toml", "--set", "training.epochs=1", "--set", "split.seed=2")).run_id
})
afterAll(() => project.close())

const compare = (a: string, b: string, ...flags: ReadonlyArray<string>): Promise<Said> =>
  project.ftr("run", "compare", ids[a] ?? a, ids[b] ?? b, ...flags)
/** The fields in the way of a comparison, from the document that a refusal gives as well. */
const fieldsOf = (said: Said): ReadonlyArray<string> => {
  const { data } = JSON.parse(said.stdout) as {
    readonly data: {
      readonly comparable: boolean
      readonly identity_differences: ReadonlyArray<{ readonly field: string }>
      readonly treatment_differences: ReadonlyArray<{ readonly field: string; readonly across: boolean }>
    }
  }
  expect(data.comparable).toBe(false)
  const treatment = data.treatment_differences.filter((each) => !each.across)
  return [...data.identity_differences, ...treatment].map((each) => each.field).sort()
}

describe("run compare", () => {
  it("compares two seeds on one split, with all metrics", async () => {
    const said = await compare("plain", "seed", "--json")
    expect(said.code).toBe(0)
    const { data } = JSON.parse(said.stdout) as {
      data: { comparable: boolean; across: unknown; metrics: Record<string, Record<string, unknown>> }
    }
    expect(data.comparable).toBe(true)
    expect(Object.keys(data.metrics.accuracy ?? {}).sort()).toEqual(["a", "b", "diff", "interval", "p", "verdict"])
  })

  it("refuses another reward with 4, naming the option that differs", async () => {
    const said = await compare("plain", "reward", "--json")
    expect([said.code, fieldsOf(said)]).toEqual([4, ["reward.config.margin"]])
    expect(said.stderr).toMatch(/a has 0\.\d+, b has 0\.1$/m)
  })

  it("refuses other bins with 4, naming encoding and genome; the declared factor is allowed and nothing else", async () => {
    const said = await compare("plain", "bins", "--json")
    expect([said.code, fieldsOf(said)]).toEqual([4, ["encoding.bins", "encoding.properties", "genome"]])
    const encoding = await compare("plain", "bins", "--across", "encoding", "--json")
    expect([encoding.code, fieldsOf(encoding)]).toEqual([4, ["genome"]])
    const both = await compare("plain", "bins", "--across", "encoding,genome", "--json")
    expect(both.code).toBe(0)
    expect(JSON.parse(both.stdout)).toMatchObject({ data: { comparable: true, across: ["encoding", "genome"] } })
  })

  it("refuses controls with 4, both of them", async () => {
    const said = await compare("plain", "controls", "--json")
    expect([said.code, fieldsOf(said)]).toEqual([4, ["controls.shuffled_labels", "controls.silent_reward"]])
  })

  it("refuses another split whatever is declared, and shows it on request with a watermark and no metric", async () => {
    const said = await compare("plain", "split", "--across", "genome", "--json")
    expect([said.code, fieldsOf(said)]).toEqual([4, ["split.test", "split.train", "split.val"]])
    const shown = await compare("plain", "split", "--exploratory", "--json")
    expect(shown.code).toBe(0)
    const { data } = JSON.parse(shown.stdout) as { data: { comparable: boolean; watermark: string; metrics: object } }
    expect([data.comparable, data.metrics]).toEqual([false, {}])
    const text = await compare("plain", "split", "--exploratory")
    expect(text.stdout.startsWith(data.watermark)).toBe(true)
  })

  it("takes an unknown factor for a slip: 2, with the field that was meant", async () => {
    const said = await compare("plain", "bins", "--across", "encodng")
    expect(said.code).toBe(2)
    expect(said.stderr).toContain("encoding")
  })

  it("says what was compared, and gives the same document again wherever the runs lie", async () => {
    const said = await compare("plain", "seed", "--json")
    const { data } = JSON.parse(said.stdout) as { data: Record<string, unknown> }
    expect(data).toMatchObject({
      baseline: "a",
      phase: "test",
      primary_metric: "accuracy",
      n: 30,
      runs: [
        { label: "a", run_id: ids.plain, seed: 1, dataset: "iris@1", learner: "brain", bundle: null },
        { label: "b", run_id: ids.seed, seed: 2 }
      ],
      config: [{ field: "seed", a: "1", b: "2" }],
      provenance: []
    })
    expect((await project.ftr("run", "export", ids.seed ?? "", "--bundle", "seed.zip")).code).toBe(0)
    const bundled = await compare("plain", "seed.zip", "--json")
    const again = (JSON.parse(bundled.stdout) as { data: Record<string, unknown> }).data
    expect(again.runs).toMatchObject([{ bundle: null }, { bundle: "seed.zip" }])
    const { runs: _, ...found } = data
    expect(again).toEqual({ ...found, runs: again.runs })
    expect(data.comparison_sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it("compares bundles in a project that has no store, and refuses one that was altered", async () => {
    const folder = mkdtempSync(join(tmpdir(), "feagi-trainer-compare-"))
    try {
      for (const name of ["plugins", "feagi-trainer.toml"]) cpSync(project.path(name), join(folder, name), { recursive: true })
      for (const [name, id] of Object.entries({ plain: ids.plain, seed: ids.seed }))
        expect((await project.ftr("run", "export", id ?? "", "--bundle", join(folder, name))).code).toBe(0)
      const { ended } = project.spawn(["run", "compare", join(folder, "plain"), join(folder, "seed")])
      const said = await ended
      expect([said.code, said.stdout.split("\n")[0]]).toEqual([0, "comparable: one benchmark, one treatment"])
      flip(join(folder, "seed", "predictions.ndjson"), 100)
      const altered = await compare("plain", join(folder, "seed"))
      expect([altered.code, altered.stderr.includes("predictions.ndjson")]).toEqual([6, true])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it("compares three runs with the first, or with the one that is named as the baseline", async () => {
    type Against = { readonly run: string; readonly metrics: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
    type Data = {
      readonly runs: ReadonlyArray<{ run_id: string }>
      readonly comparisons: ReadonlyArray<Against>
      readonly metrics?: object
    }
    const across = ["--across", "reward", "--json"]
    const dataOf = (said: Said) => (JSON.parse(said.stdout) as { readonly data: Data }).data
    const three = dataOf(await project.ftr("run", "compare", ids.plain ?? "", ids.seed ?? "", ids.reward ?? "", ...across))
    expect(three.comparisons.map((each) => each.run)).toEqual(["b", "c"])
    expect(three.metrics).toBeUndefined()
    const [one, two] = three.comparisons.map((each) => each.metrics.accuracy)
    expect(Object.keys(one ?? {}).sort()).toEqual(["baseline", "diff", "interval", "p", "p_holm", "value", "verdict"])
    expect(one?.baseline).toBe(two?.baseline)
    expect(Number(one?.p_holm)).toBeGreaterThanOrEqual(Number(one?.p))
    const other = dataOf(await project.ftr("run", "compare", ids.plain ?? "", ids.seed ?? "", "--baseline", ids.seed ?? "", "--json"))
    expect(other.runs.map((each) => each.run_id)).toEqual([ids.seed, ids.plain])
    expect(other.comparisons[0]?.metrics.accuracy?.baseline).toBe(one?.value)
    const alone = await project.ftr("run", "compare", ids.plain ?? "")
    expect([alone.code, alone.stderr.includes("at least two")]).toEqual([2, true])
  })

  it("slices by class, phase and a field of the samples, and names the fields that there are for a slip", async () => {
    const said = await compare("plain", "seed", "--slice-by", "feature.petal_width", "--json")
    type Table = { readonly by: string; readonly metric: string; readonly slices: ReadonlyArray<{ readonly n: number }> }
    const { slices } = (JSON.parse(said.stdout) as { readonly data: { readonly slices: ReadonlyArray<Table> } }).data
    expect(slices.map((each) => [each.by, each.metric, each.slices.reduce((sum, slice) => sum + slice.n, 0)])).toEqual([
      ["class", "accuracy", 30],
      ["phase", "accuracy", 60],
      ["feature.petal_width", "accuracy", 30]
    ])
    const slip = await compare("plain", "seed", "--slice-by", "petal_width")
    expect(slip.code).toBe(2)
    expect(slip.stderr).toContain("did you mean feature.petal_width?")
    expect(slip.stderr).toContain("class, feature.petal_length, feature.petal_width")
  })

  it("tells people everything in 80 columns", async () => {
    const said = await compare("plain", "seed", "--across", "reward")
    const lines = said.stdout.split("\n")
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    const samples = lines.find((line) => line.includes("samples in both"))
    expect(samples).toMatch(/^30 samples in both: \d+ improved, \d+ regressed, \d+ wrong in both$/)
    for (const title of ["B against A", "accuracy by class", "accuracy by phase", "configuration"]) expect(lines).toContain(title)
    expect(lines).toContain("  seed: A 1, B 2")
  })

  it("writes the same as CSV and as Markdown, of a refusal as well", async () => {
    const { data } = JSON.parse((await compare("plain", "seed", "--json")).stdout) as { data: Comparison }
    expect(data.comparisons[0]?.samples.mcnemar).toEqual({
      only_baseline_right: data.comparisons[0]?.samples.regressed.length,
      only_run_right: data.comparisons[0]?.samples.improved.length,
      p: expect.any(Number)
    })
    expect((await compare("plain", "seed", "--format", "csv")).stdout).toBe(comparisonCsv(data))
    expect((await compare("plain", "seed", "--format", "md")).stdout).toBe(comparisonMarkdown(data))
    const refused = await compare("plain", "bins", "--format", "csv")
    expect([refused.code, refused.stdout.split("\n")[1]?.includes(",refused,")]).toEqual([4, true])
  })

  it("takes a wrong id for a slip, and lists the runs that an id may mean", async () => {
    const wrong = await compare("plain", `${(ids.plain ?? "").slice(0, -3)}x-1`)
    expect(wrong.code).toBe(3)
    expect(wrong.stderr).toContain("did you mean")
    const ambiguous = await compare("plain", "r-")
    expect(ambiguous.code).toBe(2)
    expect(ambiguous.stderr).toContain(ids.plain ?? "")
  })
})
