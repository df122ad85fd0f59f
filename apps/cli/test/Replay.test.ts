import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { blobFile, cloneOf, filesOf, flip, irisProject, type Project, type RunShown, started, store } from "./support/project.ts"

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
const replay = async (of: string, from = project): Promise<{ readonly code: number; readonly data: Verdict; readonly keys: ReadonlyArray<string> }> => {
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
      data: { run_id: run.run_id, verdict: "EQUAL", first: null, changed: [] },
      keys: ["changed", "first", "run_id", "verdict"]
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

  it("finds a prediction that was altered in the database, or says that the database is damaged", async () => {
    const clone = cloneOf(project)
    try {
      const { DatabaseSync } = await import("node:sqlite")
      const name = Object.keys(filesOf(store(clone))).find((file) => /\.(sqlite|db)/.test(file))
      const database = new DatabaseSync(join(store(clone), name ?? ""))
      for (const { name: trigger } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all())
        database.exec(`DROP TRIGGER ${String(trigger)}`)
      database.exec("UPDATE predictions SET line = replace(line, '\"class_id\":0', '\"class_id\":2') WHERE phase = 'test' AND idx = 4")
      database.close()
      const said = await clone.ftr("run", "replay", "latest")
      expect(said.code).toBe(6)
      expect(said.stderr).toContain(run.run_id)
    } finally {
      clone.close()
    }
  })
})

describe("replaying a bundle", () => {
  const copy = (name: string): string => {
    rmSync(project.path(name), { recursive: true, force: true })
    cpSync(project.path("bundle"), project.path(name), { recursive: true })
    return name
  }

  it("is EQUAL without the store and without the registered file", async () => {
    const clone = cloneOf(project)
    try {
      rmSync(store(clone), { recursive: true })
      rmSync(clone.path("iris.csv"))
      expect(await replay("bundle", clone)).toMatchObject({ code: 0, data: { verdict: "EQUAL", run_id: run.run_id } })
    } finally {
      clone.close()
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
    expect(await replay(less)).toMatchObject({ code: 6, data: { verdict: "INPUT_CHANGED", changed: [{ input: "bundle (data/iris.csv)" }] } })
    const more = copy("more")
    writeFileSync(project.path(more, "data/other.csv"), "x")
    expect(await replay(more)).toMatchObject({ code: 6, data: { verdict: "INPUT_CHANGED", changed: [{ input: "bundle (data/other.csv)" }] } })
  })

  it("holds no absolute path and nothing of this machine", () => {
    const files = Object.keys(filesOf(project.path("bundle")))
    expect(files.length).toBeGreaterThan(8)
    for (const file of files) expect(readFileSync(project.path("bundle", file), "utf8").includes(project.folder), file).toBe(false)
  })

  it("cannot be made of a run that is not completed", async () => {
    const clone = cloneOf(project)
    try {
      const { run_id } = await clone.data<RunShown>("run", "show", "latest")
      flip(blobFile(clone, run.document.brain.genome_sha256), 9)
      const said = await clone.ftr("run", "export", run_id, "--bundle", "other")
      expect(said.code).toBe(6)
      expect(filesOf(clone.path("other"))).toEqual({})
    } finally {
      clone.close()
    }
  })
})
