/**
 * A normal deviate of mean 0 and variance 1 in the polar form of Box and Muller's method (Marsaglia and Bray 1964): draw x and y from
 * [−1, 1) until s = x² + y² lies in (0, 1), then x · √(−2 · ln s / s). The second deviate of the pair is not used.
 *
 * Sharp edge: it is made of + − × ÷ √ alone, for `Math.log` and `Math.cos` may differ in the last place between engines. How many draws
 * it takes is part of what it is: two `unit()` a try, x first.
 */
import type { Rng } from "@feagi-trainer/contracts"

const STEPS = 12

/** ln of a number in (0, 1): s = m · 2^−halvings with m in [½, 1], and ln m = 2 · artanh((m − 1) / (m + 1)) by its series. */
export const naturalLogarithm = (s: number): number => {
  let m = s
  let halvings = 0
  while (m < Math.SQRT1_2) {
    m *= 2
    halvings += 1
  }
  const ratio = (m - 1) / (m + 1)
  const square = ratio * ratio
  let series = 0
  for (let step = STEPS; step >= 0; step -= 1) series = series * square + 1 / (2 * step + 1)
  return 2 * ratio * series - halvings * Math.LN2
}

export const normalDeviate = (rng: Rng): number => {
  for (;;) {
    const x = 2 * rng.unit() - 1
    const y = 2 * rng.unit() - 1
    const s = x * x + y * y
    if (s > 0 && s < 1) return x * Math.sqrt((-2 * naturalLogarithm(s)) / s)
  }
}
