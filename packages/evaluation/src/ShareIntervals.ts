/**
 * Wilson's interval for every value that a metric pack calls a share of the scored samples. A bootstrap of answers that are all right has
 * no width, and claims a certainty that thirty samples cannot give.
 *
 * Sharp edge: the count behind a share is the whole number nearest to share · n; a value that is none to 1e-9 is no share of n samples.
 */
import { isInsufficient, type MetricPack, type MetricValue } from "@feagi-trainer/contracts"
import { type Interval, wilsonInterval } from "./Wilson.ts"

/**
 * Name of a share → its interval; a share without a value has no entry. @param n samples that were scored
 * Throws RangeError on a value that the pack calls a share of n and that is none, and on a confidence outside (0, 1).
 */
export const shareIntervals = (
  pack: Pick<MetricPack, "id" | "shares">,
  values: Readonly<Record<string, MetricValue>>,
  n: number,
  confidence: number
): Readonly<Record<string, Interval>> => {
  const found: Record<string, Interval> = {}
  for (const name of pack.shares ?? []) {
    const value = values[name]
    if (value === undefined || isInsufficient(value)) continue
    const count = Math.round(value * n)
    if (!(Math.abs(value * n - count) <= 1e-9 * Math.max(1, n)))
      throw new RangeError(`the metric pack ${pack.id} calls ${name} a share of the samples, and ${value} is no share of ${n}`)
    const interval = wilsonInterval(count, n, confidence)
    if (!("insufficient" in interval)) found[name] = interval
  }
  return found
}
