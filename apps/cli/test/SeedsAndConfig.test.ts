/** Named seeds and layered configuration, through the program: what is derived, what wins, and what is refused. */
import { canonical, fromCanonical, hashOf, SeedTree } from "@feagi-trainer/determinism"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { parseJsonText } from "../src/jsonText.ts"
import { makeProject, type Project } from "./support/project.ts"

let project: Project
beforeAll(() => {
  project = makeProject()
})
afterAll(() => project.close())

const data = async <A>(...argv: ReadonlyArray<string>): Promise<A> => {
  const said = await project.ftr(...argv, "--json")
  expect([argv.join(" "), said.code], said.stderr).toEqual([argv.join(" "), 0])
  return (parseJsonText(said.stdout) as { data: A }).data
}
const refusal = async (...argv: ReadonlyArray<string>) => {
  const said = await project.ftr(...argv, "--json")
  const { kind, data: found } = JSON.parse(said.stdout) as { kind: string; data: { diagnostics: ReadonlyArray<{ code: string }> } }
  return [kind, said.code, found.diagnostics.map(({ code }) => code)]
}
interface Seeds {
  readonly master: number | bigint | null
  readonly runs: ReadonlyArray<{ readonly name: string; readonly seed: number | bigint }>
  readonly named: ReadonlyArray<{ readonly name: string; readonly seed: number | bigint }>
}

describe("seeds derive", () => {
  it("gives the seeds of the seed tree, whatever else is asked for", async () => {
    const master = 18_446_744_073_709_551_615n
    const { named } = await data<Seeds>("seeds", "derive", "--master", String(master), "b", "a/b", "a")
    const root = SeedTree.root(master)
    expect(named).toEqual(["b", "a/b", "a"].map((name) => ({ name, seed: root.child(name).u64() })))
    expect(named[1]?.seed).toBe(root.child("a").child("b").u64())
    expect((await data<Seeds>("seeds", "derive", "--master", String(master), "a")).named).toEqual([named[2]])
  })

  it("reads a seed file in any format as the same seeds", async () => {
    project.write("s.toml", 'schema_version = 1\nmaster = 7\nruns = ["r/1", "r/2"]\nnamed = ["plot"]\n')
    project.write("s.yaml", 'schema_version: 1\nmaster: 7\nruns: ["r/1", "r/2"]\nnamed: ["plot"]\n')
    project.write("s.json", '{"named":["plot"],"runs":["r/1","r/2"],"master":7,"schema_version":1}')
    const found = await Promise.all(["s.toml", "s.yaml", "s.json"].map((file) => data<Seeds>("seeds", "derive", "--file", file)))
    expect(found[1]).toEqual(found[0])
    expect(found[2]).toEqual(found[0])
    expect(found[0]?.runs.map(({ name }) => name)).toEqual(["r/1", "r/2"])
    expect(found[0]?.named).toEqual([{ name: "plot", seed: SeedTree.root(7n).child("plot").u64() }])
  })

  it("takes seeds as they are, with a name for each", async () => {
    project.write("plain.toml", "schema_version = 1\nruns = [1, 18446744073709551615]\n")
    expect(await data<Seeds>("seeds", "derive", "--file", "plain.toml")).toEqual({
      master: null,
      runs: [
        { name: "run/1", seed: 1 },
        { name: "run/18446744073709551615", seed: 18_446_744_073_709_551_615n }
      ],
      named: []
    })
  })

  it.each([
    ["no source", ["seeds", "derive", "a"], 2, "FT3440"],
    ["two sources", ["seeds", "derive", "--master", "1", "--file", "s.toml"], 2, "FT3440"],
    ["names beside a file", ["seeds", "derive", "--file", "s.toml", "a"], 2, "FT3440"],
    ["several masters", ["seeds", "derive", "--master", "1..3", "a"], 2, "FT3440"],
    ["a master that is too large", ["seeds", "derive", "--master", "18446744073709551616", "a"], 2, "FT1307"],
    ["a name with an empty part", ["seeds", "derive", "--master", "1", "a//b"], 2, "FT3440"],
    ["an empty name", ["seeds", "derive", "--master", "1", ""], 2, "FT3440"]
  ])("refuses %s", async (_, argv, code, id) => {
    expect(await refusal(...argv)).toEqual(["error", code, [id]])
  })

  it.each([
    ["a key that nothing reads", 'schema_version = 1\nmaster = 1\nruns = ["a"]\nsalt = 3\n', "FT1002"],
    ["no version", 'master = 1\nruns = ["a"]\n', "FT1009"],
    ["no run", "schema_version = 1\nmaster = 1\nruns = []\n", "FT1004"],
    ["a seed below 0", "schema_version = 1\nruns = [-1]\n", "FT1004"],
    ["a name without a master", 'schema_version = 1\nruns = ["a"]\n', "FT3440"],
    ["a seed twice", "schema_version = 1\nruns = [1, 1]\n", "FT3440"]
  ])("refuses a seed file with %s", async (_, text, id) => {
    project.write("bad.toml", text)
    const [kind, code, codes] = await refusal("seeds", "derive", "--file", "bad.toml")
    expect([kind, code]).toEqual(["error", 3])
    expect(codes).toContain(id)
  })
})

