/**
 * Executes runs, `workers` of them at a time: in this thread when it is one, else each in a worker thread with its own plugins and its own
 * connection to the store. Which thread runs what changes no result: a run is made of its document and nothing else.
 *
 * A run that fails keeps no other one from running. Sharp edge: a pause, whoever asked for it, keeps all that have not begun from
 * beginning, and lets those that run in other threads go on unless they were asked as well; a signal asks them all.
 */
import { Worker } from "node:worker_threads"
import { TrainerError, trainerError } from "@feagi-trainer/contracts"
import {
  carryOn,
  type ExecuteServices,
  type RunJournal,
  RunObserver,
  type RunRow,
  type RunView,
  type Scorecards,
  viewRun
} from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { families } from "../families.ts"
import { Out } from "../Out.ts"
import { Project, type ProjectShape } from "../Project.ts"
import { Signals } from "../Signals.ts"
import { type Answer, errorOf, type ProgressMessage, type WorkerStart } from "./messages.ts"

/** Heap of JavaScript objects that one worker thread may fill, in MiB. A brain's memory lies outside of it, bounded by its own budget. */
export const workerHeapMiB = 2048

/** What became of a run that was begun. */
export interface Ended {
  readonly view: RunView
  readonly failure: TrainerError | undefined
}

export interface RunsToExecute<R> {
  readonly rows: ReadonlyArray<RunRow>
  /** At least 1. */
  readonly workers: number
  /** Asked before a run begins; `false` keeps it and all behind it from beginning. */
  readonly mayBegin?: Effect.Effect<boolean, TrainerError, R>
  /** Told of every run as it ends, one after the other. */
  readonly ended: (each: Ended) => Effect.Effect<void, TrainerError, R>
}

type Services = ExecuteServices | RunJournal | Scorecards | Signals | Project | Out

/** One lane that runs what it is given, one run at a time. A TrainerError of the run is an answer; anything else is a defect. */
type Lane = (row: RunRow) => Effect.Effect<TrainerError | undefined, never, Services>

const here: Lane = (row) =>
  Effect.flatMap(Signals, ({ asked }) =>
    carryOn(row, { families, asked }).pipe(
      Effect.as(undefined),
      Effect.catch((error) => Effect.succeed(error))
    )
  )

/** The runs that began, in the order that they were given in. */
export const executeRuns = <R>({
  rows,
  workers,
  mayBegin = Effect.succeed(true),
  ended
}: RunsToExecute<R>): Effect.Effect<ReadonlyArray<Ended>, TrainerError, Services | R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { asked } = yield* Signals
      const out = yield* Out
      // Whatever ends this, no line about a run that goes on stays behind.
      yield* Effect.addFinalizer(() => out.noStatus)
      const found = new Map<string, Ended>()
      let next = 0
      let closed = false
      const one = yield* Semaphore.make(1)
      const loop = (lane: Lane) =>
        Effect.gen(function* () {
          for (;;) {
            if (closed || (yield* asked) !== undefined || !(yield* mayBegin)) return
            const row = rows[next]
            if (row === undefined) return
            next += 1
            const failure = yield* lane(row)
            const each: Ended = { view: yield* viewRun(row), failure }
            found.set(row.run_id, each)
            yield* out.status(row.run_id, "")
            if (each.view.status === "paused") closed = true
            yield* one.withPermits(1)(ended(each))
          }
        })
      const threads = Math.min(workers, rows.length)
      if (workers === 1) yield* loop(here)
      else
        yield* Effect.forEach(
          Array.from({ length: threads }, (_, index) => index),
          () => Effect.flatMap(threadLane, loop),
          { concurrency: "unbounded", discard: true }
        )
      return rows.flatMap((row) => found.get(row.run_id) ?? [])
    })
  )

/** The compiled name of a file beside this one: these sources run as they stand, and as JavaScript once they are published. */
const workerFile = import.meta.url.endsWith(".ts")
  ? new URL("./seedWorker.ts", import.meta.url)
  : new URL("./seedWorker.js", import.meta.url)

const startWorker = (project: ProjectShape, pause: SharedArrayBuffer): Worker =>
  new Worker(workerFile, {
    workerData: { project, pause } satisfies WorkerStart,
    resourceLimits: { maxOldGenerationSizeMb: workerHeapMiB }
  })

/** A lane in a thread of its own; a thread that died is replaced when the next run comes. */
const threadLane: Effect.Effect<Lane, TrainerError, Services | Scope.Scope> = Effect.gen(function* () {
  const project = yield* yield* Project
  const { shared } = yield* Signals
  const observer = yield* RunObserver
  let worker: Worker | undefined
  let busy = false
  yield* Effect.addFinalizer(() => Effect.promise(async () => worker && end(worker, busy)))
  return (row) =>
    Effect.callback<TrainerError | undefined>((resume) => {
      worker ??= startWorker(project, shared)
      const current = worker
      busy = true
      const settle = (failure: TrainerError | undefined): void => {
        busy = false
        current.off("message", onMessage).off("error", onError).off("exit", onExit)
        resume(Effect.succeed(failure))
      }
      const onMessage = (answer: Answer): void => {
        if (answer.kind === "progress") return void Effect.runFork(observer.progress(progressOf(answer.progress)))
        settle(answer.failure === null ? undefined : errorOf(answer.failure))
      }
      const onError = (error: unknown): void => {
        worker = undefined
        settle(died(row, error))
      }
      const onExit = (code: number): void => onError(new Error(`it ended with ${code}`))
      current.on("message", onMessage).on("error", onError).on("exit", onExit)
      current.postMessage({ row })
    })
})

const progressOf = ({ metric, ...rest }: ProgressMessage) => ({ ...rest, metric: () => metric ?? undefined })

/** Lets an idle thread close its store; one that still works is ended as it is, which a journal survives. */
const end = async (worker: Worker, busy: boolean): Promise<void> => {
  const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()))
  if (busy) void worker.terminate()
  else worker.postMessage("end")
  await gone
}

const died = (row: RunRow, error: unknown): TrainerError => {
  if (error instanceof TrainerError) return error
  const full = typeof error === "object" && error !== null && Reflect.get(error, "code") === "ERR_WORKER_OUT_OF_MEMORY"
  return trainerError("failed", {
    code: "FT3110",
    message: full
      ? `the worker thread of run ${row.run_id} needed more than its ${workerHeapMiB} MiB`
      : `the worker thread of run ${row.run_id} died: ${error instanceof Error ? error.message : String(error)}`,
    help: `feagi-trainer run resume ${row.run_id}   goes on from the last committed step, in the main thread and without that bound`
  })
}
