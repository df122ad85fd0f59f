/** Values of resamples without matching anew. Sharp edge: an image is an atom, so that a resample draws whole images, never single objects. */
import type { Atoms, Scored } from "@feagi-trainer/contracts"
import { evaluate, valuesOf } from "./Evaluation.ts"
import { rowsOf, type Task } from "./Task.ts"

export const atomsOf = (task: Task, samples: ReadonlyArray<Scored>): Atoms => {
  const rows = rowsOf(task, samples)
  const evaluation = evaluate(task, rows)
  const positions = new Map(evaluation.rows.map((row, position) => [row, position]))
  return {
    count: rows.length,
    atomOf: Uint32Array.from(rows, (row) => positions.get(row) ?? 0),
    values: (multiplicity) => valuesOf(evaluation, multiplicity).values
  }
}
