/**
 * RunJournal on SQLite: what one transaction holds together, from events, predictions, rewards, telemetry and leases.
 *
 * Sharp edges: the lease is checked inside of the transaction, so a former owner that wakes up writes nothing; a later request takes the
 * place of an earlier one, but `stop` stands.
 */
import { TrainerError } from "@feagi-trainer/contracts"
import type { Beside, Lease, NewEvent, NewRun, PredictionRow, RunJournal, RunRequest, RunRow, StoredEvent } from "@feagi-trainer/core"
import { canonical } from "@feagi-trainer/determinism"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Database, textAt } from "./Database.ts"
import { appendEvents, genesis, readChain } from "./Events.ts"
import { Leases } from "./Leases.ts"
import { appendPredictions, readPredictions } from "./Predictions.ts"
import type { ProcessFactsShape } from "./ProcessFacts.ts"
import { appendRewards, readRewards } from "./Rewards.ts"
import { headOf, insertRun, rowOf, runOf, setHead } from "./Runs.ts"
import { attempt, storeError } from "./StoreError.ts"
import { appendTelemetry, readTelemetry } from "./TelemetryRows.ts"

/** The journal, and what only the store itself needs of it. */
export interface Journal {
  readonly service: RunJournal["Service"]
  /** Every break in the events and predictions of a run, none when all is well. */
  readonly inspect: (run_id: string) => ReadonlyArray<TrainerError>
  readonly rows: () => ReadonlyArray<RunRow>
  /** Gives back every lease of this handle. */
  readonly releaseAll: () => void
}

const createdPayload = (run: NewRun): NewEvent["payload"] => ({
  group_id: run.group_id,
  name: run.name,
  seed: run.seed,
  spec_sha256: run.spec_sha256,
  document_sha256: run.document_sha256
})

const create = (database: Database, run: NewRun, now: number): RunRow =>
  database.write("create a run", () => {
    const row = insertRun(database, run, genesis, now)
    const head = { events: 0, head_sha256: genesis, predictions: 0, rewards: 0 }
    const [created] = appendEvents(database, row.run_id, head, [{ type: "created", payload: createdPayload(run) }], now)
    setHead(database, row.run_id, { ...head, events: 1, head_sha256: created?.sha256 ?? genesis })
    return row
  })

/** What one step brings. */
interface Step {
  readonly events: ReadonlyArray<NewEvent>
  readonly predictions: ReadonlyArray<PredictionRow>
  readonly beside: Beside
}

const commit = (database: Database, leases: Leases, lease: Lease, step: Step, now: number): ReadonlyArray<StoredEvent> =>
  database.write("commit a step", () => {
    leases.check(lease.run_id, lease.nonce)
    const { events, predictions } = step
    const { rewards = [], telemetry = [] } = step.beside
    const head = headOf(rowOf(database, lease.run_id))
    const stored = appendEvents(database, lease.run_id, head, events, now)
    appendPredictions(database, lease.run_id, head.predictions, predictions)
    appendRewards(database, lease.run_id, head.rewards, rewards)
    appendTelemetry(database, lease.run_id, telemetry)
    setHead(database, lease.run_id, {
      events: head.events + stored.length,
      head_sha256: stored.at(-1)?.sha256 ?? head.head_sha256,
      predictions: head.predictions + predictions.length,
      rewards: head.rewards + rewards.length
    })
    return stored
  })

const inspect = (database: Database, run_id: string): ReadonlyArray<TrainerError> =>
  database.read(() => {
    const found: Array<TrainerError> = []
    const { events, breach } = readChain(database, run_id)
    if (breach !== undefined) found.push(breach)
    const row = runOf(rowOf(database, run_id))
    const first = events[0]
    const fits = row.run_id === `r-${row.spec_sha256.slice(0, 12)}-${row.attempt}`
    if (!fits || (first !== undefined && (first.type !== "created" || canonical(first.payload) !== canonical(createdPayload(row))))) {
      found.push(storeError("FT4028", { message: `the record of run ${run_id} is not what its first event says`, file: database.file }))
    }
    for (const read of [readPredictions, readRewards]) {
      const failed = trial(() => read(database, run_id, undefined))
      if (failed !== undefined) found.push(failed)
    }
    return found
  })

