/**
 * One cell as a number: `[+-]digits[.digits][e[+-]digits]`, all of the cell, nothing trimmed.
 *
 * Sharp edge: decimal text is read as the nearest double (0.1 is not a tenth), as everywhere. What the nearest double would change
 * beyond that is refused: whole numbers that are not exact, numbers beyond the largest double, numbers that would become zero.
 */

export type NumberCell =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly why: "not-a-number" | "out-of-range" }

const withPoint = /^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/
const withComma = /^[+-]?[0-9]+(,[0-9]+)?([eE][+-]?[0-9]+)?$/
const whole = /^[+-]?[0-9]+$/
const nothingButZero = /^[+-]?[0.]+(e|$)/i

/** `-0` is read as 0, because JSON text does not keep the sign of a zero. */
export const readNumber = (text: string, decimal: "." | ","): NumberCell => {
  if (!(decimal === "." ? withPoint : withComma).test(text)) return { ok: false, why: "not-a-number" }
  const plain = decimal === "." ? text : text.replace(",", ".")
  const value = Number(plain)
  if (!Number.isFinite(value)) return { ok: false, why: "out-of-range" }
  if (value === 0) return nothingButZero.test(plain) ? { ok: true, value: 0 } : { ok: false, why: "out-of-range" }
  if (!Number.isSafeInteger(value) && whole.test(plain) && BigInt(plain.replace("+", "")) !== BigInt(value))
    return { ok: false, why: "out-of-range" }
  return { ok: true, value }
}
