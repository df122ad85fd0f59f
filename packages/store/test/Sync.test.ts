import { spawn, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { storeExists } from "../src/index.ts"
import { answers, cleanUp, run, scratch, withStore } from "./harness.ts"

cleanUp()

const script = fileURLToPath(new URL("./syncedWriter.ts", import.meta.url))
const syncs = "fsync,fdatasync"

/** Runs the writer under strace; what it printed. */
const trace = (folder: string, ...options: ReadonlyArray<string>): Promise<string> =>
  new Promise((resolve) => {
    // Node 22 calls its SQLite experimental on standard error, where only failures are looked for.
    const writer = [process.execPath, "--disable-warning=ExperimentalWarning", script, folder]
    const child = spawn("strace", ["-f", "--seccomp-bpf", "-qq", "-e", `trace=${syncs}`, ...options, ...writer])
    let printed = ""
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (printed += text))
    child.on("close", (status) => resolve(status === 0 ? printed : `${printed}ended with ${status}`))
  })

const canTrace = spawnSync("strace", ["-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "true"]).status === 0

/** Lets the N-th sync of the writer fail with EIO, then opens the store again and checks it; whether the writer noticed. */
const failAt = async (call: number): Promise<boolean> => {
  const folder = scratch()
  const printed = await trace(folder, "-o", "/dev/null", "-e", `inject=${syncs}:error=EIO:when=${call}`)
  // Some syncs do not matter to SQLite, which goes on; where one matters, the writer says so in one line and ends.
  expect(printed).toMatch(/^(run \S+\n)?(step \d\n)*(failed FT400[39]\n)?$/)
  const steps = printed.match(/^step/gm)?.length ?? 0
  const failed = printed.includes("failed")
  expect(failed || steps === 3).toBe(true)
  if (!(await run(storeExists(folder)))) {
    expect([printed.includes("run "), steps]).toEqual([false, 0])
    return failed
  }
  await withStore(folder, ({ journal, verify }) =>
    Effect.gen(function* () {
      expect((yield* verify).filter(({ code }) => code !== "FT4010")).toEqual([])
      const runs = yield* journal.runs
      expect(runs.length).toBeGreaterThanOrEqual(printed.includes("run ") ? 1 : 0)
      for (const { run_id } of runs) {
        const events = yield* journal.events(run_id)
        expect(events.length - 1).toBeGreaterThanOrEqual(steps)
        expect(yield* journal.predictions(run_id)).toEqual(answers(0, events.length - 1))
        // What was left can be done now.
        yield* Effect.scoped(journal.acquire(run_id))
      }
    })
  )
  return failed
}

describe("SQLite on a disk whose N-th sync fails", () => {
  // Needs strace and the right to trace: elsewhere the skip is reported.
  it.skipIf(!canTrace)("either acknowledges and keeps, or says so and keeps nothing of it, for every sync there is", async () => {
    const folder = scratch()
    expect(await trace(folder, "-o", `${folder}/log`)).toMatch(/step 2\n$/)
    const count = readFileSync(`${folder}/log`, "utf8").match(/sync\(/g)?.length ?? 0
    expect(count).toBeGreaterThan(10)
    const noticed: Array<boolean> = []
    for (let call = 1; call <= count; call += 2) noticed.push(...(await Promise.all([failAt(call), failAt(call + 1)])))
    expect(noticed.filter(Boolean).length).toBeGreaterThan(10)
  })
})
