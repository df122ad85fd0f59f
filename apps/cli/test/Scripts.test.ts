/** Scripts under their old names: what they print, what they leave, and that equal runs leave equal bodies. */
import { spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { crc32 } from "node:zlib"
import { fromCanonical, hashOf, SeedTree } from "@feagi-trainer/determinism"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { commandTree } from "../src/commandTree.ts"
import { parseJsonText } from "../src/jsonText.ts"
import { cloneOf, filesOf, makeProject, type Project, type Said, store } from "./support/project.ts"

const example = fileURLToPath(new URL("../../../docs/examples/004/", import.meta.url))
const binFile = fileURLToPath(new URL("../src/runExperiment.ts", import.meta.url))
const experiment = [
  ...["--config", "trainer/config/phase7.toml"],
  ...["--seeds", "scripts/utils/seeds.toml"],
  ...["--logdir", "experiments/results/run_2025_10_31"]
]

/** A picture of one pixel with a text chunk. */
const onePixel = (): Buffer => {
  const chunk = (type: string, body: Buffer): Buffer => {
    const typed = Buffer.concat([Buffer.from(type, "latin1"), body])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(body.length)
    sum.writeUInt32BE(crc32(typed))
    return Buffer.concat([length, typed, sum])
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const header = chunk("IHDR", Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]))
  return Buffer.concat([signature, header, chunk("tEXt", Buffer.from("Author\0lab")), chunk("IEND", Buffer.alloc(0))])
}

interface Result {
  readonly script: string
  readonly file: string
  readonly body_sha256: string
  readonly seq: number
  readonly entry_sha256: string
  readonly body: {
    readonly arguments: Readonly<Record<string, unknown>>
    readonly seeds: ReadonlyArray<{ readonly name: string; readonly seed: number | bigint }>
    readonly artifacts: ReadonlyArray<{ readonly path: string; readonly sha256: string }>
    readonly exit_code: number
    readonly data: Readonly<Record<string, unknown>>
  }
}

const documentOf = (said: Said): { readonly kind: string; readonly data: Result; readonly warnings: ReadonlyArray<unknown> } =>
  parseJsonText(said.stdout) as never

/** One call of every script, in an order in which each finds what it needs. */
const calls: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["env_check", ["--out", "meta/environment.json"]],
  [
    "config_loader",
    ["--config", "trainer/config/phase7.toml", "--config", "scripts/utils/seeds.toml", "--set", "training.epochs=2", "--out", "loaded.json"]
  ],
  ["seed_manager", ["--seeds", "scripts/utils/seeds.toml"]],
  ["seed_manager", ["--master", "42", "--name", "a/b", "--name=-c"]],
  ["time_utils", []],
  ["time_utils", ["--parse", "2026-10-25T02:30:00+02:00", "--parse", "2016-12-31T23:59:60Z", "--leap", "keep"]],
  [
    "dataset_splitter",
    [
      "--dataset",
      "iris@1",
      "--method",
      "stratified",
      "--fraction",
      "train=0.5",
      "--fraction",
      "test=0.5",
      "--seed",
      "7",
      "--out",
      "data/splits"
    ]
  ],
  ["image_preprocessor", ["--config", "trainer/config/phase7.toml", "--seed", "3", "--part", "test", "--out", "data/prepared"]],
  ["metadata_extractor", ["--input", "one.png"]],
  ["hash_integrity", ["--path", "data/splits"]],
  ["run_experiment", experiment],
  ["pipeline_monitor", ["--all"]],
  ["metric_plotter", []],
  ["metric_plotter", ["--fft", "--name", "reward/train/raw", "--window", "8", "--out", "plots/drift.csv"]],
  ["tensor_visualizer", ["--sample", "latest"]],
  ["dream_animation", ["--sample", "latest"]],
  ["log_formatter", ["--input", "raw.log", "--out", "data/records.ndjson"]],
  ["archive_results", ["--run", "latest"]],
  ["archive_results", ["--run", "latest", "--yes"]],
  ["hash_integrity", ["--store"]],
  ["hash_integrity", ["--verify"]]
]

