/**
 * How far answers and truth agree beyond what their frequencies alone would give: Matthews' correlation and Cohen's kappa.
 *
 * With n samples, c of them right, tᵢ samples and pᵢ answers of class i (an abstention is an answer of a class of its own, which no
 * sample is of):
 *
 *   mcc   = (c·n − Σ tᵢ·pᵢ) / √((n² − Σ pᵢ²) · (n² − Σ tᵢ²))      Gorodkin 2004; Matthews 1975 for two classes
 *   kappa = 1 − n·(n − c) / (n² − Σ tᵢ·pᵢ)                        Cohen 1960
 *
 * Sharp edge: both are 0 / 0 where there is nothing to correlate. Where scikit-learn says 0 for the first and NaN for the second, the
 * second is insufficient here, and the first too unless undefined values count as 0.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import { samplesOf, sum, type Tally } from "./Counts.ts"
import type { UndefinedInMacro } from "./Options.ts"
import { noSample } from "./Ratio.ts"

/** Whole numbers up to 2^53, which holds for fewer than 9·10^7 samples. */
const pooled = (classes: ReadonlyArray<Tally>) => {
  const samples = samplesOf(classes)
  const silent = samples - sum(classes.map(({ predicted }) => predicted))
  return {
    samples,
    correct: sum(classes.map((each) => each.correct)),
    both: sum(classes.map(({ support, predicted }) => support * predicted)),
    answers: sum(classes.map(({ predicted }) => predicted * predicted)) + silent * silent,
    truths: sum(classes.map(({ support }) => support * support))
  }
}

/** From -1 to 1. When all samples, or all answers, are of one class: 0 under `zero`, no value under `insufficient`. */
export const mcc = (classes: ReadonlyArray<Tally>, policy: UndefinedInMacro): MetricValue => {
  const { samples, correct, both, answers, truths } = pooled(classes)
  if (samples === 0) return { insufficient: noSample }
  const spread = (samples * samples - answers) * (samples * samples - truths)
  if (spread > 0) return (correct * samples - both) / Math.sqrt(spread)
  return policy === "zero"
    ? 0
    : { insufficient: 'all samples, or all answers, are of one class; undefined_in_macro = "zero" counts this correlation as 0' }
}

/** At most 1; 0 is what the frequencies alone would give. No value when every sample and every answer is of the same class. */
export const kappa = (classes: ReadonlyArray<Tally>): MetricValue => {
  const { samples, correct, both } = pooled(classes)
  if (samples === 0) return { insufficient: noSample }
  const chance = samples * samples - both
  return chance === 0
    ? { insufficient: "every sample and every answer is of the same class, so agreement says nothing" }
    : 1 - (samples * (samples - correct)) / chance
}
