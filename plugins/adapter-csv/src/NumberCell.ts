/**
 * One cell as a number: `[+-]digits[.digits][e[+-]digits]`, all of the cell, nothing trimmed.
 *
 * Sharp edge: decimal text is read as the nearest double (0.1 is not a tenth), as everywhere. What the nearest double would change
 * beyond that is refused: whole numbers that are not exact, numbers beyond the largest double, numbers that would become zero.
 */

export type NumberCell =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly why: "not-a-number" | "out-of-range" }

/** By decimal mark, then by whether a digit beside it may be left out. */
const forms = {
  ".": [/^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/, /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/],
  ",": [/^[+-]?[0-9]+(,[0-9]+)?([eE][+-]?[0-9]+)?$/, /^[+-]?([0-9]+(,[0-9]*)?|,[0-9]+)([eE][+-]?[0-9]+)?$/]
} as const
const whole = /^[+-]?[0-9]+$/
const nothingButZero = /^[+-]?[0.]+(e|$)/i

/** Whether the text is a whole number without a decimal mark or an exponent. */
export const isWhole = (text: string): boolean => whole.test(text)

/** How numbers are written in a file. */
export interface NumberForm {
  readonly decimal: "." | ","
  /** Whether the digits before or behind the decimal mark may be left out: `.5`, `5.` */
  readonly bare_point?: boolean
}

/** `-0` is read as 0, because JSON text does not keep the sign of a zero. */
export const readNumber = (text: string, { decimal, bare_point = false }: NumberForm): NumberCell => {
  if (!forms[decimal][bare_point ? 1 : 0].test(text)) return { ok: false, why: "not-a-number" }
  const plain = decimal === "." ? text : text.replace(",", ".")
  const value = Number(plain)
  if (!Number.isFinite(value)) return { ok: false, why: "out-of-range" }
  if (value === 0) return nothingButZero.test(plain) ? { ok: true, value: 0 } : { ok: false, why: "out-of-range" }
  if (!Number.isSafeInteger(value) && whole.test(plain) && BigInt(plain.replace("+", "")) !== BigInt(value))
    return { ok: false, why: "out-of-range" }
  return { ok: true, value }
}

/** Digits of a whole number that a double holds for sure. */
const EXACT_DIGITS = 15
const powers = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, digits) => Number(`1e${digits}`))

/**
 * The same number for the commonest cells, read from their bytes: a sign, at most 15 digits, a decimal mark. NaN for all others, which
 * `readNumber` decides. Digits and power of ten are exact doubles, and a division of two doubles is correctly rounded, so that the
 * quotient is the double nearest to the text.
 */
export const plainNumber = (bytes: Uint8Array, start: number, end: number, mark: number): number => {
  const first = bytes[start]
  let at = first === 0x2d || first === 0x2b ? start + 1 : start
  const begin = at
  if (end - begin > EXACT_DIGITS + 1) return Number.NaN
  let digits = 0
  let point = -1
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x30 && byte <= 0x39) digits = digits * 10 + (byte - 0x30)
    else if (byte === mark && point === -1 && at > begin) point = at
    else return Number.NaN
  }
  const decimals = point === -1 ? 0 : end - point - 1
  // No digit, a mark without one behind it, or one digit too many.
  if (begin === end || point === end - 1 || end - begin - (point === -1 ? 0 : 1) > EXACT_DIGITS) return Number.NaN
  const value = decimals === 0 ? digits : digits / (powers[decimals] ?? 1)
  return first === 0x2d && value !== 0 ? -value : value
}