let projects: readonly [Project, Project]
const done: Array<ReadonlyArray<Said>> = []
beforeAll(async () => {
  const first = makeProject()
  await first.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  for (const folder of ["trainer", "scripts"]) cpSync(`${example}${folder}`, first.path(folder), { recursive: true })
  mkdirSync(first.path("meta"))
  mkdirSync(first.path("data"))
  writeFileSync(first.path("one.png"), onePixel())
  writeFileSync(first.path("raw.log"), Buffer.concat([Buffer.from("2025-10-31T12:00:00Z INFO feagi: up\n"), Buffer.from([0xff])]))
  projects = [first, cloneOf(first)]
  for (const project of projects) {
    const said: Array<Said> = []
    for (const [name, argv] of calls) said.push(await project.ftr("compat", name, ...argv))
    done.push(said)
  }
})
afterAll(() => {
  for (const project of projects) project.close()
})

const resultOf = (name: string, which = 0): Result => {
  const found = (done[which] ?? []).map(documentOf).find(({ data }) => data.script === name)
  if (found === undefined) throw new Error(`no result of ${name}`)
  return found.data
}

describe("every script", () => {
  it("is called here, and ends with success", () => {
    const names = commandTree.commands.find(({ name }) => name === "compat")?.commands.map(({ name }) => name) ?? []
    expect(names.length).toBe(15)
    expect([...new Set(calls.map(([name]) => name))].sort()).toEqual([...names].sort())
    for (const said of done) expect(said.map(({ code }, at) => [calls[at]?.[0], code])).toEqual(calls.map(([name]) => [name, 0]))
  })

  it("leaves the same bodies in two full runs, and other times", () => {
    const [one, two] = done.map((said) => said.map((each) => documentOf(each).data))
    const bodies = (all: ReadonlyArray<Result> = []) => all.map(({ script, body_sha256 }) => [script, body_sha256])
    expect(bodies(one)).toEqual(bodies(two))
    expect(one?.map(({ body }) => hashOf(body))).toEqual(one?.map(({ body_sha256 }) => body_sha256))
    expect(one?.at(-1)?.entry_sha256).not.toBe(two?.at(-1)?.entry_sha256)
    for (const each of one ?? []) {
      const text = JSON.stringify(each.body, (_, value) => (typeof value === "bigint" ? String(value) : value))
      expect([each.script, projects.some(({ folder }) => text.includes(folder))]).toEqual([each.script, false])
    }
  })

  it("prints one document, logs in JSON lines with both clocks, and nothing else", () => {
    for (const [at, said] of (done[0] ?? []).entries()) {
      const name = calls[at]?.[0]
      const { kind, warnings } = documentOf(said)
      expect([name, kind, warnings]).toEqual([name, "script-result", []])
      const lines = said.stderr
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(lines.map(({ script }) => script)).toEqual(lines.map(() => name))
      for (const { time, monotonic_ns, level, event } of lines) {
        expect(String(time)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
        expect([typeof monotonic_ns, typeof level, typeof event]).toEqual(["number", "string", "string"])
      }
      expect([lines[0]?.event, lines.at(-1)?.event]).toEqual(["begins", "registered"])
    }
  })

  it("writes a result that says what was printed, and is registered", async () => {
    for (const [at, project] of projects.entries()) {
      const results = (done[at] ?? []).map((said) => documentOf(said).data)
      for (const { file, body, body_sha256, script } of results) {
        expect(file).toMatch(new RegExp(`^experiments/results/${script}_\\d{8}T\\d{9}Z(-\\d+)?\\.json$`))
        const written = fromCanonical(project.read(file)) as { body: unknown; body_sha256: string; envelope: Record<string, unknown> }
        expect([written.body_sha256, hashOf(written.body), hashOf(body)]).toEqual([body_sha256, body_sha256, body_sha256])
        expect(Object.keys(written.envelope)).toEqual(expect.arrayContaining(["recorded_at", "duration_ns", "trainer_version"]))
      }
      const entries = await project.data<ReadonlyArray<{ seq: number; path: string }>>("chronicle", "ls")
      expect(entries.map(({ seq, path }) => [seq, path])).toEqual(results.map(({ seq, file }) => [seq, file]))
      expect(await project.data("chronicle", "verify")).toMatchObject({ entries: calls.length, verified: true })
    }
  })
})

describe("run_experiment", () => {
  it("takes its seeds from the seed file, each derived from the master seed, and logs them all", () => {
    const root = SeedTree.root(20251031)
    const seeds = ["phase7/1", "phase7/2", "report/bootstrap"].map((name) => ({ name, seed: root.child(name).u64() }))
    const { body } = resultOf("run_experiment")
    expect(body.seeds.map(({ name, seed }) => ({ name, seed: BigInt(seed) }))).toEqual([{ name: "master", seed: 20251031n }, ...seeds])
    const runs = body.data.runs as ReadonlyArray<{ seed: bigint; status: string; phases: ReadonlyArray<{ phase: string }> }>
    expect(runs.map(({ seed, status }) => [BigInt(seed), status])).toEqual(seeds.slice(0, 2).map(({ seed }) => [seed, "completed"]))
    expect(runs[0]?.phases.map(({ phase }) => phase)).toEqual(["train", "validate", "test"])
  })

  it("writes metrics and curves as tables, the same bytes in both runs, under the folder that it was told", () => {
    const folder = "experiments/results/run_2025_10_31"
    const [one, two] = projects.map((project) => filesOf(project.path(folder)))
    expect(one).toEqual(two)
    expect(Object.keys(one ?? {}).sort()).toEqual(["curves.csv", "metrics.csv", "summary.json"])
    const [project] = projects
    const metrics = project.read(`${folder}/metrics.csv`).trimEnd().split("\n")
    expect(metrics[0]).toBe("seed,phase,metric,value,insufficient")
    expect(metrics.filter((line) => /,test,accuracy,/.test(line)).length).toBe(2)
    const curves = project.read(`${folder}/curves.csv`).trimEnd().split("\n")
    expect(curves[0]).toBe("seed,phase,samples_done,metric,value")
    expect(curves.filter((line) => /,train,\d+,accuracy,/.test(line)).length).toBe(6)
    const { artifacts } = resultOf("run_experiment").body
    expect(artifacts.map(({ path, sha256 }) => [path.slice(folder.length + 1), sha256])).toEqual(Object.entries(one ?? {}).sort())
  })

  it("is a program of its own, and gives the same body once more in the same folder", async () => {
    const [project] = projects
    const child = spawn(process.execPath, [binFile, ...experiment], { cwd: project.folder, stdio: ["ignore", "pipe", "pipe"] })
    const parts: Array<Buffer> = []
    child.stdout.on("data", (part: Buffer) => parts.push(part))
    child.stderr.resume()
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0)
    const { data } = parseJsonText(Buffer.concat(parts).toString("utf8")) as { data: Result }
    expect(data.body_sha256).toBe(resultOf("run_experiment").body_sha256)
    expect(data.seq).toBe(calls.length)
    const written = JSON.parse(project.read(data.file)) as { envelope: { run_ids: ReadonlyArray<string> } }
    expect(written.envelope.run_ids.map((id) => id.slice(-2))).toEqual(["-2", "-2"])
  })

  it("takes a campaign as well: every file of it with these seeds, what was run before as it was, under labels", async () => {
    const [project] = projects
    const phase7 = project.read("trainer/config/phase7.toml")
    project.write(
      "trainer/config/silent.toml",
      phase7.replace("silent_reward = false", "silent_reward = true").replace("epochs = 3", "epochs = 1")
    )
    const file = (second: string) =>
      `schema_version = 1\nname = "both"\n[[runs]]\nlabel = "recipe"\nfile = "phase7.toml"\n[[runs]]\nlabel = "silent, short"\nfile = "${second}"\n`
    project.write("trainer/config/both.toml", file("silent.toml"))
    const argv = [
      "compat",
      "run_experiment",
      "--config",
      "trainer/config/both.toml",
      "--seeds",
      "scripts/utils/seeds.toml",
      "--logdir",
      "both"
    ]
    const [first, again] = [documentOf(await project.ftr(...argv)), documentOf(await project.ftr(...argv))]
    expect(again.data.body_sha256).toBe(first.data.body_sha256)
    const runs = first.data.body.data.runs as ReadonlyArray<Record<string, unknown>>
    expect(runs.map(({ label, status }) => [label, status])).toEqual([
      ["recipe", "completed"],
      ["recipe", "completed"],
      ["silent, short", "completed"],
      ["silent, short", "completed"]
    ])
    const alone = resultOf("run_experiment").body.data.runs as ReadonlyArray<Record<string, unknown>>
    expect(runs.slice(0, 2)).toEqual(alone.map((run) => ({ label: "recipe", ...run })))
    const metrics = project.read("both/metrics.csv").trimEnd().split("\n")
    expect(metrics[0]).toBe("label,seed,phase,metric,value,insufficient")
    expect(metrics.filter((line) => /^"silent, short",\d+,test,accuracy,/.test(line)).length).toBe(2)
    expect(project.read("both/curves.csv")).toMatch(/^label,seed,phase,samples_done,metric,value\nrecipe,\d+,train,/)
    project.write("trainer/config/both.toml", file("../../../away.toml"))
    expect(documentOf(await project.ftr(...argv)).data).toMatchObject({ diagnostics: [{ code: "FT3406" }] })
    project.write("trainer/config/both.toml", file("nowhere.toml"))
    expect(documentOf(await project.ftr(...argv)).data).toMatchObject({ diagnostics: [{ code: "FT4043" }] })
  })

  it("refuses other seeds in the run file, another experiment in the folder, and a seed file that says too little or too much", async () => {
    const project = projects[1]
    const config = project.read("trainer/config/phase7.toml")
    const before = filesOf(store(project))
    const refused = async (flag: "--config" | "--seeds", text: string, code: string) => {
      project.write("bad.toml", text)
      const argv = experiment.map((word, at) => (experiment[at - 1] === flag ? "bad.toml" : word))
      const said = await project.ftr("compat", "run_experiment", ...argv)
      const { kind, data } = JSON.parse(said.stdout) as { kind: string; data: { diagnostics: ReadonlyArray<{ code: string }> } }
      expect([said.code, kind, data.diagnostics.map((each) => each.code)]).toEqual([3, "error", [code]])
      const findings = said.stderr
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { event: string; diagnostic?: { code: string } })
      expect(findings.flatMap(({ diagnostic }) => diagnostic?.code ?? [])).toEqual([code])
    }
    await refused("--config", config.replace("dataset =", "seeds = [1]\ndataset ="), "FT3441")
    await refused("--config", config.replace("epochs = 3", "epochs = 4"), "FT3442")
    await refused("--seeds", "schema_version = 1\nruns = [5]\n", "FT3442")
    await refused("--seeds", 'schema_version = 1\nruns = ["a"]\n', "FT3440")
    await refused("--seeds", 'schema_version = 1\nmaster = 1\nruns = ["a"]\nnamed = ["a"]\n', "FT3440")
    await refused("--seeds", 'schema_version = 1\nmaster = 1\nruns = ["a//b"]\n', "FT1004")
    expect(filesOf(store(project))).toEqual(before)
  })
})

