/**
 * What the order of the scores of one class says about it: the area under its ROC curve, its average precision, and both curves.
 *
 * The scores are sorted once; how often each row occurs is said afterwards, so that resamples cost one pass. Sharp edge: rows of equal
 * score are one threshold, never a sequence. Their order among themselves cannot be seen in any number.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import type { ScoreTable } from "./ScoreTable.ts"

/** The rows by falling score of one class. */
export interface Ranking {
  readonly rows: Uint32Array
  /** 1 where the next row has a lower score, or there is none. */
  readonly ends: Uint8Array
  /** 1 where the row is of the class. */
  readonly positive: Uint8Array
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/**
 * Indices by falling value: a radix sort of the 64 bits of each double, eight at a time from the least significant ones. The bits of
 * doubles sort as whole numbers do when those of positive ones are inverted but for the sign. Infinities sort; NaN must not occur.
 */
export const byFallingValue = (values: Float64Array): Uint32Array => {
  const count = values.length
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * count)
  const [lowAt, highAt] = littleEndian ? [0, 1] : [1, 0]
  let indices = new Uint32Array(count)
  let lows = new Uint32Array(count)
  let highs = new Uint32Array(count)
  for (let index = 0; index < count; index++) {
    const low = words[2 * index + lowAt] ?? 0
    const high = words[2 * index + highAt] ?? 0
    const negative = high >= 2 ** 31
    indices[index] = index
    lows[index] = negative ? low : ~low
    highs[index] = negative ? high : ~high ^ 0x80000000
  }
  let otherIndices = new Uint32Array(count)
  let otherLows = new Uint32Array(count)
  let otherHighs = new Uint32Array(count)
  const starts = new Uint32Array(256)
  for (let digit = 0; digit < 8; digit++) {
    const word = digit < 4 ? lows : highs
    const shift = 8 * (digit % 4)
    starts.fill(0)
    for (const key of word) starts[(key >>> shift) & 255] = (starts[(key >>> shift) & 255] ?? 0) + 1
    // All alike in this digit: they are in order already.
    if (starts[((word[0] ?? 0) >>> shift) & 255] === count) continue
    let start = 0
    for (let key = 0; key < 256; key++) {
      const here = starts[key] ?? 0
      starts[key] = start
      start += here
    }
    for (let at = 0; at < count; at++) {
      const key = ((word[at] ?? 0) >>> shift) & 255
      const place = starts[key] ?? 0
      starts[key] = place + 1
      otherIndices[place] = indices[at] ?? 0
      otherLows[place] = lows[at] ?? 0
      otherHighs[place] = highs[at] ?? 0
    }
    ;[indices, otherIndices] = [otherIndices, indices]
    ;[lows, otherLows] = [otherLows, lows]
    ;[highs, otherHighs] = [otherHighs, highs]
  }
  return indices
}

/** The ranking of the class whose scores are in `column`. */
export const rankingOf = ({ rows, width, truth, scores }: ScoreTable, column: number): Ranking => {
  const values = new Float64Array(rows)
  for (let row = 0; row < rows; row++) values[row] = scores[row * width + column] ?? 0
  const order = byFallingValue(values)
  const ends = new Uint8Array(rows)
  const positive = new Uint8Array(rows)
  for (let index = 0; index < rows; index++) {
    const row = order[index] ?? 0
    const next = order[index + 1]
    ends[index] = next === undefined || values[next] !== values[row] ? 1 : 0
    positive[index] = truth[row] === column ? 1 : 0
  }
  return { rows: order, ends, positive }
}

/** Calls `visit` for every threshold that occurs, with the rows of and above it: how many are of the class, and how many are not. */
const sweep = (ranking: Ranking, times: Uint32Array, visit: (positives: number, negatives: number) => void): void => {
  const { rows, ends, positive } = ranking
  let positives = 0
  let negatives = 0
  let seen = 0
  for (let index = 0; index < rows.length; index++) {
    const count = times[rows[index] ?? 0] ?? 0
    if (positive[index] === 1) positives += count
    else negatives += count
    if (ends[index] === 1 && positives + negatives > seen) {
      seen = positives + negatives
      visit(positives, negatives)
    }
  }
}

