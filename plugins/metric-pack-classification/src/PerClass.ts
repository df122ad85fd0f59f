/**
 * Precision, recall and F1 of one class against the rest.
 *
 *   precision = correct / predicted      recall = correct / support      F1 = 2 · correct / (predicted + support)
 *
 * F1 is the harmonic mean of the other two wherever both are defined (van Rijsbergen 1979, with β = 1). Sharp edge: in this form F1 is
 * 0, and defined, for a class that has samples and was never predicted; it is undefined only for a class that occurs on neither side.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import type { Tally } from "./Counts.ts"
import { ratio } from "./Ratio.ts"

export const perClassNames = ["precision", "recall", "f1"] as const
export type PerClassName = (typeof perClassNames)[number]

/** The share of the answers naming this class that are right; undefined when it was never predicted. */
const precision = (tally: Tally): MetricValue => ratio(tally.correct, tally.predicted, "the class was never predicted")

/** The share of the samples of this class that were answered with it; undefined when it has no sample. */
const recall = (tally: Tally): MetricValue => ratio(tally.correct, tally.support, "no scored sample is of this class")

const f1 = (tally: Tally): MetricValue =>
  ratio(2 * tally.correct, tally.predicted + tally.support, "no scored sample is of this class and it was never predicted")

export const perClass: Readonly<Record<PerClassName, (tally: Tally) => MetricValue>> = { precision, recall, f1 }
