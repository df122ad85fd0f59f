/**
 * From matched detections to precision and recall, per category, range of area and threshold of overlap (`accumulate` of pycocotools),
 * for a multiset of images: every image counts as often as its weight says.
 *
 * Precision is read off at 101 levels of recall; at each it is the best precision at that recall or beyond, 0 where recall never comes.
 * Only detections that are right can be such a best one, so that only they are looked at.
 *
 * Sharp edges: a category without a truth that counts is absent (pycocotools: −1) and takes no part in any mean. Equal scores stand in
 * the order of their images; an image that counts twice stands there twice, side by side, not with its detections interleaved.
 */
import type { Matched } from "./Match.ts"
import { EPSILON } from "./Overlap.ts"
import { overlapThresholds, type Rules, recallLevels } from "./Rules.ts"
import { sortedByScore } from "./Sorting.ts"

const T = overlapThresholds.length
const R = recallLevels.length

/** One category in one range of area. */
export interface Tally {
  /** Truths that have to be found; 0 is an absent category, and nothing below means anything. */
  readonly positives: number
  /** Per threshold: the sum of precision over the levels of recall. */
  readonly precisionSums: Float64Array
  /** Per threshold: precision at every level of recall, one threshold after the other. */
  readonly precision: Float64Array
  /** Per threshold: truths that were found. */
  readonly found: Float64Array
  /** For each of the lower limits, per threshold: truths that were found. Only over all areas. */
  readonly foundWithin: ReadonlyArray<Float64Array>
}

/** `table[category][area]` */
export type Table = ReadonlyArray<ReadonlyArray<Tally>>

export interface Accumulator {
  readonly matched: Matched
  /** Kept detections of every category, best first. */
  readonly order: Int32Array
  readonly rules: Rules
}

/** Sorts once what every resample needs. */
export const accumulatorOf = (matched: Matched, rules: Rules): Accumulator => {
  const order = Int32Array.from(matched.row, (_, index) => index)
  for (let category = 0; category + 1 < matched.starts.length; category++)
    sortedByScore(order, matched.starts[category] ?? 0, matched.starts[category + 1] ?? 0, matched.score)
  return { matched, order, rules }
}

/** @param weights how often every image occurs */
export const accumulate = (accumulator: Accumulator, weights: Uint32Array): Table =>
  Array.from({ length: accumulator.matched.starts.length - 1 }, (_, category) =>
    accumulator.rules.areas.map((_, area) => tallyOf(accumulator, weights, category, area))
  )

const positivesOf = (
  { truthStarts, truthRows, truthImage, ignored }: Matched,
  weights: Uint32Array,
  category: number,
  area: number
): number => {
  let positives = 0
  const end = truthStarts[category + 1] ?? 0
  for (let at = truthStarts[category] ?? 0; at < end; at++)
    if (((ignored[truthRows[at] ?? 0] ?? 0) & (1 << area)) === 0) positives += weights[truthImage[at] ?? 0] ?? 0
  return positives
}

const tallyOf = ({ matched, order, rules }: Accumulator, weights: Uint32Array, category: number, area: number): Tally => {
  const { image, score, rank } = matched
  const right = matched.right[area] ?? new Uint16Array()
  const wrong = matched.wrong[area] ?? new Uint16Array()
  const positives = positivesOf(matched, weights, category, area)
  const found = new Float64Array(T)
  const foundWithin = area === 0 ? rules.lowerLimits.map(() => new Float64Array(T)) : []
  const precisionSums = new Float64Array(T)
  const precision = new Float64Array(T * R)
  if (positives === 0) return { positives, precisionSums, precision, found, foundWithin }

  const wrongs = new Float64Array(T)
  /** Per threshold, precision at the first, second, … truth that was found. */
  const atFound = Array.from({ length: T }, (): Array<number> => [])
  const visit = (detection: number): void => {
    const rights = right[detection] ?? 0
    const misses = wrong[detection] ?? 0
    for (let t = 0; t < T; t++) {
      const bit = 1 << t
      if ((rights & bit) !== 0) {
        const count = (found[t] ?? 0) + 1
        found[t] = count
        atFound[t]?.push(count / ((wrongs[t] ?? 0) + count + EPSILON))
      } else if ((misses & bit) !== 0) wrongs[t] = (wrongs[t] ?? 0) + 1
    }
    for (const [index, within] of foundWithin.entries())
      if ((rank[detection] ?? 0) < (rules.lowerLimits[index] ?? 0))
        for (let t = 0; t < T; t++) if ((rights & (1 << t)) !== 0) within[t] = (within[t] ?? 0) + 1
  }

  const end = matched.starts[category + 1] ?? 0
  for (let at = matched.starts[category] ?? 0; at < end; ) {
    const first = order[at] ?? 0
    const weight = weights[image[first] ?? 0] ?? 0
    let until = at + 1
    // Only an image that occurs several times has to be kept together.
    if (weight > 1) while (until < end && image[order[until] ?? 0] === image[first] && score[order[until] ?? 0] === score[first]) until++
    for (let copy = 0; copy < weight; copy++) for (let each = at; each < until; each++) visit(order[each] ?? 0)
    at = until
  }

  const needed = neededFor(positives)
  for (let t = 0; t < T; t++) {
    const best = atFound[t] ?? []
    for (let index = best.length - 1; index > 0; index--)
      if ((best[index] ?? 0) > (best[index - 1] ?? 0)) best[index - 1] = best[index] ?? 0
    let sum = 0
    for (let level = 0; level < R; level++) {
      const value = best[(needed[level] ?? 0) - 1] ?? 0
      precision[t * R + level] = value
      sum += value
    }
    precisionSums[t] = sum
  }
  return { positives, precisionSums, precision, found, foundWithin }
}

/** The smallest number of truths, at least one, whose share of all is at least each level of recall. */
const neededFor = (positives: number): ReadonlyArray<number> => {
  let count = 1
  return recallLevels.map((level) => {
    while (count / positives < level) count++
    return count
  })
}
