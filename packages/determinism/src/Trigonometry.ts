/**
 * Sine and cosine from + − × ÷ alone, for schedules and positions: `Math.cos` may differ by a bit between engines, and every weight depends
 * on a learning rate. The kernels on [−π/4, π/4] are the minimax polynomials of Sun's freely distributed C library fdlibm 5.3 (`k_sin.c`,
 * `k_cos.c`, 1993), which take the argument with the tail that its rounding lost; their error is below one unit in the last place.
 *
 * Sharp edge: `sine` and `cosine` reduce by three parts of π/2 and are exact enough up to about a million; larger angles are refused.
 */
import { exactProduct } from "./Powers.ts"

const sineTerms = [
  -0.16666666666666632, 0.00833333333332249, -0.0001984126982985795, 0.0000027557313707070068, -2.5050760253406863e-8, 1.58969099521155e-10
]
const cosineTerms = [
  0.0416666666666666, -0.001388888888887411, 0.00002480158728947673, -2.7557314351390663e-7, 2.087572321298175e-9, -1.1359647557788195e-11
]

/** terms[0] + x·(terms[1] + x·(…)) */
const horner = (terms: ReadonlyArray<number>, x: number): number => terms.reduceRight((sum, term) => sum * x + term, 0)

/** sin(x + tail) for |x| ≤ π/4. */
const kernelSine = (x: number, tail: number): number => {
  const z = x * x
  const cube = z * x
  const rest = horner(sineTerms.slice(1), z)
  return x - (z * (0.5 * tail - cube * rest) - tail - cube * (sineTerms[0] ?? 0))
}

/** cos(x + tail) for |x| ≤ π/4. */
const kernelCosine = (x: number, tail: number): number => {
  const z = x * x
  const rest = z * horner(cosineTerms, z)
  const half = 0.5 * z
  const lead = 1 - half
  return lead + (1 - lead - half + (z * rest - x * tail))
}

/** π as a double, which is one of the language's constants, and what that double lacks. */
const piHigh = Math.PI
const piLow = 1.2246467991473532e-16

/** π·x as a double and its tail. */
const timesPi = (x: number): { readonly high: number; readonly low: number } => {
  const { high, low } = exactProduct(piHigh, x)
  const rest = low + piLow * x
  const sum = high + rest
  return { high: sum, low: rest - (sum - high) }
}

/**
 * cos(π·x) for x from 0 to 1: 1 at 0, exactly 0 at ½, −1 at 1. Within one unit in the last place.
 * Throws `RangeError` outside of 0 … 1.
 */
export const cosPi = (x: number): number => {
  if (!(x >= 0 && x <= 1)) throw new RangeError(`cosPi(x) needs a number from 0 to 1, not ${x}`)
  // 1 - x and ½ - x are exact where they are taken
  if (x > 0.5) return -cosPi(1 - x)
  if (x <= 0.25) {
    const { high, low } = timesPi(x)
    return kernelCosine(high, low)
  }
  const { high, low } = timesPi(0.5 - x)
  return kernelSine(high, low)
}

const largestAngle = 2 ** 20
/** π/2 in three parts of 33, 33 and 53 bits: a multiple of the first two by less than 2^20 is exact. */
const halfPi = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const

/** The quarter turn an angle lies in, from 0 to 3, and what is left of it within ±π/4 and a little. */
const reduce = (angle: number): { readonly quarter: number; readonly high: number; readonly low: number } => {
  if (!(Math.abs(angle) <= largestAngle)) throw new RangeError(`an angle must be a number within ±${largestAngle}, not ${angle}`)
  const turns = Math.round(angle / 1.5707963267948966)
  const first = angle - turns * halfPi[0]
  const second = first - turns * halfPi[1]
  const lost = first - second - turns * halfPi[1]
  const tail = lost - turns * halfPi[2]
  const high = second + tail
  return { quarter: ((turns % 4) + 4) % 4, high, low: second - high + tail }
}

/** sin(angle), the angle in radians within ±2^20. Throws `RangeError` beyond. */
export const sine = (angle: number): number => {
  const { quarter, high, low } = reduce(angle)
  const value = quarter % 2 === 0 ? kernelSine(high, low) : kernelCosine(high, low)
  return quarter < 2 ? value : -value
}

/** cos(angle), the angle in radians within ±2^20. Throws `RangeError` beyond. */
export const cosine = (angle: number): number => {
  const { quarter, high, low } = reduce(angle)
  const value = quarter % 2 === 0 ? kernelCosine(high, low) : kernelSine(high, low)
  return quarter === 1 || quarter === 2 ? -value : value
}
