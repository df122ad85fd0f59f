/**
 * All that a fold remembers: counts, and the scores of the samples as long as all of them have scores.
 *
 * Sharp edge: the first sample without usable scores makes every score metric insufficient for good, so from then on no row is kept and
 * a run without scores costs counts alone.
 */
import type { Scored } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { Count, Counts, countOne, mergeCounts, noCounts } from "./Counts.ts"
import { mergeRows, noRows, ScoreRows, withRow } from "./ScoreRows.ts"

/** Samples that no row of scores was kept of, by reason. */
export const Unscored = Schema.Struct({ absent: Count, wrong_length: Count, not_finite: Count })
export type Unscored = typeof Unscored.Type

export const noneUnscored: Unscored = { absent: 0, wrong_length: 0, not_finite: 0 }

export const State = Schema.Struct({ counts: Counts, rows: ScoreRows, unscored: Unscored })
export type State = typeof State.Type

/** @param width how many classes have a score. */
export const emptyState = (classes: number, width: number): State => ({
  counts: noCounts(classes),
  rows: noRows(width),
  unscored: noneUnscored
})

export type ScoresOrFault = ReadonlyArray<number> | keyof Unscored

/** The scores of a sample, or why they cannot be used. */
export const usableScores = ({ scores }: Scored, width: number): ScoresOrFault => {
  if (scores === undefined || scores.length === 0) return "absent"
  if (scores.length !== width) return "wrong_length"
  return scores.every(Number.isFinite) ? scores : "not_finite"
}

const withUnscored = (unscored: Unscored, fault: keyof Unscored): Unscored => ({ ...unscored, [fault]: unscored[fault] + 1 })

const complete = ({ absent, wrong_length, not_finite }: Unscored): boolean => absent + wrong_length + not_finite === 0

/** One more sample, of the class at position `truth`, answered with the one at `answer` or not at all. */
export const addOne = (state: State, truth: number, answer: number | undefined, scores: ScoresOrFault): State => {
  const counts = countOne(state.counts, truth, answer)
  if (typeof scores === "string") return { counts, rows: noRows(state.rows.width), unscored: withUnscored(state.unscored, scores) }
  return { counts, rows: complete(state.unscored) ? withRow(state.rows, truth, scores) : state.rows, unscored: state.unscored }
}

/** The samples of both. Throws RangeError when the two were counted over different numbers of classes. */
export const mergeStates = (left: State, right: State): State => {
  const unscored: Unscored = {
    absent: left.unscored.absent + right.unscored.absent,
    wrong_length: left.unscored.wrong_length + right.unscored.wrong_length,
    not_finite: left.unscored.not_finite + right.unscored.not_finite
  }
  return {
    counts: mergeCounts(left.counts, right.counts),
    rows: complete(unscored) ? mergeRows(left.rows, right.rows) : noRows(left.rows.width),
    unscored
  }
}
