/** Watching from another process: the monitor reads the store, and neither it nor the run minds when the other dies. */
import { existsSync, rmSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { MonitoredRun, Snapshot } from "../src/monitor/snapshot.ts"
import { campaignLine, runLine, snapshotText } from "../src/monitor/snapshotText.ts"
import { irisProject, type Process, type Project, store } from "./support/project.ts"

const run: MonitoredRun = {
  run_id: "r-c467d683eb4b-1",
  group_id: "g-0123456789ab",
  name: "iris",
  seed: 1n,
  status: "running",
  phase: "train",
  samples_done: 1230,
  samples_total: 5400,
  rate: 123.4,
  eta_seconds: 33.8,
  metric: { name: "accuracy", value: 0.9531 },
  updated_at: 5,
  last_seq: 9,
  failure: null
}

describe("the line of a run", () => {
  it("has phase, progress, speed, time left and the last metric", () => {
    expect(runLine(run)).toBe("r-c467d683eb4b-1  train  1230/5400 22%  123/s  ETA 34s  accuracy 0.953  seed 1")
    expect(runLine({ ...run, rate: 0.51, eta_seconds: 8200 })).toContain("0.51/s  ETA 2h16m")
  })

  it("fits into eighty columns whatever it has to say, and never leaves out how far the run is", () => {
    const long = {
      ...run,
      run_id: "r-c467d683eb4b-1234",
      phase: "a-phase-with-a-long-name",
      samples_done: 123_456_789,
      samples_total: 987_654_321,
      seed: 2n ** 64n - 1n
    }
    for (const each of [
      long,
      { ...long, metric: { name: "m".repeat(60), value: 1 } },
      { ...long, phase: "p".repeat(200) },
      { ...run, failure: "f".repeat(500) }
    ])
      expect(runLine(each).length).toBeLessThanOrEqual(79)
    expect(runLine(long)).toContain("123456789/987654321 12%")
    expect(
      campaignLine({ campaign_id: "c-1", name: "n".repeat(100), status: "running", runs_completed: 1, runs_failed: 0, runs_total: 9 })
    ).toBe("c-1  running  1 of 9 runs")
  })

  it("says nothing of what is not known, and shows no control character", () => {
    const unknown = {
      ...run,
      phase: null,
      samples_done: null,
      samples_total: null,
      rate: null,
      eta_seconds: null,
      metric: null,
      name: "a\u001b[2J"
    }
    expect(runLine(unknown)).toBe("r-c467d683eb4b-1  begins  seed 1  a\\u{1b}[2J")
    expect(runLine({ ...run, status: "paused", samples_done: 0, samples_total: 0, rate: null, eta_seconds: null })).toContain(
      "paused in train  0/0  accuracy"
    )
    expect(snapshotText({ runs: [], campaigns: [] })).toBe("nothing runs")
  })
})

describe("monitor", () => {
  let project: Project
  beforeAll(async () => {
    project = await irisProject("1")
    const text = project.read("x.run.toml").replace(/^checkpoint_every = .*$/m, "checkpoint_every = 90")
    project.write("long.run.toml", text.replace(/^epochs = .*$/m, "epochs = 100000"))
    project.write("short.run.toml", text.replace(/^epochs = .*$/m, "epochs = 2").replace(/^seeds = .*$/m, "seeds = [5]"))
  })
  afterAll(() => project.close())

  /** Lines of a monitor as they come. */
  const watching = (...argv: ReadonlyArray<string>) => {
    const process = project.spawn(["monitor", "--json", "--every", "100", ...argv])
    const seen: Array<Snapshot> = []
    let rest = ""
    const waiting: Array<{ readonly fits: (snapshot: Snapshot) => boolean; readonly resolve: (snapshot: Snapshot) => void }> = []
    process.child.stdout?.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString("utf8")).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) {
        const { kind, data } = JSON.parse(line) as { kind: string; data: Snapshot }
        expect(kind).toBe("monitor")
        seen.push(data)
        for (const each of waiting) if (each.fits(data)) each.resolve(data)
      }
    })
    const until = (fits: (snapshot: Snapshot) => boolean): Promise<Snapshot> =>
      new Promise((resolve, reject) => {
        const found = seen.find(fits)
        if (found !== undefined) return resolve(found)
        waiting.push({ fits, resolve })
        void process.ended.then(() => reject(new Error(`the monitor ended before it said so: ${JSON.stringify(seen.at(-1))}`)))
      })
    return { ...process, seen, until }
  }
  const began = ({ child }: Process): Promise<string> =>
    new Promise((resolve) => child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString("utf8").trim())))

  it("looks once, finds nothing that runs, and ends at once where it is to end when nothing does", async () => {
    expect(await project.data("monitor", "--once")).toEqual({ runs: [], campaigns: [] })
    expect((await project.ftr("monitor", "--until-idle")).stdout).toBe("nothing runs\n")
  })

  it("follows a run through the death of the run's process, of the monitor, and the run's second life", async () => {
    const first = watching()
    const running = project.spawn(["run", "start", "long.run.toml", "--no-progress"])
    const run_id = await began(running)
    const moving = await first.until(({ runs }) => runs.some((each) => each.rate !== null && each.eta_seconds !== null))
    const [shown] = moving.runs
    expect(shown).toMatchObject({ run_id, status: "running", phase: "train", samples_total: 9_000_000, metric: { name: "accuracy" } })
    expect(shown?.rate).toBeGreaterThan(0)
    running.child.kill("SIGKILL")
    await running.ended
    // The monitor goes on, and tells that nobody holds the run any more.
    const dead = await first.until(({ runs }) => runs.some(({ status }) => status === "interrupted"))
    expect(dead.runs[0]).toMatchObject({ run_id, rate: null, eta_seconds: null })
    first.child.kill("SIGKILL")
    await first.ended

    const resumed = project.spawn(["run", "resume", run_id, "--no-progress"])
    const second = watching()
    const again = await second.until(({ runs }) => runs.some((each) => each.status === "running" && each.rate !== null))
    expect(again.runs[0]?.samples_done ?? 0).toBeGreaterThanOrEqual(dead.runs[0]?.samples_done ?? Number.POSITIVE_INFINITY)
    second.child.kill("SIGKILL")
    await second.ended
    // From here on there is something to wait for.
    const last = watching("--until-idle")
    await last.until(({ runs }) => runs.some(({ status }) => status === "running"))
    await project.ftr("run", "stop", run_id)
    await resumed.ended
    // It ends by itself, with the end of the run as its last word.
    expect((await last.ended).code).toBe(0)
    expect(last.seen.at(-1)?.runs).toMatchObject([{ run_id, status: "cancelled" }])
  })

  it("tells a change once, in documents of one line", async () => {
    const monitor = watching("--until-idle", "--all")
    await monitor.ended
    expect(monitor.seen.length).toBe(1)
    const other = watching()
    await other.until(() => true)
    const started = await project.data("run", "start", "short.run.toml")
    expect(started).toMatchObject({ runs: [{ status: "completed" }] })
    other.child.kill("SIGTERM")
    await other.ended
    const stands = other.seen.map(({ runs }) => JSON.stringify(runs.map(({ rate: _, eta_seconds: __, ...each }) => each)))
    expect(new Set(stands).size).toBe(stands.length)
  })

  it("waits for a store that is not there yet, and says so where it looks once", async () => {
    rmSync(store(project), { recursive: true })
    const monitor = watching()
    expect(await monitor.until(() => true)).toEqual({ runs: [], campaigns: [] })
    const once = await project.ftr("monitor", "--once")
    expect([once.code, once.stderr.includes("FT1103"), existsSync(store(project))]).toEqual([3, true, false])
    await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
    const running = project.spawn(["run", "start", "long.run.toml", "--no-progress"])
    await monitor.until(({ runs }) => runs.some(({ status }) => status === "running"))
    running.child.kill("SIGKILL")
    monitor.child.kill("SIGKILL")
    await Promise.all([running.ended, monitor.ended])
  })
})
