/**
 * All that needs the scores of every class: top-k accuracy, ROC-AUC, average precision, log loss, Brier and calibration.
 *
 * They need a score of every class for every sample; one sample without them and none of these has a value, for leaving it out would
 * reward silence. Top-k, ROC-AUC and average precision need an order only; the other three need probabilities.
 */
import { isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { macro, named } from "./Averages.ts"
import { type Bin, binsOf, expectedCalibrationError, reliability } from "./Calibration.ts"
import type { ClassKeys } from "./ClassKeys.ts"
import { FixedSum } from "./FixedSum.ts"
import type { Settled } from "./Options.ts"
import { type RowFacts, rowFacts, sumTolerance } from "./Probabilities.ts"
import { type Ranking, ranked, rankingOf } from "./Ranking.ts"
import { noSample } from "./Ratio.ts"
import type { ScoreTable } from "./ScoreTable.ts"
import type { Unscored } from "./State.ts"

/** The classes that have a column of scores: their positions among all classes, in order. */
export type Columns = ReadonlyArray<number>

/** What the samples of a fold or a resample bring. */
export interface Scores {
  readonly table: ScoreTable
  readonly facts: RowFacts
  readonly bins: Uint16Array
  readonly rankingOf: (column: number) => Ranking
}

/** @param keep of how many classes the ranking is remembered: all, for many resamples of one table. */
export const scoresOf = (table: ScoreTable, { calibration_bins }: Settled, keep: number): Scores => {
  const facts = rowFacts(table)
  const kept = new Map<number, Ranking>()
  const ranking = (column: number): Ranking => {
    const found = kept.get(column) ?? rankingOf(table, column)
    if (column < keep) kept.set(column, found)
    return found
  }
  return { table, facts, bins: binsOf(facts, calibration_bins), rankingOf: ranking }
}

const unscoredReason = ({ absent, wrong_length, not_finite }: Unscored, samples: number, width: number): string =>
  absent === samples
    ? "no sample comes with scores"
    : [
        ...(absent === 0 ? [] : [`${absent} of ${samples} samples have no scores`]),
        ...(wrong_length === 0 ? [] : [`${wrong_length} of ${samples} samples have another number of scores than the ${width} classes`]),
        ...(not_finite === 0 ? [] : [`${not_finite} of ${samples} samples have a score that is NaN or infinite`])
      ].join("; ")

const unassigned =
  "the number of scores in a row is not that of the classes that occur, so it is not known which score is whose; name the classes of the scores with --option classes=a,b,c, or give scores as an object"

/** Why no sample can be judged by its scores, or undefined when all can. */
const obstacle = (
  { table }: Scores,
  times: Uint32Array,
  unscored: Unscored,
  samples: number,
  { observed }: Settled,
  scoredLabels: ReadonlyArray<string>
): string | undefined => {
  if (samples === 0) return noSample
  if (observed?.scores === "unassigned") return unassigned
  const { absent, wrong_length, not_finite } = unscored
  if (absent + wrong_length + not_finite > 0) return unscoredReason(unscored, samples, table.width)
  for (let row = 0; row < times.length; row++)
    if ((times[row] ?? 0) > 0 && table.truth[row] === -1)
      return `samples are of a class that has no score; the scores are of ${named(scoredLabels)}`
  return undefined
}

/** Why the scores are no probabilities, in words that no order of the samples changes, or undefined. */
const improper = ({ table, facts }: Scores, times: Uint32Array): string | undefined => {
  if (table.width < 2) return "there is only one class"
  let bad = 0
  let [least, most, lowest, highest] = [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY
  ]
  for (let row = 0; row < times.length; row++) {
    const count = times[row] ?? 0
    if (count === 0 || facts.proper[row] === 1) continue
    bad += count
    least = Math.min(least, facts.sums[row] ?? 0)
    most = Math.max(most, facts.sums[row] ?? 0)
    lowest = Math.min(lowest, facts.lowest[row] ?? 0)
    highest = Math.max(highest, facts.highest[row] ?? 0)
  }
  if (bad === 0) return undefined
  return `the scores of ${bad} samples are no probabilities: their rows sum to ${least === most ? least : `${least} to ${most}`}, of scores from ${lowest} to ${highest}; expected scores from 0 to 1 that sum to 1 within ${sumTolerance(table.width)}`
}

/** Means over the samples; `times` has to hold proper rows only. */
const losses = (scores: Scores, times: Uint32Array, samples: number, bins: number) => {
  const { facts, table } = scores
  const log = new FixedSum()
  const square = new FixedSum()
  for (let row = 0; row < times.length; row++) {
    const count = times[row] ?? 0
    if (count === 0) continue
    log.add(facts.logLosses[row] ?? 0, count)
    square.add(facts.squares[row] ?? 0, count)
  }
  const binned = reliability(facts, scores.bins, bins, times)
  return {
    log_loss: log.value() / samples,
    // With two classes the square of both is twice that of one.
    brier: square.value() / samples / (table.width < 3 ? 2 : 1),
    ece: expectedCalibrationError(binned),
    binned
  }
}

export interface ScoreMetrics {
  readonly values: Readonly<Record<string, MetricValue>>
  /** Present when the scores are probabilities. */
  readonly reliability?: ReadonlyArray<Bin>
  /** Whether curves can be drawn: every sample has scores and its class has a column. */
  readonly ordered: boolean
}

/**
 * The values of a multiset of samples.
 *
 * @param times how often each row of the table occurs; it is not asked when a sample is `unscored`, for then rows may be gone.
 * @param samples all of them, with scores and without.
 */
export const scoreMetrics = (
  scores: Scores,
  times: Uint32Array,
  unscored: Unscored,
  samples: number,
  settled: Settled,
  { keys, labels }: ClassKeys,
  columns: Columns
): ScoreMetrics => {
  const { table, facts } = scores
  const { width } = table
  const scoredLabels = columns.map((position) => labels[position] ?? "")
  const without = obstacle(scores, times, unscored, samples, settled, scoredLabels)
  if (without !== undefined) {
    const none = { insufficient: without }
    const headline = ["top_k", "log_loss", "brier", "roc_auc", "average_precision/macro", "ece"]
    return { values: Object.fromEntries(headline.map((name) => [name, none])), ordered: false }
  }
  let hits = 0
  const supports = new Float64Array(width)
  for (let row = 0; row < times.length; row++) {
    const count = times[row] ?? 0
    const column = table.truth[row] ?? 0
    supports[column] = (supports[column] ?? 0) + count
    if ((facts.ranks[row] ?? 0) < settled.top_k) hits += count
  }
  const each = columns.map((position, column) => ({
    key: keys[position] ?? "",
    label: scoredLabels[column] ?? "",
    weight: supports[column] ?? 0,
    ...ranked(scores.rankingOf(column), times)
  }))
  const reason = improper(scores, times)
  const judged = reason === undefined ? losses(scores, times, samples, settled.calibration_bins) : undefined
  const none = { insufficient: reason ?? "" }
  return {
    values: {
      top_k: hits / samples,
      log_loss: judged?.log_loss ?? none,
      brier: judged?.brier ?? none,
      roc_auc: areaOf(each),
      "average_precision/macro": macro(
        each.map(({ label, weight, average_precision }) => ({ label, weight, value: average_precision })),
        settled.undefined_in_macro
      ),
      ece: judged?.ece ?? none,
      ...Object.fromEntries(each.map(({ key, roc_auc }) => [`roc_auc/${key}`, roc_auc])),
      ...Object.fromEntries(each.map(({ key, average_precision }) => [`average_precision/${key}`, average_precision]))
    },
    ...(judged === undefined ? {} : { reliability: judged.binned }),
    ordered: true
  }
}

/** With two classes that of the later one; with more the mean over all, each against the rest, which needs samples of every one. */
const areaOf = (classes: ReadonlyArray<{ readonly label: string; readonly roc_auc: MetricValue }>): MetricValue => {
  const [first, second] = classes
  if (first === undefined || second === undefined) return { insufficient: "there is only one class" }
  const missing = classes.filter(({ roc_auc }) => isInsufficient(roc_auc)).map(({ label }) => label)
  if (missing.length > 0) return { insufficient: `undefined for ${missing.length} of ${classes.length} classes: ${named(missing)}` }
  if (classes.length === 2) return second.roc_auc
  return classes.reduce((total, { roc_auc }) => total + (typeof roc_auc === "number" ? roc_auc : 0), 0) / classes.length
}
