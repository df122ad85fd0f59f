/** What scripts are given that they cannot take: each tells it once, with a code, in both streams; none has a stack or a registered result. */
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { filesOf, makeProject, type Project, started } from "./support/project.ts"

const example = fileURLToPath(new URL("../../../docs/examples/004/", import.meta.url))

let project: Project
let other: Project
beforeAll(async () => {
  project = makeProject()
  other = makeProject()
  await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  for (const folder of ["trainer", "scripts"]) cpSync(`${example}${folder}`, project.path(folder), { recursive: true })
  await started(project, "trainer/config/phase7.toml", "--no-progress", "--set", "seeds=[1]", "--set", "training.epochs=1")
  mkdirSync(project.path("folder.toml"))
  mkdirSync(project.path("filled"))
  project.write("filled/mine.txt", "mine")
  for (const end of ["toml", "png", "log", "safetensors", "zip", "svg", "json"]) {
    writeFileSync(project.path(`empty.${end}`), "")
    writeFileSync(project.path(`wide.${end}`), Buffer.from("\ufeffschema_version = 1\n", "utf16le"))
    symlinkSync(other.path("iris.csv"), project.path(`out.${end}`))
    symlinkSync(project.path("nowhere"), project.path(`dangling.${end}`))
    execFileSync("mkfifo", [project.path(`pipe.${end}`)])
    mkdirSync(project.path(`dir.${end}`))
  }
  mkdirSync(project.path("shut"), 0o500)
})
afterAll(() => {
  project.close()
  other.close()
})

interface Failure {
  readonly kind: string
  readonly data: { readonly diagnostics: ReadonlyArray<{ readonly code: string; readonly message: string; readonly file?: string }> }
}
/** Code and exit code of the one error, told in both streams and nowhere else. */
const refusalOf = async (script: string, argv: ReadonlyArray<string>): Promise<readonly [string, number]> => {
  const said = await project.ftr("compat", script, ...argv)
  const { kind, data } = JSON.parse(said.stdout) as Failure
  expect([script, ...argv, kind]).toEqual([script, ...argv, "error"])
  expect([...argv, data.diagnostics.length]).toEqual([...argv, 1])
  const events = said.stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { diagnostic?: { code: string } })
  expect(events.flatMap(({ diagnostic }) => diagnostic?.code ?? [])).toEqual(data.diagnostics.map(({ code }) => code))
  expect(said.stderr).not.toMatch(/\bat .+:\d+:\d+/)
  return [data.diagnostics[0]?.code ?? "", said.code]
}

const config = "trainer/config/phase7.toml"
const seeds = "scripts/utils/seeds.toml"

/** Names before their ending, in the order of the codes below. */
const wrongIns = ["nowhere", "dir", "empty", "wide", "pipe", "out", "dangling", "x\ny", "iris.csv/x", "l".repeat(300)]
const away = ["FT3406", "FT3406", "FT3406", "FT3406", "FT3406"]
/** What is refused as what; "" is taken. */
const document = ["FT4043", "FT4042", "FT1009", "FT1007", "FT4042", ...away]
const ins: ReadonlyArray<readonly [string, string, (path: string) => ReadonlyArray<string>, ReadonlyArray<string>]> = [
  ["config_loader", "toml", (path) => [`--config=${path}`], document.with(2, "")],
  ["seed_manager", "toml", (path) => [`--seeds=${path}`], document],
  ["image_preprocessor", "toml", (path) => [`--config=${path}`, "--seed=1", "--out=made/prepared"], document],
  ["run_experiment", "toml", (path) => [`--config=${path}`, "--seeds", seeds, "--logdir=made/log"], document],
  ["run_experiment", "toml", (path) => ["--config", config, `--seeds=${path}`, "--logdir=made/log"], document],
  ["metadata_extractor", "png", (path) => [`--input=${path}`], ["FT4043", "FT4042", "FT3430", "FT3430", "FT4042", ...away]],
  ["hash_integrity", "log", (path) => [`--path=${path}`], ["FT3408", "", "", "", "FT3408", ...away]],
  ["log_formatter", "log", (path) => [`--input=${path}`, "--out=made.ndjson"], ["FT3461", "FT3461", "", "", "FT3461", ...away]],
  [
    "tensor_visualizer",
    "safetensors",
    (path) => [`--input=${path}`, "--tensor=a", "--out=made.svg"],
    ["FT4043", "FT4042", "FT5506", "FT5506", "FT4042", ...away]
  ],
  ["archive_results", "zip", (path) => [`--run=${path}`, "--yes"], ["FT1301", "FT4032", "FT4037", "FT4037", "FT4042", ...away]]
]

