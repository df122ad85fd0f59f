/** What a person does with data before a run: find out, validate, register, look, split, verify; and what is refused, with the way out. */
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { Ajv2020 } from "ajv/dist/2020.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { flip, makeProject, type Project } from "./support/project.ts"

let project: Project
beforeAll(() => {
  project = makeProject(["adapter-text"])
})
afterAll(() => project.close())

interface Failed {
  readonly diagnostics: ReadonlyArray<Record<string, unknown>>
}
/** A command that is refused: its exit code and every finding. */
const refused = async (...argv: ReadonlyArray<string>): Promise<{ readonly code: number } & Failed> => {
  const said = await project.ftr(...argv, "--json")
  return { code: said.code, diagnostics: (JSON.parse(said.stdout) as { data: Failed }).data.diagnostics }
}

const table = (rows: ReadonlyArray<string>): string => `${["x,y,kind,part", ...rows].join("\n")}\n`

describe("dataset add", () => {
  it("names file, line and column of each missing value when no policy is declared, shows twenty and counts all", async () => {
    const rows = Array.from({ length: 60 }, (_, k) => (k % 2 === 0 ? `${k},,a,train` : `${k},1.5,b,train`))
    project.write("holes.csv", table(rows))
    const argv = ["dataset", "add", "holes.csv", "--adapter", "csv", "--label-column", "kind", "--ignore-column", "part", "--name", "holes"]
    const { code, diagnostics } = await refused(...argv)
    expect(code).toBe(3)
    const cells = diagnostics.filter((each) => each.field === "y")
    expect(cells).toHaveLength(20)
    for (const [k, cell] of cells.entries()) expect(cell).toMatchObject({ file: "holes.csv", line: 2 + 2 * k, severity: "error" })
    expect(cells.every((cell) => typeof cell.column === "number")).toBe(true)
    expect(diagnostics.at(-1)).toMatchObject({ code: "FT2204", count: 10 })
  })

  it("gives one version for the same content, and another one when a byte changes", async () => {
    project.write("same.csv", table(["1,2,a,train", "3,4,b,test"]))
    const add = () =>
      project.data("dataset", "add", "same.csv", "--adapter", "csv", "--label-column", "kind", "--split-column", "part", "--name", "same")
    expect(await add()).toMatchObject({ dataset_version_id: "same@1", existing: false })
    expect(await add()).toMatchObject({ dataset_version_id: "same@1", existing: true })
    project.write("same.csv", table(["1,2,a,train", "3,5,b,test"]))
    expect(await add()).toMatchObject({ dataset_version_id: "same@2", existing: false })
    expect(await project.data("dataset", "diff", "same@1", "same@2")).toMatchObject({
      counts: { added: 1, removed: 1, changed: 0, relabelled: 0, same: 1 }
    })
  })

  it("finds the adapter itself, and names the flag when it is not clear", async () => {
    expect(await project.data("dataset", "add", "iris.csv", "--name", "found")).toMatchObject({
      adapter: { id: "@feagi-trainer/adapter-csv#csv" },
      sample_count: 150
    })
    project.write("two.csv", "class,label,x\na,b,1\nc,d,2\n")
    const { code, diagnostics } = await refused("dataset", "add", "two.csv", "--adapter", "csv", "--name", "two")
    expect([code, diagnostics[0]?.code, diagnostics[0]?.expected]).toEqual([3, "FT2202", "--label-column"])
    writeFileSync(project.path("noise.bin"), new Uint8Array([0, 255, 3, 0]))
    expect((await refused("dataset", "add", "noise.bin", "--name", "noise")).code).toBe(3)
    expect(await refused("dataset", "add", "nowhere.csv", "--name", "x")).toMatchObject({ code: 3, diagnostics: [{ code: "FT2203" }] })
  })

  it("takes the column that is named for the label of a table of nothing but numbers", async () => {
    const rows = Array.from({ length: 30 }, (_, row) => `${row}.5,${row * 2},${row % 3}`)
    project.write("numbers.csv", `a,b,kind\n${rows.join("\n")}\n`)
    const add = (...flags: ReadonlyArray<string>) => ["dataset", "add", "numbers.csv", "--adapter", "csv", ...flags, "--name", "numbers"]
    expect((await refused(...add())).diagnostics[0]?.code).toBe("FT2202")
    const classes = async (...flags: ReadonlyArray<string>) =>
      (await project.data<{ readonly adapter_options: { readonly classes: ReadonlyArray<string> } }>(...add(...flags, "--dry-run")))
        .adapter_options.classes
    expect(await classes("--label-column", "kind")).toHaveLength(3)
    expect(await classes("--label-column", "b")).toHaveLength(30)
    expect(await project.data(...add("--option", 'target_column="a"', "--dry-run"))).toMatchObject({ output_type: "scalar" })
  })

  it("says how sure an adapter was of a source that it is not sure of", async () => {
    project.write("empty.csv", "")
    const { diagnostics } = await refused("dataset", "add", "empty.csv", "--adapter", "csv", "--name", "empty")
    expect(diagnostics[0]).toMatchObject({ code: "FT2202", actual: "csv, sure by 0, less than 0.8" })
  })

  it("refuses a link that leads out of the folder, by name", async () => {
    mkdirSync(project.path("linked", "a"), { recursive: true })
    writeFileSync(project.path("linked", "a", "one.txt"), "one text")
    symlinkSync(project.path("iris.csv"), project.path("linked", "a", "out.txt"))
    const { code, diagnostics } = await refused("dataset", "validate", "linked", "--adapter", "text")
    expect(code).toBe(3)
    expect(JSON.stringify(diagnostics)).toContain("a/out.txt")
    expect(JSON.stringify(diagnostics)).toContain("FT4041")
  })
})

