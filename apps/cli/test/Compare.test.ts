import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { irisProject, type Project, type Said, started } from "./support/project.ts"

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

  it("takes a wrong id for a slip, and lists the runs that an id may mean", async () => {
    const wrong = await compare("plain", `${(ids.plain ?? "").slice(0, -3)}x-1`)
    expect(wrong.code).toBe(3)
    expect(wrong.stderr).toContain("did you mean")
    const ambiguous = await compare("plain", "r-")
    expect(ambiguous.code).toBe(2)
    expect(ambiguous.stderr).toContain(ids.plain ?? "")
  })
})