interface Loaded {
  readonly files: ReadonlyArray<{ readonly file: string; readonly format: string; readonly sha256: string }>
  readonly sha256: string
  readonly canonical: string
  readonly value: unknown
  readonly origins: ReadonlyArray<{
    readonly key: string
    readonly from: string
    readonly line: number | null
    readonly overrode: ReadonlyArray<string>
  }>
}

describe("config load", () => {
  beforeAll(() => {
    project.write("base.toml", '# a comment\nname = "base"\nbig = 18446744073709551615\n\n[training]\nepochs = 10\nrates = [1.5, 2.0]\n')
    project.write("base.json", '{"training":{"rates":[1.5,2],"epochs":10},"name":"base","big":18446744073709551615}')
    project.write("night.yaml", "training:\n  epochs: 100\n  rates: [3]\n")
  })

  it("gives one value and one hash for the same content in any format", async () => {
    const [toml, json] = [await data<Loaded>("config", "load", "base.toml"), await data<Loaded>("config", "load", "base.json")]
    expect([toml.sha256, toml.canonical]).toEqual([json.sha256, json.canonical])
    expect(toml.canonical).toBe('{"big":18446744073709551615,"name":"base","training":{"epochs":10,"rates":[1.5,2]}}')
    expect(hashOf(fromCanonical(toml.canonical))).toBe(toml.sha256)
    expect(toml.files).toEqual([{ file: "base.toml", format: "toml", sha256: toml.sha256 }])
  })

  it("lets the later layer win, tables merge and lists replace, and says who said what", async () => {
    const { value, origins } = await data<Loaded>("config", "load", "base.toml", "night.yaml", "--set", 'name="mine"')
    expect(value).toEqual({ name: "mine", big: 18_446_744_073_709_551_615n, training: { epochs: 100, rates: [3] } })
    expect(origins).toEqual([
      { key: "name", from: "--set", line: null, overrode: ["base.toml"] },
      { key: "big", from: "base.toml", line: 3, overrode: [] },
      { key: "training.epochs", from: "night.yaml", line: 2, overrode: ["base.toml"] },
      { key: "training.rates", from: "night.yaml", line: 3, overrode: ["base.toml"] }
    ])
  })

  it("prints the value in any format, which reads back as the same value: integers of 64 bits, texts that look like others, deep tables", async () => {
    const value = {
      big: 18_446_744_073_709_551_615n,
      least: -9_223_372_036_854_775_808n,
      tiny: 5e-324,
      half: 0.5,
      zero: 0,
      text: { empty: "", no: "no", number: "1.10", date: "2026-10-25", lines: "a\nb\t\u2028", quote: "\"'#: {}[]", "a.b c": "=cmd" },
      list: [[], [1, [2, { deep: [{ "": true }] }]], {}],
      "": { "": "nothing" }
    }
    project.write("every.json", canonical(value))
    const wanted = hashOf(value)
    for (const from of ["json", "toml", "yaml"])
      for (const to of ["toml", "yaml", "json"]) {
        const { stdout, code } = await project.ftr("config", "load", `every.${from}`, "--to", to)
        expect([from, to, code]).toEqual([from, to, 0])
        project.write(`every.${to}`, stdout)
        expect([from, to, (await data<Loaded>("config", "load", `every.${to}`)).sha256]).toEqual([from, to, wanted])
        expect((await project.ftr("config", "load", `every.${to}`, "--to", to)).stdout).toBe(stdout)
      }
    expect((await project.ftr("compat", "config_loader", "--config", "every.json", "--out", "made/every.yaml")).code).toBe(0)
    expect(project.read("made/every.yaml")).toBe(project.read("every.yaml"))
    expect(fromCanonical((await data<Loaded>("config", "load", "made/every.yaml")).canonical)).toEqual(value)
  })

  it.each([
    ["NaN in JSON", "x.json", '{"a":NaN}', "FT1004"],
    ["an infinity in JSON", "x.json", '{"a":1e999}', "FT1004"],
    ["nan in TOML", "x.toml", "a = nan\n", "FT1004"],
    ["inf in TOML", "x.toml", "a = -inf\n", "FT1004"],
    ["a date in TOML", "x.toml", "a = 2026-10-25\n", "FT1008"],
    ["a time in TOML", "x.toml", "a = 2026-10-25T02:30:00Z\n", "FT1008"],
    [".nan in YAML", "x.yaml", "a: .nan\n", "FT1004"],
    ["a date in YAML", "x.yaml", "a: 2026-10-25\n", "FT1008"],
    ["a key twice", "x.json", '{"a":1,"a":2}', "FT1005"]
  ])("refuses %s, and never changes it silently", async (_, name, text, id) => {
    project.write(name, text)
    expect(await refusal("config", "load", name)).toEqual(["error", 3, [id]])
  })

  it("names what a format cannot hold", async () => {
    project.write("null.json", '{"a":[null]}')
    expect(await refusal("config", "load", "null.json", "--to", "toml")).toEqual(["error", 3, ["FT1004"]])
    expect((await project.ftr("config", "load", "null.json", "--to", "yaml")).code).toBe(0)
  })

  it.each([
    ["a file that is not there", ["nowhere.toml"], 3, "FT4043"],
    ["a name that tells no format", ["iris.csv"], 3, "FT1012"],
    ["a value that is no TOML", ["base.toml", "--set", "name=bare"], 2, "FT1001"]
  ])("refuses %s", async (_, argv, code, id) => {
    expect(await refusal("config", "load", ...argv)).toEqual(["error", code, [id]])
  })
})