describe("a label map", () => {
  const map = (change: object) =>
    JSON.stringify({
      schema_version: 1,
      name: "two-kinds",
      version: 1,
      kind: "merge",
      classes: ["setosa", "other"],
      map: { setosa: "setosa", versicolor: "other", virginica: "other" },
      ...change
    })
  const add = (name: string) =>
    ["dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--label-map", "map.json", "--name", name] as const

  it("renames the classes everywhere, and shows what became of every label", async () => {
    project.write("map.json", map({}))
    expect(await project.data(...add("mapped"))).toMatchObject({
      label_confusion: [
        { old: "setosa", new: "setosa", samples: 50 },
        { old: "versicolor", new: "other", samples: 50 },
        { old: "virginica", new: "other", samples: 50 }
      ]
    })
    expect(await project.data("dataset", "show", "mapped@1")).toMatchObject({
      classes: [
        { class_id: 0, label: "setosa", samples: 50 },
        { class_id: 1, label: "other", samples: 100 }
      ],
      label_map: { name: "two-kinds", version: 1 }
    })
    const { parts } = await project.data<{ parts: ReadonlyArray<{ class_counts: ReadonlyArray<number> }> }>(
      ..."dataset split mapped@1 --method stratified --fraction train=0.8 --fraction test=0.2 --seed 1".split(" ")
    )
    expect(parts.map(({ class_counts }) => class_counts)).toEqual([
      [40, 80],
      [10, 20]
    ])
    const { samples } = await project.data<{ samples: ReadonlyArray<{ target: unknown }> }>(
      ..."dataset preview mapped@1 --from 149 --count 1".split(" ")
    )
    expect(samples.map(({ target }) => target)).toEqual([{ class: { class_id: 1, label: "other" } }])
  })

  it("is refused when a label is not mapped, and when a merge is not declared", async () => {
    project.write("map.json", map({ map: { setosa: "setosa", versicolor: "other" } }))
    expect(await refused(...add("gap"))).toMatchObject({ code: 3, diagnostics: [{ code: "FT2411", file: "map.json" }] })
    project.write("map.json", map({ kind: "injective" }))
    expect(await refused(...add("merged"))).toMatchObject({ code: 3, diagnostics: [{ code: "FT2414" }] })
  })
})

