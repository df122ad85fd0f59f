/**
 * Exact sums of doubles: no rounding before the end, so the order of the terms and the way they were sharded cannot be seen in the
 * result. The sum is kept as an integer times a power of two, which is unique when the integer is odd: equal multisets of terms have
 * equal states. A state is plain JSON and immutable.
 *
 * Sharp edges: the sum of nothing is 0 (ask `count` before a mean is made of it); a sum of zero is `+0` even if all terms were `-0`;
 * infinities and NaN are counted, not added, so `merge` stays order-independent: NaN or infinities of both signs give NaN.
 */

/** An exact sum. Plain data: it may be stored as JSON and read back. */
export interface ExactSum {
  /** How many terms were added, the infinite ones and NaN included. */
  readonly count: number
  /** The finite terms' sum is `significand` · 2^`exponent`; odd, or "0" with exponent 0. A hexadecimal integer such as `-1f`. */
  readonly significand: string
  readonly exponent: number
  readonly nan: number
  readonly positiveInfinity: number
  readonly negativeInfinity: number
}

interface Dyadic {
  readonly significand: bigint
  readonly exponent: number
}

const zero: Dyadic = { significand: 0n, exponent: 0 }

const parseHex = (text: string): bigint => (text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`))

/** The same number with an odd significand, or zero with exponent 0. */
const reduced = ({ significand, exponent }: Dyadic): Dyadic => {
  if (significand === 0n) return zero
  let rest = significand
  let shifted = exponent
  for (;;) {
    const low = Number(BigInt.asUintN(32, rest))
    const zeros = low === 0 ? 32 : 31 - Math.clz32(low & -low)
    if (zeros === 0) return { significand: rest, exponent: shifted }
    rest >>= BigInt(zeros)
    shifted += zeros
  }
}

const plus = (left: Dyadic, right: Dyadic): Dyadic => {
  if (left.significand === 0n) return right
  if (right.significand === 0n) return left
  const exponent = Math.min(left.exponent, right.exponent)
  const aligned = ({ significand, exponent: own }: Dyadic): bigint => significand << BigInt(own - exponent)
  return { significand: aligned(left) + aligned(right), exponent }
}

/** A finite double as the integer and the power of two it is made of (IEEE 754 binary64). */
const dyadicOf = (value: number): Dyadic => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const high = view.getUint32(0)
  const biased = (high >>> 20) & 0x7ff
  const fraction = (high & 0xfffff) * 2 ** 32 + view.getUint32(4)
  const significand = BigInt(biased === 0 ? fraction : fraction + 2 ** 52)
  return { significand: value < 0 ? -significand : significand, exponent: Math.max(biased, 1) - 1075 }
}

/** 2^`exponent` for -1074 … 1023, from its bits; larger exponents give Infinity. */
const powerOfTwo = (exponent: number): number => {
  if (exponent > 1023) return Number.POSITIVE_INFINITY
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, exponent < -1022 ? 1n << BigInt(exponent + 1074) : BigInt(exponent + 1023) << 52n)
  return view.getFloat64(0)
}

/** The double nearest to a dyadic number, ties to the even one. */
const rounded = ({ significand, exponent }: Dyadic): number => {
  const magnitude = significand < 0n ? -significand : significand
  // in units of the least double
  const units = magnitude << BigInt(exponent + 1074)
  const excess = Math.max(0, units.toString(2).length - 53)
  const kept = units >> BigInt(excess)
  const dropped = units - (kept << BigInt(excess))
  const half = excess === 0 ? 0n : 1n << BigInt(excess - 1)
  const up = excess > 0 && (dropped > half || (dropped === half && (kept & 1n) === 1n))
  const result = Number(up ? kept + 1n : kept) * powerOfTwo(excess - 1074)
  return significand < 0n ? -result : result
}

/** The finite terms' sum of a state, which may come from a file: the bounds are those of any sum of fewer than 2^53 doubles. */
const finitePart = ({ significand, exponent }: ExactSum): Dyadic => {
  if (!/^(0|-?[1-9a-f][0-9a-f]{0,600})$/.test(significand) || !Number.isInteger(exponent) || exponent < -1074 || exponent > 1076) {
    throw new RangeError(
      `expected the state of an exact sum (a hexadecimal significand and an exponent from -1074 to 1076), found significand ${significand} and exponent ${exponent}`
    )
  }
  return { significand: parseHex(significand), exponent }
}

const withFinite = (sum: Omit<ExactSum, "significand" | "exponent">, finite: Dyadic): ExactSum => {
  const { significand, exponent } = reduced(finite)
  const { count, nan, positiveInfinity, negativeInfinity } = sum
  return { count, significand: significand.toString(16), exponent, nan, positiveInfinity, negativeInfinity }
}

const empty: ExactSum = { count: 0, significand: "0", exponent: 0, nan: 0, positiveInfinity: 0, negativeInfinity: 0 }

const addAll = (sum: ExactSum, terms: Iterable<number>): ExactSum => {
  let { count, nan, positiveInfinity, negativeInfinity } = sum
  let finite = finitePart(sum)
  for (const term of terms) {
    count += 1
    if (Number.isNaN(term)) nan += 1
    else if (term === Number.POSITIVE_INFINITY) positiveInfinity += 1
    else if (term === Number.NEGATIVE_INFINITY) negativeInfinity += 1
    else finite = plus(finite, dyadicOf(term))
  }
  return withFinite({ count, nan, positiveInfinity, negativeInfinity }, finite)
}

const merge = (left: ExactSum, right: ExactSum): ExactSum =>
  withFinite(
    {
      count: left.count + right.count,
      nan: left.nan + right.nan,
      positiveInfinity: left.positiveInfinity + right.positiveInfinity,
      negativeInfinity: left.negativeInfinity + right.negativeInfinity
    },
    plus(finitePart(left), finitePart(right))
  )

const value = (sum: ExactSum): number => {
  if (sum.nan > 0 || (sum.positiveInfinity > 0 && sum.negativeInfinity > 0)) return Number.NaN
  if (sum.positiveInfinity > 0) return Number.POSITIVE_INFINITY
  if (sum.negativeInfinity > 0) return Number.NEGATIVE_INFINITY
  return rounded(finitePart(sum)) + 0
}

/** Exact, order-independent, mergeable summation of doubles. Each function throws `RangeError` on a state that is not one of these sums. */
export const ExactSum: {
  /** The sum of no terms. */
  readonly empty: ExactSum
  /** `sum` with one more term. */
  readonly add: (sum: ExactSum, term: number) => ExactSum
  /** `sum` with more terms; faster than one `add` after another. */
  readonly addAll: (sum: ExactSum, terms: Iterable<number>) => ExactSum
  /** The sum of the terms of both. */
  readonly merge: (left: ExactSum, right: ExactSum) => ExactSum
  /** The double nearest to the exact sum, ties to even; ±Infinity where that is beyond the largest double. */
  readonly value: (sum: ExactSum) => number
} = { empty, add: (sum, term) => addAll(sum, [term]), addAll, merge, value }
