/**
 * Exact sums and products of doubles, as expansions: lists of doubles that do not overlap, whose sum is the number (Shewchuk 1997,
 * "Adaptive precision floating-point arithmetic"). Nothing is rounded before `roundedSum`, so that the order of the terms cannot be seen.
 *
 * Sharp edge: products are exact while no partial product leaves the range of doubles, so for values between about 1e-140 and 1e140.
 */

/** Grows in place: a fold adds one term for every number that it sees. */
export type Expansion = Array<number>

/** Adds a term. */
export const add = (sum: Expansion, term: number): void => {
  let rest = term
  let kept = 0
  for (const partial of sum) {
    const [large, small] = Math.abs(rest) < Math.abs(partial) ? [partial, rest] : [rest, partial]
    const high = large + small
    const low = small - (high - large)
    if (low !== 0) sum[kept++] = low
    rest = high
  }
  sum[kept] = rest
  sum.length = kept + 1
}

/** Veltkamp's split of a double into two halves of 26 bits. */
const halves = (value: number): readonly [number, number] => {
  const scaled = 134_217_729 * value
  const high = scaled - (scaled - value)
  return [high, value - high]
}

/** Adds left × right, as Dekker's product: the rounded one, and what was rounded off. */
export const addProduct = (sum: Expansion, left: number, right: number): void => {
  const rounded = left * right
  const [leftHigh, leftLow] = halves(left)
  const [rightHigh, rightLow] = halves(right)
  add(sum, leftLow * rightLow - (rounded - leftHigh * rightHigh - leftLow * rightHigh - leftHigh * rightLow))
  add(sum, rounded)
}

/** The nearest double but for ties, which are off by less than one unit in the last place. */
export const roundedSum = (sum: Expansion): number => sum.reduceRight((total, partial) => total + partial, 0)

/** Mean and variance of `count` numbers, from the exact sums of them and of their squares; the variance is that of a whole population. */
export const moments = (count: number, sum: Expansion, squares: Expansion): { readonly mean: number; readonly variance: number } => {
  // count · squares − sum · sum, whose rounding is the first one
  const scaled: Expansion = []
  for (const partial of squares) addProduct(scaled, count, partial)
  for (const one of sum) for (const other of sum) addProduct(scaled, one, -other)
  return { mean: roundedSum(sum) / count, variance: Math.max(0, roundedSum(scaled)) / count / count }
}
