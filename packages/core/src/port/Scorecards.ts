/**
 * Scorecards by id. The stored text is the document that was scored; it is never rewritten.
 *
 * What is said of a Scorecard later stands beside it: a verified one is a document of its own that names the one it verifies, and one that
 * is out of date is superseded by a link. Sharp edge: `list` holds what runs reported of themselves; verified ones are listed apart.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

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

/** A Scorecard that an independent replay confirmed. */
export interface VerifiedScorecardRow extends ScorecardRow {
  /** Id of the self-reported one, of the same run and phase. */
  readonly verifies: string
}

/** A Scorecard that is to be read instead of another. Both stay what they are. */
export interface Supersession {
  readonly old_id: string
  readonly old_body_sha256: string
  readonly new_id: string
  readonly new_body_sha256: string
  /** Why, in the words of who said so. */
  readonly reason: string
  readonly created_at: number
}

export class Scorecards extends Context.Service<
  Scorecards,
  {
    /** Idempotent by (run, phase); another body for the same pair fails with reason `integrity`. */
    readonly add: (row: Omit<ScorecardRow, "created_at">) => Effect.Effect<ScorecardRow, TrainerError>
    /** What runs reported of themselves, in order of creation. */
    readonly list: Effect.Effect<ReadonlyArray<ScorecardRow>, TrainerError>
    /** Idempotent by id. Fails with reason `integrity` when the run has no such Scorecard to verify. */
    readonly addVerified: (row: Omit<VerifiedScorecardRow, "created_at">) => Effect.Effect<VerifiedScorecardRow, TrainerError>
    readonly verified: Effect.Effect<ReadonlyArray<VerifiedScorecardRow>, TrainerError>
    /** Idempotent by the pair. Fails with reason `usage` where the new one is the old one, or is superseded by it. */
    readonly supersede: (link: Omit<Supersession, "created_at">) => Effect.Effect<Supersession, TrainerError>
    readonly supersessions: Effect.Effect<ReadonlyArray<Supersession>, TrainerError>
  }
>()("@feagi-trainer/core/Scorecards") {}