describe("the other scripts", () => {
  it("tell what they found", () => {
    expect(resultOf("env_check").body.data).toMatchObject({ passed: true, platform: process.platform })
    expect(resultOf("config_loader").body.data).toMatchObject({ value: { training: { epochs: 2 }, master: 20251031, name: "phase7" } })
    expect(resultOf("dataset_splitter").body.seeds).toEqual([{ name: "split", seed: 7 }])
    expect(resultOf("dataset_splitter").body.artifacts.map(({ path }) => path)).toEqual(["data/splits/test.json", "data/splits/train.json"])
    expect(resultOf("metadata_extractor").body.data).toMatchObject([
      { file: "one.png", width: 1, text: [{ keyword: "Author", text: "lab" }] }
    ])
    expect(resultOf("log_formatter").body.data).toMatchObject({ lines: 2, unknown: 1 })
    expect(resultOf("image_preprocessor").body.data).toMatchObject({ parts: { test: 30 }, files: ["samples.ndjson"] })
    const [hashed] = resultOf("hash_integrity").body.data.files as ReadonlyArray<{ path: string; crc32: string }>
    expect(hashed?.crc32).toBe(
      crc32(readFileSync(projects[0].path("data/splits/test.json")))
        .toString(16)
        .padStart(8, "0")
    )
    expect(existsSync(projects[0].path("experiments/results/archive/SHA256SUMS"))).toBe(true)
  })

  it("write what the canonical value is", () => {
    const [project] = projects
    const { sha256 } = resultOf("config_loader").body.data as { sha256: string }
    expect(hashOf(fromCanonical(project.read("loaded.json")))).toBe(sha256)
  })
})

