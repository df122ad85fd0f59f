import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { canonical } from "@feagi-trainer/determinism"
import { writeBundle } from "@feagi-trainer/store"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { blobFile, filesOf, flip, irisProject, type Project, type RunShown, started, store } from "./support/project.ts"

interface Document {
  readonly brain: { readonly genome_sha256: string }
  readonly dataset: { readonly scan_sha256: string }
  readonly split: { readonly parts: ReadonlyArray<{ readonly name: string; readonly ids_sha256: string }> }
}

let project: Project
let run: RunShown & { readonly document: Document }
beforeAll(async () => {
  project = await irisProject("5")
  const { run_id } = await started(project, "x.run.toml", "--set", "training.epochs=1")
  run = await project.data("run", "show", run_id, "--document")
  expect((await project.ftr("run", "export", run_id, "--bundle", "bundle")).code).toBe(0)
})
afterAll(() => project.close())

interface Verdict {
  readonly verdict: string
  readonly first: Record<string, unknown> | null
  readonly changed: ReadonlyArray<{ readonly input: string; readonly message: string }>
}
const replay = async (
  of: string,
  from = project
): Promise<{ readonly code: number; readonly data: Verdict; readonly keys: ReadonlyArray<string> }> => {
  const said = await from.ftr("run", "replay", of, "--json")
  const document = JSON.parse(said.stdout) as { schema_version: number; kind: string; data: Verdict; warnings: ReadonlyArray<unknown> }
  expect([document.schema_version, document.kind, document.warnings]).toEqual([1, "replay", []])
  return { code: said.code, data: document.data, keys: Object.keys(document.data).sort() }
}
/** Flips a bit of a file for as long as `during` takes. */
const altered = async (file: string, at: number, during: () => Promise<void>) => {
  flip(file, at)
  try {
    await during()
  } finally {
    flip(file, at)
  }
}

describe("replaying a stored run", () => {
  it("is EQUAL, exits 0 and leaves the store as it was", async () => {
    const before = filesOf(store(project))
    const said = await replay("latest")
    expect(said).toEqual({
      code: 0,
      data: { run_id: run.run_id, verdict: "EQUAL", first: null, changed: [], continued_not_identical: false, brain_mutated: null },
      keys: ["brain_mutated", "changed", "continued_not_identical", "first", "run_id", "verdict"]
    })
    expect(filesOf(store(project))).toEqual(before)
  })

  it("names the registered file when one bit of it changed, and is EQUAL again when it is back", async () => {
    await altered(project.path("iris.csv"), 100, async () => {
      const { code, data } = await replay(run.run_id)
      expect([code, data.verdict, data.first]).toEqual([6, "INPUT_CHANGED", null])
      expect(data.changed.map((each) => each.input)).toEqual(["dataset iris@1"])
      expect(JSON.stringify(data.changed)).toContain("iris.csv")
    })
    expect((await replay(run.run_id)).code).toBe(0)
  })

  it("names the genome, the scan, a part of the split, a plugin and the run document, each by itself", async () => {
    const { document } = run
    const [part] = document.split.parts
    const cases: ReadonlyArray<readonly [string, string]> = [
      [blobFile(project, document.brain.genome_sha256), "genome"],
      [blobFile(project, document.dataset.scan_sha256), "scan of iris@1"],
      [blobFile(project, part?.ids_sha256 ?? ""), `split ${part?.name}`],
      [project.path("plugins/reward-supervised/feagi-trainer.plugin.json"), ""],
      [blobFile(project, run.spec_sha256), "run document"]
    ]
    for (const [file, input] of cases) {
      // A plugin's manifest must stay readable: a blank more is a change of its bytes as well.
      if (input === "") {
        const text = readFileSync(file, "utf8")
        writeFileSync(file, `${text} `)
        const { code, data } = await replay(run.run_id)
        writeFileSync(file, text)
        expect([code, data.verdict, data.changed.map((each) => each.input)]).toEqual([
          6,
          "INPUT_CHANGED",
          ["plugin @feagi-trainer/reward-supervised"]
        ])
        continue
      }
      await altered(file, 20, async () => {
        const { code, data } = await replay(run.run_id)
        expect([input, code, data.verdict]).toEqual([input, 6, "INPUT_CHANGED"])
        expect(data.changed.map((each) => each.input.split(" (")[0])).toEqual([input])
      })
    }
    expect((await replay(run.run_id)).code).toBe(0)
  })

  it("says the same to a person: the input, what was expected and what came", async () => {
    await altered(project.path("iris.csv"), 100, async () => {
      const said = await project.ftr("run", "replay")
      expect(said.code).toBe(6)
      expect(said.stdout).toMatch(/^replay: INPUT_CHANGED\n {2}dataset iris@1: .*iris\.csv/)
      expect(said.stdout).toMatch(/expected/)
    })
  })

  it("says that the database is damaged when a recorded prediction was altered in it, and names the run", async () => {
    cpSync(store(project), project.path("kept"), { recursive: true })
    try {
      const name = Object.keys(filesOf(store(project))).find((file) => /\.(sqlite|db)/.test(file))
      const database = new DatabaseSync(join(store(project), name ?? ""))
      for (const { name: trigger } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all())
        database.exec(`DROP TRIGGER ${String(trigger)}`)
      database.exec("UPDATE predictions SET line = replace(line, '\"class_id\":', '\"class_id\":1') WHERE phase = 'test' AND idx = 4")
      database.close()
      for (const argv of [
        ["run", "replay", "latest"],
        ["artifact", "verify"]
      ]) {
        const said = await project.ftr(...argv)
        expect(said.code).toBe(6)
        expect(said.stderr).toContain(run.run_id)
      }
    } finally {
      rmSync(store(project), { recursive: true })
      renameSync(project.path("kept"), store(project))
    }
    expect((await replay(run.run_id)).code).toBe(0)
  })
})

