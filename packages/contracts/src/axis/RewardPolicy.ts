/**
 * RewardPolicy: what the learner is told after an answer or a step, and when.
 *
 * Total and bounded, without a default configuration. It is asked in training only; a policy that answers outside of training
 * fails the run.
 */
import type * as Schema from "effect/Schema"
import type { Mistake } from "../error/decodeStrict.ts"
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

/** A sample of a dataset was answered. */
export interface SampleOutcome {
  readonly kind: "sample"
  readonly target: TypedTarget
  readonly prediction: Answer
  readonly scores?: ReadonlyArray<number>
  readonly phase: "train"
}

/** An environment made a step. */
export interface StepOutcome {
  readonly kind: "step"
  readonly observation: ReadonlyArray<number>
  readonly next_observation: ReadonlyArray<number>
  /** What the environment gave for the step. */
  readonly reward: number
  /** The episode ended by what happened in it; `truncated` when it was cut off. */
  readonly terminated: boolean
  readonly truncated: boolean
  readonly phase: "train"
}

export type Outcome = SampleOutcome | StepOutcome

/** Where outcomes come from: samples of a dataset, or steps of an environment. */
export type Experience = Outcome["kind"]

/**
 * What an outcome was worth, for the record. `raw` is what the task itself gives; `shaped` is what the policy made of it before
 * it became events. Both in the unit of the policy; a policy that shapes nothing gives the same number twice.
 */
export interface RewardRecord {
  readonly raw: number
  readonly shaped: number
}

/**
 * What a policy gives on one affect channel under its options. A magnitude is above 0 and lies from `least` to `limit`, in percent; both are
 * the same number where there is one strength, and `least` is 0 where anything above 0 can come.
 */
export interface AffectUse {
  readonly channel: string
  readonly least: number
  readonly limit: number
  /** Where the options say so: findings name this place. */
  readonly path: Mistake["path"]
}

export interface RewardPolicy<Options = unknown, State = unknown> {
  readonly kind: "reward"
  readonly spec: 1
  readonly id: string
  readonly decodeOptions: OptionsDecoder<Options>
  /** Kinds of outcomes that it can judge. */
  readonly experience: ReadonlyArray<Experience>
  /** Survives JSON by this schema, because a run is resumed from it. */
  readonly state: Schema.Codec<State, unknown>
  /** Affect channels that these options use. The plan holds them against those of the brain. */
  readonly channels: (options: Options) => ReadonlyArray<AffectUse>
  /** Whether an event can be to teach. The plan then asks the decoder whether it can, for every target of the training part. */
  readonly teaches: (options: Options) => boolean
  readonly start: (options: Options) => State
  readonly respond: (
    options: Options,
    state: State,
    outcome: Outcome
  ) => { readonly state: State; readonly feedback: ReadonlyArray<Feedback>; readonly reward: RewardRecord }
}

const define = <Options, State>(policy: Omit<RewardPolicy<Options, State>, "kind" | "spec">): RewardPolicy<Options, State> => ({
  kind: "reward",
  spec: 1,
  ...policy
})
export const RewardPolicy = { define, async: define }
