/**
 * From what was counted and scored to the values of the pack. One function for a fold and for its resamples, so that both agree to the
 * last bit.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import { shares } from "./Accuracy.ts"
import { kappa, mcc } from "./Agreement.ts"
import { average, balancedAccuracy, macro, micro } from "./Averages.ts"
import type { ClassKeys } from "./ClassKeys.ts"
import type { Tally } from "./Counts.ts"
import type { Settled } from "./Options.ts"
import { perClass, perClassNames } from "./PerClass.ts"

/** The values that answers alone give. `classes` are the tallies of all classes, in their order. */
export const answerValues = (
  { undefined_in_macro, observed }: Settled,
  { labels, keys }: ClassKeys,
  classes: ReadonlyArray<Tally>
): Readonly<Record<string, MetricValue>> => {
  const values: Record<string, MetricValue> = {
    ...shares(classes),
    balanced_accuracy: balancedAccuracy(classes),
    mcc: mcc(classes, undefined_in_macro),
    kappa: kappa(classes)
  }
  // A class that occurs on neither side is no class where only the observed ones count.
  const counts = classes.map(({ support, predicted }) => observed === undefined || support + predicted > 0)
  for (const name of perClassNames) {
    const each = classes.map((tally, index) => ({ label: labels[index] ?? "", weight: tally.support, value: perClass[name](tally) }))
    for (const [index, { value }] of each.entries()) values[`${name}/${keys[index]}`] = value
    const averaged = each.filter((_, index) => counts[index])
    values[`${name}/macro`] = macro(averaged, undefined_in_macro)
    values[`${name}/micro`] = micro(name, classes)
    values[`${name}/weighted`] = average(averaged, undefined_in_macro)
  }
  for (const [index, { support }] of classes.entries()) values[`support/${keys[index]}`] = support
  return values
}
