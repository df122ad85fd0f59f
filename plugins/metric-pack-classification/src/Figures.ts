/**
 * What counts and scores look like: the confusion matrix, precision, recall and F1 per class, and the curves of the scores. An undefined
 * value is a gap, never a bar of 0. Sharp edge: a figure that needs scores is left out where there are none.
 */
import { type Figure, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import type { Bin } from "./Calibration.ts"
import type { Counts, Tally } from "./Counts.ts"
import { perClass, perClassNames } from "./PerClass.ts"
import { precisionRecallCurve, rocCurve } from "./Ranking.ts"
import type { ScoreMetrics, Scores } from "./ScoreMetrics.ts"

type CurveSeries = Extract<Figure, { readonly kind: "curve" }>["series"][number]

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

/** Curves of more classes than this cannot be told apart. */
export const curvesShown = 10
const pointsShown = 200

const shownOf = (labels: ReadonlyArray<string>): string =>
  labels.length > curvesShown
    ? ` The first ${curvesShown} of ${labels.length} classes are shown, ${labels.length - curvesShown} are left out.`
    : ""

/** An axis of shares, from 0 to 1 however good the curve is. */
const unit = (label: string) => ({ label, scale: "linear", reaches: [0, 1] }) as const

/** A curve of each of the first classes that has one. */
const seriesOf = (labels: ReadonlyArray<string>, curve: (column: number) => CurveSeries["points"], style: "line" | "step") =>
  labels.slice(0, curvesShown).flatMap((name, column): ReadonlyArray<CurveSeries> => {
    const points = curve(column)
    return points.length === 0 ? [] : [{ name, points, style }]
  })

/** Precision against recall and ROC, where the scores give an order; reliability, where they are probabilities. `labels` are those of the columns. */
export const scoreFigures = (labels: ReadonlyArray<string>, scores: Scores, metrics: ScoreMetrics): ReadonlyArray<Figure> => {
  if (!metrics.ordered) return []
  const precisionRecall = seriesOf(labels, (column) => precisionRecallCurve(scores.rankingOf(column), pointsShown), "step")
  // Of two classes one says it all: the curve of the other is the same one turned around.
  const of = labels.length === 2 ? labels.slice(1) : labels
  const roc = seriesOf(of, (column) => rocCurve(scores.rankingOf(column + labels.length - of.length), pointsShown), "line")
  return [
    ...(precisionRecall.length === 0 ? [] : [precisionRecallFigure(labels, precisionRecall)]),
    ...(roc.length === 0 ? [] : [rocFigure(of, roc)]),
    ...(metrics.reliability === undefined ? [] : reliabilityFigures(metrics.reliability))
  ]
}

const precisionRecallFigure = (labels: ReadonlyArray<string>, series: ReadonlyArray<CurveSeries>): Figure => ({
  kind: "curve",
  id: "precision-recall",
  title: "Precision against recall",
  description: `One curve per class that has samples, over all thresholds of its score; the area below it is its average precision.${shownOf(labels)}`,
  x: unit("recall"),
  y: unit("precision"),
  series
})

const rocFigure = (labels: ReadonlyArray<string>, series: ReadonlyArray<CurveSeries>): Figure => ({
  kind: "curve",
  id: "roc",
  title: "ROC",
  description: `Share of the samples of a class found against share of the others mistaken for it, over all thresholds of its score.${shownOf(labels)}`,
  x: unit("false positive rate"),
  y: unit("true positive rate"),
  series: [
    ...series,
    {
      name: "chance",
      points: [
        [0, 0],
        [1, 1]
      ]
    }
  ]
})

const reliabilityFigures = (bins: ReadonlyArray<Bin>): ReadonlyArray<Figure> => [
  {
    kind: "curve",
    id: "reliability",
    title: "Reliability of the highest score",
    description:
      "How often the class with the highest score is right, against the mean of that score, per bin; on the diagonal scores mean what they say.",
    x: unit("mean highest score"),
    y: unit("share that is right"),
    series: [
      {
        name: "scores",
        points: bins.flatMap(({ samples, right, confidence }): CurveSeries["points"] =>
          samples === 0 ? [] : [[confidence / samples, right / samples]]
        )
      },
      {
        name: "calibrated",
        points: [
          [0, 0],
          [1, 1]
        ]
      }
    ]
  },
  {
    kind: "histogram",
    id: "confidence",
    title: "Highest scores",
    description: "How many samples have a highest score in each bin of the reliability diagram.",
    label: "highest score",
    edges: [0, ...bins.map(({ high }) => high)],
    counts: bins.map(({ samples }) => samples)
  }
]
