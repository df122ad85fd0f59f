/**
 * Seeds in worker threads: the bytes of a result do not know how many there were, and what one seed fails with keeps no other one
 * from its end.
 */
import { BlobStore, type RunRow } from "@feagi-trainer/core"
import { canonicalBytes } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { checkRunWorkers } from "../src/workers/checkWorkers.ts"
import { blobFile, cloneOf, flip, type GroupShown, hashes, irisProject, type Project, type RunShown } from "./support/project.ts"

const seeds = [1, 2, 3, 4]
const file = ["x.run.toml", "--no-progress", "--set", "training.epochs=3", "--set", "checkpoint_every=30"]

let project: Project
let expected: ReadonlyArray<ReturnType<typeof hashes>>
beforeAll(async () => {
  project = await irisProject("1..4")
  const clone = cloneOf(project)
  try {
    expected = (await clone.data<GroupShown>("run", "start", ...file)).runs.map(hashes)
  } finally {
    clone.close()
  }
})
afterAll(() => project.close())

const runs = (of: Project) =>
  of.data<ReadonlyArray<{ readonly run_id: string; readonly status: string; readonly seed: number }>>("run", "ls")
const steps = async (of: Project, id: string) =>
  (await of.data<ReadonlyArray<{ readonly type: string }>>("run", "logs", id)).filter(({ type }) => type === "step").length

/** Two threads at work on four seeds, each of the two behind its first step. */
const launched = async (of: Project) => {
  const known = (await runs(of)).length
  const process = of.spawn(["run", "start", ...file, "--workers", "2"])
  for (;;) {
    if (process.child.exitCode !== null) throw new Error("the group ended before it could be stopped")
    const all = (await runs(of)).slice(known)
    const [first, second] = all
    if (first !== undefined && second !== undefined && (await steps(of, first.run_id)) > 0 && (await steps(of, second.run_id)) > 0)
      return { ...process, ids: all.map(({ run_id }) => run_id) }
  }
}
const statuses = async (of: Project, ids: ReadonlyArray<string>) =>
  (await runs(of)).filter((run) => ids.includes(run.run_id)).map(({ status }) => status)

interface Document {
  readonly document: { readonly split: { readonly parts: ReadonlyArray<{ readonly ids_sha256: string }> } }
}
const splitBlob = async (of: Project, id: string): Promise<string> => {
  const { document } = await of.data<Document>("run", "show", id, "--document")
  return blobFile(of, document.split.parts[0]?.ids_sha256 ?? "")
}

