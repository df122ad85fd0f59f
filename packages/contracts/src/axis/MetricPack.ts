/**
 * MetricPack: a monoid with a last step, so that one pass, parallel shards and a resumed run agree.
 *
 * `result` gives numbers, or says that there is not enough data: nothing is ever scored as 0 because nothing was there.
 */
import type { Figure } from "@feagi-trainer/charts"
import type { Schema } from "effect"
import type { OutputType } from "../wire/index.ts"
import type { ClassLabel } from "./Adapter.ts"
import type { OptionsDecoder } from "./Options.ts"
import type { Scored } from "./Scored.ts"

export interface InsufficientData {
  readonly insufficient: string
}
export type MetricValue = number | InsufficientData

export const isInsufficient = (value: MetricValue): value is InsufficientData => typeof value !== "number"

export interface MetricResult {
  /** Name → value; names are `accuracy`, `f1/macro`, `recall/setosa`. */
  readonly values: Readonly<Record<string, MetricValue>>
  readonly figures: ReadonlyArray<Figure>
}

export interface MetricContext {
  readonly output_type: OutputType
  /** The declared classes. A class that never occurs is still one of them. */
  readonly classes: ReadonlyArray<ClassLabel>
}

export interface MetricFold<State> {
  readonly empty: State
  /** Throws a RangeError that names the sample when it cannot be scored under this context. */
  readonly add: (state: State, scored: Scored) => State
  readonly merge: (left: State, right: State) => State
  readonly result: (state: State) => MetricResult
}

export interface MetricPack<Options = unknown, State = unknown> {
  readonly kind: "metric-pack"
  readonly spec: 1
  readonly id: string
  readonly output_types: ReadonlyArray<string>
  readonly decodeOptions: OptionsDecoder<Options>
  readonly state: Schema.Codec<State, unknown>
  /** One line that says how the values were computed; two results with different signatures are different measurements. */
  readonly signature: (options: Options) => string
  /** Whether more is better, and in which range, for every metric name or prefix. */
  readonly directions: Readonly<Record<string, "higher-is-better" | "lower-is-better">>
  readonly start: (options: Options, context: MetricContext) => MetricFold<State>
}

const define = <Options, State>(pack: Omit<MetricPack<Options, State>, "kind" | "spec">): MetricPack<Options, State> => ({
  kind: "metric-pack",
  spec: 1,
  ...pack
})
export const MetricPack = { define, async: define }
