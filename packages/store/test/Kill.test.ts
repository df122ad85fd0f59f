import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { answers, cleanUp, codesOf, newRun, scratch, withStore } from "./harness.ts"

cleanUp()

const script = fileURLToPath(new URL("./killedWriter.ts", import.meta.url))

/** Starts the writer; `lines` grows with what it acknowledged, whole lines only. */
const start = (folder: string, run_id: string) => {
  const child: ChildProcess = spawn(process.execPath, [script, folder, run_id], { stdio: ["ignore", "pipe", "pipe"] })
  const lines: Array<string> = []
  const waiting: Array<{ readonly count: number; readonly resolve: () => void }> = []
  let rest = ""
  let errors = ""
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n")
    rest = parts.pop() ?? ""
    lines.push(...parts)
    for (const each of waiting) if (lines.length >= each.count) each.resolve()
  })
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text
  })
  const ended = new Promise<string>((resolve) => child.on("close", (_, signal) => resolve(signal ?? `ended by itself: ${errors}`)))
  const acknowledged = (count: number): Promise<void> =>
    lines.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve }))
  return { child, lines, ended, acknowledged }
}

/** Ten moments to kill at: after how many acknowledged lines, and how many microseconds later (a linear congruential sequence, seed 1). */
const moments = Array.from({ length: 10 }, (_, round) => {
  let state = 1
  for (let turn = 0; turn <= round; turn += 1) state = (state * 1_103_515_245 + 12_345) % 2 ** 31
  return { lines: 1 + ((state >> 4) % 13), micros: (state >> 8) % 4000 }
})

const spin = async (micros: number): Promise<void> => {
  const until = process.hrtime.bigint() + BigInt(micros) * 1000n
  while (process.hrtime.bigint() < until) await new Promise((resolve) => setImmediate(resolve))
}

describe("a writer that is killed", () => {
  it("leaves everything that it acknowledged, nothing half done, and a lease that is taken over at once, ten times in a row", async () => {
    const folder = scratch()
    const { run_id } = await withStore(folder, ({ journal }) => journal.create(newRun()))
    const acknowledged: Array<string> = []
    for (const { lines: count, micros } of moments) {
      const writer = start(folder, run_id)
      await Promise.race([writer.acknowledged(count), writer.ended])
      await spin(micros)
      writer.child.kill("SIGKILL")
      expect(await writer.ended).toBe("SIGKILL")
      expect(writer.lines[0]).toBe("acquired")
      acknowledged.push(...writer.lines.slice(1))

      await withStore(folder, ({ journal, blobs, verify }) =>
        Effect.gen(function* () {
          expect(yield* journal.isHeld(run_id)).toBe(false)
          yield* Effect.scoped(journal.acquire(run_id))
          const events = yield* journal.events(run_id)
          const steps = events.slice(1).map(({ payload }) => payload.step)
          expect(steps).toEqual(steps.map((_, at) => at))
          expect(yield* journal.predictions(run_id)).toEqual(answers(0, steps.length * 3))
          for (const line of acknowledged) {
            const [kind, value = ""] = line.split(" ")
            if (kind === "step") expect(steps).toContain(Number(value))
            else expect((yield* blobs.get(value)).length).toBeGreaterThan(0)
          }
          // Only the run document, which this test never stored, is missing.
          expect((yield* verify).map(({ code, message }) => [code, message.includes("the document of run")])).toEqual([["FT4010", true]])
        })
      )
    }
    expect(acknowledged.filter((line) => line.startsWith("step")).length).toBeGreaterThan(20)
  })

  it("keeps its lease against others while it lives", async () => {
    const folder = scratch()
    const { run_id } = await withStore(folder, ({ journal }) => journal.create(newRun()))
    const writer = start(folder, run_id)
    await Promise.race([writer.acknowledged(1), writer.ended])
    const error = await withStore(folder, ({ journal }) => Effect.scoped(Effect.flip(journal.acquire(run_id))))
    expect(codesOf(error)).toEqual(["FT4021"])
    expect(error.message).toContain(`process ${writer.child.pid} on `)
    writer.child.kill("SIGKILL")
    await writer.ended
  })
})
