/**
 * A worker thread that executes runs, one after the other, with plugins and a store connection of its own.
 *
 * It never writes to stdout or stderr; what it has to say goes to the thread that started it. Sharp edge: a journal knows which process
 * holds a run and not which thread, so that the lease of a thread that dies is free only when the whole process has ended.
 */
import { parentPort, workerData } from "node:worker_threads"
import { TrainerError } from "@feagi-trainer/contracts"
import { carryOn, RunObserver } from "@feagi-trainer/core"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { families } from "../families.ts"
import { Project } from "../Project.ts"
import { projectLayer } from "../services.ts"
import { type Answer, type Job, type PlainError, plainError, type WorkerStart } from "./messages.ts"

/** A progress of one run at most so often; the end of a phase always. In milliseconds. */
const progressEveryMillis = 100

const { project, pause } = workerData as WorkerStart
const asked = new Int32Array(pause)
const port = parentPort
if (port === null) throw new Error("seedWorker.ts is started as a worker thread only")
const say = (answer: Answer): void => port.postMessage(answer)

const observer = Layer.sync(RunObserver, () => {
  let last = Number.NEGATIVE_INFINITY
  return {
    progress: (progress) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        if (progress.done < progress.total && now - last < progressEveryMillis) return
        last = now
        const { metric, ...rest } = progress
        say({ kind: "progress", progress: { ...rest, metric: metric() ?? null } })
      })
  }
})

const runtime = ManagedRuntime.make(projectLayer(observer).pipe(Layer.provide(Layer.succeed(Project, Effect.succeed(project)))))

const failureOf = (cause: Cause.Cause<unknown>): PlainError => {
  const error = Cause.squash(cause)
  if (error instanceof TrainerError) return plainError(error)
  const message = error instanceof Error ? error.message : String(error)
  return { reason: "failed", diagnostics: [{ code: "FT9001", severity: "error", message: `this is a bug of feagi-trainer: ${message}` }] }
}

const execute = async ({ row }: Job): Promise<void> => {
  const exit = await runtime.runPromiseExit(
    carryOn(row, { families, asked: Effect.sync(() => (Atomics.load(asked, 0) === 0 ? undefined : "pause")) })
  )
  say({ kind: "ended", run_id: row.run_id, failure: Exit.isSuccess(exit) ? null : failureOf(exit.cause) })
}

port.on("message", (message: Job | "end") => {
  if (message === "end") void runtime.dispose().then(() => port.close())
  else void execute(message)
})
