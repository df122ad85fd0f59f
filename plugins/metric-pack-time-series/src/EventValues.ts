/**
 * Precision, recall and F1 of events, pooled over all recordings and labels, and for each label.
 *
 *   precision = pairs / predicted        recall = pairs / true        F1 = 2 · pairs / (predicted + true)
 *
 * Sharp edge: labels are those that occur on either side. The pooled values do not change with a label that occurs nowhere.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import type { LabelTally } from "./EventTallies.ts"
import { shares } from "./Values.ts"

export const eventNames = ["event_precision", "event_recall", "event_f1"] as const
export type EventName = (typeof eventNames)[number]

const ratio = (part: number, whole: number, missing: string): MetricValue => (whole === 0 ? { insufficient: missing } : part / whole)

export const ratiosOf = ({ matched, spurious, missed }: Omit<LabelTally, "label">): Readonly<Record<EventName, MetricValue>> => ({
  event_precision: ratio(matched, matched + spurious, "no event was predicted"),
  event_recall: ratio(matched, matched + missed, "no target has an event"),
  event_f1: ratio(2 * matched, 2 * matched + spurious + missed, "there is no event, neither true nor predicted")
})

/** Everything but the distances of starts. */
export const eventValues = (
  labels: ReadonlyArray<LabelTally>,
  answered: number,
  abstained: number
): Readonly<Record<string, MetricValue>> => {
  const pooled = { matched: 0, spurious: 0, missed: 0 }
  const values: Record<string, MetricValue> = { ...shares(answered, abstained) }
  for (const tally of labels) {
    pooled.matched += tally.matched
    pooled.spurious += tally.spurious
    pooled.missed += tally.missed
  }
  const all = ratiosOf(pooled)
  for (const name of eventNames) values[name] = all[name]
  for (const tally of labels) {
    const each = ratiosOf(tally)
    for (const name of eventNames) values[`${name}/${tally.label}`] = each[name]
  }
  return { ...values, true_positives: pooled.matched, false_positives: pooled.spurious, false_negatives: pooled.missed }
}
