/**
 * Whole powers and roots of doubles from + − × ÷ alone, so that they have the same bits on every machine; engines may round `Math.pow`
 * and `**` differently. A product is carried as an unevaluated sum of two doubles (Dekker, "A floating-point technique for extending the
 * available precision", Numerische Mathematik 18, 1971), because plain squaring doubles the relative error with every bit of the exponent.
 *
 * Sharp edge: Dekker's splitting overflows for factors beyond 2^996; what is raised here are small roots and decay rates.
 */

/** A number as an unevaluated sum: `low` is what rounding to `high` lost. */
export interface Pair {
  readonly high: number
  readonly low: number
}

const splitter = 134217729 // 2^27 + 1

/** The exact product of two doubles as a pair. */
export const exactProduct = (a: number, b: number): Pair => {
  const aBig = splitter * a
  const aHigh = aBig - (aBig - a)
  const aLow = a - aHigh
  const bBig = splitter * b
  const bHigh = bBig - (bBig - b)
  const bLow = b - bHigh
  const high = a * b
  return { high, low: aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow) }
}

const product = (a: Pair, b: Pair): Pair => {
  const { high, low } = exactProduct(a.high, b.high)
  const rest = low + (a.high * b.low + a.low * b.high)
  const sum = high + rest
  return { high: sum, low: rest - (sum - high) }
}

const one: Pair = { high: 1, low: 0 }

const powerPair = (base: number, exponent: number): Pair => {
  if (!Number.isSafeInteger(exponent) || exponent < 0) {
    throw new RangeError(`a power needs an exponent that is an integer of at least 0, not ${exponent}`)
  }
  let result = one
  let square: Pair = { high: base, low: 0 }
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = product(result, square)
    if (rest > 1) square = product(square, square)
  }
  return result
}

/** `base` to a whole `exponent` of at least 0, within one unit in the last place. Throws `RangeError` on any other exponent. */
export const power = (base: number, exponent: number): number => {
  const { high, low } = powerPair(base, exponent)
  return high + low
}

/**
 * The `degree`-th root of a number of at least 1, by Newton's method from above, where it falls until rounding stops it.
 * Throws `RangeError` on a smaller number and on a degree that is no integer of at least 1.
 */
export const root = (value: number, degree: number): number => {
  if (!(value >= 1 && value < Number.POSITIVE_INFINITY))
    throw new RangeError(`a root is taken of a finite number of at least 1, not ${value}`)
  if (!Number.isSafeInteger(degree) || degree < 1) throw new RangeError(`the degree of a root is an integer of at least 1, not ${degree}`)
  // Bernoulli's inequality: (1 + (v - 1) / n)^n >= v
  let guess = 1 + (value - 1) / degree
  for (;;) {
    const next = guess - (guess - value / power(guess, degree - 1)) / degree
    if (!(next < guess)) return guess
    guess = next
  }
}
