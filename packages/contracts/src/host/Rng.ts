/**
 * The chance that a plugin is handed: a seeded stream of its own, named in the seed tree of the run.
 *
 * A plugin that draws from anywhere else is not replayable; the conformance suites look for it.
 */
export interface Rng {
  /** A uniform integer in [0, bound), without modulo bias. `bound` from 1 to 2^53 − 1. */
  readonly below: (bound: number) => number
  /** A uniform number in [0, 1) with 53 random bits. */
  readonly unit: () => number
  /** A new array in random order. */
  readonly shuffle: <A>(items: ReadonlyArray<A>) => Array<A>
  /** 0 … n − 1 in random order. */
  readonly permutation: (n: number) => ReadonlyArray<number>
  /** Fills the bytes. */
  readonly fill: (bytes: Uint8Array) => void
}
