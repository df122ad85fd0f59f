/** What the counts look like: the confusion matrix, and precision, recall and F1 per class. An undefined value is a gap, never a bar of 0. */
import { type Figure, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import type { Counts, Tally } from "./Counts.ts"
import { perClass, perClassNames } from "./PerClass.ts"

const orGap = (value: MetricValue): number | null => (isInsufficient(value) ? null : value)

/** Rows are the truth; columns the answers, with the abstentions in a last column of their own. */
export const confusionFigure = (labels: ReadonlyArray<string>, counts: Counts): Figure => ({
  kind: "matrix",
  id: "confusion",
  title: "Confusion matrix",
  description: "How many samples of each class (rows) got each answer (columns); the last column counts samples without an answer.",
  rows: { label: "truth", categories: labels },
  columns: { label: "prediction", categories: [...labels, "abstained"] },
  values: counts.answered.map((row, index) => [...row, counts.abstained[index] ?? 0]),
  unit: "samples"
})

export const perClassFigure = (labels: ReadonlyArray<string>, classes: ReadonlyArray<Tally>): Figure => ({
  kind: "bars",
  id: "per-class",
  title: "Precision, recall and F1 per class",
  description: "Three bars per declared class, from 0 to 1; a missing bar is a value that is undefined, not zero.",
  x: { label: "class" },
  y: { label: "value" },
  categories: labels,
  series: perClassNames.map((name) => ({ name, values: classes.map((tally) => orGap(perClass[name](tally))) }))
})