describe("files that change", () => {
  it("are found by verify with file and range, and by the next read", async () => {
    mkdirSync(project.path("notes", "calm"), { recursive: true })
    mkdirSync(project.path("notes", "loud"), { recursive: true })
    for (let k = 0; k < 12; k++) {
      writeFileSync(project.path("notes", "calm", `${k}.txt`), `a quiet evening by the lake, number ${k}`)
      writeFileSync(project.path("notes", "loud", `${k}.txt`), `the drums of march number ${k} shook the hall`)
    }
    await project.data("dataset", "add", "notes", "--adapter", "text", "--name", "notes")
    expect(await project.data("dataset", "verify", "notes@1")).toMatchObject({ verified: true, files: 24 })
    flip(project.path("notes", "loud", "7.txt"), 30)
    const { code, diagnostics } = await refused("dataset", "verify", "notes@1")
    expect([code, diagnostics.length]).toEqual([6, 1])
    expect(diagnostics[0]).toMatchObject({ code: "FT2110", file: "loud/7.txt", byte_offset: 0 })
    expect(await refused("dataset", "preview", "notes@1", "--count", "24")).toMatchObject({
      code: 6,
      diagnostics: [{ code: "FT2110", file: "loud/7.txt" }]
    })
    rmSync(project.path("notes", "calm", "3.txt"))
    expect((await refused("dataset", "verify", "notes@1")).diagnostics.map(({ file }) => file)).toEqual(["calm/3.txt", "loud/7.txt"])
  })

  it("are found in any folder by the registry of its hashes, with files that came and went", async () => {
    mkdirSync(project.path("data"))
    for (const name of ["a.bin", "b.bin", "c.bin"]) writeFileSync(project.path("data", name), new Uint8Array(3_000_000).fill(7))
    await project.data("dataset", "hash", "data", "--out", "data/hash_registry.json")
    const verify = ["dataset", "verify", "data", "--registry", "data/hash_registry.json"]
    expect(await project.data(...verify)).toMatchObject({ verified: true, files: 3, bytes: 9_000_000 })
    flip(project.path("data", "b.bin"), 2_500_000)
    rmSync(project.path("data", "c.bin"))
    writeFileSync(project.path("data", "d.bin"), "new")
    const { code, diagnostics } = await refused(...verify)
    expect(code).toBe(6)
    expect(diagnostics.map(({ file, byte_offset }) => [file, byte_offset])).toEqual([
      ["b.bin", 2_097_152],
      ["c.bin", undefined],
      ["d.bin", undefined]
    ])
  })
})

describe("leaks", () => {
  /** Thirty rows of two classes; the test part repeats the first training row, rounded to three decimals. */
  const rows = Array.from({ length: 30 }, (_, k) => {
    const [x, y] = [Math.sin(k + 1) * 10, Math.cos(k + 1) * 10]
    return `${x},${y},${k % 2 === 0 ? "a" : "b"},${k < 20 ? "train" : "test"}`
  })
  const near = `${(Math.sin(1) * 10).toFixed(3)},${(Math.cos(1) * 10).toFixed(3)},a,test`

  it("between declared parts are told at registration and refuse a benchmark, until they are waived in writing", async () => {
    project.write("leaky.csv", table([...rows, near]))
    await project.data(
      "dataset",
      "add",
      "leaky.csv",
      "--adapter",
      "csv",
      "--label-column",
      "kind",
      "--split-column",
      "part",
      "--name",
      "leaky"
    )
    expect(await project.data("dataset", "show", "leaky@1")).toMatchObject({
      parts: { test: 11, train: 20 },
      leakage: { exact: { pairs: 0 }, near: { pairs: 1, samples: 2 } }
    })
    const init = await project.ftr("init", "--template", "tabular-classification", "--dataset", "leaky@1", "--seed", "1")
    expect(init.stdout).toContain('protocol = "classification-train-test@1"')
    expect(init.stdout).toContain('method = "given"')
    project.write("leaky.run.toml", init.stdout)
    const plan = await project.ftr("run", "plan", "leaky.run.toml", "--json")
    expect([plan.code, JSON.parse(plan.stdout).warnings.map((each: { code: string }) => each.code)]).toEqual([0, ["FT2404"]])

    project.write("bench.run.toml", `${init.stdout}\n[benchmark]\nwaivers = []\n`)
    expect(await refused("run", "plan", "bench.run.toml")).toMatchObject({ code: 3, diagnostics: [{ code: "FT2404" }] })
    const because = "the rounded copy is kept to compare with an older table"
    project.write("waived.run.toml", `${init.stdout}\n[benchmark]\nwaivers = [{ leak = "near", because = "${because}" }]\n`)
    const { runs } = await project.data<{ runs: ReadonlyArray<{ document: object }> }>("run", "plan", "waived.run.toml")
    expect(runs[0]?.document).toMatchObject({ benchmark: { waivers: [{ leak: "near", because }] }, split: { leaks: { near: 1 } } })
  })

  it("of the same content in other bytes are told as such", async () => {
    project.write("copied.csv", table([...rows, rows[0]?.replace("train", "test") ?? ""]))
    // The declared part is no content: it is what the copies differ in.
    const add = ["dataset", "add", "copied.csv", "--adapter", "csv", "--label-column", "kind", "--split-column", "part", "--name", "copied"]
    await project.data(...add)
    const { leakage } = await project.data<{ leakage: { exact: { pairs: number }; decoded: { pairs: number } } }>(
      "dataset",
      "split",
      "copied@1",
      "--method",
      "given"
    )
    expect([leakage.exact.pairs, leakage.decoded.pairs]).toEqual([0, 1])
  })
})

