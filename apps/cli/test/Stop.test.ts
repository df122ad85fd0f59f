import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  blobFile,
  flip,
  type GroupShown,
  hashes,
  irisProject,
  type Process,
  type Project,
  type RunShown,
  started
} from "./support/project.ts"

const file = ["x.run.toml", "--no-progress", "--set", "training.epochs=20", "--set", "checkpoint_every=30"]

let project: Project
let expected: ReturnType<typeof hashes>
beforeAll(async () => {
  project = await irisProject("3")
  expected = hashes(await started(project, ...file))
})
afterAll(() => project.close())

const runs = () =>
  project.data<ReadonlyArray<{ readonly run_id: string; readonly status: string; readonly phase: string | null }>>("run", "ls")
const events = (id: string) => project.data<ReadonlyArray<{ readonly type: string }>>("run", "logs", id)

/** Waits until the newest run has committed a step. */
const working = async ({ child, ended }: Process, known: number): Promise<string> => {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the run ended before it could be stopped: ${(await ended).stderr}`)
    const all = await runs()
    const last = all.at(-1)
    if (all.length > known && last !== undefined && (await events(last.run_id)).some((event) => event.type === "step")) return last.run_id
  }
}
const launch = async (...argv: ReadonlyArray<string>) => {
  const known = (await runs()).length
  const process = project.spawn(argv.length === 0 ? ["run", "start", ...file] : argv)
  return { ...process, id: await working(process, known) }
}
/** Two seeds at once: the first of them is the one that works. */
const launchGroup = async () => {
  const known = (await runs()).length
  const process = project.spawn(["run", "start", ...file, "--set", "seeds=[1, 2]"])
  for (;;) {
    if (process.child.exitCode !== null) throw new Error("the run ended before it could be stopped")
    const first = (await runs())[known]
    if (first !== undefined && (await events(first.run_id)).some((event) => event.type === "step")) return { ...process, id: first.run_id }
  }
}
const shown = (id: string) => project.data<RunShown>("run", "show", id)

describe("stopping a run", () => {
  it("by SIGINT commits, ends with 130 and says how to go on, which gives the same hashes", async () => {
    const { child, ended, id } = await launch()
    child.kill("SIGINT")
    const said = await ended
    expect(said.code).toBe(130)
    expect(said.stderr).toContain(`feagi-trainer run resume ${id}`)
    expect(said.stderr).not.toContain("    at ")
    expect((await shown(id)).status).toBe("paused")
    const resumed = await project.data<GroupShown>("run", "resume", id, "--no-progress")
    expect(resumed.runs.map((run) => [run.run_id, run.status])).toEqual([[id, "completed"]])
    expect(hashes(await shown(id))).toEqual(expected)
  })

  it("by SIGTERM ends with 143; a second process is refused while one holds the run; a stop from outside ends it for good", async () => {
    const first = await launch()
    first.child.kill("SIGTERM")
    expect((await first.ended).code).toBe(143)
    const { id } = first

    const second = project.spawn(["run", "resume", id, "--no-progress"])
    while ((await shown(id)).status !== "running") if (second.child.exitCode !== null) throw new Error("the run ended too early")
    const refused = await project.ftr("run", "resume", id, "--json")
    expect(refused.code).toBe(8)
    expect(JSON.parse(refused.stdout)).toMatchObject({ kind: "error", data: { reason: "locked" } })
    expect(refused.stderr).toContain(String(second.child.pid))

    expect(await project.data("run", "stop", id)).toMatchObject({ run_id: id, request: "stop", outcome: "requested" })
    await second.ended
    expect((await shown(id)).status).toBe("cancelled")
    const over = await project.ftr("run", "resume", id)
    expect(over.code).toBe(2)
    expect(over.stderr).toContain("is cancelled; there is nothing to resume")
  })

  it("by a pause from another process ends it with 0, and it goes on to the same hashes", async () => {
    const { ended, id } = await launch()
    expect(await project.data("run", "pause", id)).toMatchObject({ outcome: "requested" })
    const said = await ended
    expect([said.code, said.stdout]).toEqual([0, `${id}\n`])
    expect(said.stderr).toContain(`feagi-trainer run resume ${id}`)
    expect((await shown(id)).status).toBe("paused")
    expect(await project.data("run", "pause", id)).toMatchObject({ outcome: "nothing-to-do" })
    expect((await project.ftr("run", "replay", id)).code).toBe(3)
    expect((await project.ftr("run", "export", id, "--bundle", "bundle")).code).toBe(3)
    // Upstream has no pause: the event is written, and the index says what keeps upstream from reading it.
    expect((await project.ftr("run", "export", id, "--contracts", "out")).code).toBe(0)
    const { documents } = JSON.parse(project.read("out/index.json")) as {
      documents: ReadonlyArray<{ file: string; contract: string; variant: string | null }>
    }
    const unreadable = documents.filter((each) => each.contract === "RunEvent" && each.variant !== null)
    const { samples } = (await shown(id)).phases[0] ?? { samples: 0 }
    expect(unreadable.map((each) => [each.variant, JSON.parse(project.read(`out/${each.file}`)).kind])).toEqual([
      ["paused at /kind", { type: "paused", samples_done: samples, samples_total: 20 * 90 }]
    ])
    expect(samples).toBeGreaterThan(0)
    expect((await project.ftr("run", "resume", id, "--no-progress")).code).toBe(0)
    expect(hashes(await shown(id))).toEqual(expected)
  })

  it("is too late for a run that is completed: resume is refused with 2, stop has nothing to do", async () => {
    const refused = await project.ftr("run", "resume", "latest", "--json")
    expect(refused.code).toBe(2)
    expect(JSON.parse(refused.stdout)).toMatchObject({ data: { reason: "usage", diagnostics: [{ code: "FT3103" }] } })
    expect(await project.data("run", "stop", "latest")).toMatchObject({ outcome: "nothing-to-do" })
  })

  it("keeps the seeds that follow from starting, and the whole group goes on from there", async () => {
    const { child, ended, id } = await launchGroup()
    child.kill("SIGINT")
    const said = await ended
    expect(said.code).toBe(130)
    const group = (await runs()).filter((run) => said.stdout.includes(run.run_id))
    expect(group.map((run) => run.status)).toEqual(["paused", "created"])
    expect(group[0]?.run_id).toBe(id)
    const resume = /run resume (g-[0-9a-f]{12})/.exec(said.stderr)?.[1] ?? "no group"

    // The second seed cannot run: the first one's result is given all the same.
    const [, second] = group
    const { document } = await project.data<{
      readonly document: { readonly split: { readonly parts: ReadonlyArray<{ readonly ids_sha256: string }> } }
    }>("run", "show", second?.run_id ?? "", "--document")
    const blob = blobFile(project, document.split.parts[0]?.ids_sha256 ?? "")
    flip(blob, 5)
    const broken = await project.ftr("run", "resume", resume, "--json", "--no-progress")
    expect(broken.code).toBe(6)
    const { data } = JSON.parse(broken.stdout) as { readonly data: GroupShown }
    expect(data.runs.map((run) => run.status)).toEqual(["completed", "failed"])
    expect(broken.stderr).toContain("changed since the run was planned")
    flip(blob, 5)

    const resumed = await project.data<GroupShown>("run", "resume", resume, "--no-progress")
    expect(resumed.runs.map((run) => [run.run_id, run.status])).toEqual([[second?.run_id, "completed"]])
  })
})
