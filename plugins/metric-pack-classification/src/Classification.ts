/**
 * The metric pack `classification`: one class per sample, over the classes that the dataset declares, or that files show.
 *
 * Sharp edges: the classes of a run are the declared ones, never the observed ones, so a stray answer cannot change an average; an
 * answer or a target outside of them is refused by the id of its sample. An abstention is a wrong answer of no class: it lowers accuracy
 * and the recall of the true class, and no precision. Scores are one per class; without them no metric of scores has a value.
 */
import { MetricPack, type MetricResult } from "@feagi-trainer/contracts"
import { samplesOf, tallies } from "./Counts.ts"
import { confusionFigure, curvesShown, perClassFigure, scoreFigures } from "./Figures.ts"
import { type FileOptions, files } from "./Files.ts"
import { type ClassificationOptions, decodeClassificationOptions, signatureOf } from "./Options.ts"
import { atomsOf } from "./Resampling.ts"
import { scoreMetrics, scoresOf } from "./ScoreMetrics.ts"
import { tableOf } from "./ScoreTable.ts"
import { placed, type Setup, setUp } from "./Setup.ts"
import { addOne, emptyState, mergeStates, State, usableScores } from "./State.ts"
import { answerValues } from "./Values.ts"

const resultOf = ({ settled, classes, columns, columnOf }: Setup, { counts, rows, unscored }: State): MetricResult => {
  const perClass = tallies(counts)
  const scores = scoresOf(tableOf(rows, columnOf), settled, curvesShown)
  const metrics = scoreMetrics(scores, new Uint32Array(rows.length).fill(1), unscored, samplesOf(perClass), settled, classes, columns)
  return {
    values: { ...answerValues(settled, classes, perClass), ...metrics.values },
    figures: [
      confusionFigure(classes.labels, counts),
      perClassFigure(classes.labels, perClass),
      ...scoreFigures(
        columns.map((position) => classes.labels[position] ?? ""),
        scores,
        metrics
      )
    ]
  }
}

export const classification = MetricPack.define<ClassificationOptions, State, FileOptions>({
  id: "classification",
  output_types: ["class"],
  decodeOptions: decodeClassificationOptions,
  state: State,
  signature: signatureOf,
  // What has no direction is not listed: majority_baseline and support say what the data is like.
  directions: {
    accuracy: "higher-is-better",
    accuracy_answered: "higher-is-better",
    answered: "higher-is-better",
    abstained: "lower-is-better",
    balanced_accuracy: "higher-is-better",
    precision: "higher-is-better",
    recall: "higher-is-better",
    f1: "higher-is-better",
    mcc: "higher-is-better",
    kappa: "higher-is-better",
    top_k: "higher-is-better",
    roc_auc: "higher-is-better",
    average_precision: "higher-is-better",
    log_loss: "lower-is-better",
    brier: "lower-is-better",
    ece: "lower-is-better"
  },
  ranges: {
    accuracy: [0, 1],
    accuracy_answered: [0, 1],
    answered: [0, 1],
    abstained: [0, 1],
    balanced_accuracy: [0, 1],
    precision: [0, 1],
    recall: [0, 1],
    f1: [0, 1],
    mcc: [-1, 1],
    kappa: [-1, 1],
    top_k: [0, 1],
    roc_auc: [0, 1],
    average_precision: [0, 1],
    brier: [0, 2],
    ece: [0, 1]
  },
  shares: ["accuracy", "answered", "abstained", "top_k"],
  headline: ["balanced_accuracy", "f1/macro", "abstained"],
  start: (options, context) => {
    const setup = setUp(options, context)
    const { classes, columns } = setup
    return {
      empty: emptyState(classes.keys.length, columns.length),
      add: (state, scored) => {
        const { truth, answer } = placed(classes, scored)
        return addOne(state, truth, answer, usableScores(scored, columns.length))
      },
      merge: mergeStates,
      result: (state) => resultOf(setup, state)
    }
  },
  atoms: atomsOf,
  files
})