describe("dataset split", () => {
  it("by hash moves no sample when some are added, and stratified keeps the shares of every class", async () => {
    await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
    const more = `${project.read("iris.csv").trimEnd()}\n5.05,3.45,1.45,0.25,setosa\n6.05,2.95,4.55,1.55,versicolor\n`
    project.write("more.csv", more)
    await project.data("dataset", "add", "more.csv", "--adapter", "csv", "--label-column", "species", "--name", "more")
    interface Made {
      readonly parts: ReadonlyArray<{
        readonly name: string
        readonly ids: ReadonlyArray<string>
        readonly class_counts: ReadonlyArray<number>
      }>
    }
    const shares = ["--fraction", "train=0.7", "--fraction", "val=0.1", "--fraction", "test=0.2", "--seed", "7"]
    const made = (dataset: string, method: string) => project.data<Made>("dataset", "split", dataset, "--method", method, ...shares)
    const [before, after] = [await made("iris@1", "hash"), await made("more@1", "hash")]
    for (const [at, { ids }] of before.parts.entries()) expect(after.parts[at]?.ids).toEqual(expect.arrayContaining([...ids]))
    const stratified = await made("iris@1", "stratified")
    expect(stratified.parts.map(({ name, class_counts }) => [name, class_counts])).toEqual([
      ["train", [35, 35, 35]],
      ["val", [5, 5, 5]],
      ["test", [10, 10, 10]]
    ])
  })

  it("writes the bytes whose hash names the part", async () => {
    await project.data(
      "dataset",
      "split",
      "iris@1",
      "--method",
      "hash",
      "--fraction",
      "train=0.5",
      "--fraction",
      "test=0.5",
      "--seed",
      "1",
      "--out",
      "parts"
    )
    expect(readdirSync(project.path("parts")).sort()).toEqual(["test.json", "train.json"])
  })

  it("refuses what is no split, all at once", async () => {
    for (const argv of [
      ["--method", "hash", "--fraction", "train=0.5"],
      ["--method", "hash", "--fraction", "train=0.5", "--seed", "1"],
      ["--method", "hash", "--fraction", "train", "--seed", "1"],
      ["--method", "grouped", "--fraction", "train=1", "--seed", "1"],
      ["--method", "given"]
    ])
      expect([argv, (await refused("dataset", "split", "iris@1", ...argv)).code]).toEqual([argv, expect.toBeOneOf([2, 3])])
  })
})

