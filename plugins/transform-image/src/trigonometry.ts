/**
 * Sine and cosine of multiples of π, to about one unit in the last place, made of + − × ÷ alone: `Math.sin` may differ between engines,
 * and a turned pixel is the same on all of them. Quarters of a turn are exact.
 */

const TERMS = 11

/** sin(π · t). */
export const sinPi = (t: number): number => {
  const turn = t - 2 * Math.round(t / 2)
  const folded = turn > 0.5 ? 1 - turn : turn < -0.5 ? -1 - turn : turn
  if (Math.abs(folded) === 0.5) return Math.sign(folded)
  const x = folded * Math.PI
  const square = x * x
  let series = 1
  for (let term = TERMS; term >= 1; term -= 1) series = 1 - (series * square) / (2 * term * (2 * term + 1))
  return x * series
}

export const cosPi = (t: number): number => sinPi(0.5 - Math.abs(t))
