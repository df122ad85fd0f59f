/**
 * MetricPack: a monoid with a last step, so that one pass, parallel shards and a resumed run agree.
 *
 * `result` gives numbers, or says that there is not enough data: nothing is ever scored as 0 because nothing was there.
 */
import type { Figure } from "@feagi-trainer/charts"
import type * as Schema from "effect/Schema"
import type { OutputType } from "../wire/index.ts"
import type { ClassLabel } from "./Adapter.ts"
import type { MetricFiles } from "./MetricFiles.ts"
import type { Atoms } from "./MetricResampling.ts"
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
  /** Name of a value → how that one was computed, where it depends on what was scored; the signature of the pack counts for all others. */
  readonly signatures?: Readonly<Record<string, string>>
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

export type Direction = "higher-is-better" | "lower-is-better"

export interface MetricPack<Options = unknown, State = unknown, FileOptions = unknown> {
  readonly kind: "metric-pack"
  readonly spec: 1
  readonly id: string
  readonly output_types: ReadonlyArray<string>
  readonly decodeOptions: OptionsDecoder<Options>
  readonly state: Schema.Codec<State, unknown>
  /** One line that says how the values were computed; two results with different signatures are different measurements. */
  readonly signature: (options: Options) => string
  /** Whether more is better, for every metric name or first part of one (`f1` for `f1/macro`). A value without a direction only describes. */
  readonly directions: Readonly<Record<string, Direction>>
  /** Least and greatest possible value by metric name, where there are such. */
  readonly ranges?: Readonly<Record<string, readonly [least: number, greatest: number]>>
  /** Names of the values that are k of all scored samples, an accuracy say: they have an interval that needs no resamples. */
  readonly shares?: ReadonlyArray<string>
  /** Names of the values that a reader wants beside the primary metric, most wanted first. */
  readonly headline?: ReadonlyArray<string>
  readonly start: (options: Options, context: MetricContext) => MetricFold<State>
  /** For intervals and paired comparison over many samples; without it every resample is folded anew. */
  readonly atoms?: (options: Options, context: MetricContext, samples: ReadonlyArray<Scored>) => Atoms
  /** For files of a form that this field knows. */
  readonly files?: MetricFiles<Options, FileOptions>
}

const define = <Options, State, FileOptions = unknown>(
  pack: Omit<MetricPack<Options, State, FileOptions>, "kind" | "spec">
): MetricPack<Options, State, FileOptions> => ({
  kind: "metric-pack",
  spec: 1,
  ...pack
})
export const MetricPack = { define, async: define }

/** The direction of a value: by its name, or by the part before the first `/`. */
export const directionOf = ({ directions }: Pick<MetricPack, "directions">, name: string): Direction | undefined =>
  directions[name] ?? directions[name.split("/")[0] ?? name]
