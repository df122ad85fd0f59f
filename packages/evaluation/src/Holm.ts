/**
 * Holm's correction (1979) for asking more than one question of the same data: among m tests the smallest p counts m-fold, the next (m − 1)-
 * fold, and so on, so that the chance of even one false alarm stays below the level that each is judged by.
 *
 * Sharp edge: the family is what was looked at, not what turned out well; leaving tests out afterwards undoes the correction.
 */

/** The corrected p of each, in the order given: min(1, the largest of (m − rank)·p so far). Throws RangeError on a p outside [0, 1]. */
export const holm = (ps: ReadonlyArray<number>): ReadonlyArray<number> => {
  const wrong = ps.findIndex((p) => !(p >= 0 && p <= 1))
  if (wrong !== -1) throw new RangeError(`a p lies between 0 and 1; number ${wrong} of ${ps.length} is ${ps[wrong]}`)
  const order = [...ps.keys()].sort((left, right) => (ps[left] ?? 0) - (ps[right] ?? 0) || left - right)
  const corrected = ps.map(() => 1)
  let largest = 0
  for (const [rank, index] of order.entries()) {
    largest = Math.min(1, Math.max(largest, (ps.length - rank) * (ps[index] ?? 0)))
    corrected[index] = largest
  }
  return corrected
}
