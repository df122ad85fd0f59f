/** Runs that are kept: dry unless asked, read back before they count, and importable elsewhere. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { sha256Hex } from "@feagi-trainer/determinism"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { filesOf, flip, type GroupShown, irisProject, makeProject, type Project, type Said, store } from "./support/project.ts"

const folder = "experiments/results/archive"
interface Archive {
  readonly folder: string
  readonly done: boolean
  readonly runs: ReadonlyArray<{
    run_id: string
    status: string
    file: string
    outcome: string
    bytes: number
    sha256: string
    bundle_sha256: string
  }>
}

let project: Project
let group: GroupShown
beforeAll(async () => {
  project = await irisProject("1..2")
  group = await project.data<GroupShown>("run", "start", "x.run.toml", "--set", "training.epochs=1")
})
afterAll(() => project.close())

const ids = () => group.runs.map(({ run_id }) => run_id)
const codes = (said: Said): ReadonlyArray<string> =>
  (JSON.parse(said.stdout) as { data: { diagnostics: ReadonlyArray<{ code: string }> } }).data.diagnostics.map(({ code }) => code)

describe("archive", () => {
  it("says what it would do, and does nothing without --yes", async () => {
    const data = await project.data<Archive>("archive", group.group_id)
    expect(data).toMatchObject({ folder, done: false })
    expect(data.runs.map(({ run_id, outcome }) => [run_id, outcome])).toEqual(ids().map((id) => [id, "to be archived"]))
    expect(existsSync(project.path("experiments"))).toBe(false)
  })

  it("writes a bundle for each run of a group with its checksum, and finds it there the next time", async () => {
    const before = filesOf(store(project))
    const { runs } = await project.data<Archive>("archive", group.group_id, "--yes")
    expect(runs.map(({ run_id, outcome }) => [run_id, outcome])).toEqual(ids().map((id) => [id, "archived"]))
    for (const { file, bytes, sha256 } of runs) {
      const content = readFileSync(project.path(folder, file))
      expect([content.length, sha256Hex(content)]).toEqual([bytes, sha256])
    }
    const sums = runs.map(({ file, sha256 }) => `${sha256}  ${file}`)
    expect(project.read(`${folder}/SHA256SUMS`).trimEnd().split("\n").sort()).toEqual([...sums].sort())
    expect(readdirSync(project.path(folder)).length).toBe(3)
    const [first = ""] = ids()
    const again = await project.data<Archive>("run", "archive", first, "--yes")
    expect(again.runs).toEqual([{ ...runs[0], outcome: "there already" }])
    expect(project.read(`${folder}/SHA256SUMS`).trimEnd().split("\n").length).toBe(2)
    // A run stays where it was.
    expect(filesOf(store(project))).toEqual(before)
  })

  it("is taken back by an import elsewhere, with the same hashes", async () => {
    const other = makeProject()
    try {
      for (const run of group.runs) {
        const imported = await other.data<{ run_id: string; existing: boolean; predictions_sha256: string }>(
          "run",
          "import",
          project.path(folder, `${run.run_id}.zip`)
        )
        expect(imported).toMatchObject({ run_id: run.run_id, existing: false, predictions_sha256: run.predictions_sha256 })
      }
    } finally {
      other.close()
    }
  })

  it("refuses a run that has not ended, and one that runs as locked, and archives none of those that were named", async () => {
    const text = project
      .read("x.run.toml")
      .replace(/^seeds = .*$/m, "seeds = [9]")
      .replace(/^epochs = .*$/m, "epochs = 100000")
    project.write("long.run.toml", text)
    const { child, ended } = project.spawn(["run", "start", "long.run.toml", "--no-progress"])
    const run_id = await new Promise<string>((resolve) =>
      child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString("utf8").trim()))
    )
    // The id is told before the run begins.
    for (;;) {
      const { state } = { state: (await project.ftr("run", "logs", run_id)).stdout }
      if (/ running /.test(state)) break
    }
    const running = await project.ftr("archive", run_id, ...ids(), "--yes", "--to", "kept", "--json")
    child.kill("SIGKILL")
    await ended
    const left = await project.ftr("archive", run_id, "--yes", "--to", "kept", "--json")
    expect([running.code, codes(running)]).toEqual([8, ["FT3410"]])
    expect([left.code, codes(left)]).toEqual([3, ["FT3410"]])
    expect(left.stderr).toContain(`run resume ${run_id}`)
    expect(existsSync(project.path("kept"))).toBe(false)
    await project.ftr("run", "stop", run_id)
    const cancelled = await project.ftr("archive", run_id, "--json")
    expect([cancelled.code, codes(cancelled)]).toEqual([3, ["FT3410"]])
  })

  it("takes bundles that lie elsewhere, and removes them only where it is told to move", async () => {
    const [first = ""] = ids()
    await project.data("run", "export", first, "--bundle", "made.zip")
    expect((await project.data<Archive>("archive", "made.zip", "--to", "moved", "--yes")).runs).toMatchObject([
      { run_id: first, outcome: "archived" }
    ])
    expect(existsSync(project.path("made.zip"))).toBe(true)
    const { runs } = await project.data<Archive>("archive", "made.zip", "--to", "moved", "--yes", "--move")
    expect(runs).toMatchObject([{ run_id: first, file: `${first}.zip`, outcome: "moved" }])
    expect([existsSync(project.path("made.zip")), existsSync(project.path("moved", `${first}.zip`))]).toEqual([false, true])
    const store = await project.ftr("archive", first, "--move", "--yes", "--json")
    expect([store.code, codes(store)]).toEqual([2, ["FT3413"]])
    const twice = await project.ftr("archive", first, first, "--yes", "--json")
    expect([twice.code, codes(twice)]).toEqual([2, ["FT3412"]])
  })

  it("loses nothing when it is killed while it moves: the bundle is whole where it lay or in the archive, and the next call ends it", async () => {
    const [first = ""] = ids()
    await project.data("run", "export", first, "--bundle", "killed.zip")
    const wanted = sha256Hex(readFileSync(project.path("killed.zip")))
    const holds = (path: string): boolean => existsSync(path) && sha256Hex(readFileSync(path)) === wanted
    const seen: Array<string> = []
    for (const [at, until] of [`.pending-${first}.zip`, `${first}.zip`, "SHA256SUMS"].entries()) {
      const to = `killed-${at}`
      if (!existsSync(project.path("killed.zip"))) await project.data("run", "export", first, "--bundle", "killed.zip")
      const { child, ended } = project.spawn(["archive", "killed.zip", "--to", to, "--yes", "--move"])
      const watch = setInterval(() => existsSync(project.path(to, until)) && child.kill("SIGKILL"), 1)
      const { signal } = await ended
      clearInterval(watch)
      seen.push(String(signal))
      const archived = project.path(to, `${first}.zip`)
      expect([until, holds(project.path("killed.zip")) || holds(archived)]).toEqual([until, true])
      if (existsSync(project.path("killed.zip"))) await project.data("archive", "killed.zip", "--to", to, "--yes", "--move")
      expect([until, holds(archived), existsSync(project.path("killed.zip"))]).toEqual([until, true, false])
      expect(project.read(`${to}/SHA256SUMS`)).toBe(`${wanted}  ${first}.zip\n`)
      expect(readdirSync(project.path(to)).sort()).toEqual(["SHA256SUMS", `${first}.zip`])
    }
    expect(seen).toContain("SIGKILL")
  })

  it("refuses a bundle that was altered, keeps it, and says which file", async () => {
    const [first = ""] = ids()
    await project.data("run", "export", first, "--bundle", "altered.zip")
    const size = statSync(project.path("altered.zip")).size
    flip(project.path("altered.zip"), Math.floor(size / 2))
    const said = await project.ftr("archive", "altered.zip", "--to", "third", "--yes", "--move", "--json")
    expect(said.code).toBe(6)
    expect([existsSync(project.path("altered.zip")), existsSync(project.path("third"))]).toEqual([true, false])
  })

  it("does not replace another bundle of the same run, and removes what a process that died left", async () => {
    const [first = "", second = ""] = ids()
    const target = project.path("fourth")
    mkdirSync(target)
    writeFileSync(join(target, `.pending-${first}.zip`), "half a bundle")
    renameSync(project.path(folder, `${second}.zip`), join(target, `${first}.zip`))
    const said = await project.ftr("archive", first, "--to", "fourth", "--yes", "--json")
    expect([said.code, codes(said)]).toEqual([3, ["FT3412"]])
    expect(readdirSync(target)).toEqual([`${first}.zip`])
    rmSync(join(target, `${first}.zip`))
    await project.data("archive", first, "--to", "fourth", "--yes")
    expect(readdirSync(target).sort()).toEqual(["SHA256SUMS", `${first}.zip`])
  })
})
