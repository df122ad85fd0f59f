/**
 * Sampler: in which order the samples of a split are visited in one epoch.
 *
 * Pure in (index, rng, epoch): the same seed gives the same order on every machine. A plan is a permutation, or it says that it
 * leaves samples out or repeats them; it never does so in silence.
 */
import type { Mistake } from "../error/decodeStrict.ts"
import type { Rng } from "../host/Rng.ts"
import type { OptionsDecoder } from "./Options.ts"

/** What a sampler sees of a sample. `position` counts within the split. */
export interface SamplerItem {
  readonly position: number
  readonly sample_id: string
  readonly class_id?: number
  readonly group?: string
  /** Unix milliseconds. */
  readonly time?: number
  /** Numbers that the adapter gives with every sample, by name: difficulty, length, … */
  readonly values?: Readonly<Record<string, number>>
}

export interface SamplerPlan {
  /** Positions within the split. */
  readonly order: ReadonlyArray<number>
  /** Every sample once; or some of them at most once each, and which; or any number of times each, and by which weights. */
  readonly draws: "permutation" | { readonly subset: string } | { readonly weighted: string }
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
  /** What the index of a dataset lacks for these options, all of it; none when it can be planned. Left out: it takes any index. */
  readonly check?: (
    options: Options,
    request: { readonly index: ReadonlyArray<SamplerItem>; readonly epochs: number }
  ) => ReadonlyArray<Mistake>
  readonly plan: (
    options: Options,
    request: { readonly index: ReadonlyArray<SamplerItem>; readonly rng: Rng; readonly epoch: number }
  ) => SamplerPlan
}

const define = <Options>(sampler: Omit<Sampler<Options>, "kind" | "spec">): Sampler<Options> => ({ kind: "sampler", spec: 1, ...sampler })

/** A sampler is pure, so that there is nothing to await: the facade exists for symmetry and takes the same object. */
export const Sampler = { define, async: define }