describe("what a script reads and cannot take is refused by its name, and nothing is registered", () => {
  it.each(ins)("%s, a file *.%s", async (script, end, argv, codes) => {
    const before = filesOf(project.path("meta"))
    for (const [at, name] of wrongIns.entries()) {
      const code = codes[at] ?? ""
      // What cannot be opened as a bundle was written otherwise than it is: that is a matter of integrity.
      const exit = ["FT4032", "FT4037"].includes(code) ? 6 : 3
      if (code !== "") expect([name, ...(await refusalOf(script, argv(`${name}.${end}`)))]).toEqual([name, code, exit])
    }
    expect(filesOf(project.path("meta"))).toEqual(before)
  })
})

const isRoot = process.getuid?.() === 0
/** A folder, somebody's file, a link out, a link to nowhere, a pipe, a path through a file, a name with a line feed, one that is too long. */
const file = ["FT3409", "FT3409", "FT3406", "FT3406", "FT3409", "FT3406", "FT3406", "FT3406"]
const folder = ["FT3304", "FT3304", "FT3406", "FT3406", "FT3304", "FT3406", "FT3406", "FT3406"]
const outs: ReadonlyArray<readonly [string, string, (path: string) => ReadonlyArray<string>, ReadonlyArray<string>]> = [
  ["config_loader", "json", (path) => ["--config", config, `--out=${path}`], file],
  ["env_check", "json", (path) => [`--out=${path}`], file],
  ["metric_plotter", "svg", (path) => ["--name=metric/train/accuracy", `--out=${path}`], file],
  ["tensor_visualizer", "svg", (path) => ["--sample=latest", `--out=${path}`], file],
  ["dream_animation", "svg", (path) => ["--sample=latest", `--out=${path}`], file],
  ["log_formatter", "log", (path) => ["--input=iris.csv", `--out=${path}`], folder],
  [
    "dataset_splitter",
    "",
    (path) => ["--dataset=iris@1", "--method=hash", "--seed=1", "--fraction=a=0.5", "--fraction=b=0.5", `--out=${path}`],
    folder.with(0, "")
  ],
  ["image_preprocessor", "", (path) => ["--config", config, "--seed=1", `--out=${path}`], folder.with(0, "FT3302")],
  ["run_experiment", "", (path) => ["--config", config, "--seeds", seeds, `--logdir=${path}`], folder.with(0, "")],
  ["archive_results", "", (path) => ["--run=latest", "--yes", `--to=${path}`], folder.with(0, "")]
]

describe("what a script is to write over is left as it is, and nothing is registered", () => {
  it.each(outs)("%s, --out *.%s", async (script, end, argv, codes) => {
    const name = (stem: string) => (end === "" ? stem : `${stem}.${end}`)
    const mine = project.write(name("mine"), "mine")
    const names = [
      end === "" ? "filled" : name("dir"),
      mine,
      name("out").replace(/^out$/, "out.svg"),
      name("dangling").replace(/^dangling$/, "dangling.svg"),
      name("pipe").replace(/^pipe$/, "pipe.svg"),
      name("iris.csv/x"),
      name("x\ny"),
      name("l".repeat(300))
    ]
    const before = [filesOf(project.path("meta")), (await project.data<ReadonlyArray<unknown>>("run", "ls")).length]
    for (const [at, path] of names.entries()) {
      const code = codes[at] ?? ""
      if (code !== "") expect([path, ...(await refusalOf(script, argv(path)))]).toEqual([path, code, 3])
    }
    if (!isRoot) expect(await refusalOf(script, argv(name("shut/x")))).toEqual(["FT3304", 3])
    expect(project.read(mine)).toBe("mine")
    // Nothing ran either: the place for results is looked at first.
    expect([filesOf(project.path("meta")), (await project.data<ReadonlyArray<unknown>>("run", "ls")).length]).toEqual(before)
  })

  it("and what a script wrote is replaced by its next run", async () => {
    const argv = ["compat", "config_loader", "--config", config, "--out=again.json"]
    expect((await project.ftr(...argv)).code).toBe(0)
    expect((await project.ftr(...argv, "--set", "training.epochs=9")).code).toBe(0)
    expect(JSON.parse(project.read("again.json"))).toMatchObject({ training: { epochs: 9 } })
  })
})
