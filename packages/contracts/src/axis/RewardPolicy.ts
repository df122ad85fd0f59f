/**
 * RewardPolicy: what the learner is told after an answer, and when.
 *
 * Total and bounded, without a default configuration. It is asked in training only; a policy that answers outside of training
 * fails the run.
 */
import type { Schema } from "effect"
import type { TypedTarget } from "../wire/index.ts"
import type { OptionsDecoder } from "./Options.ts"
import type { Answer } from "./Scored.ts"

/** One event. `offset` counts bursts from the end of the reading; events of one offset happen in the same burst. */
export type Feedback =
  | { readonly offset: number; readonly affect: { readonly channel: string; readonly magnitude: number } }
  | { readonly offset: number; readonly teach: { readonly value: TypedTarget } }
  | { readonly offset: number; readonly represent: true }

export const isAffect = (event: Feedback): event is Extract<Feedback, { affect: unknown }> => "affect" in event
export const isTeach = (event: Feedback): event is Extract<Feedback, { teach: unknown }> => "teach" in event

export interface Outcome {
  readonly target: TypedTarget
  readonly prediction: Answer
  readonly scores?: ReadonlyArray<number>
  readonly phase: "train"
}

export interface RewardPolicy<Options = unknown, State = unknown> {
  readonly kind: "reward"
  readonly spec: 1
  readonly id: string
  readonly decodeOptions: OptionsDecoder<Options>
  /** Survives JSON by this schema, because a run is resumed from it. */
  readonly state: Schema.Codec<State, unknown>
  /** Affect channels that these options use, and the largest magnitude on each. */
  readonly channels: (options: Options) => ReadonlyArray<{ readonly channel: string; readonly limit: number }>
  readonly start: (options: Options) => State
  readonly respond: (
    options: Options,
    state: State,
    outcome: Outcome
  ) => { readonly state: State; readonly feedback: ReadonlyArray<Feedback> }
}

const define = <Options, State>(policy: Omit<RewardPolicy<Options, State>, "kind" | "spec">): RewardPolicy<Options, State> => ({
  kind: "reward",
  spec: 1,
  ...policy
})
export const RewardPolicy = { define, async: define }
