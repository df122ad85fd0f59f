/**
 * Transform: one operation of a transform graph, from sample to sample.
 *
 * The same version of an operation gives the same bytes for the same sample, options, fitted value and chance, for ever; a change of
 * what comes out is a new `version`. An operation that moves pixels moves the target with them. Id, split and dataset of a sample
 * stay as they are.
 */
import type * as Effect from "effect/Effect"
import type { TrainerError } from "../error/TrainerError.ts"
import type { Rng } from "../host/Rng.ts"
import type { IRSample } from "../wire/index.ts"
import type { SampleShape } from "./Adapter.ts"
import type { Selected } from "./Coder.ts"
import type { SampleFold } from "./Fold.ts"
import type { OptionsDecoder } from "./Options.ts"

export interface TransformContext<Options, Fitted> {
  readonly options: Options
  /** Shape of the samples that come in. */
  readonly shape: SampleShape
  /** What `fit` found on the declared part; undefined when there is nothing to fit. */
  readonly fitted: Fitted
}

export interface Transform<Options = unknown, Fitted = unknown> {
  readonly kind: "transform"
  readonly spec: 1
  readonly id: string
  /** Of what comes out, from 1. */
  readonly version: number
  /** `train`: an augmentation. A sample that is measured never sees it, and the shape stays as it is. */
  readonly phases: "all" | "train"
  readonly decodeOptions: OptionsDecoder<Options>
  /** Present when something is learnt from samples; the graph then has to declare from which part. */
  readonly fit?: (options: Options, shape: SampleShape) => Selected<SampleFold<Fitted>>
  /** Shape of the samples that go out. Refuses a shape that the operation cannot take, naming what it needs. */
  readonly shape: (context: TransformContext<Options, Fitted>) => Selected<SampleShape>
  /** `rng` is a stream of this node, epoch and sample alone, whatever the order and the number of workers. */
  readonly apply: (context: TransformContext<Options, Fitted>, sample: IRSample, rng: Rng) => Effect.Effect<IRSample, TrainerError>
}

const define = <Options, Fitted = undefined>(transform: Omit<Transform<Options, Fitted>, "kind" | "spec">): Transform<Options, Fitted> => ({
  kind: "transform",
  spec: 1,
  ...transform
})

export const Transform = { define }
