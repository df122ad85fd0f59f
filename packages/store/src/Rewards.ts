/**
 * What the training answers of a run were worth, each row with a hash over itself, in a table of its own: no prediction and no hash over
 * predictions knows of it. Sharp edge: reading one phase reads and checks all of them.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import type { RewardRow } from "@feagi-trainer/core"
import { sha256Hex } from "@feagi-trainer/determinism"
import { type Database, integerAt, type Row, textAt } from "./Database.ts"
import { headOf, rowOf, storableText } from "./Runs.ts"
import { storeError } from "./StoreError.ts"

const rewardOf = (row: Row): RewardRow => ({
  phase: textAt(row, "phase"),
  epoch: integerAt(row, "epoch"),
  index: integerAt(row, "idx"),
  sample_id: textAt(row, "sample_id"),
  line: textAt(row, "line")
})

const rewardSha256 = (run_id: string, position: number, row: RewardRow): string =>
  sha256Hex(JSON.stringify([run_id, position, row.phase, row.epoch, row.index, row.sample_id, row.line]))

/** Appends rewards from position `from` on. Inside of a transaction. */
export const appendRewards = (database: Database, run_id: string, from: number, rewards: ReadonlyArray<RewardRow>): void => {
  for (const [offset, row] of rewards.entries()) {
    for (const key of ["phase", "sample_id", "line"] as const) storableText(`${key} of a reward`, row[key])
    const position = from + offset
    const there = database.get(
      "SELECT position FROM rewards WHERE run_id = ? AND phase = ? AND epoch = ? AND idx = ?",
      run_id,
      row.phase,
      row.epoch,
      row.index
    )
    if (there !== undefined)
      throw storeError("FT4025", {
        message: `run ${run_id} holds the reward of phase ${row.phase}, epoch ${row.epoch}, index ${row.index} already; nothing of this step was stored`,
        sample_id: row.sample_id
      })
    database.run(
      "INSERT INTO rewards (run_id, position, phase, epoch, idx, sample_id, line, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      run_id,
      position,
      row.phase,
      row.epoch,
      row.index,
      row.sample_id,
      row.line,
      rewardSha256(run_id, position, row)
    )
  }
}

const lost = (database: Database, run_id: string, position: number, message: string): TrainerError =>
  storeError("FT4029", {
    message: `run ${run_id}, reward ${position} ${message}`,
    file: database.file,
    field: `rewards[${position}]`
  })

/** Rewards in the order of their commits. Throws FT4029 at the first one that is altered or missing. */
export const readRewards = (database: Database, run_id: string, phase: string | undefined): ReadonlyArray<RewardRow> => {
  const expected = headOf(rowOf(database, run_id)).rewards
  const found: Array<RewardRow> = []
  let position = 0
  for (const row of database.all("SELECT * FROM rewards WHERE run_id = ? ORDER BY position", run_id)) {
    const reward = rewardOf(row)
    const whole = integerAt(row, "position") === position && rewardSha256(run_id, position, reward) === textAt(row, "sha256")
    if (!whole) throw lost(database, run_id, position, "was altered or removed")
    if (phase === undefined || reward.phase === phase) found.push(reward)
    position += 1
  }
  if (position !== expected) throw lost(database, run_id, position, `is the end, but the run has ${expected} rewards`)
  return found
}
