/**
 * The normal distribution from both ends: how much lies below a point, how much above, and the point below which a share lies.
 *
 * Made of + − × ÷ √ alone, so that an interval has the same bits on every engine. Sharp edge: `normalBelow` is accurate to 1e-15 of 1, not
 * of itself; ask `normalAbove` for a small tail.
 */
import { normalCritical, normalWithin } from "./Critical.ts"
import { exponentialOfMinus } from "./Elementary.ts"

/** The series of `normalWithin` may end a rounding above 1. */
const within = (z: number): number => Math.min(1, normalWithin(z))

/** Φ(z): the share below `z`. */
export const normalBelow = (z: number): number => (z < 0 ? (1 - within(-z)) / 2 : (1 + within(z)) / 2)

/**
 * 1 − Φ(z) for z ≥ 0 with its own digits: from 3 on by the continued fraction φ(z) / (z + 1 / (z + 2 / (z + 3 / …))) of Laplace
 * (Abramowitz and Stegun 1964, 26.2.14).
 */
export const normalAbove = (z: number): number => {
  if (z < 3) return (1 - normalWithin(z)) / 2
  let fraction = z
  for (let level = 120; level >= 1; level--) fraction = z + level / fraction
  return exponentialOfMinus((z * z) / 2) / (Math.sqrt(2 * Math.PI) * fraction)
}

/** The z with Φ(z) = `share`. Throws RangeError on a share outside (0, 1). */
export const normalQuantile = (share: number): number => {
  if (!(share > 0 && share < 1)) throw new RangeError(`a quantile of the normal distribution needs a share between 0 and 1, not ${share}`)
  if (share === 0.5) return 0
  return share < 0.5 ? -normalCritical(1 - 2 * share) : normalCritical(2 * share - 1)
}
