/**
 * Environment: a world that answers an action with an observation and a reward, one step after the other.
 *
 * It is pure: a state goes in and a new one comes out, so that a run can be saved in the middle of an episode and many episodes can go
 * on side by side. One rollout uses up one initial-state index, and what it begins with depends on that index and its chance alone,
 * never on the rollouts before it. Sharp edge: a step after the end of an episode is a mistake of the caller and throws.
 */
import type * as Schema from "effect/Schema"
import type { Rng } from "../host/Rng.ts"
import type { OptionsDecoder } from "./Options.ts"

/** One number of an observation. A bound that is left out does not exist. */
export interface ObservationAxis {
  readonly name: string
  /** `m`, `rad`, `m/s`; `1` for a number without a unit. */
  readonly unit: string
  readonly low?: number
  readonly high?: number
}

/** What can be done: one of some named things, by its place in the list, or a number for each axis within its bounds. */
export type ActionSpace =
  | { readonly type: "discrete"; readonly names: ReadonlyArray<string> }
  | { readonly type: "continuous"; readonly axes: ReadonlyArray<{ readonly name: string; readonly low: number; readonly high: number }> }

/** A place in a discrete space, or the numbers of a continuous one. */
export type Action = number | ReadonlyArray<number>

export interface EnvironmentSpaces {
  readonly observation: ReadonlyArray<ObservationAxis>
  readonly action: ActionSpace
}

export interface EnvironmentStart<State> {
  readonly state: State
  /** As many numbers as the observation has axes. */
  readonly observation: ReadonlyArray<number>
}

export interface EnvironmentStep<State> extends EnvironmentStart<State> {
  readonly reward: number
  /** The episode ended by what happened in it: there is nothing to come. */
  readonly terminated: boolean
  /** The episode was cut off; it would have gone on. Both can be true of one step. */
  readonly truncated: boolean
}

export interface Environment<Options = unknown, State = unknown> {
  readonly kind: "environment"
  readonly spec: 1
  readonly id: string
  readonly decodeOptions: OptionsDecoder<Options>
  /** Survives JSON by this schema, because a run is resumed from it. */
  readonly state: Schema.Codec<State, unknown>
  readonly spaces: (options: Options) => EnvironmentSpaces
  /** Begins the rollout of an initial-state index, an integer from 0. `rng` is the stream of that index, at its start. */
  readonly reset: (options: Options, request: { readonly index: number; readonly rng: Rng }) => EnvironmentStart<State>
  /** Throws a RangeError for an action outside of the space and for a state whose episode is over. */
  readonly step: (options: Options, state: State, action: Action) => EnvironmentStep<State>
}

const define = <Options, State>(environment: Omit<Environment<Options, State>, "kind" | "spec">): Environment<Options, State> => ({
  kind: "environment",
  spec: 1,
  ...environment
})

/** An environment is pure, so that there is nothing to await: the facade exists for symmetry and takes the same object. */
export const Environment = { define, async: define }