describe("a script that fails", () => {
  it("tells it in both streams, ends with the code of the reason, and registers nothing", async () => {
    const [project] = projects
    const before = filesOf(project.path("meta/chronicle"))
    for (const [argv, code, exit] of [
      [["metadata_extractor", "--input", "iris.csv"], "FT3430", 3],
      [["metadata_extractor", "--input", "nowhere.png"], "FT4043", 3],
      [["archive_results", "--run", "nothing"], "FT1301", 3],
      [["hash_integrity"], "FT3408", 2],
      [["time_utils", "--parse", "yesterday"], "FT3450", 3],
      [["seed_manager", "--master", "x"], "FT1307", 2],
      [["config_loader", "--config", "../outside.toml"], "FT3406", 3],
      [["log_formatter", "--input", "raw.log", "--out", "/tmp/out.ndjson"], "FT3406", 3],
      [
        ["dataset_splitter", "--dataset", "iris@1", "--method", "hash", "--seed", "1", "--fraction", "a=1", "--out", "a\u0001b"],
        "FT3406",
        3
      ]
    ] as const) {
      const said = await project.ftr("compat", ...argv)
      const { kind, data } = JSON.parse(said.stdout) as { kind: string; data: { diagnostics: ReadonlyArray<{ code: string }> } }
      expect([argv.join(" "), said.code, kind, data.diagnostics[0]?.code]).toEqual([argv.join(" "), exit, "error", code])
      for (const line of said.stderr.trimEnd().split("\n")) expect(typeof JSON.parse(line)).toBe("object")
    }
    expect(filesOf(project.path("meta/chronicle"))).toEqual(before)
  })

  it("writes through no link that leads out of the folder", async () => {
    const [project, other] = projects
    symlinkSync(other.folder, project.path("away"))
    const said = await project.ftr("compat", "config_loader", "--config", "trainer/config/phase7.toml", "--out", "away/stolen.json")
    expect([said.code, said.stdout.includes("FT3406"), existsSync(other.path("stolen.json"))]).toEqual([3, true, false])
    rmSync(project.path("away"))
  })

  it("is told as words where they are asked for", async () => {
    const [project] = projects
    const said = await project.ftr("compat", "time_utils", "--parse", "yesterday", "--log-format", "pretty")
    expect(said.stderr).toContain("error[FT3450]")
  })

  it("finds an altered artefact by its name, and so does the chronicle", async () => {
    const [project] = projects
    const before = readFileSync(project.path("loaded.json"))
    writeFileSync(project.path("loaded.json"), "{}\n")
    const verify = await project.ftr("chronicle", "verify", "--json")
    const integrity = await project.ftr("compat", "hash_integrity", "--verify")
    writeFileSync(project.path("loaded.json"), before)
    for (const said of [verify, integrity]) {
      const { data } = JSON.parse(said.stdout) as { data: { diagnostics: ReadonlyArray<{ code: string; file: string }> } }
      expect([said.code, data.diagnostics.map(({ code, file }) => [code, file])]).toEqual([6, [["FT3402", "loaded.json"]]])
    }
    expect((await project.ftr("chronicle", "verify")).code).toBe(0)
  })

  it("works below another root, which needs no project for what needs none", async () => {
    const [project] = projects
    mkdirSync(project.path("elsewhere"))
    const said = await project.ftr("compat", "seed_manager", "--master", "1", "--name", "a", "--root", "elsewhere")
    expect([said.code, readdirSync(project.path("elsewhere")).sort()]).toEqual([0, ["data", "experiments", "meta"]])
    expect(await project.data("chronicle", "verify", "--root", "elsewhere")).toMatchObject({ entries: 1 })
  })
})
