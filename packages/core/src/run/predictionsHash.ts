/** `predictions_sha256`: SHA-256 over the canonical lines in visiting order, each ended by a line feed. */
import { Sha256 } from "@feagi-trainer/determinism"
import type { PredictionRow } from "../port/RunJournal.ts"

export const predictionsHash = (rows: Iterable<Pick<PredictionRow, "line">>): string => {
  const hash = new Sha256()
  for (const { line } of rows) hash.update(`${line}\n`)
  return hash.hex()
}
