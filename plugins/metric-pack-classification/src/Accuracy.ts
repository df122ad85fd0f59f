/**
 * The shares of all samples: how many were right, answered, abstained from, and how many a constant answer would get.
 *
 * Sharp edge: accuracy divides by all samples, so an abstention is a wrong answer there; `accuracy_answered` divides by the answered
 * ones and rises when a learner keeps silent on what is hard. Read it beside `answered`.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import { samplesOf, sum, type Tally } from "./Counts.ts"
import { noSample, ratio } from "./Ratio.ts"

export const shareNames = ["accuracy", "answered", "abstained", "accuracy_answered", "majority_baseline"] as const

export const shares = (classes: ReadonlyArray<Tally>): Readonly<Record<(typeof shareNames)[number], MetricValue>> => {
  const samples = samplesOf(classes)
  const answered = sum(classes.map(({ predicted }) => predicted))
  const correct = sum(classes.map((each) => each.correct))
  const largest = classes.reduce((most, { support }) => Math.max(most, support), 0)
  return {
    accuracy: ratio(correct, samples, noSample),
    answered: ratio(answered, samples, noSample),
    abstained: ratio(samples - answered, samples, noSample),
    accuracy_answered: ratio(correct, answered, samples === 0 ? noSample : "every sample was abstained from"),
    // What always answering the most frequent class of these very targets would get.
    majority_baseline: ratio(largest, samples, noSample)
  }
}
