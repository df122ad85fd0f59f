/**
 * How large a difference is, next to how sure: a p of 0.001 says nothing of either, for any difference becomes sure with samples enough.
 *
 * Sharp edge: an effect that cannot be measured (nothing differs, nothing spreads) is insufficient, never 0 and never infinite.
 */
import { ExactSum, type MetricValue } from "@feagi-trainer/contracts"

/**
 * The mean of the paired differences in units of their own standard deviation (Cohen 1988, d_z): 0.2 is called small, 0.8 large. Sums are
 * exact. Throws RangeError on a difference that is not finite.
 */
export const cohenDz = (differences: ReadonlyArray<number>): MetricValue => {
  const wrong = differences.findIndex((value) => !Number.isFinite(value))
  if (wrong !== -1)
    throw new RangeError(`an effect size is made of finite numbers; difference ${wrong} of ${differences.length} is ${differences[wrong]}`)
  const n = differences.length
  if (n < 2) return { insufficient: `a spread needs at least two differences; there ${n === 1 ? "is 1" : "is none"}` }
  const mean = ExactSum.value(ExactSum.addAll(ExactSum.empty, differences)) / n
  const squares = differences.map((value) => (value - mean) * (value - mean))
  const spread = Math.sqrt(ExactSum.value(ExactSum.addAll(ExactSum.empty, squares)) / (n - 1))
  return spread === 0 ? { insufficient: "all differences are equal: there is no spread to measure by" } : mean / spread
}

export interface DiscordantEffect {
  /** only_b / only_a: how many samples b wins for each that it loses. */
  readonly odds_ratio: MetricValue
  /** only_b / (only_a + only_b) − 1/2, from −1/2 to 1/2 (Cohen 1988): 0.05 is called small, 0.25 large. */
  readonly g: MetricValue
}

/** Of the samples that only one of two runs got right. Throws RangeError unless both are whole numbers of at least 0. */
export const discordantEffect = (onlyA: number, onlyB: number): DiscordantEffect => {
  if (!Number.isSafeInteger(onlyA) || !Number.isSafeInteger(onlyB) || onlyA < 0 || onlyB < 0)
    throw new RangeError(`expected two whole numbers of samples, at least 0; got ${onlyA} and ${onlyB}`)
  const all = onlyA + onlyB
  return {
    odds_ratio: onlyA === 0 ? { insufficient: "there is no sample that only a got right" } : onlyB / onlyA,
    g: all === 0 ? { insufficient: "no sample tells the two runs apart" } : onlyB / all - 0.5
  }
}
