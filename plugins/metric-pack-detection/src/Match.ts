/**
 * Which detection finds which truth: the greedy matching of COCO (`evaluateImg` of pycocotools), once per image and category for all
 * thresholds of overlap and all ranges of area.
 *
 * A detection, best score first, takes the truth that it overlaps most among those that are free and at least at the threshold; truths that
 * count come before truths that are ignored, and of equal overlaps the later truth wins. Ten thresholds are ten bits of one number.
 *
 * Sharp edges: a detection beyond the limit of its image and category is as if it had not been made. Detections with equal scores keep
 * the order in which they were given. What matches an ignored truth counts neither as right nor as wrong, and so does an unmatched
 * detection whose own area is out of range.
 */
import type { Columns, Shapes } from "./Columns.ts"
import { type Overlap, overlapOf } from "./Overlap.ts"
import { type IouType, overlapThresholds, rulesOf } from "./Rules.ts"
import { rowsOf, sortedByScore } from "./Sorting.ts"

const EVERY_THRESHOLD = 2 ** overlapThresholds.length - 1

export interface Matched {
  /** How many ranges of area there are. */
  readonly areas: number
  /** Detections within the limit, of category k from `starts[k]` to `starts[k + 1]`, by image, best first. */
  readonly starts: Int32Array
  readonly image: Int32Array
  readonly score: Float64Array
  /** From 0: how many of its image and category are before it. */
  readonly rank: Int32Array
  /** The row of the detection. */
  readonly row: Int32Array
  /** Per range of area: a bit per threshold at which the detection is right, and at which it is wrong; neither is ignored. */
  readonly right: ReadonlyArray<Uint16Array>
  readonly wrong: ReadonlyArray<Uint16Array>
  /** Truths, of category k from `truthStarts[k]` to `truthStarts[k + 1]`: rows of the truths. */
  readonly truthStarts: Int32Array
  readonly truthRows: Int32Array
  readonly truthImage: Int32Array
  /** Per row of the truths: a bit per range of area in which it is ignored, and a bit per threshold at which it was found, over all areas. */
  readonly ignored: Uint8Array
  readonly found: Uint16Array
}

/** Bits of the ranges of area in which a row does not lie. */
const outOfRange = (shapes: Shapes, iouType: IouType): Uint8Array => {
  const { areas } = rulesOf[iouType]
  const bits = new Uint8Array(shapes.count)
  for (const [index, { from, to }] of areas.entries()) {
    const bit = 1 << index
    for (let row = 0; row < shapes.count; row++) {
      const area = shapes.area[row] ?? 0
      if (area < from || area > to) bits[row] = (bits[row] ?? 0) | bit
    }
  }
  return bits
}

/** Bits of the thresholds that an overlap reaches; they are a row from the first one on. */
const reached = (overlap: number): number => {
  let bits = 0
  for (let index = 0; index < overlapThresholds.length; index++) {
    if (overlap < (overlapThresholds[index] ?? 0)) break
    bits |= 1 << index
  }
  return bits
}

/** The overlaps of one image and category that reach the lowest threshold, by detection. Used over and over: only the first ones are meant. */
interface Candidates {
  /** Candidates of detection n lie from `starts[n]` to `starts[n + 1]`. */
  readonly starts: Array<number>
  readonly truth: Array<number>
  readonly overlap: Array<number>
  readonly reached: Array<number>
}

/** @param row rows of `count` detections from `first` on @param truths rows, those from `from` to `until` are looked at */
const gather = (
  into: Candidates,
  overlap: Overlap,
  row: Int32Array,
  first: number,
  count: number,
  truths: Int32Array,
  from: number,
  until: number
): void => {
  let size = 0
  for (let each = 0; each < count; each++) {
    into.starts[each] = size
    const detection = row[first + each] ?? 0
    for (let at = from; at < until; at++) {
      const truth = truths[at] ?? 0
      const value = overlap(detection, truth)
      // Most pairs do not touch.
      if (value === 0) continue
      const bits = reached(value)
      if (bits === 0) continue
      into.truth[size] = truth
      into.overlap[size] = value
      into.reached[size] = bits
      size++
    }
  }
  into.starts[count] = size
}

