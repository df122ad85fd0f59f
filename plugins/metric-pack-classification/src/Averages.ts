/**
 * One number from the values of all declared classes: macro (every class the same weight), weighted (by support) and micro (pooled
 * counts). Sharp edge: a class that never occurs is still a declared class and takes part in macro; what its undefined value does
 * there is the option `undefined_in_macro`. In weighted its weight is 0, so it cannot make that undefined.
 */
import { isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { sum, type Tally } from "./Counts.ts"
import type { UndefinedInMacro } from "./Options.ts"
import { type PerClassName, perClass } from "./PerClass.ts"
import { noSample, ratio } from "./Ratio.ts"

/** The value of one class and what it counts for. */
export interface Weighted {
  readonly label: string
  readonly weight: number
  readonly value: MetricValue
}

const shown = 5

/** The first few labels in quotes, and how many more there are. */
export const named = (labels: ReadonlyArray<string>): string => {
  const first = labels
    .slice(0, shown)
    .map((label) => `"${label}"`)
    .join(", ")
  return labels.length > shown ? `${first} and ${labels.length - shown} more` : first
}

/** Σ weight·value / Σ weight over the classes that weigh anything, in the order of the classes. */
export const average = (classes: ReadonlyArray<Weighted>, policy: UndefinedInMacro): MetricValue => {
  const weighing = classes.filter(({ weight }) => weight > 0)
  const total = sum(weighing.map(({ weight }) => weight))
  if (total === 0) return { insufficient: noSample }
  const missing = weighing.filter(({ value }) => isInsufficient(value)).map(({ label }) => label)
  if (policy === "insufficient" && missing.length > 0) {
    return {
      insufficient: `undefined for ${missing.length} of ${weighing.length} classes: ${named(missing)}; undefined_in_macro = "zero" counts them as 0`
    }
  }
  return sum(weighing.map(({ weight, value }) => (isInsufficient(value) ? 0 : weight * value))) / total
}

/** Every class the same weight, those without samples included; the weights given only say whether there is any sample at all. */
export const macro = (classes: ReadonlyArray<Weighted>, policy: UndefinedInMacro): MetricValue =>
  classes.every(({ weight }) => weight === 0)
    ? { insufficient: noSample }
    : average(
        classes.map((each) => ({ ...each, weight: 1 })),
        policy
      )

/** The value of the pooled counts. With one answer per sample, micro recall is accuracy and micro precision accuracy of the answered. */
export const micro = (name: PerClassName, classes: ReadonlyArray<Tally>): MetricValue => {
  const pooled = {
    support: sum(classes.map(({ support }) => support)),
    predicted: sum(classes.map(({ predicted }) => predicted)),
    correct: sum(classes.map(({ correct }) => correct))
  }
  if (pooled.support === 0) return { insufficient: noSample }
  return name === "precision" ? ratio(pooled.correct, pooled.predicted, "every sample was abstained from") : perClass[name](pooled)
}

/**
 * The mean recall of the classes that have samples (Brodersen et al. 2010; scikit-learn's `balanced_accuracy_score`). It differs from
 * `recall/macro` exactly when a declared class has no sample.
 */
export const balancedAccuracy = (classes: ReadonlyArray<Tally>): MetricValue => {
  const occurring = classes.filter(({ support }) => support > 0)
  return ratio(sum(occurring.map(({ correct, support }) => correct / support)), occurring.length, noSample)
}
