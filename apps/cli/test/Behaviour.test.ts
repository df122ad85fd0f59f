/** What every command has in common, found out by asking the program for its commands: a new one is tested without being listed. */
import { spawn } from "node:child_process"
import { cpSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { engineToml } from "../../../packages/config/test/engine/files.ts"
import { textWidth } from "../src/textWidth.ts"
import { controlCharacter as control } from "./support/controlCharacter.ts"
import { cloneOf, filesOf, irisProject, mainFile, type Project, type Said, started, store } from "./support/project.ts"

let project: Project
/** Id of a run that went through. */
let finished: string
let leaves: ReadonlyArray<ReadonlyArray<string>>
let groups: ReadonlyArray<ReadonlyArray<string>>
const helps = new Map<string, Said>()

const subcommands = (help: string): ReadonlyArray<string> =>
  (help.split(/^SUBCOMMANDS$/m)[1]?.split(/^[A-Z]/m)[0] ?? "").split("\n").flatMap((line) => /^ {2}([a-z_-]+)/.exec(line)?.[1] ?? [])

const explore = async (path: ReadonlyArray<string>): Promise<void> => {
  const said = await project.ftr(...path, "--help")
  helps.set(path.join(" "), said)
  for (const name of subcommands(said.stdout)) await explore([...path, name])
}

beforeAll(async () => {
  project = await irisProject("1")
  finished = (await started(project, "x.run.toml", "--set", "training.epochs=1")).run_id
  project.write("short.run.toml", project.read("x.run.toml").replace(/^epochs = .*$/m, "epochs = 1"))
  project.write("x.campaign.toml", 'schema_version = 1\nname = "c"\n[[runs]]\nlabel = "short"\nfile = "short.run.toml"\n')
  await project.data("brain", "new", "--template", "tabular-classification", "--dataset", "iris@1", "--name", "b")
  await explore([])
  const paths = [...helps.keys()].map((each) => each.split(" ").filter((word) => word !== ""))
  groups = paths.filter((path) => subcommands(helps.get(path.join(" "))?.stdout ?? "").length > 0)
  leaves = paths.filter((path) => !groups.includes(path))
})
afterAll(() => project.close())

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape is what must not be there
const ansi = /\u001b\[/

/** Lines that a terminal would break, but for what has to stay whole to be copied: ids, hashes, paths, JSON. */
const tooWide = (text: string, columns: number): ReadonlyArray<string> =>
  text.split("\n").filter((line) => textWidth(line) > columns && !line.split(" ").some((word) => textWidth(word) > columns / 3))

describe("every command", () => {
  it("is there", () => {
    expect(leaves.map((path) => path.join(" "))).toEqual(
      expect.arrayContaining([
        "init",
        "dataset add",
        "brain new",
        "run start",
        "run replay",
        "scorecard verify",
        "artifact verify",
        "plugin ls",
        "doctor",
        "env diff"
      ])
    )
    expect(groups.length).toBeGreaterThan(6)
  })

  it("gives help on stdout and exits 0, without a single escape and with its own usage", () => {
    for (const [path, said] of helps) {
      expect([path, said.code, said.stderr]).toEqual([path, 0, ""])
      const wide = said.stdout.split("\n").filter((line) => line.length > 80 && !/^ {2}feagi-trainer /.test(line))
      expect([path, wide]).toEqual([path, []])
      expect(said.stdout, path).toContain(`USAGE\n  ${["feagi-trainer", path].join(" ").trim()}`)
      expect(ansi.test(said.stdout), path).toBe(false)
    }
  })

  it("refuses an unknown flag with 2, on stderr alone, and does nothing", async () => {
    const before = filesOf(store(project))
    for (const path of leaves) {
      const said = await project.ftr(...path, "--no-such-flag")
      expect([path.join(" "), said.code, said.stdout]).toEqual([path.join(" "), 2, ""])
      expect(said.stderr).toContain("--no-such-flag")
      // What is wrong, and not the whole help, which would push it out of sight.
      expect(said.stderr.split("\n").length).toBeLessThan(12)
      expect(said.stderr).not.toMatch(/^\s+at /m)
    }
    expect(filesOf(store(project))).toEqual(before)
  })

  it("that is a group refuses an unknown command with 2 and suggests the one that was meant", async () => {
    for (const path of groups) {
      const [first = ""] = subcommands(helps.get(path.join(" "))?.stdout ?? "")
      const said = await project.ftr(...path, `${first}x`)
      expect([path.join(" "), said.code, said.stdout]).toEqual([path.join(" "), 2, ""])
      expect(said.stderr).toContain("did you mean")
      expect(said.stderr).toContain(first)
    }
  })

  it("is told in the words of other programs, too", async () => {
    for (const [words, same] of [
      [["help"], ["--help"]],
      [
        ["help", "run", "ls"],
        ["run", "ls", "--help"]
      ],
      [
        ["completion", "bash"],
        ["--completions", "bash"]
      ],
      [["version"], ["--version"]],
      [["-V"], ["--version"]]
    ] as const)
      expect([words, await project.ftr(...words)]).toEqual([words, await project.ftr(...same)])
    for (const words of [
      ["help", "run", "lss"],
      ["run", "lss", "-h"]
    ]) {
      const said = await project.ftr(...words)
      expect([said.code, said.stderr.includes('did you mean "ls"')]).toEqual([2, true])
    }
  })

  it("suggests the flag that was meant", async () => {
    const said = await project.ftr("run", "start", "x.run.toml", "--no-progres")
    expect(said.code).toBe(2)
    expect(said.stderr).toContain("--no-progress")
  })
})

/** A PNG of one grey pixel, without its pixel. */
const onePixel = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000049454e44ae426082", "hex")

/** A safetensors file of one number, which is 0. */
const oneTensor = Buffer.concat([
  Buffer.from([64, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.padEnd(64)),
  Buffer.alloc(4)
])

/** How each command with --json is called here; it must be a success. What writes comes last. */
const calls: Readonly<Record<string, ReadonlyArray<string>>> = {
  "artifact verify": [],
  "audit check": ["audit.dsse.json", "--public-key", "audit.key.pub"],
  "binding explain": ["x.run.toml", "latest"],
  bindings: [],
  "brain add": ["genome.json", "--name", "added"],
  "brain diff": ["b@1", "latest"],
  "brain export": ["b@1", "--out", "exported-brain"],
  "brain ls": [],
  "brain new": ["--template", "tabular-classification", "--dataset", "iris@1", "--name", "b"],
  "brain show": [],
  "brain snapshot": ["--name", "learnt"],
  "campaign ls": [],
  "campaign pause": [],
  "campaign report": [],
  "campaign start": ["x.campaign.toml", "--no-progress"],
  "campaign status": [],
  "campaign stop": [],
  "chronicle ls": [],
  "chronicle verify": [],
  "config convert": ["engine.toml", "--to", "json"],
  "config hash": ["engine.toml"],
  "config load": ["engine.toml", "x.run.toml"],
  "config run": ["engine.toml"],
  "config show": [],
  "data metadata": ["one.png"],
  "data preprocess": ["x.run.toml", "--out", "prepared"],
  "dataset add": ["iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris"],
  "dataset check-compat": [],
  "dataset diff": ["iris@1", "iris@1"],
  "dataset discover": ["iris.csv"],
  "dataset hash": ["iris.csv"],
  "dataset labels": [],
  "dataset ls": [],
  "dataset preview": [],
  "dataset propose-schema": ["iris.csv", "--adapter", "csv"],
  "dataset show": [],
  "dataset split": ["--method", "hash", "--fraction", "train=0.5", "--fraction", "test=0.5", "--seed", "1"],
  "dataset validate": ["iris.csv", "--adapter", "csv", "--label-column", "species"],
  "dataset verify": [],
  doctor: [],
  "encoding report": ["x.run.toml"],
  "env diff": ["here.json", "here.json"],
  init: ["--template", "tabular-classification", "--dataset", "iris@1", "--seed", "1"],
  "log format": ["iris.csv", "--out", "iris.ndjson"],
  monitor: ["--once"],
  "plugin info": ["csv"],
  "plugin ls": [],
  "plugin matrix": [],
  "protocol check": [],
  "protocol ls": [],
  "protocol runs": [],
  "protocol show": ["classification-holdout"],
  query: ["SELECT count(*) FROM runs"],
  report: ["latest", "--out", "report"],
  "run activity": ["latest", "--sample", "latest"],
  "run bias": ["latest", "--group-by", "class"],
  "run columns": [],
  "run compare": ["latest", "latest"],
  "run create": ["x.run.toml"],
  "run events": [],
  "run export": ["--contracts", "exported", "--bundle", "exported.zip"],
  "run export-config": [],
  "run figures": [],
  "run groups": [],
  "run import": ["exported.zip"],
  "run logs": [],
  "run ls": [],
  "run mark": ["latest", "--tag", "seen", "--note", "a note"],
  "run marks": [],
  "run metrics": [],
  "run pause": ["latest"],
  "run plan": ["x.run.toml"],
  "run predictions": [],
  "run replay": [],
  "run series": [],
  "run show": [],
  "run skip": ["latest"],
  "run start": ["x.run.toml", "--set", "training.epochs=1"],
  "run status": [],
  "run stop": ["latest"],
  "run summaries": ["latest", "--out", "summaries"],
  "schema ls": [],
  "schema show": ["RunSpec"],
  schemes: [],
  score: ["--pack", "classification", "--predictions", "answers.json"],
  "scorecard export": ["latest", "--out", "card"],
  "scorecard keygen": ["--out", "lab.key"],
  "scorecard ls": [],
  "scorecard show": [],
  "scorecard sign": ["latest", "--key", "lab.key", "--out", "card.dsse.json"],
  "scorecard verify": [],
  "seeds derive": ["--master", "1", "a"],
  "template ls": [],
  "time now": [],
  "time parse": ["2026-11-22T07:44:49Z"],
  "weights export": ["latest", "--out", "weights.bin"],
  "weights log": []
}

/** Of the above, what makes or changes something. */
const writing: ReadonlySet<string> = new Set(
  [
    ["archive", "data preprocess", "init", "log format", "report", "weights export"],
    ["brain add", "brain export", "brain new", "brain snapshot", "campaign pause", "campaign start", "campaign stop"],
    ["dataset add", "run archive", "run create", "run export", "run import", "run mark", "run pause", "run skip", "run start", "run stop"],
    ["run summaries", "scorecard export", "scorecard keygen", "scorecard sign", "scorecard supersede"]
  ].flat()
)

/** What prints a file, a command or a drawing, which a terminal gets as it is. */
const verbatim: ReadonlySet<string> = new Set([
  ...["binding explain", "campaign report", "config convert", "config load", "config run", "dataset propose-schema", "run export-config"],
  ...["plugin info", "schema show"]
])

/** They go on until they are ended: Serve.test.ts. */
const serving: ReadonlySet<string> = new Set(["serve", "ui"])

/** What cannot be done with the runs of this test: a failure is told as one document as well. */
const refused: Readonly<Record<string, number>> = { "run resume": 2, "campaign resume": 2, "run measures": 3 }

describe("--json", () => {
  it("is one document on stdout for every command that has it, and nothing else", async () => {
    const template = await project.data<{ genome_sha256: string }>("brain", "show", "b@1")
    const genome = Object.keys(filesOf(store(project))).find((file) => file.replaceAll("/", "").endsWith(template.genome_sha256))
    cpSync(`${store(project)}/${genome}`, project.path("genome.json"))
    project.write("engine.toml", engineToml)
    writeFileSync(project.path("one.png"), onePixel)
    writeFileSync(project.path("one.safetensors"), oneTensor)
    await project.data("env", "--out", "here.json")
    await project.data("scorecard", "keygen", "--out", "audit.key")
    await project.data("audit", "--key", "audit.key", "--out", "audit.dsse.json")
    project.write("answers.json", JSON.stringify([{ sample_id: "a", target: 1, prediction: 1 }]))
    const speaking = leaves.filter((path) => /^ {2}--json/m.test(helps.get(path.join(" "))?.stdout ?? "") && !serving.has(path.join(" ")))
    expect(speaking.length).toBeGreaterThan(25)
    const [first] = await project.data<ReadonlyArray<{ readonly scorecard_id: string }>>("scorecard", "ls")
    const archived = { archive: [finished, "--yes"], "run archive": [finished, "--to", "kept"] }
    const plotted = {
      "plot metrics": [finished],
      "plot fft": [finished, "--name", "reward/train/raw"],
      "plot tensor": ["one.safetensors", "--tensor", "w"],
      "plot raster": [finished, "--sample", "latest"],
      "plot voxels": [finished, "--sample", "latest"],
      "plot dream": [finished]
    }
    const called = {
      ...calls,
      ...archived,
      ...plotted,
      "scorecard supersede": [first?.scorecard_id ?? "", "latest", "--reason", "it is older"]
    }
    const kinds = new Set<string>()
    for (const path of speaking) {
      const name = path.join(" ")
      const argv: ReadonlyArray<string> | undefined = name in refused ? ["latest"] : Reflect.get(called, name)
      expect(argv, `${name} is not called here`).toBeDefined()
      const said = await project.ftr(...path, ...(argv ?? []), "--json")
      expect([name, said.code], said.stderr).toEqual([name, refused[name] ?? 0])
      const document = JSON.parse(said.stdout) as Record<string, unknown>
      expect([name, Object.keys(document)]).toEqual([name, ["schema_version", "kind", "data", "warnings"]])
      expect([document.schema_version, typeof document.kind, Array.isArray(document.warnings)]).toEqual([1, "string", true])
      expect(ansi.test(said.stdout + said.stderr), name).toBe(false)
      kinds.add(String(document.kind))
    }
    expect(kinds.size).toBeGreaterThan(20)
  })

  it("leaves to a person text that fits the terminal, with no line broken in a pipe", async () => {
    const reading = leaves.map((path) => path.join(" ")).filter((name) => name in calls && !writing.has(name))
    expect(reading.length).toBeGreaterThan(60)
    for (const name of reading) {
      const argv = [...name.split(" "), ...(calls[name] ?? [])]
      const piped = await project.ftr(...argv)
      expect([name, piped.code], piped.stderr).toEqual([name, 0])
      expect([name, control.test(piped.stdout + piped.stderr)]).toEqual([name, false])
      for (const columns of [40, 80]) {
        const said = await project.onTerminal(columns, ...argv)
        expect([name, said.code], said.stderr).toEqual([name, 0])
        expect([name, control.test(said.stdout)]).toEqual([name, false])
        expect([name, columns, verbatim.has(name) ? [] : tooWide(said.stdout, columns)]).toEqual([name, columns, []])
      }
    }
  })

  it("leaves no path of this machine in a report, whose text and page say what the run says", async () => {
    const files = Object.keys(filesOf(project.path("report")))
    expect(files).toEqual(expect.arrayContaining(["report.html", "report.md"]))
    const home = fileURLToPath(new URL("../../../", import.meta.url))
    for (const file of files)
      for (const path of [project.folder, home, tmpdir()])
        expect([file, project.read(`report/${file}`).includes(path)]).toEqual([file, false])
    const { run_id } = await project.data<{ run_id: string }>("run", "show")
    expect(project.read("report/report.md")).toContain(run_id.slice(0, 14))
  })

  it("tells a failure as one document too, with reason and diagnostics, and the same on stderr", async () => {
    for (const [argv, code, reason] of [
      [["run", "show", "nothing"], 3, "invalid"],
      [["run", "show", "r-"], 0, ""],
      [["dataset", "show", "iris@9"], 3, "invalid"],
      [["plugin", "info", "cvs"], 7, "missing"],
      [["run", "plan", "nowhere.run.toml"], 3, "invalid"],
      [["run", "plan", "x.run.toml", "--set", "=1"], 2, "usage"],
      [["dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "specie", "--name", "other"], 3, "invalid"],
      [["dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "Not A Name"], 3, "invalid"]
    ] as const) {
      const said = await project.ftr(...argv, "--json")
      if (code === 0) {
        // One run or several begin with it: the first is an answer, the second a question back.
        expect([0, 2]).toContain(said.code)
        continue
      }
      expect([argv.join(" "), said.code], said.stderr).toEqual([argv.join(" "), code])
      const document = JSON.parse(said.stdout) as {
        kind: string
        data: { reason: string; diagnostics: ReadonlyArray<{ code: string; message: string }> }
      }
      expect([document.kind, document.data.reason]).toEqual(["error", reason])
      for (const each of document.data.diagnostics) {
        expect(each.code).toMatch(/^(FT\d{4}|[a-z-]+\/[A-Z_-]+)$/)
        expect(said.stderr).toContain(`[${each.code}]`)
      }
    }
  })

  it("writes seeds with all their digits", async () => {
    const { runs } = await project.data<{ runs: ReadonlyArray<{ document: { seed: string } }> }>(
      "run",
      "plan",
      "x.run.toml",
      "--set",
      "seeds=[18446744073709551615]"
    )
    expect(runs[0]?.document.seed).toBe("18446744073709551615")
  })
})

describe("a process", () => {
  const run = (argv: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}) => project.spawn(argv, environment).ended

  it("prints no escape and asks nothing when it is piped, whatever the terminal is said to be", async () => {
    const said = await run(["run", "ls"], { NO_COLOR: "1", TERM: "dumb", COLUMNS: "40" })
    expect([said.code, said.stderr]).toEqual([0, ""])
    expect(said.stdout).toMatch(/^RUN +GROUP/)
    expect(ansi.test(said.stdout)).toBe(false)
  })

  it("ends quietly when its reader goes away", async () => {
    const child = spawn(process.execPath, [mainFile, "schema", "show", "RunSpec"], {
      cwd: project.folder,
      stdio: ["ignore", "pipe", "pipe"]
    })
    child.stdout.destroy()
    const errors: Array<Buffer> = []
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk))
    await new Promise((resolve) => child.on("close", resolve))
    expect(Buffer.concat(errors).toString("utf8")).not.toMatch(/EPIPE|^\s+at /m)
  })
})

describe("names", () => {
  it.each(["with space.csv", "-dash.csv", "blüte🌸.csv", `${"x".repeat(251)}.csv`])("of files may be %j", async (name) => {
    cpSync(project.path("iris.csv"), project.path(name))
    const said = await project.ftr(
      "dataset",
      "validate",
      "--adapter",
      "csv",
      "--label-column",
      "species",
      "--json",
      "--",
      name.startsWith("-") ? `./${name}` : name
    )
    expect(said.code, said.stderr).toBe(0)
    expect(JSON.parse(said.stdout)).toMatchObject({ data: { sample_count: 150, errors: 0 } })
  })

  it("of files hold no control character: refused, and shown escaped", async () => {
    cpSync(project.path("iris.csv"), project.path("new\nline.csv"))
    const said = await project.ftr("dataset", "validate", "new\nline.csv", "--adapter", "csv", "--label-column", "species")
    expect(said.code).toBe(3)
    expect(said.stderr).toContain("new\\nline.csv")
  })

  it("of datasets are plain, so that they are safe as file names and ids", async () => {
    for (const name of ["../up", "a/b", "A", "", "a b", "-x", "x".repeat(64), "=cmd", "é"]) {
      const said = await project.ftr(
        "dataset",
        "add",
        "iris.csv",
        "--adapter",
        "csv",
        "--label-column",
        "species",
        `--name=${name}`,
        "--json"
      )
      expect([name, [2, 3].includes(said.code)]).toEqual([name, true])
    }
    const names = (await project.data<ReadonlyArray<{ name: string }>>("dataset", "ls")).map((each) => each.name)
    expect(new Set(names)).toEqual(new Set(["iris"]))
  })
})

describe("init", () => {
  it("writes a project file that lists what is installed here, once", async () => {
    const before = readFileSync(project.path("feagi-trainer.toml"), "utf8")
    const said = await project.ftr("init")
    expect(said.code).toBe(3)
    expect(said.stderr).toContain("feagi-trainer.toml")
    expect(readFileSync(project.path("feagi-trainer.toml"), "utf8")).toBe(before)
  })

  it("says what the operating system refuses, as no bug of its own", async () => {
    const empty = cloneOf(project)
    rmSync(empty.path("feagi-trainer.toml"))
    symlinkSync(empty.path("nowhere", "file"), empty.path("feagi-trainer.toml"))
    const said = await empty.ftr("init")
    expect([said.code, said.stderr.includes("error[FT3304] feagi-trainer.toml")]).toEqual([3, true])
    empty.close()
  })

  it("says what is missing, and refuses seeds that are none", async () => {
    expect((await project.ftr("init", "--template", "tabular-classification")).code).toBe(2)
    for (const seed of ["-1", "x", "1..", "3..1", "18446744073709551616", "1,,2"])
      expect([
        seed,
        (await project.ftr("init", "--template", "tabular-classification", "--dataset", "iris@1", `--seed=${seed}`)).code
      ]).toEqual([seed, 2])
  })
})

describe("the store", () => {
  it("can be read by nobody else", () => {
    if (process.platform === "win32") return
    expect(statSync(store(project)).mode & 0o077).toBe(0)
  })

  it("is whole after all this", async () => {
    expect(await project.ftr("artifact", "verify")).toMatchObject({ code: 0 })
  })
})
