/**
 * Starting, resuming and steering runs: the durable side of the executor.
 *
 * A run may be started in one process and asked to pause or stop from another; the request lies in the journal.
 */
import { type LearnerFamily, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { BlobStore } from "../port/BlobStore.ts"
import { RunJournal, type RunRequest, type RunRow } from "../port/RunJournal.ts"
import type { Scorecards } from "../port/Scorecards.ts"
import { checkPins } from "./checkPins.ts"
import { type ExecuteServices, executeRun, mutationError, type ResumePoint } from "./executeRun.ts"
import { event, journalSink } from "./journalSink.ts"
import type { PlannedRun } from "./plan.ts"
import { predictionsHash } from "./predictionsHash.ts"
import { Interruption, type SkipRequest, type Steering } from "./RunContext.ts"
import { documentBytes, type RunDocument, readDocument } from "./RunDocument.ts"
import {
  type BrainMutation,
  type InexactContinuation,
  isOver,
  type PhaseState,
  type RunState,
  type RunStatus,
  stateOf
} from "./RunState.ts"

/** Everything that is known of a run. */
export interface RunView {
  readonly row: RunRow
  readonly state: RunState
  /** Derived: `interrupted` when it says running and no live process holds it. */
  readonly status: RunStatus
}

/** Stores what the plan needs and gives the run its id. Nothing runs yet. */
export const createRun = (planned: PlannedRun, group_id: string): Effect.Effect<RunRow, TrainerError, RunJournal | BlobStore> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const blobs = yield* BlobStore
    for (const blob of planned.blobs) yield* blobs.put(blob)
    const document_sha256 = yield* blobs.put(documentBytes(planned.document))
    return yield* journal.create({
      group_id,
      name: planned.document.name,
      seed: planned.document.seed,
      spec_sha256: planned.spec_sha256,
      document_sha256
    })
  })

export const documentOf = (row: RunRow): Effect.Effect<RunDocument, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    return readDocument(yield* blobs.get(row.document_sha256))
  })

export const viewRun = (row: RunRow): Effect.Effect<RunView, TrainerError, RunJournal> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const state = stateOf(yield* journal.events(row.run_id))
    const alive = state.status === "running" || state.status === "validating" ? yield* journal.isHeld(row.run_id) : true
    return { row, state, status: alive ? state.status : "interrupted" }
  })

export interface RunRequestOptions {
  readonly families: ReadonlyArray<LearnerFamily>
  /** Looked at beside the journal: what this very process was asked, by a signal for example. */
  readonly asked: Effect.Effect<RunRequest | undefined>
}

/** Why a run that is over does not go on: FT3020 of one whose learner changed where it must not, FT3103 of any other. */
export const nothingToResume = ({ row, state }: Pick<RunView, "row" | "state">): TrainerError =>
  state.brain_mutated !== undefined
    ? mutationError(state.brain_mutated)
    : trainerError("usage", {
        code: "FT3103",
        message: `run ${row.run_id} is ${state.status}; there is nothing to resume`,
        help: "start a new run of the same file for another attempt"
      })

/** How long a run may go on before it looks into the journal for requests, in milliseconds. */
const lookEveryMillis = 100

/**
 * Runs from the last committed step to the end. A failure is recorded before it is returned; the run can be resumed once its cause
 * is gone.
 */
export const carryOn = (
  row: RunRow,
  options: RunRequestOptions
): Effect.Effect<RunView, TrainerError, ExecuteServices | RunJournal | Scorecards> =>
  Effect.scoped(
    Effect.gen(function* () {
      const journal = yield* RunJournal
      const lease = yield* journal.acquire(row.run_id)
      const state = stateOf(yield* journal.events(row.run_id))
      if (isOver(state)) return yield* nothingToResume({ row, state })
      const document = yield* documentOf(row)
      const sink = yield* journalSink(lease)
      const commit = (...events: ReadonlyArray<ReturnType<typeof event>>) => journal.commit(lease, events, [])
      const resume = yield* resumePoint(state)

      const work = Effect.gen(function* () {
        yield* commit(event("validating", {}))
        const changed = yield* checkPins(document)
        if (changed.length > 0)
          return yield* trainerErrors(
            "integrity",
            changed.map(({ input, message, ...sides }) => ({
              code: "FT3104",
              severity: "error",
              message: `${input} changed since the run was planned: ${message}`,
              ...sides,
              help: input.startsWith("plugin ")
                ? "put the files back, or plan a new run; ftr serve and ftr ui plan with the plugins that they began with: after an edit, end the server and start it again"
                : "put it back, or plan a new run"
            }))
          )
        yield* commit(event("running", { resumed: resume !== undefined }))
        const { partial } = yield* executeRun({
          run_id: row.run_id,
          document,
          families: options.families,
          sink,
          resume,
          steering: yield* steeringOf(row.run_id, options.asked),
          continued_not_identical: false
        })
        yield* commit(event(partial.length === 0 ? "completed" : "skipped", {}))
      })
      yield* work.pipe(
        Effect.catch((stopped) => {
          if (stopped instanceof Interruption) return commit(event(stopped.request === "pause" ? "paused" : "cancelled", {}))
          return Effect.flatMap(commit(event("failed", { message: stopped.message })), () => Effect.fail(stopped))
        })
      )
      return yield* viewRun(row)
    })
  )