describe("replaying a bundle", () => {
  const copy = (name: string): string => {
    rmSync(project.path(name), { recursive: true, force: true })
    cpSync(project.path("bundle"), project.path(name), { recursive: true })
    return name
  }

  it("is EQUAL without the store and without the registered file", async () => {
    renameSync(store(project), project.path("kept"))
    renameSync(project.path("iris.csv"), project.path("kept.csv"))
    try {
      expect(await replay("bundle")).toMatchObject({ code: 0, data: { verdict: "EQUAL", run_id: run.run_id } })
      expect(filesOf(store(project))).toEqual({})
    } finally {
      renameSync(project.path("kept"), store(project))
      renameSync(project.path("kept.csv"), project.path("iris.csv"))
    }
  })

  it("names every file that has one other bit, whichever it is", async () => {
    const files = Object.keys(filesOf(project.path("bundle"))).filter((file) => file !== "bundle.json")
    expect(files).toEqual(expect.arrayContaining(["run.json", "recording.json", "predictions.ndjson", "dataset.json", "data/iris.csv"]))
    for (const file of files) {
      const name = copy("altered")
      flip(project.path(name, file), 20)
      const { code, data } = await replay(name)
      expect([file, code, data.verdict, data.first]).toEqual([file, 6, "INPUT_CHANGED", null])
      expect(data.changed.map((each) => each.input)).toEqual([`bundle (${file})`])
    }
  })

  it("names a file that is missing and one that does not belong there", async () => {
    const less = copy("less")
    rmSync(project.path(less, "data/iris.csv"))
    expect(await replay(less)).toMatchObject({
      code: 6,
      data: { verdict: "INPUT_CHANGED", changed: [{ input: "bundle (data/iris.csv)" }] }
    })
    const more = copy("more")
    writeFileSync(project.path(more, "data/other.csv"), "x")
    expect(await replay(more)).toMatchObject({
      code: 6,
      data: { verdict: "INPUT_CHANGED", changed: [{ input: "bundle (data/other.csv)" }] }
    })
  })

  it("is DIVERGED, exit 1, at exactly the sample whose recorded answer was forged, however well the bundle was sealed again", async () => {
    const { run_id, spec_sha256, trainer_version } = JSON.parse(project.read("bundle/bundle.json"))
    const files = Object.keys(filesOf(project.path("bundle"))).filter((file) => file !== "bundle.json")
    const lines = project.read("bundle/predictions.ndjson").trimEnd().split("\n")
    for (const at of [0, 44, lines.length - 1]) {
      const row = JSON.parse(lines[at] ?? "") as { line: string; phase: string; epoch: number; sample_id: string; tick: number }
      const said = JSON.parse(row.line) as { prediction: { class: { class_id: number; scores: ReadonlyArray<number> } } }
      const forged = { class: { class_id: (said.prediction.class.class_id + 1) % 3, scores: said.prediction.class.scores } }
      const changed = canonical({ ...row, line: canonical({ ...said, prediction: forged }) })
      const predictions = new TextEncoder().encode(`${lines.map((line, index) => (index === at ? changed : line)).join("\n")}\n`)
      await Effect.runPromise(
        writeBundle(
          project.path(`forged-${at}`),
          files.map((name) => ({ name, bytes: name === "predictions.ndjson" ? predictions : readFileSync(project.path("bundle", name)) })),
          { run_id, spec_sha256, trainer_version }
        )
      )
      const { code, data } = await replay(`forged-${at}`)
      expect([code, data.verdict, data.changed]).toEqual([1, "DIVERGED", []])
      const { phase, epoch, sample_id, tick } = row
      expect(data.first).toEqual({ phase, epoch, sample_id, tick, field: "prediction", recorded: forged, replayed: said.prediction })
      const text = await project.ftr("run", "replay", `forged-${at}`)
      expect(text.stdout).toContain(`first divergence: phase ${phase}, epoch ${epoch}, sample ${sample_id}, tick ${tick}`)
    }
  })

  it("holds no absolute path and nothing of this machine", () => {
    const files = Object.keys(filesOf(project.path("bundle")))
    expect(files.length).toBeGreaterThan(8)
    for (const file of files) expect(readFileSync(project.path("bundle", file), "utf8").includes(project.folder), file).toBe(false)
  })

  it("cannot be made when what it would hold was altered, and leaves nothing behind", async () => {
    for (const [file, at] of [
      [blobFile(project, run.document.brain.genome_sha256), 9],
      [project.path("iris.csv"), 100]
    ] as const)
      await altered(file, at, async () => {
        const said = await project.ftr("run", "export", run.run_id, "--bundle", "other")
        expect(said.code).toBe(6)
        expect(filesOf(project.path("other"))).toEqual({})
      })
  })
})
