/**
 * From the values of resamples to an interval: percentile (Efron 1979), or bias-corrected and accelerated, BCa (Efron 1987).
 *
 * Sharp edges: a resample that leaves a value without data is not dropped, which would narrow the interval; it counts as beyond either end,
 * so it can only widen it, and an end that falls among such resamples leaves no interval. A value that no resample changes, such as an
 * accuracy of exactly 1, has an interval of no width, which is the bootstrap's blind spot: Wilson's interval of a share does not have it.
 */
import { ExactSum, type InsufficientData, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { checkConfidence } from "./Critical.ts"
import { normalBelow, normalQuantile } from "./Normal.ts"
import type { Interval } from "./Wilson.ts"

export type IntervalMethod = "percentile" | "bca"

/** The value without one of the samples; `count` samples give this same value when one of them is left out. */
export interface LeftOut {
  readonly count: number
  readonly value: MetricValue
}

export interface BootstrapRequest {
  /** The value of the samples themselves. */
  readonly observed: MetricValue
  /** The value of every resample. */
  readonly resampled: ReadonlyArray<MetricValue>
  readonly confidence: number
  readonly method: IntervalMethod
  /** For BCa: the value with every sample left out in turn. */
  readonly leftOut?: ReadonlyArray<LeftOut>
}

const numbersOf = (values: ReadonlyArray<MetricValue>): ReadonlyArray<number> => values.filter((value) => typeof value === "number")

/**
 * The quantile of the resamples in ascending order, linear between neighbours (Hyndman and Fan 1996, type 7), where `missing` more lie below
 * all of them or above. Undefined where it falls among those.
 */
const endAt = (sorted: ReadonlyArray<number>, missing: number, side: "below" | "above", share: number): number | undefined => {
  const at = share * (sorted.length + missing - 1)
  const floor = Math.floor(at)
  const first = side === "below" ? floor - missing : floor
  const low = sorted[first]
  const high = at > floor ? sorted[first + 1] : low
  return low === undefined || high === undefined ? undefined : low + (high - low) * (at - floor)
}

/**
 * a = Σ u³ / 6(Σ u²)^1.5 with u = (n − 1)(mean − value without a sample), each mean taken over n: scipy's form of Efron's jackknife estimate.
 * 0 where no sample changes the value.
 */
const accelerationOf = (leftOut: ReadonlyArray<LeftOut>): number | InsufficientData => {
  const without = leftOut.find(({ value }) => isInsufficient(value))
  if (without !== undefined && isInsufficient(without.value))
    return { insufficient: `without one of the samples there is no value: ${without.value.insufficient}` }
  const known = leftOut.map(({ count, value }) => ({ count, value: typeof value === "number" ? value : 0 }))
  const sum = (term: (entry: { readonly count: number; readonly value: number }) => number): number =>
    ExactSum.value(ExactSum.addAll(ExactSum.empty, known.map(term)))
  const n = sum(({ count }) => count)
  const mean = sum(({ count, value }) => count * value) / n
  const influence = (value: number): number => (n - 1) * (mean - value)
  const cubes = sum(({ count, value }) => count * influence(value) * influence(value) * influence(value)) / (n * n * n)
  const squares = sum(({ count, value }) => count * influence(value) * influence(value)) / (n * n)
  return squares === 0 ? 0 : cubes / (6 * squares * Math.sqrt(squares))
}

/** The shares of the resamples at which the ends lie. */
const sharesOf = (
  request: BootstrapRequest,
  observed: number,
  numbers: ReadonlyArray<number>
): readonly [number, number] | InsufficientData => {
  const tail = (1 - request.confidence) / 2
  if (request.method === "percentile") return [tail, 1 - tail]
  const acceleration = accelerationOf(request.leftOut ?? [])
  if (typeof acceleration !== "number") return acceleration
  const below = numbers.filter((value) => value < observed).length
  const notAbove = numbers.filter((value) => value <= observed).length
  const share = (below + notAbove) / (2 * numbers.length)
  if (share === 0 || share === 1)
    return {
      insufficient: `all ${numbers.length} resamples lie ${share === 0 ? "above" : "below"} the value: BCa cannot correct such a bias`
    }
  const bias = normalQuantile(share)
  const adjusted = (z: number): number => normalBelow(bias + (bias + z) / (1 - acceleration * (bias + z)))
  const z = normalQuantile(tail)
  return [adjusted(z), adjusted(-z)]
}

/**
 * The interval of a value, or why there is none. Equal to `scipy.stats.bootstrap` given the same resamples.
 * Throws RangeError on a confidence outside (0, 1), no resample, and BCa without `leftOut`.
 */
export const bootstrapInterval = (request: BootstrapRequest): Interval | InsufficientData => {
  const { observed, resampled, confidence, method, leftOut } = request
  checkConfidence(confidence)
  if (resampled.length === 0) throw new RangeError("a bootstrap interval needs at least one resample")
  if (method === "bca" && (leftOut === undefined || leftOut.length === 0))
    throw new RangeError("a BCa interval needs the values with every sample left out in turn")
  if (isInsufficient(observed)) return observed
  const sorted = numbersOf(resampled).toSorted((left, right) => left - right)
  const missing = resampled.length - sorted.length
  const none = { insufficient: `${missing} of ${resampled.length} resamples have no value` }
  if (sorted.length === 0) return none
  const shares = sharesOf(request, observed, sorted)
  if ("insufficient" in shares) return shares
  const low = endAt(sorted, missing, "below", shares[0])
  const high = endAt(sorted, missing, "above", shares[1])
  return low === undefined || high === undefined ? none : { low, high, confidence }
}
