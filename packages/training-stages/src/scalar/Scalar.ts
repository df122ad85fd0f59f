/**
 * Exponential and logarithm in 64 bits from + - × ÷ alone. Losses, ratios and samples are made of them, and weights of those, so that the
 * bits must be the same on every machine, which `Math.exp` and `Math.log` do not promise. The exponential is within two units in the last
 * place, the logarithm within three.
 */

/** ln 2 as a sum: the first part has 32 bits, so that up to 2^20 times it is exact. */
const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10

/** 2^-1022 … 2^1023. */
const powersOfTwo = (() => {
  const table = new Float64Array(2046)
  let up = 1
  for (let exponent = 0; exponent <= 1023; exponent += 1) {
    table[exponent + 1022] = up
    up *= 2
  }
  let down = 1
  for (let exponent = 0; exponent >= -1022; exponent -= 1) {
    table[exponent + 1022] = down
    down /= 2
  }
  return table
})()
const powerOfTwo = (exponent: number): number => powersOfTwo[exponent + 1022] ?? Number.NaN

/** e^x. Below -745 it is 0, above 709.79 infinite, NaN of NaN. */
export const exp = (x: number): number => {
  if (Number.isNaN(x)) return x
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY
  if (x < -745.2) return 0
  const times = Math.floor(x / Math.LN2 + 0.5)
  const rest = x - times * ln2High - times * ln2Low
  // The series of e^rest for |rest| <= ln 2 / 2, whose 14th term is below the last place.
  let sum = 1 / 13
  for (let n = 12; n >= 1; n -= 1) sum = (1 + rest * sum) / n
  const mantissa = 1 + rest * sum
  // A power below 2^-1022 has no normal form, and 2^1024 none at all: two factors.
  if (times < -1022) return mantissa * powerOfTwo(times + 60) * powerOfTwo(-60)
  return times > 1023 ? mantissa * powerOfTwo(1023) * 2 : mantissa * powerOfTwo(times)
}

/** ln((1 + s) / (1 - s)) for |s| <= 0.18, by the series of the inverse hyperbolic tangent. */
const twiceArtanh = (s: number): number => {
  const square = s * s
  let series = 0
  for (let odd = 23; odd >= 1; odd -= 2) series = series * square + 1 / odd
  return 2 * s * series
}

/** The natural logarithm: -Infinity of 0, NaN of a negative number. */
export const log = (x: number): number => {
  if (Number.isNaN(x) || x < 0) return Number.NaN
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (x === Number.POSITIVE_INFINITY) return x
  let m = x
  let e = 0
  while (m < Math.SQRT1_2) {
    m *= 2
    e -= 1
  }
  while (m > Math.SQRT2) {
    m /= 2
    e += 1
  }
  return e * ln2High + (e * ln2Low + twiceArtanh((m - 1) / (m + 1)))
}

/** ln(1 + e^x), which for large x is x. */
export const softplus = (x: number): number => {
  const small = exp(x > 0 ? -x : x)
  // ln(1 + u) = 2 artanh(u / (2 + u)), exact for small u; from 0.4 on the plain logarithm loses nothing.
  const rest = small < 0.4 ? twiceArtanh(small / (2 + small)) : log(1 + small)
  return x > 0 ? x + rest : rest
}

/** 1 / (1 + e^-x). */
export const sigmoid = (x: number): number => {
  const small = exp(x > 0 ? -x : x)
  return x > 0 ? 1 / (1 + small) : small / (1 + small)
}

/**
 * Writes the logarithms of the softmax of `width` logits that begin at `at` to `out`, which has that length.
 * ln p_j = z_j - max - ln Σ e^(z_k - max), summed from k = 0.
 */
export const logSoftmax = (logits: ArrayLike<number>, at: number, width: number, out: Float64Array): Float64Array => {
  let most = Number.NEGATIVE_INFINITY
  for (let j = 0; j < width; j += 1) most = Math.max(most, logits[at + j] ?? Number.NaN)
  let sum = 0
  for (let j = 0; j < width; j += 1) sum += exp((logits[at + j] ?? Number.NaN) - most)
  const shift = most + log(sum)
  for (let j = 0; j < width; j += 1) out[j] = (logits[at + j] ?? Number.NaN) - shift
  return out
}
