/**
 * Where a run's results go: a journal when it runs, a comparison when it is replayed. The executor knows no other difference.
 */
import type { IRSample, LearnerOutput, TrainerError, TypedTarget } from "@feagi-trainer/contracts"
import { canonical } from "@feagi-trainer/determinism"
import type { Effect } from "effect"
import type { PredictionRow } from "../port/RunJournal.ts"
import type { ScoredPhase } from "./phase/evaluatePhase.ts"

/** The position behind the last committed sample. */
export interface Cursor {
  /** Index into the protocol's phases. */
  readonly phase: number
  readonly epoch: number
  /** Position in the order of the epoch. */
  readonly next: number
}

/** One durable step: all of it is committed, or nothing. */
export interface Step {
  readonly phase: string
  readonly cursor: Cursor
  readonly rows: ReadonlyArray<PredictionRow>
  readonly checkpoint: Uint8Array
  readonly full_hash: string
}

export interface RunSink {
  readonly phaseStarted: (phase: string, index: number, learned_hash: string) => Effect.Effect<void, TrainerError>
  readonly step: (step: Step) => Effect.Effect<void, TrainerError>
  readonly phaseCompleted: (phase: string, learned_hash: string) => Effect.Effect<void, TrainerError>
  /** Everything that was recorded for the phase, in visiting order: the only thing that an evaluation sees. */
  readonly predictions: (phase: string) => Effect.Effect<ReadonlyArray<PredictionRow>, TrainerError>
  readonly scored: (phase: string, result: ScoredPhase) => Effect.Effect<void, TrainerError>
}

/** A row whose `line` is the canonical JSON that predictions are hashed by. */
export const predictionRow = (
  at: { readonly phase: string; readonly epoch: number; readonly index: number },
  sample: Pick<IRSample, "sample_id">,
  target: TypedTarget | null,
  output: LearnerOutput
): PredictionRow => ({
  ...at,
  sample_id: sample.sample_id,
  tick: output.tick,
  line: canonical({ ...at, sample_id: sample.sample_id, prediction: output.answer, target })
})
