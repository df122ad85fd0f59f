/**
 * The interval of one share in one run (Wilson 1927): what the number of samples alone leaves open. It never leaves [0, 1] and keeps its
 * meaning at 0 % and 100 %, where ± one standard error would claim certainty. Sharp edge: it knows nothing of seeds.
 */
import type { InsufficientData } from "@feagi-trainer/contracts"
import { checkConfidence, normalCritical } from "./Critical.ts"

/** Both ends belong to the interval. */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly confidence: number
}

/**
 * (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n). Insufficient when n is 0.
 * Throws RangeError unless `successes` and `n` are whole numbers with 0 ≤ successes ≤ n, or on a confidence outside (0, 1).
 */
export const wilsonInterval = (successes: number, n: number, confidence: number): Interval | InsufficientData => {
  checkConfidence(confidence)
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(successes) || successes < 0 || successes > n) {
    throw new RangeError(`expected whole numbers with 0 ≤ successes ≤ n; got ${successes} successes of ${n}`)
  }
  if (n === 0) return { insufficient: "no sample was scored" }
  const z = normalCritical(confidence)
  const share = successes / n
  const scale = 1 + (z * z) / n
  const centre = share + (z * z) / (2 * n)
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  // At the ends the formula gives exactly 0 and 1; floating point would leave a trace of 1e-17.
  return {
    low: successes === 0 ? 0 : (centre - half) / scale,
    high: successes === n ? 1 : (centre + half) / scale,
    confidence
  }
}