const resumePoint = (state: RunState): Effect.Effect<ResumePoint | undefined, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const { cursor, checkpoint_sha256, full_hash, phaseCompleted, phases } = state
    if (cursor === undefined || checkpoint_sha256 === undefined || full_hash === undefined) return undefined
    const blobs = yield* BlobStore
    const checkpoint = yield* blobs.get(checkpoint_sha256)
    return { cursor, checkpoint, full_hash, phases, phaseCompleted, continued: state.continued.length > 0 }
  })

/**
 * Looks at its own process every time, at the journal only so often: a look costs a query. A request to skip stands until something of the
 * phase was met; one that came too late for the phase that it was meant for is dropped, and never taken for the next one.
 */
const steeringOf = (run_id: string, asked: RunRequestOptions["asked"]): Effect.Effect<Steering, never, RunJournal> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    let looked = yield* Clock.currentTimeMillis
    let wanted: SkipRequest | undefined
    return {
      phaseBegins: Effect.gen(function* () {
        wanted = undefined
        yield* dropSkips(run_id)
      }).pipe(Effect.provideService(RunJournal, journal)),
      look: Effect.gen(function* () {
        // Signals and timers of the host run between fibers only.
        yield* Effect.yieldNow
        const now = yield* Clock.currentTimeMillis
        let request = yield* asked
        if (request === undefined && now - looked >= lookEveryMillis) {
          looked = now
          request = yield* journal.pending(run_id)
        }
        if (request === "skip" || request === "skip-rest") wanted = request
        else if (request !== undefined) return yield* Effect.fail(new Interruption(request))
      }),
      skipAt: () =>
        Effect.gen(function* () {
          if (wanted === undefined) return undefined
          const request = wanted
          wanted = undefined
          yield* journal.clearRequest(run_id, request)
          return request
        })
    }
  })

const dropSkips = (run_id: string): Effect.Effect<void, TrainerError, RunJournal> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    for (const request of ["skip", "skip-rest"] as const) yield* journal.clearRequest(run_id, request)
  })

/** `connectome_hash` or weights hash at the end of a phase, and what was predicted, as scripts rely on it. */
export interface RunResult {
  readonly run_id: string
  readonly seed: string
  readonly status: RunStatus
  /** Over the predictions of all phases in visiting order; null while there is none. */
  readonly predictions_sha256: string | null
  readonly phases: ReadonlyArray<PhaseState>
  readonly brain_mutated: BrainMutation | undefined
  readonly continued: ReadonlyArray<InexactContinuation>
}

export const resultOf = (view: RunView): Effect.Effect<RunResult, TrainerError, RunJournal> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const rows = yield* journal.predictions(view.row.run_id)
    return {
      run_id: view.row.run_id,
      seed: view.row.seed,
      status: view.status,
      predictions_sha256: rows.length === 0 ? null : predictionsHash(rows),
      phases: view.state.phases,
      brain_mutated: view.state.brain_mutated,
      continued: view.state.continued
    }
  })

const resting: ReadonlySet<RunStatus> = new Set(["created", "paused", "failed"])

/**
 * Asks a run in any process to pause, stop or end its phase early; a run that nobody holds is marked at once. Only a run that runs can end
 * early, because what it met has to be scored: FT3115 for any other.
 */
export const requestRun = (
  row: RunRow,
  request: RunRequest
): Effect.Effect<"requested" | "done" | "nothing-to-do", TrainerError, RunJournal> =>
  Effect.scoped(
    Effect.gen(function* () {
      const journal = yield* RunJournal
      const view = yield* viewRun(row)
      if (isOver(view.state)) return "nothing-to-do"
      const skips = request === "skip" || request === "skip-rest"
      // Before its first phase there is nothing to end: the request would be dropped when the phase begins.
      const tooEarly = skips && view.state.cursor === undefined
      if (!tooEarly && (yield* journal.request(row.run_id, request))) return "requested"
      if (skips)
        return yield* trainerError("usage", {
          code: "FT3115",
          message: `run ${row.run_id} is ${view.status}; only a phase that runs can be ended early, because what it met has to be scored`,
          help: `feagi-trainer run resume ${row.run_id}   and skip while it runs, or  feagi-trainer run stop ${row.run_id}`
        })
      // What has not begun, or stands still already, has nothing to pause: marked as paused, it would hide that it never began, or failed.
      if (request === "pause" && resting.has(view.status)) return "nothing-to-do"
      const lease = yield* journal.acquire(row.run_id)
      yield* journal.commit(lease, [event(request === "pause" ? "paused" : "cancelled", {})], [])
      return "done"
    })
  )