describe("seeds in worker threads", () => {
  it.each([2, 4])("give the bytes of one thread when there are %i, in the order of the file", async (workers) => {
    const clone = cloneOf(project)
    try {
      const { runs: made } = await clone.data<GroupShown>("run", "start", ...file, "--workers", String(workers))
      expect(made.map((run) => [run.seed, run.status])).toEqual(seeds.map((seed) => [seed, "completed"]))
      expect(made.map(hashes)).toEqual(expected)
      expect(new Set(expected.map((run) => run.predictions_sha256)).size).toBe(4)
      expect(await clone.ftr("artifact", "verify")).toMatchObject({ code: 0 })
    } finally {
      clone.close()
    }
  })

  it("are all paused by one signal; what fails afterwards is said together and keeps no other seed from its end", async () => {
    const { child, ended, ids } = await launched(project)
    child.kill("SIGINT")
    const said = await ended
    expect([said.code, said.stdout]).toEqual([130, ids.map((id) => `${id}\n`).join("")])
    expect(await statuses(project, ids)).toEqual(["paused", "paused", "created", "created"])
    const group = /run resume (g-[0-9a-f]{12})/.exec(said.stderr)?.[1] ?? "no group"

    const blobs = [await splitBlob(project, ids[1] ?? ""), await splitBlob(project, ids[2] ?? "")]
    for (const blob of blobs) flip(blob, 5)
    const broken = await project.ftr("run", "resume", group, "--workers", "2", "--json", "--no-progress")
    expect(broken.code).toBe(6)
    const { data } = JSON.parse(broken.stdout) as {
      readonly data: GroupShown & {
        readonly failures: ReadonlyArray<{ readonly run_id: string; readonly seed: number; readonly reason: string }>
      }
    }
    expect(data.runs.map((run) => [run.seed, run.status])).toEqual([
      [1, "completed"],
      [2, "failed"],
      [3, "failed"],
      [4, "completed"]
    ])
    expect(data.failures.map(({ run_id, seed, reason }) => [run_id, seed, reason])).toEqual([
      [ids[1], 2, "integrity"],
      [ids[2], 3, "integrity"]
    ])
    expect(broken.stderr).toContain(`2 of 4 seeds failed; once the cause is gone:  feagi-trainer run resume ${group}`)
    expect(broken.stderr).toContain("seed 2")
    expect(broken.stderr).toContain("seed 3")

    for (const blob of blobs) flip(blob, 5)
    const mended = await project.data<GroupShown>("run", "resume", group, "--workers", "2", "--no-progress")
    expect(mended.runs.map((run) => [run.seed, run.status])).toEqual([
      [2, "completed"],
      [3, "completed"]
    ])
    const shown = await Promise.all(ids.map((id) => project.data<RunShown>("run", "show", id)))
    expect(shown.map(hashes)).toEqual(expected)
  })

  it("lose nothing when the process is killed: what was finished is not run again, and all end at the same bytes", async () => {
    const { child, ended, ids } = await launched(project)
    child.kill("SIGKILL")
    expect((await ended).signal).toBe("SIGKILL")
    const before = await statuses(project, ids)
    expect(before.slice(0, 2)).toContain("interrupted")
    const group = (await project.data<ReadonlyArray<{ readonly group_id: string }>>("run", "ls")).at(-1)?.group_id ?? ""
    const resumed = await project.data<GroupShown>("run", "resume", group, "--workers", "2", "--no-progress")
    expect(resumed.runs.map((run) => run.run_id)).toEqual(ids.filter((_, index) => before[index] !== "completed"))
    const shown = await Promise.all(ids.map((id) => project.data<RunShown>("run", "show", id)))
    expect(shown.map(hashes)).toEqual(expected)
  })

  it("may die with their thread: every run says so, the others still get one, and all go on from where they were", async () => {
    const clone = cloneOf(project)
    try {
      const sampler = "plugins/sampler-random/src/index.ts"
      const deadly = clone
        .read(sampler)
        .replace("plan: (_options, { index, rng }) => {", "$&\n    if (!isMainThread) process.exit(3)")
        .replace("import {", 'import { isMainThread } from "node:worker_threads"\nimport {')
      expect(deadly).toMatch(/import \{ isMainThread \}[\s\S]*process\.exit\(3\)/)
      clone.write(sampler, deadly)
      const said = await clone.spawn(["run", "start", ...file, "--set", "seeds=[1,2,3]", "--workers", "2", "--json"]).ended
      expect(said.code).toBe(1)
      const { data } = JSON.parse(said.stdout) as {
        readonly data: GroupShown & { readonly failures: ReadonlyArray<{ readonly diagnostics: ReadonlyArray<{ readonly code: string }> }> }
      }
      expect(data.failures.map(({ diagnostics }) => diagnostics.map(({ code }) => code))).toEqual([["FT3110"], ["FT3110"], ["FT3110"]])
      expect(
        await statuses(
          clone,
          data.runs.map(({ run_id }) => run_id)
        )
      ).toEqual(["interrupted", "interrupted", "interrupted"])
      const resumed = await clone.data<GroupShown>("run", "resume", data.group_id, "--no-progress")
      expect(resumed.runs.map(({ seed, status }) => [seed, status])).toEqual([1, 2, 3].map((seed) => [seed, "completed"]))
    } finally {
      clone.close()
    }
  })

  it("are refused by name where the engine holds one brain, before it is asked for anything and before anything is written", async () => {
    const live = 'learner.backend.plugin="live"'
    const known = (await runs(project)).length
    const codes = async (...flags: ReadonlyArray<string>) => {
      const said = await project.ftr("run", "start", ...file, "--set", live, "--json", ...flags)
      const { data } = JSON.parse(said.stdout) as { data: { diagnostics: ReadonlyArray<{ code: string; line?: number; help?: string }> } }
      return { code: said.code, found: data.diagnostics }
    }
    const two = await codes("--workers", "2")
    expect(two).toMatchObject({ code: 2, found: [{ code: "FT1316", actual: "--workers 2", expected: "--workers 1" }] })
    expect((await codes("--workers", "2", "--dry-run")).found.map(({ code }) => code)).toEqual(["FT1316"])
    // With one worker the plan goes on, to the options that this backend does not have.
    expect((await codes()).found.map(({ code }) => code)).not.toContain("FT1316")
    expect((await runs(project)).length).toBe(known)
  })

  it("are refused to a planned run as well when it is resumed on a live engine", async () => {
    const asked = (backend: string, workers: number) => {
      const get = () => Effect.succeed(canonicalBytes({ learner: { treatment: { backend } } }))
      const row = { run_id: "r-1", document_sha256: "0" } as RunRow
      return checkRunWorkers([row], workers).pipe(
        Effect.as("may run"),
        Effect.catch(({ diagnostics }) => Effect.succeed(diagnostics.map(({ code }) => code).join())),
        Effect.provideService(BlobStore, { get } as unknown as typeof BlobStore.Service),
        Effect.runPromise
      )
    }
    expect([await asked("live", 2), await asked("live", 1), await asked("embedded", 2)]).toEqual(["FT1316", "may run", "may run"])
  })

  it("are counted from 1: anything else is refused before anything is written", async () => {
    for (const wrong of ["0", "-1", "1.5", "many"]) {
      const said = await project.ftr("run", "start", ...file, `--workers=${wrong}`)
      expect([wrong, said.code]).toEqual([wrong, 2])
    }
  })
})
