/**
 * Where a run's results go: a journal when it runs, a comparison when it is replayed. The executor knows no other difference.
 */
import type { DeliveredFeedback, LearnerOutput, TrainerError, TrainingMeasure, TypedTarget } from "@feagi-trainer/contracts"
import { canonical } from "@feagi-trainer/determinism"
import type * as Effect from "effect/Effect"
import type { PredictionRow, RewardRow, TelemetryRow } from "../port/RunJournal.ts"
import type { ScoredPhase } from "./phase/evaluatePhase.ts"
import type { BrainMutation, EventPayloads, InexactContinuation, PhaseSkip, Validation } from "./RunState.ts"

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
  readonly rewards: ReadonlyArray<RewardRow>
  /** What was delivered in the step; null where nobody counts. */
  readonly feedback: DeliveredFeedback | null
  /** The protocol's primary metric over the answers of the epoch so far; empty while there is none. */
  readonly metrics: Readonly<Record<string, number>>
  /** What the optimiser told of its steps; undefined where the learner has none. */
  readonly measures: ReadonlyArray<TrainingMeasure> | undefined
  readonly telemetry: TelemetryRow
  readonly checkpoint: Uint8Array
  readonly full_hash: string
}

export interface RunSink {
  /** The learner is there, with what it says of itself. */
  readonly opened: (facts: EventPayloads["opened"]) => Effect.Effect<void, TrainerError>
  /** The learner goes on from a checkpoint and does not promise to go on as it would have. */
  readonly continued: (continuation: InexactContinuation) => Effect.Effect<void, TrainerError>
  readonly phaseStarted: (phase: string, index: number, learned_hash: string) => Effect.Effect<void, TrainerError>
  readonly step: (step: Step) => Effect.Effect<void, TrainerError>
  /** A part was answered behind an epoch. One that a resumed run finds recorded comes again, and is the same. */
  readonly validated: (validation: Validation) => Effect.Effect<void, TrainerError>
  /** A phase ends early; `step` is what it did since its last step, committed together with the fact. */
  readonly skipped: (phase: string, skip: PhaseSkip, step: Step | undefined) => Effect.Effect<void, TrainerError>
  /** A phase that must not learn did. It is not completed, and nothing follows. */
  readonly brainMutated: (mutation: BrainMutation) => Effect.Effect<void, TrainerError>
  readonly phaseCompleted: (phase: string, learned_hash: string) => Effect.Effect<void, TrainerError>
  /** Everything that was recorded for the phase, in visiting order: the only thing that an evaluation sees. */
  readonly predictions: (phase: string) => Effect.Effect<ReadonlyArray<PredictionRow>, TrainerError>
  readonly scored: (phase: string, result: ScoredPhase) => Effect.Effect<void, TrainerError>
}

/** A row whose `line` is the canonical JSON that predictions are hashed by. */
export const predictionRow = (
  at: { readonly phase: string; readonly epoch: number; readonly index: number },
  sample: { readonly sample_id: string },
  target: TypedTarget | null,
  output: LearnerOutput
): PredictionRow => ({
  ...at,
  sample_id: sample.sample_id,
  tick: output.tick,
  line: canonical({ ...at, sample_id: sample.sample_id, prediction: output.answer, target })
})
