/**
 * All that the pack remembers: how many pixels of each class were answered with each class, and how many with none. Every value is made
 * of these integers at the end, so shards, orders and resumed runs cannot differ by a bit.
 *
 * Sharp edges: rows and columns are positions in the declared classes, not labels; counts of different declarations do not merge; a
 * count beyond 2^53 - 1 pixels is refused, because it would no longer be exact.
 */
import { Schema } from "effect"
import type { Pixels } from "./Pixels.ts"
import { mergeWorst, Worst } from "./Worst.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const Counts = Schema.Struct({
  samples: Count,
  /** Samples that were answered at all. */
  answered: Count,
  /** `pixels[truth][prediction]`, with the unpredicted ones in a last column. */
  pixels: Schema.Array(Schema.Array(Count)),
  worst: Schema.Array(Worst)
})
export type Counts = typeof Counts.Type

/** No sample yet, for `classes` declared classes. */
export const noCounts = (classes: number): Counts => ({
  samples: 0,
  answered: 0,
  pixels: Array.from({ length: classes }, () => Array.from({ length: classes + 1 }, () => 0)),
  worst: []
})

const sumRows = (left: ReadonlyArray<number>, right: ArrayLike<number>): ReadonlyArray<number> =>
  left.map((count, column) => {
    const sum = count + (right[column] ?? 0)
    if (!Number.isSafeInteger(sum)) throw new RangeError(`${sum} pixels are more than can be counted exactly; score them in parts`)
    return sum
  })

/** One more sample; rows that it does not touch are shared with the counts before. */
export const addPixels = (counts: Counts, { rows, answered }: Pixels, worst: ReadonlyArray<Worst>): Counts => ({
  samples: counts.samples + 1,
  answered: counts.answered + (answered ? 1 : 0),
  pixels: counts.pixels.map((row, index) => {
    const more = rows[index]
    return more === undefined ? row : sumRows(row, more)
  }),
  worst
})

/** The samples of both. Throws RangeError when the two were counted over different numbers of classes. */
export const mergeCounts = (left: Counts, right: Counts): Counts => {
  if (left.pixels.length !== right.pixels.length) {
    throw new RangeError(
      `counts over ${left.pixels.length} classes cannot be merged with counts over ${right.pixels.length}: both must come from the same declared classes`
    )
  }
  return {
    samples: left.samples + right.samples,
    answered: left.answered + right.answered,
    pixels: left.pixels.map((row, index) => sumRows(row, right.pixels[index] ?? [])),
    worst: mergeWorst(left.worst, right.worst)
  }
}

/** One class against the rest, in pixels. `truth` = of the class, `predicted` = answered with it, `correct` = both. */
export interface Tally {
  readonly truth: number
  readonly predicted: number
  readonly correct: number
}

export const sum = (numbers: Iterable<number>): number => {
  let total = 0
  for (const each of numbers) total += each
  return total
}

/** The tally of each class from rows of `classes + 1` counts. An unpredicted pixel is of the truth of its class and of no prediction. */
export const tallies = (pixels: ReadonlyArray<ArrayLike<number>>): ReadonlyArray<Tally> => {
  const classes = pixels.length
  const truth = new Float64Array(classes)
  const predicted = new Float64Array(classes)
  for (const [index, row] of pixels.entries())
    for (let column = 0; column <= classes; column += 1) {
      const count = row[column] ?? 0
      truth[index] = (truth[index] ?? 0) + count
      if (column < classes) predicted[column] = (predicted[column] ?? 0) + count
    }
  return pixels.map((row, index) => ({ truth: truth[index] ?? 0, predicted: predicted[index] ?? 0, correct: row[index] ?? 0 }))
}
