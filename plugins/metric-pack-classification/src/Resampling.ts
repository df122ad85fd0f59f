/**
 * The values of resamples. Samples without usable scores are told apart by truth, answer and what is wrong with their scores; a sample
 * with scores is an atom of its own. What can be known of a row of scores, its sorting above all, is computed once.
 *
 * Sharp edge: the rankings of all classes are kept, four bytes and two flags per class and sample.
 */
import type { Atoms, MetricContext, Scored } from "@feagi-trainer/contracts"
import { type Counts, samplesOf, tallies } from "./Counts.ts"
import type { ClassificationOptions } from "./Options.ts"
import { scoreMetrics, scoresOf } from "./ScoreMetrics.ts"
import { noRows, withRow } from "./ScoreRows.ts"
import { tableOf } from "./ScoreTable.ts"
import { placed, setUp } from "./Setup.ts"
import { noneUnscored, type Unscored, usableScores } from "./State.ts"
import { answerValues } from "./Values.ts"

/** What may be wrong with the scores of a sample. */
const faults = ["absent", "wrong_length", "not_finite"] as const satisfies ReadonlyArray<keyof Unscored>

export const atomsOf = (options: ClassificationOptions, context: MetricContext, samples: ReadonlyArray<Scored>): Atoms => {
  const { settled, classes, columns, columnOf } = setUp(options, context)
  const width = columns.length
  const answers = classes.keys.length + 1
  /** Of each atom: truth and answer as one number, the row of its scores or -1, and its fault or nothing. */
  const cells: Array<number> = []
  const rowOf: Array<number> = []
  const faultOf: Array<keyof Unscored | undefined> = []
  const known = new Map<number, number>()
  let rows = noRows(width)
  const atom = (cell: number, row: number, fault: keyof Unscored | undefined): number => {
    rowOf.push(row)
    faultOf.push(fault)
    return cells.push(cell) - 1
  }
  const atomOf = new Uint32Array(samples.length)
  for (const [index, sample] of samples.entries()) {
    const { truth, answer } = placed(classes, sample)
    const cell = truth * answers + (answer ?? answers - 1)
    const scores = usableScores(sample, width)
    if (typeof scores !== "string") {
      atomOf[index] = atom(cell, rows.length, undefined)
      rows = withRow(rows, truth, scores)
      continue
    }
    const key = cell * faults.length + faults.indexOf(scores)
    const found = known.get(key) ?? atom(cell, -1, scores)
    known.set(key, found)
    atomOf[index] = found
  }
  const scores = scoresOf(tableOf(rows, columnOf), settled, width)
  return {
    count: cells.length,
    atomOf,
    values: (multiplicity) => {
      const perCell = new Float64Array(classes.keys.length * answers)
      const unscored = { ...noneUnscored }
      const times = new Uint32Array(rows.length)
      for (let index = 0; index < cells.length; index++) {
        const count = multiplicity[index] ?? 0
        if (count === 0) continue
        const cell = cells[index] ?? 0
        const fault = faultOf[index]
        perCell[cell] = (perCell[cell] ?? 0) + count
        if (fault === undefined) times[rowOf[index] ?? 0] = count
        else unscored[fault] += count
      }
      const rowsOfCells = classes.keys.map((_, truth) => perCell.subarray(truth * answers, (truth + 1) * answers))
      const counts: Counts = {
        answered: rowsOfCells.map((row) => Array.from(row.subarray(0, answers - 1))),
        abstained: rowsOfCells.map((row) => row[answers - 1] ?? 0)
      }
      const perClass = tallies(counts)
      return {
        ...answerValues(settled, classes, perClass),
        ...scoreMetrics(scores, times, unscored, samplesOf(perClass), settled, classes, columns).values
      }
    }
  }
}
