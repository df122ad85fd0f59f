/**
 * The natural logarithm from + − × ÷ alone, so that it has the same bits on every machine; engines may round `Math.log` differently. Sharp
 * edge: what is no number above 0 has no logarithm, and it is for the caller to see to that.
 */

/**
 * The natural logarithm of `x` > 0 to about two units in the last place, from ln(m·2^e) = e·ln 2 + 2·artanh((m - 1) / (m + 1)) with m
 * within √½ … √2, where the series of artanh needs 12 terms.
 */
export const logarithm = (x: number): number => {
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
  const s = (m - 1) / (m + 1)
  const square = s * s
  let series = 0
  for (let odd = 23; odd >= 1; odd -= 2) series = series * square + 1 / odd
  return e * Math.LN2 + 2 * s * series
}
