/**
 * How sure every value of one run is, as far as its samples tell: what would have come out, had other samples of the same kind been drawn.
 *
 * Sharp edges: it knows nothing of seeds (see MetricStat); the samples are sorted by their id first, so that the same predictions give the
 * same bits in whichever order they are stored; samples that belong together (frames of a film, crops of one image) are not independent, and
 * an interval that takes them for independent is too narrow.
 */
import {
  type InsufficientData,
  isInsufficient,
  type MetricContext,
  type MetricPack,
  type MetricValue,
  type Scored
} from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"
import { atomIntervals, atomsOf } from "./AtomIntervals.ts"
import type { IntervalMethod } from "./BootstrapInterval.ts"
import type { Interval } from "./Wilson.ts"

export interface MetricIntervalsRequest<Options, State> {
  readonly pack: MetricPack<Options, State>
  readonly options: Options
  readonly context: MetricContext
  readonly samples: ReadonlyArray<Scored>
  /** Master of the draws: an integer from 0 to 2^64 − 1 or a text. */
  readonly seed: bigint | number | string
  /** How many times the samples are drawn anew. With 1000 the ends of a 95 % interval are good to about a fiftieth of its width. */
  readonly resamples: number
  readonly confidence: number
  readonly method: IntervalMethod
}

/** In the order of their ids, by UTF-16 code units. */
export const sortedById = <Sample extends { readonly sample_id: string }>(samples: ReadonlyArray<Sample>): ReadonlyArray<Sample> =>
  samples.toSorted((left, right) => (left.sample_id < right.sample_id ? -1 : left.sample_id > right.sample_id ? 1 : 0))

const noSample: InsufficientData = { insufficient: "no sample was scored" }

/**
 * Name of a value → its interval, or why there is none. A value that the atoms of the pack leave out has no entry. Draws from the stream
 * `intervals/bootstrap` of the seed.
 * Throws RangeError when the pack refuses a sample, on a confidence outside (0, 1) and on fewer than 1 resample.
 */
export const metricIntervals = <Options, State>(
  request: MetricIntervalsRequest<Options, State>
): Readonly<Record<string, Interval | InsufficientData>> => {
  const { pack, options, context, seed, resamples, confidence, method } = request
  if (request.samples.length === 0) {
    const fold = pack.start(options, context)
    const none = ([name, value]: readonly [string, MetricValue]) => [name, isInsufficient(value) ? value : noSample]
    return Object.fromEntries(Object.entries(fold.result(fold.empty).values).map(none))
  }
  const atoms = atomsOf(pack, options, context, sortedById(request.samples))
  const words = SeedTree.root(seed).child("intervals/bootstrap").random()
  return atomIntervals({ atoms, words, resamples, confidence, method }).intervals
}
