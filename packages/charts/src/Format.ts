/**
 * Numbers as text, without locale. Everything rests on `toFixed`, `toExponential` and the shortest round-trip form, whose digits the
 * language fixes exactly, and on the four basic operations; `Math.log10` and `**` may differ in the last bit between engines.
 */

const withoutTail = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text)
const withoutMinusZero = (text: string): string => (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text)

/** A coordinate: at most two decimals. */
export const coordinate = (value: number): string => withoutMinusZero(withoutTail(value.toFixed(2)))

/** The power of ten that leads a number: 3 for 1234, −2 for 0.05. Zero has none and counts as 0. */
export const exponentOf = (value: number): number => (value === 0 ? 0 : Number(value.toExponential().split("e")[1]))

/** Ten to a whole power, correctly rounded. */
export const powerOfTen = (exponent: number): number => Number(`1e${exponent}`)

const scientific = (value: number, digits: number): string => {
  const [mantissa = "", exponent = ""] = value.toExponential(digits).split("e")
  return `${withoutTail(mantissa)}e${exponent.replace("+", "")}`
}

/**
 * A value as a reader wants it: whole numbers in full, others with `digits` significant digits, very large and very small ones as 1.5e-7.
 */
export const formatValue = (value: number, digits = 4): string => {
  if (value === 0) return "0"
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e15) return String(value)
  if (size < 1e-4 || size >= 1e9) return scientific(value, digits - 1)
  return withoutTail(value.toFixed(Math.max(0, digits - 1 - exponentOf(value))))
}

/** A share of 0 to 1 as percent: "34 %"; what is above zero and rounds to zero is "<1 %", what is below one and rounds to one ">99 %". */
export const formatShare = (share: number): string => {
  const text = (share * 100).toFixed(0)
  if (text === "0" && share > 0) return "<1 %"
  if (text === "100" && share < 1) return ">99 %"
  return `${text} %`
}

const prefixes = [
  [12, "T"],
  [9, "G"],
  [6, "M"],
  [3, "k"]
] as const

/** The label of a tick at `value` on an axis whose largest tick is `largest` and whose ticks lie `step` apart. */
export const formatTick = (value: number, largest: number, step: number): string => {
  if (value === 0) return "0"
  if (largest >= 1e15 || largest < 1e-4) return scientific(value, Math.min(15, Math.max(0, exponentOf(value) - exponentOf(step))))
  const [exponent, letter] = (largest >= 1e4 ? prefixes.find(([power]) => largest >= powerOfTen(power)) : undefined) ?? [0, ""]
  const decimals = Math.max(0, exponent - exponentOf(step))
  return `${withoutMinusZero((value / powerOfTen(exponent)).toFixed(decimals))}${letter}`
}

/**
 * Decimal logarithm of a number above zero, to about 1e-15, from basic operations alone: the leading power of ten is split off,
 * two square roots bring the rest near one, and ln s = 2 atanh((s − 1) / (s + 1)) is summed as its odd series.
 */
export const log10 = (value: number): number => {
  const exponent = exponentOf(value)
  const mantissa = Number(`${value.toExponential().split("e")[0]}`)
  const root = Math.sqrt(Math.sqrt(mantissa))
  const z = (root - 1) / (root + 1)
  let sum = 0
  for (let power = 41; power >= 1; power -= 2) sum = sum * z * z + 1 / power
  return exponent + (8 * sum * z) / Math.LN10
}
