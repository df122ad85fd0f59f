/** Scorecards by id. The stored text is the document that was scored; it is never rewritten. */
import type { TrainerError } from "@feagi-trainer/contracts"
import { Context, type Effect } from "effect"

export interface ScorecardRow {
  readonly scorecard_id: string
  readonly run_id: string
  readonly phase: string
  /** SHA-256 (hex) of the canonical body. */
  readonly body_sha256: string
  /** Blob of the whole document. */
  readonly document_sha256: string
  readonly created_at: number
}

export class Scorecards extends Context.Service<
  Scorecards,
  {
    /** Idempotent by (run, phase); another body for the same pair fails with reason `integrity`. */
    readonly add: (row: Omit<ScorecardRow, "created_at">) => Effect.Effect<ScorecardRow, TrainerError>
    /** In order of creation. */
    readonly list: Effect.Effect<ReadonlyArray<ScorecardRow>, TrainerError>
  }
>()("@feagi-trainer/core/Scorecards") {}
