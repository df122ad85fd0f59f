/**
 * McNemar's exact test (1947): do two runs over the same samples differ, judged by the samples that only one of them got right. Under the
 * null hypothesis those fall to either side like coins. Sharp edge: p is 1, not absent, when no sample tells the runs apart.
 */

/**
 * min(1, 2·P(X ≤ min(only_a, only_b))) for X binomial with n = only_a + only_b and 1/2. Probabilities below the least double are 0.
 * Throws RangeError unless both are whole numbers of at least 0.
 */
export const mcNemarExact = (onlyA: number, onlyB: number): number => {
  if (!Number.isSafeInteger(onlyA) || !Number.isSafeInteger(onlyB) || onlyA < 0 || onlyB < 0) {
    throw new RangeError(`expected two whole numbers of samples, at least 0; got ${onlyA} and ${onlyB}`)
  }
  if (onlyA === onlyB) return 1
  const n = onlyA + onlyB
  const least = Math.min(onlyA, onlyB)
  // P(X ≤ least) / P(X = least): the terms fall, so the sum ends when they no longer count.
  let term = 1
  let tail = 1
  for (let k = least; k > 0 && term > tail * 1e-18; k--) {
    term *= k / (n - k + 1)
    tail += term
  }
  // P(X = least) = C(n, least) / 2^n, halved on the way so that neither factor leaves the range of doubles.
  let mass = 1
  let halvings = n
  for (let k = 1; k <= least; k++) {
    mass *= (n - least + k) / k
    while (mass > 1 && halvings > 0) {
      mass /= 2
      halvings -= 1
    }
  }
  for (; halvings > 0 && mass > 0; halvings--) mass /= 2
  return Math.min(1, 2 * mass * tail)
}