describe("--json of dataset", () => {
  it("is valid against the published schema of its document", async () => {
    const ajv = new Ajv2020({ strict: false })
    const schema = async (name: string) => JSON.parse((await project.ftr("schema", "show", name)).stdout) as object
    const calls: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
      ["DatasetOutput", ["add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris"]],
      ["DatasetOutput", ["add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "dry", "--dry-run"]],
      ["DatasetOutput", ["show", "iris@1"]],
      ["DatasetOutput", ["show", "leaky@1"]],
      ["DatasetOutput", ["show", "notes@1"]],
      ["DatasetsOutput", ["ls"]],
      ["DatasetValidationOutput", ["validate", "iris.csv", "--adapter", "csv", "--label-column", "species"]],
      ["DatasetVerificationOutput", ["verify", "iris@1"]],
      ["DatasetCandidatesOutput", ["discover", "iris.csv"]],
      ["SchemaProposalOutput", ["propose-schema", "iris.csv", "--adapter", "csv"]],
      ["DatasetPreviewOutput", ["preview", "iris@1"]],
      ["DatasetSplitOutput", ["split", "leaky@1", "--method", "given"]],
      ["DatasetSplitOutput", ["split", "iris@1", "--method", "hash", "--fraction", "train=0.5", "--fraction", "test=0.5", "--seed", "1"]],
      ["DatasetDiffOutput", ["diff", "same@1", "same@2"]],
      ["DatasetCompatibilityOutput", ["check-compat", "iris@1"]],
      ["DatasetCompatibilityOutput", ["check-compat", "notes@1"]]
    ]
    for (const [name, argv] of calls) {
      const said = await project.ftr("dataset", ...argv, "--json")
      expect([argv, said.code], said.stderr).toEqual([argv, 0])
      const valid = ajv.validate(await schema(name), JSON.parse(said.stdout))
      expect([name, argv, valid, ajv.errors ?? []]).toEqual([name, argv, true, []])
    }
  })

  it("writes a validation report in three forms", async () => {
    project.write("bad.csv", table(["1,2,a,train", "x,|y|,b,test"]))
    for (const end of ["json", "md", "sarif"]) {
      const said = await project.ftr(
        "dataset",
        "validate",
        "bad.csv",
        "--adapter",
        "csv",
        "--label-column",
        "kind",
        "--ignore-column",
        "part",
        "--report",
        `r.${end}`
      )
      expect(said.code).toBe(3)
    }
    expect(JSON.parse(project.read("r.json"))).toMatchObject({
      kind: "validation-report",
      errors: 2,
      diagnostics: [{ file: "bad.csv", line: 3 }, { line: 3 }]
    })
    expect(JSON.parse(project.read("r.sarif"))).toMatchObject({
      version: "2.1.0",
      runs: [{ results: [{ level: "error" }, { level: "error" }] }]
    })
    expect(project.read("r.md")).toContain("bad.csv:3")
    expect((await project.ftr("dataset", "validate", "bad.csv", "--adapter", "csv", "--report", "r.xml")).code).toBe(2)
  })
})

describe("a dataset whose file is gone", () => {
  it("is named by verify, and still told what it fits to, for which no sample is read", async () => {
    cpSync(project.path("iris.csv"), project.path("moved.csv"))
    await project.data("dataset", "add", "moved.csv", "--adapter", "csv", "--label-column", "species", "--name", "moved")
    rmSync(project.path("moved.csv"))
    const { code, diagnostics } = await refused("dataset", "verify", "moved@1")
    expect([code, diagnostics[0]?.code]).toEqual([6, "FT2110"])
    interface Fit {
      readonly complete: boolean
      readonly entries: ReadonlyArray<{ readonly id: string; readonly applies: string }>
    }
    const fit = await project.data<Fit>("dataset", "check-compat", "moved@1")
    expect(fit.complete).toBe(true)
    const applies = (id: string) => fit.entries.find((each) => each.id.endsWith(`#${id}`))?.applies
    expect([applies("csv"), applies("percentage"), applies("text"), applies("image-classification")]).toEqual(["yes", "yes", "no", "no"])
  })
})
