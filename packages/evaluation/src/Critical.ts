/**
 * Critical values: the half-width, in standard errors, that holds a given share of a distribution around its centre.
 *
 * Student's t with whole degrees of freedom ν is a finite series in θ = arctan(t/√ν) (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4); the
 * normal distribution is the series of erf with positive terms only (ibid. 7.1.6). Both are inverted by bisection down to neighbouring
 * doubles. Sharp edge: within 1e-9 of scipy up to 1000 degrees of freedom and a confidence of 0.999999; at 100 000 degrees 1e-7; beyond, the
 * digits of 1 - confidence run out.
 */
import { arctangent, exponentialOfMinus } from "./Elementary.ts"

/** The share of Student's t distribution with `freedom` degrees of freedom between -t and t, for t ≥ 0. */
export const studentWithin = (t: number, freedom: number): number => {
  const ratio = t / Math.sqrt(freedom)
  const hypotenuse = Math.sqrt(1 + ratio * ratio)
  const sine = ratio / hypotenuse
  const cosine = 1 / hypotenuse
  const square = cosine * cosine
  const even = freedom % 2 === 0
  // Terms of cos^0, cos^2, … for even ν and of cos^1, cos^3, … for odd ν, each from the one before.
  let term = even ? 1 : cosine
  let series = freedom === 1 ? 0 : term
  for (let power = even ? 2 : 3; power <= freedom - 2 && term > series * 1e-18; power += 2) {
    term *= (square * (power - 1)) / power
    series += term
  }
  return even ? sine * series : (arctangent(ratio) + sine * series) / (Math.PI / 2)
}

/** The share of the normal distribution within `z` standard deviations of its mean, for z ≥ 0: erf(z/√2). */
export const normalWithin = (z: number): number => {
  // Beyond 38 the tail is below the least double, and the series would be long.
  if (z > 38) return 1
  const square = z * z
  let term = 1
  let series = 1
  for (let odd = 3; term > series * 1e-18; odd += 2) {
    term *= square / odd
    series += term
  }
  return Math.sqrt(2 / Math.PI) * z * exponentialOfMinus(square / 2) * series
}

/** The least double at which a rising function reaches `target`. */
const whereReached = (rising: (at: number) => number, target: number): number => {
  let low = 0
  let high = 1
  while (rising(high) < target) {
    low = high
    high *= 2
  }
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return high
    if (rising(middle) < target) low = middle
    else high = middle
  }
}

/** Throws RangeError unless `confidence` is a number between 0 and 1, both excluded. */
export const checkConfidence = (confidence: number): void => {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`a confidence level is a number between 0 and 1, such as 0.95, both ends excluded; got ${confidence}`)
  }
}

/**
 * The t with `confidence` of Student's distribution between -t and t; equal to the quantile of (1 + confidence) / 2.
 * Throws RangeError on a confidence outside (0, 1) and on degrees of freedom that are no whole number from 1.
 */
export const studentCritical = (confidence: number, freedom: number): number => {
  checkConfidence(confidence)
  if (!Number.isSafeInteger(freedom) || freedom < 1) throw new RangeError(`degrees of freedom are a whole number from 1, not ${freedom}`)
  return whereReached((t) => studentWithin(t, freedom), confidence)
}

/** The z with `confidence` of the normal distribution between -z and z: 1.96 for 0.95. Throws RangeError on a confidence outside (0, 1). */
export const normalCritical = (confidence: number): number => {
  checkConfidence(confidence)
  return whereReached(normalWithin, confidence)
}
