/**
 * All that is remembered of the answers: how often each class was answered with each class, and how often it got no answer. Every value is made
 * of these integers at the end, so shards, orders and resumed runs cannot differ by a bit.
 *
 * Sharp edge: rows and columns are positions in the declared classes, not class ids; counts of different declarations do not merge.
 */
import { Schema } from "effect"

export const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const Counts = Schema.Struct({
  /** `answered[truth][prediction]`. */
  answered: Schema.Array(Schema.Array(Count)),
  /** `abstained[truth]`: samples of a class that got no answer. */
  abstained: Schema.Array(Count)
})
export type Counts = typeof Counts.Type

/** No sample yet, for `classes` declared classes. */
export const noCounts = (classes: number): Counts => ({
  answered: Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0)),
  abstained: Array.from({ length: classes }, () => 0)
})

/** A copy by `slice`, which is many times faster than one by `map`. */
const bump = (row: ReadonlyArray<number>, at: number): ReadonlyArray<number> => {
  const copy = row.slice()
  copy[at] = (copy[at] ?? 0) + 1
  return copy
}

const replaced = <A>(items: ReadonlyArray<A>, at: number, item: A): ReadonlyArray<A> => {
  const copy = items.slice()
  copy[at] = item
  return copy
}

/** One more sample of class `truth`; `prediction` is left out when it got no answer. Both are positions in the declared classes. */
export const countOne = (counts: Counts, truth: number, prediction: number | undefined): Counts =>
  prediction === undefined
    ? { answered: counts.answered, abstained: bump(counts.abstained, truth) }
    : { answered: replaced(counts.answered, truth, bump(counts.answered[truth] ?? [], prediction)), abstained: counts.abstained }

const sumRows = (left: ReadonlyArray<number>, right: ReadonlyArray<number>): ReadonlyArray<number> =>
  left.map((count, index) => count + (right[index] ?? 0))

/** The samples of both. Throws RangeError when the two were counted over different numbers of classes. */
export const mergeCounts = (left: Counts, right: Counts): Counts => {
  if (left.abstained.length !== right.abstained.length) {
    throw new RangeError(
      `counts over ${left.abstained.length} classes cannot be merged with counts over ${right.abstained.length}: both must come from the same declared classes`
    )
  }
  return {
    answered: left.answered.map((row, index) => sumRows(row, right.answered[index] ?? [])),
    abstained: sumRows(left.abstained, right.abstained)
  }
}

/** One class against the rest. `support` = samples of the class, `predicted` = answers that named it, `correct` = both. */
export interface Tally {
  readonly support: number
  readonly predicted: number
  readonly correct: number
}

export const sum = (numbers: Iterable<number>): number => {
  let total = 0
  for (const each of numbers) total += each
  return total
}

/** The tally of each declared class. An abstention belongs to the support of its true class and to no prediction. */
export const tallies = (counts: Counts): ReadonlyArray<Tally> => {
  const predicted = counts.abstained.map(() => 0)
  for (const row of counts.answered) for (const [column, count] of row.entries()) predicted[column] = (predicted[column] ?? 0) + count
  return counts.answered.map((row, index) => ({
    support: sum(row) + (counts.abstained[index] ?? 0),
    predicted: predicted[index] ?? 0,
    correct: row[index] ?? 0
  }))
}

/** All samples, the abstained ones included. */
export const samplesOf = (classes: ReadonlyArray<Tally>): number => sum(classes.map(({ support }) => support))
