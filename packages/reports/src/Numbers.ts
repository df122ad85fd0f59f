/** Numbers as text, without locale. Sharp edge: rounding never turns a value into 0 or 1 that is neither. */
import type { MetricStat } from "@feagi-trainer/contracts"

/** A score with four decimals, so that columns line up; what four decimals would hide is written in full or as 1.5e-7. */
export const score = (value: number): string => {
  if (value === 0) return "0.0000"
  const size = Math.abs(value)
  if (size < 1e-4 || size >= 1e6) return value.toExponential(3)
  const text = value.toFixed(4)
  return Number(text) === Math.sign(value) && size !== 1 ? String(value) : text
}

/** A count or any other number, in full. */
export const exact = (value: number): string => String(value === 0 ? 0 : value)

/** A measured figure: six significant digits, whole numbers whole. */
export const significant = (value: number): string => exact(Number.isInteger(value) ? value : Number(value.toPrecision(6)))

/** 0.95 as "95 %". */
export const percent = (share: number): string => `${exact(Number((share * 100).toPrecision(12)))} %`

/** One seed has no spread: the wire says so with an interval of no width, a reader is told in words. */
export const hasInterval = ({ n }: MetricStat): boolean => n > 1

export const range = ({ ci_low, ci_high }: MetricStat): string => `${score(ci_low)} to ${score(ci_high)}`
