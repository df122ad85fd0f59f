/**
 * exp and arctan from + - × ÷ √ alone. IEEE 754 fixes those to the last bit and leaves `Math.exp` and `Math.atan` to the engine, and a
 * confidence bound is part of a hashed Scorecard. Sharp edge: accurate to about 1e-15 relative, not correctly rounded.
 */

const halfPi = 1.5707963267948966
/** e^-1. */
const inverseE = 0.36787944117144233

/** arctan x for x ≥ 0, in radians: halved three times by arctan x = 2·arctan(x / (1 + √(1 + x²))), then the series of Gregory. */
export const arctangent = (x: number): number => {
  if (x > 1) return halfPi - arctangent(1 / x)
  let small = x
  for (let halving = 0; halving < 3; halving++) small /= 1 + Math.sqrt(1 + small * small)
  const square = small * small
  let series = 0
  // |small| ≤ tan(π/32) < 0.0985, so the term of power 17 is below 1e-17 of the first
  for (let odd = 17; odd >= 1; odd -= 2) series = 1 / odd - square * series
  return 8 * small * series
}

/** e^-y for y ≥ 0: whole powers of 1/e times the Taylor series of the rest. */
export const exponentialOfMinus = (y: number): number => {
  const whole = Math.floor(y)
  const rest = y - whole
  let series = 1
  for (let order = 20; order >= 1; order--) series = 1 - (rest * series) / order
  let power = 1
  for (let count = 0; count < whole && power > 0; count++) power *= inverseE
  return power * series
}
