/** The answered samples of a run, each row with a hash over itself. Sharp edge: reading one phase reads and checks all of them. */
import type { TrainerError } from "@feagi-trainer/contracts"
import type { PredictionRow } from "@feagi-trainer/core"
import { sha256Hex } from "@feagi-trainer/determinism"
import { type Database, integerAt, type Row, textAt } from "./Database.ts"
import { headOf, rowOf, storableText } from "./Runs.ts"
import { storeError } from "./StoreError.ts"

const predictionOf = (row: Row): PredictionRow => ({
  phase: textAt(row, "phase"),
  epoch: integerAt(row, "epoch"),
  index: integerAt(row, "idx"),
  sample_id: textAt(row, "sample_id"),
  line: textAt(row, "line"),
  tick: integerAt(row, "tick")
})

const predictionSha256 = (run_id: string, position: number, row: PredictionRow): string =>
  sha256Hex(JSON.stringify([run_id, position, row.phase, row.epoch, row.index, row.sample_id, row.line, row.tick]))

const checkPrediction = (row: PredictionRow): void => {
  for (const key of ["phase", "sample_id", "line"] as const) storableText(`${key} of a prediction`, row[key])
  for (const key of ["epoch", "index", "tick"] as const) {
    if (Number.isSafeInteger(row[key])) continue
    throw storeError("FT4026", {
      message: "a prediction cannot be stored",
      field: key,
      sample_id: row.sample_id,
      expected: "a whole number up to 2^53 - 1",
      actual: String(row[key])
    })
  }
}

/** Appends predictions from position `from` on. Inside of a transaction. */
export const appendPredictions = (database: Database, run_id: string, from: number, predictions: ReadonlyArray<PredictionRow>): void => {
  for (const [offset, row] of predictions.entries()) {
    checkPrediction(row)
    const position = from + offset
    const there = database.get(
      "SELECT position FROM predictions WHERE run_id = ? AND phase = ? AND epoch = ? AND idx = ?",
      run_id,
      row.phase,
      row.epoch,
      row.index
    )
    if (there !== undefined) {
      throw storeError("FT4025", {
        message: `run ${run_id} holds phase ${row.phase}, epoch ${row.epoch}, index ${row.index} already; nothing of this step was stored`,
        sample_id: row.sample_id
      })
    }
    database.run(
      "INSERT INTO predictions (run_id, position, phase, epoch, idx, sample_id, line, tick, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      run_id,
      position,
      row.phase,
      row.epoch,
      row.index,
      row.sample_id,
      row.line,
      row.tick,
      predictionSha256(run_id, position, row)
    )
  }
}

const lost = (database: Database, run_id: string, position: number, message: string): TrainerError =>
  storeError("FT4024", {
    message: `run ${run_id}, prediction ${position} ${message}`,
    file: database.file,
    field: `predictions[${position}]`
  })

/** Predictions in the order of their commits. Throws FT4024 at the first one that is altered or missing. */
export const readPredictions = (database: Database, run_id: string, phase: string | undefined): ReadonlyArray<PredictionRow> => {
  const expected = headOf(rowOf(database, run_id)).predictions
  const found: Array<PredictionRow> = []
  let position = 0
  for (const row of database.all("SELECT * FROM predictions WHERE run_id = ? ORDER BY position", run_id)) {
    const prediction = predictionOf(row)
    const whole = integerAt(row, "position") === position && predictionSha256(run_id, position, prediction) === textAt(row, "sha256")
    if (!whole) throw lost(database, run_id, position, "was altered or removed")
    if (phase === undefined || prediction.phase === phase) found.push(prediction)
    position += 1
  }
  if (position !== expected) throw lost(database, run_id, position, `is the end, but the run has ${expected} predictions`)
  return found
}
