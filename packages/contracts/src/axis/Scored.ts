/** What evaluation sees of one sample: never the learner, never the clock. */
import type { TypedPrediction, TypedTarget } from "../wire/index.ts"

/**
 * An answer of a learner. No answer is an answer too: `{abstain: {reason}}` is counted, and it is never class 0.
 */
export type Answer = TypedPrediction

export type Abstention = Extract<TypedPrediction, { readonly abstain: unknown }>

export const isAbstain = (answer: Answer): answer is Abstention => "abstain" in answer

export interface Scored {
  readonly sample_id: string
  readonly target: TypedTarget
  readonly prediction: Answer
  /** One score per declared class, in class order, when the learner gives them. */
  readonly scores?: ReadonlyArray<number>
  readonly group?: string
}

/** One episode of an environment. */
export interface EpisodeScored {
  readonly episode_id: string
  readonly step_rewards: ReadonlyArray<number>
  readonly outcome: "terminated" | "truncated"
}
