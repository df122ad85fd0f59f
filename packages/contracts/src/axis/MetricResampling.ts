/**
 * How a metric pack gives its values for many resamples of the same samples: a bootstrap of a million answers must not fold each of them
 * a thousand times.
 *
 * The samples are sorted once into *atoms*, sets of samples that the pack cannot tell apart (all answers "3" to a "5"; one image; one
 * sentence). A resample then is how often each atom occurs. Sharp edge: the values of the multiplicities of the samples themselves have
 * to be those of the fold, to the last bit; the law suite compares them.
 */
import type { MetricValue } from "./MetricPack.ts"

export interface Atoms {
  /** How many atoms there are. */
  readonly count: number
  /** The atom of every sample, in the order in which the samples were given. */
  readonly atomOf: Uint32Array
  /**
   * The values of a multiset of samples. @param multiplicity how often each atom occurs, `count` whole numbers. A metric that costs too
   * much to compute again, or that has no meaning for a resample, may be left out; then it gets no interval.
   */
  readonly values: (multiplicity: Uint32Array) => Readonly<Record<string, MetricValue>>
}
