/**
 * Sums of many terms between 0 and 64 that do not depend on their order: every term is rounded once, to a multiple of 2^-50, and from
 * there on all is whole numbers below 2^53. A mean of such terms is off by at most 2^-51, plus one rounding.
 *
 * Sharp edge: one term may be added at most 2^21 times at once, and fewer than 2^27 terms in all; beyond that the whole numbers are not
 * exact any more.
 */

const coarse = 2 ** 20
const fine = 2 ** 30
const carryAt = 2 ** 51

export class FixedSum {
  /** In units of 2^-20. */
  private high = 0
  /** In units of 2^-50. */
  private low = 0

  /** Adds `term` so many `times`. */
  add(term: number, times: number): void {
    const scaled = term * coarse
    const whole = Math.floor(scaled)
    this.high += whole * times
    this.low += Math.round((scaled - whole) * fine) * times
    if (this.low >= carryAt) this.carry()
  }

  /** The sum, rounded to the nearest double. */
  value(): number {
    this.carry()
    return (this.high + this.low / fine) / coarse
  }

  private carry(): void {
    const over = Math.floor(this.low / fine)
    this.high += over
    this.low -= over * fine
  }
}
