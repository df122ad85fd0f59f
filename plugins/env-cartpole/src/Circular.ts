/**
 * Sine and cosine from + - × ÷ alone, so that they have the same bits on every machine, which `Math.sin` does not promise.
 *
 * The argument is brought to at most π/4 by taking off a multiple of π/2, whose value is split into three parts (Cody and Waite), and
 * the Taylor series is summed there from its smallest term. The tests hold both within one unit in the last place of `Math.sin` and
 * `Math.cos` for |x| ≤ 8. Sharp edge: beyond |x| = 2^20 the reduction loses digits, so that such an argument is refused.
 */

/** π/2 as a sum: the first two parts have 33 bits each, so that up to 2^20 times each of them is exact. */
const halfPi1 = 1.5707963267341256
const halfPi2 = 6.077100506303966e-11
const halfPi3 = 2.0222662487959506e-21
const largest = 2 ** 20

/** 1/n! from the highest order down, with the signs of the series: sine to x^17, cosine to x^18. */
const sineTerms = [17, 15, 13, 11, 9, 7, 5, 3]
const cosineTerms = [18, 16, 14, 12, 10, 8, 6, 4]

const factorial = (n: number): number => {
  let product = 1
  for (let k = 2; k <= n; k += 1) product *= k
  return product
}
const coefficients = (orders: ReadonlyArray<number>): ReadonlyArray<number> =>
  orders.map((order) => (Math.floor(order / 2) % 2 === 0 ? 1 : -1) / factorial(order))
const sineSeries = coefficients(sineTerms)
const cosineSeries = coefficients(cosineTerms)

const horner = (series: ReadonlyArray<number>, square: number): number => {
  let sum = 0
  for (const coefficient of series) sum = sum * square + coefficient
  return sum
}

/** sin(x + tail) for |x| ≤ π/4 and a tail far below the last place of x. */
const sineOfSmall = (x: number, tail: number): number => {
  const square = x * x
  return x + (square * x * horner(sineSeries, square) + tail * (1 - square / 2))
}

/** cos(x + tail): what 1 - x²/2 loses by rounding is added again with the rest of the series. */
const cosineOfSmall = (x: number, tail: number): number => {
  const square = x * x
  const half = square / 2
  const head = 1 - half
  const lost = 1 - head - half
  return head + (lost + (square * square * horner(cosineSeries, square) - x * tail))
}

interface Reduced {
  /** x minus `quadrant` times π/2, as a sum of two numbers. */
  readonly x: number
  readonly tail: number
  readonly quadrant: number
}

const reduce = (x: number): Reduced => {
  if (!(Math.abs(x) <= largest)) throw new RangeError(`sine and cosine need a number from -2^20 to 2^20, got ${x}`)
  const times = Math.floor(x / (halfPi1 + halfPi2) + 0.5)
  // The first difference is exact; what the second one rounds off is kept in the tail.
  const first = x - times * halfPi1
  const second = times * halfPi2
  const rest = first - second
  const third = first - rest - second - times * halfPi3
  const head = rest + third
  return { x: head, tail: rest - head + third, quadrant: ((times % 4) + 4) % 4 }
}

/** The sine of `x` in radians, |x| ≤ 2^20. Throws a RangeError on any other. */
export const sine = (x: number): number => {
  const { x: small, tail, quadrant } = reduce(x)
  if (x === 0) return x
  const value = quadrant % 2 === 0 ? sineOfSmall(small, tail) : cosineOfSmall(small, tail)
  return quadrant < 2 ? value : -value
}

/** The cosine of `x` in radians, |x| ≤ 2^20. Throws a RangeError on any other. */
export const cosine = (x: number): number => {
  const { x: small, tail, quadrant } = reduce(x)
  const value = quadrant % 2 === 0 ? cosineOfSmall(small, tail) : sineOfSmall(small, tail)
  return quadrant === 0 || quadrant === 3 ? value : -value
}
