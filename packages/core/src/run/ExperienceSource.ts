/**
 * Where a run's experience comes from. A run is a fold over it, phase by phase and pass by pass, and knows neither datasets nor
 * environments: the source brings the learner together with what there is to be met, and hands over what came of it.
 *
 * Sharp edge: a pass has to be the same for the same document, whatever was lived before and wherever it begins, because a run is resumed
 * in the middle of one and replayed from its start.
 */
import type { Experience, LearnerOutput, ProtocolPhase, TrainerError, TypedTarget } from "@feagi-trainer/contracts"
import type * as Effect from "effect/Effect"

/** One thing that was met, and what the learner said to it. */
export interface Lived {
  readonly sample_id: string
  /** What the answer is held against; null where nothing is known of it. */
  readonly target: TypedTarget | null
  readonly output: LearnerOutput
}

/** One passage through the experience of a phase: an epoch of samples, or the episodes between two measurements. */
export interface Pass {
  /** How many there are, where that is known before. */
  readonly length: number | undefined
  /** Lives through `count` at most, from a position on. Fewer than `count` mean that the pass ends behind them. */
  readonly live: (from: number, count: number) => Effect.Effect<ReadonlyArray<Lived>, TrainerError>
}

export interface ExperienceSource {
  readonly kind: Experience
  /** How often the phase goes through its experience, and how much it holds in all: what progress and an early end are counted by. */
  readonly extent: (phase: ProtocolPhase) => { readonly passes: number; readonly samples: number }
  readonly pass: (phase: ProtocolPhase, number: number) => Effect.Effect<Pass, TrainerError>
  /** What a phase that ended behind `done` has met, each once: what it is scored against. Undefined: all of it. */
  readonly expected: (phase: ProtocolPhase, done: number | undefined) => ReadonlyArray<string>
}
