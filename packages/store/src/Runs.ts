/**
 * The table of runs: what was asked for, and how far each chain goes.
 *
 * Sharp edge: the head of a run changes only in the transaction that appends its events, predictions and rewards.
 */
import { didYouMean, type TrainerError } from "@feagi-trainer/contracts"
import type { NewRun, RunRow } from "@feagi-trainer/core"
import { type Database, integerAt, type Row, textAt } from "./Database.ts"
import { storeError } from "./StoreError.ts"

/** How far the chain of a run goes. */
export interface Head {
  readonly events: number
  readonly head_sha256: string
  readonly predictions: number
  readonly rewards: number
}

export const runOf = (row: Row): RunRow => ({
  run_id: textAt(row, "run_id"),
  attempt: integerAt(row, "attempt"),
  group_id: textAt(row, "group_id"),
  name: textAt(row, "name"),
  seed: textAt(row, "seed"),
  spec_sha256: textAt(row, "spec_sha256"),
  document_sha256: textAt(row, "document_sha256"),
  created_at: integerAt(row, "created_at")
})

export const headOf = (row: Row): Head => ({
  events: integerAt(row, "events"),
  head_sha256: textAt(row, "head_sha256"),
  predictions: integerAt(row, "predictions"),
  rewards: integerAt(row, "rewards")
})

const unknownRun = (database: Database, run_id: string): TrainerError => {
  const near = didYouMean(
    run_id,
    database.all("SELECT run_id FROM runs").map((row) => textAt(row, "run_id"))
  )
  return storeError("FT4020", { message: `no run "${run_id}"`, ...(near === undefined ? {} : { help: `did you mean ${near}?` }) })
}

/** The row of a run. Throws FT4020, with the nearest id, when there is none. */
export const rowOf = (database: Database, run_id: string): Row => {
  const row = database.get("SELECT * FROM runs WHERE run_id = ?", run_id)
  if (row === undefined) throw unknownRun(database, run_id)
  return row
}

export const setHead = (database: Database, run_id: string, head: Head): void => {
  database.run(
    "UPDATE runs SET events = ?, head_sha256 = ?, predictions = ?, rewards = ? WHERE run_id = ?",
    head.events,
    head.head_sha256,
    head.predictions,
    head.rewards,
    run_id
  )
}

/** Refuses text that SQLite would change without a word. */
export const storableText = (what: string, value: string): void => {
  if (!value.isWellFormed())
    throw storeError("FT4026", { message: `${what} holds a lone surrogate, which has no UTF-8 form`, actual: JSON.stringify(value) })
}

/** Adds the row of a new run, with an empty chain. Inside of a transaction. */
export const insertRun = (database: Database, run: NewRun, head_sha256: string, now: number): RunRow => {
  const prefix = `r-${run.spec_sha256.slice(0, 12)}-`
  // Counted over the prefix, so that the id stays unique even where two specs share their first 12 digits.
  const before = database.get("SELECT coalesce(max(attempt), 0) AS last FROM runs WHERE substr(run_id, 1, ?) = ?", prefix.length, prefix)
  const number = integerAt(before ?? {}, "last") + 1
  const run_id = `${prefix}${number}`
  for (const value of [run.group_id, run.name, run.seed, run.spec_sha256, run.document_sha256]) storableText("a field of a run", value)
  database.run(
    "INSERT INTO runs (run_id, attempt, group_id, name, seed, spec_sha256, document_sha256, created_at, events, head_sha256, predictions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0)",
    run_id,
    number,
    run.group_id,
    run.name,
    run.seed,
    run.spec_sha256,
    run.document_sha256,
    now,
    head_sha256
  )
  return { ...run, run_id, attempt: number, created_at: now }
}