export const match = (columns: Columns, iouType: IouType, sigmas: ReadonlyArray<number>): Matched => {
  const { truths, detections, categories, images } = columns
  const { areas, limit } = rulesOf[iouType]
  const overlap = overlapOf(iouType, columns, sigmas)
  const given = rowsOf(truths, categories)
  const made = rowsOf(detections, categories)

  const ignored = outOfRange(truths, iouType)
  for (let row = 0; row < truths.count; row++) if (truths.ignored[row] === 1) ignored[row] = 2 ** areas.length - 1
  const out = outOfRange(detections, iouType)

  const starts = new Int32Array(categories + 1)
  const row = new Int32Array(detections.count)
  const rank = new Int32Array(detections.count)
  const right = areas.map(() => new Uint16Array(detections.count))
  const wrong = areas.map(() => new Uint16Array(detections.count))
  /** Per range of area and row of the truths: bits of the thresholds at which it is taken. */
  const taken = areas.map(() => new Uint16Array(truths.count))
  const candidates: Candidates = { starts: [], truth: [], overlap: [], reached: [] }
  let kept = 0

  /** All that the detection numbered `each` of this image and category finds in one range of area. */
  const assign = (at: number, each: number, area: number): void => {
    const inArea = 1 << area
    const isTaken = taken[area] ?? new Uint16Array()
    const from = candidates.starts[each] ?? 0
    const until = candidates.starts[each + 1] ?? from
    let [matched, ignoring] = [0, 0]
    const take = (truth: number, bits: number): void => {
      isTaken[truth] = (isTaken[truth] ?? 0) | bits
      const ignores = ((ignored[truth] ?? 0) & inArea) !== 0
      if (ignores) ignoring |= bits
      if (ignores || truths.idZero[truth] === 0) matched |= bits
    }
    const free = (truth: number, bits: number): number => (truths.crowd[truth] === 1 ? bits : bits & ~(isTaken[truth] ?? 0))
    if (until === from + 1) {
      const truth = candidates.truth[from] ?? 0
      const bits = free(truth, candidates.reached[from] ?? 0)
      if (bits !== 0) take(truth, bits)
    } else if (until > from) {
      for (let bit = 1; bit <= EVERY_THRESHOLD; bit <<= 1) {
        let [best, bestIgnored, most, mostIgnored] = [-1, -1, 0, 0]
        for (let index = from; index < until; index++) {
          const truth = candidates.truth[index] ?? 0
          if (free(truth, (candidates.reached[index] ?? 0) & bit) === 0) continue
          const value = candidates.overlap[index] ?? 0
          if (((ignored[truth] ?? 0) & inArea) !== 0) {
            if (!(value < mostIgnored)) {
              mostIgnored = value
              bestIgnored = truth
            }
          } else if (!(value < most)) {
            most = value
            best = truth
          }
        }
        if (best >= 0) take(best, bit)
        else if (bestIgnored >= 0) take(bestIgnored, bit)
      }
    }
    const unmatched = EVERY_THRESHOLD & ~matched
    if (((out[row[at] ?? 0] ?? 0) & inArea) !== 0) ignoring |= unmatched
    const rights = right[area]
    const wrongs = wrong[area]
    if (rights !== undefined) rights[at] = matched & ~ignoring
    if (wrongs !== undefined) wrongs[at] = unmatched & ~ignoring
  }

  for (let category = 0; category < categories; category++) {
    starts[category] = kept
    let at = made.starts[category] ?? 0
    let truthAt = given.starts[category] ?? 0
    const end = made.starts[category + 1] ?? at
    const truthEnd = given.starts[category + 1] ?? truthAt
    while (at < end) {
      const image = detections.image[made.rows[at] ?? 0] ?? 0
      let until = at
      while (until < end && detections.image[made.rows[until] ?? 0] === image) until++
      while (truthAt < truthEnd && (truths.image[given.rows[truthAt] ?? 0] ?? 0) < image) truthAt++
      let truthUntil = truthAt
      while (truthUntil < truthEnd && truths.image[given.rows[truthUntil] ?? 0] === image) truthUntil++
      sortedByScore(made.rows, at, until, detections.score)
      const count = Math.min(until - at, limit)
      const first = kept
      for (let each = 0; each < count; each++) {
        row[kept] = made.rows[at + each] ?? 0
        rank[kept] = each
        kept++
      }
      gather(candidates, overlap, row, first, count, given.rows, truthAt, truthUntil)
      for (let area = 0; area < areas.length; area++) for (let each = 0; each < count; each++) assign(first + each, each, area)
      at = until
      truthAt = truthUntil
    }
  }
  starts[categories] = kept

  const rows = row.subarray(0, kept)
  return {
    areas: areas.length,
    starts,
    image: Int32Array.from(rows, (each) => detections.image[each] ?? images),
    score: Float64Array.from(rows, (each) => detections.score[each] ?? 0),
    rank: rank.subarray(0, kept),
    row: rows,
    right: right.map((bits) => bits.subarray(0, kept)),
    wrong: wrong.map((bits) => bits.subarray(0, kept)),
    truthStarts: given.starts,
    truthRows: given.rows,
    truthImage: Int32Array.from(given.rows, (each) => truths.image[each] ?? images),
    ignored,
    found: taken[0] ?? new Uint16Array(truths.count)
  }
}
