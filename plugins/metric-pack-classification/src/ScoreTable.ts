/**
 * Rows of scores as the score metrics read them: all of one width, with the true class as a column. Sharp edge: a true class that has no
 * column (a file may name fewer scores than classes) is -1.
 */
import type { ScoreRows } from "./ScoreRows.ts"

export interface ScoreTable {
  readonly rows: number
  /** Scores per row: the classes that have one, in class order. */
  readonly width: number
  /** The column of the true class of each row, or -1. */
  readonly truth: Int32Array
  /** Row by row, finite. */
  readonly scores: Float64Array
}

/** @param columnOf from the position of a class to its column, or -1. */
export const tableOf = ({ length, width, store }: ScoreRows, columnOf: (position: number) => number): ScoreTable => ({
  rows: length,
  width,
  truth: Int32Array.from(store.truths.subarray(0, length), columnOf),
  scores: store.scores.subarray(0, length * width)
})