export interface Ranked {
  /** The chance that a random sample of the class scores higher than a random other one; equal scores are half a win. */
  readonly roc_auc: MetricValue
  /** Σ (Rᵢ − Rᵢ₋₁)·Pᵢ over the thresholds, with no interpolation. */
  readonly average_precision: MetricValue
}

/** @param times how often each row of the table occurs. */
export const ranked = (ranking: Ranking, times: Uint32Array): Ranked => {
  let positives = 0
  let negatives = 0
  // Twice the number of pairs that are in order, a tie counting as half of one: a whole number below 2^53 up to 9·10^7 samples.
  let ordered = 0
  // Σ ΔTP·TP/(TP+FP) with the rounding errors kept apart (Neumaier 1974): there may be a million thresholds.
  let area = 0
  let lost = 0
  sweep(ranking, times, (hits, others) => {
    const gained = hits - positives
    ordered += (others - negatives) * (positives + hits)
    const term = (gained * hits) / (hits + others)
    const total = area + term
    lost += area >= term ? area - total + term : term - total + area
    area = total
    positives = hits
    negatives = others
  })
  if (positives === 0) {
    const missing = { insufficient: "no scored sample is of this class" }
    return { roc_auc: missing, average_precision: missing }
  }
  return {
    roc_auc: negatives === 0 ? { insufficient: "every scored sample is of this class" } : ordered / (2 * positives * negatives),
    average_precision: Math.min(1, (area + lost) / positives)
  }
}

export type Point = readonly [x: number, y: number]

type Threshold = readonly [positives: number, negatives: number]

/** Of the thresholds that are wanted at most `limit`, evenly spaced by their places, the last one among them. */
const thresholds = (ranking: Ranking, limit: number, wanted: (before: number, positives: number) => boolean): ReadonlyArray<Threshold> => {
  const once = new Uint32Array(ranking.rows.length).fill(1)
  const each = (visit: (threshold: Threshold) => void): void => {
    let before = 0
    sweep(ranking, once, (positives, negatives) => {
      if (wanted(before, positives)) visit([positives, negatives])
      before = positives
    })
  }
  let count = 0
  each(() => {
    count += 1
  })
  const shown = Math.min(count, limit)
  const points: Array<Threshold> = []
  let seen = 0
  each((threshold) => {
    seen += 1
    if (seen === Math.ceil(((points.length + 1) * count) / shown)) points.push(threshold)
  })
  return points
}

/**
 * From recall 1 down to recall 0, a point where recall is gained; each precision holds until the next, smaller, recall, so that the area
 * is the average precision.
 */
export const precisionRecallCurve = (ranking: Ranking, limit: number): ReadonlyArray<Point> => {
  const found = thresholds(ranking, limit - 1, (before, positives) => positives > before)
  const all = found.at(-1)?.[0] ?? 0
  if (all === 0) return []
  const points = found.map(([hits, others]): Point => [hits / all, hits / (hits + others)])
  return [[0, points[0]?.[1] ?? 1] as const, ...points].reverse()
}

/** From (0, 0) to (1, 1): share of the other samples against share of the samples of the class, at or above each threshold. */
export const rocCurve = (ranking: Ranking, limit: number): ReadonlyArray<Point> => {
  const found = thresholds(ranking, limit - 1, () => true)
  const [positives, negatives] = found.at(-1) ?? [0, 0]
  if (positives === 0 || negatives === 0) return []
  const corners: Array<readonly [number, number]> = [[0, 0]]
  for (const next of found) {
    const [before, last] = [corners.at(-2), corners.at(-1)]
    // A point on the straight line between its neighbours shows nothing.
    if (
      before !== undefined &&
      last !== undefined &&
      (last[0] - before[0]) * (next[1] - last[1]) === (last[1] - before[1]) * (next[0] - last[0])
    )
      corners.pop()
    corners.push(next)
  }
  return corners.map(([hits, others]): Point => [others / negatives, hits / positives])
}
