/**
 * Sampler: in which order the samples of a split are visited in one epoch.
 *
 * Pure in (index, rng, epoch): the same seed gives the same order on every machine. A plan is a permutation, or it says that it
 * draws with weights; it never drops or repeats a sample in silence.
 */
import type { Rng } from "../host/Rng.ts"
import type { OptionsDecoder } from "./Options.ts"

/** What a sampler sees of a sample. `position` counts within the split. */
export interface SamplerItem {
  readonly position: number
  readonly sample_id: string
  readonly class_id?: number
  readonly group?: string
  readonly time?: number
}

export interface SamplerPlan {
  /** Positions within the split. */
  readonly order: ReadonlyArray<number>
  readonly draws: "permutation" | { readonly weighted: string }
}

/** Where a visit stands; it survives JSON. */
export interface SamplerCursor {
  readonly epoch: number
  readonly next: number
}

export interface Sampler<Options = unknown> {
  readonly kind: "sampler"
  readonly spec: 1
  readonly id: string
  readonly decodeOptions: OptionsDecoder<Options>
  readonly plan: (
    options: Options,
    request: { readonly index: ReadonlyArray<SamplerItem>; readonly rng: Rng; readonly epoch: number }
  ) => SamplerPlan
}

const define = <Options>(sampler: Omit<Sampler<Options>, "kind" | "spec">): Sampler<Options> => ({ kind: "sampler", spec: 1, ...sampler })

/** A sampler is pure, so that there is nothing to await: the facade exists for symmetry and takes the same object. */
export const Sampler = { define, async: define }