const request = (database: Database, leases: Leases, run_id: string, wanted: RunRequest): boolean =>
  database.write("leave a request", () => {
    if (!leases.isHeld(run_id)) return false
    database.run(
      "INSERT INTO requests (run_id, request) VALUES (?, ?) ON CONFLICT (run_id) DO UPDATE SET request = excluded.request WHERE request <> 'stop'",
      run_id,
      wanted
    )
    return true
  })

const requests: ReadonlyArray<RunRequest> = ["pause", "stop", "skip", "skip-rest"]

const pending = (database: Database, run_id: string): RunRequest | undefined => {
  rowOf(database, run_id)
  const row = database.get("SELECT request FROM requests WHERE run_id = ?", run_id)
  return row === undefined ? undefined : requests.find((each) => each === textAt(row, "request"))
}

const clear = (database: Database, run_id: string, request: RunRequest): void => {
  database.write("clear a request", () => {
    rowOf(database, run_id)
    database.run("DELETE FROM requests WHERE run_id = ? AND request = ?", run_id, request)
  })
}

const events = (database: Database, run_id: string, from: number): ReadonlyArray<StoredEvent> => {
  const { events: found, breach } = database.read(() => readChain(database, run_id, from))
  if (breach !== undefined) throw breach
  return found
}

const timed = <A>(body: (now: number) => A): Effect.Effect<A, TrainerError> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => attempt(() => body(now)))

/** What `body` failed with, if it did. */
const trial = (body: () => unknown): TrainerError | undefined => {
  try {
    body()
    return undefined
  } catch (cause) {
    if (cause instanceof TrainerError) return cause
    throw cause
  }
}

/** Opens the journal of a store. */
export const openJournal = (database: Database, facts: ProcessFactsShape): Journal => {
  const leases = new Leases(database, facts, {
    noun: "run",
    table: "leases",
    column: "run_id",
    requireKnown: (run_id) => void rowOf(database, run_id),
    forget: (run_id) => database.run("DELETE FROM requests WHERE run_id = ?", run_id)
  })
  const rows = (): ReadonlyArray<RunRow> => database.all("SELECT * FROM runs ORDER BY position").map(runOf)
  return {
    inspect: (run_id) => inspect(database, run_id),
    rows,
    releaseAll: () => leases.releaseAll(),
    service: {
      create: (run) => timed((now) => create(database, run, now)),
      runs: attempt(rows),
      acquire: (run_id) =>
        Effect.acquireRelease(
          timed((now): Lease => ({ run_id, nonce: leases.acquire(run_id, now) })),
          // A lease that cannot be given back is not worth more than the error that prevents it: it ends with this process.
          (lease) => Effect.ignore(attempt(() => leases.release(lease.nonce)))
        ),
      isHeld: (run_id) => attempt(() => leases.isHeld(run_id)),
      commit: (lease, added, predictions, beside = {}) =>
        timed((now) => commit(database, leases, lease, { events: added, predictions, beside }, now)),
      events: (run_id, from = 0) => attempt(() => events(database, run_id, from)),
      predictions: (run_id, phase) => attempt(() => database.read(() => readPredictions(database, run_id, phase))),
      rewards: (run_id, phase) => attempt(() => database.read(() => readRewards(database, run_id, phase))),
      telemetry: (run_id) => attempt(() => readTelemetry(database, run_id)),
      request: (run_id, wanted) => attempt(() => request(database, leases, run_id, wanted)),
      pending: (run_id) => attempt(() => pending(database, run_id)),
      clearRequest: (run_id, wanted) => attempt(() => clear(database, run_id, wanted))
    }
  }
}
