/**
 * Sums of doubles whose error does not grow with their number (Neumaier 1974, the improved Kahan–Babuška sum).
 *
 * Sharp edge: the last bit depends on the order of the terms. Whoever sums samples brings them into one order first; the order of
 * arrival must not be seen. Terms beyond the range of a double make the value NaN or infinite, which `finiteSum` turns into a reason.
 */
import type { MetricValue } from "./MetricPack.ts"

export interface CompensatedSum {
  readonly add: (term: number) => void
  readonly value: () => number
}

export const compensatedSum = (): CompensatedSum => {
  let total = 0
  let lost = 0
  return {
    add: (term) => {
      const next = total + term
      lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total
      total = next
    },
    value: () => total + lost
  }
}

/** The number, or why it is none. */
export const finiteSum = (value: number): MetricValue =>
  Number.isFinite(value) ? value : { insufficient: "the sum is beyond the range of a double (1.8e308)" }
