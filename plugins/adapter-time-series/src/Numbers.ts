/**
 * One cell as a number: decimal digits with an optional sign, point and exponent. Blanks around it are the caller's to remove.
 *
 * Sharp edge: what a double would change beyond rounding is refused: whole numbers that are not exact, numbers beyond the largest
 * double, numbers that would become zero. Infinity is never a number; `?`, `NaN` and an empty cell are missing values.
 */
export type NumberCell = number | "missing" | "not-a-number" | "out-of-range"

const form = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const whole = /^[+-]?[0-9]+$/
const nothingButZero = /^[+-]?[0.]+(?:e|$)/i

export const isMissing = (text: string): boolean => text === "" || text === "?" || /^nan$/i.test(text)

/** `-0` is read as 0, because JSON text does not keep the sign of a zero. */
export const readNumber = (text: string): NumberCell => {
  if (!form.test(text)) return isMissing(text) ? "missing" : "not-a-number"
  const value = Number(text)
  if (!Number.isFinite(value)) return "out-of-range"
  if (value === 0) return nothingButZero.test(text) ? 0 : "out-of-range"
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && whole.test(text) && BigInt(text.replace("+", "")) !== BigInt(value))
    return "out-of-range"
  return value
}
