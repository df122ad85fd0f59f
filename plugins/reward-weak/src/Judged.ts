/**
 * What an outcome says of classes: the label, the answer, the scores. Whatever a policy would have to guess is refused in its name.
 *
 * Sharp edge: an abstention is an answer without a class. It is never compared with the label; each policy has an option for it.
 */
import { isAbstain, type Outcome, type SampleOutcome } from "@feagi-trainer/contracts"
import { Schema } from "effect"

export const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
/** Whether silence is judged like a wrong answer, or passed over. */
export const Abstention = Schema.Literals(["wrong", "ignored"])

export interface ClassAnswer {
  readonly label: number
  /** Absent when the brain abstained. */
  readonly answer: number | undefined
  /** 1 when the answer is the label, else 0: what the task gives. */
  readonly accuracy: 0 | 1
}

/** The sample of an outcome; throws a RangeError for a step. */
export const sampleOf = (policy: string, outcome: Outcome): SampleOutcome => {
  if (outcome.kind === "sample") return outcome
  throw new RangeError(
    `the policy "${policy}" judges answers to samples, got a step of an environment; take a policy for episodes, such as "return"`
  )
}

/** Throws a RangeError when target or answer is of another type than class. */
export const classAnswer = (policy: string, { target, prediction }: SampleOutcome): ClassAnswer => {
  if (!("class" in target)) throw new RangeError(`the policy "${policy}" needs a class as target, got ${Object.keys(target).join(", ")}`)
  const label = target.class.class_id
  if (isAbstain(prediction)) return { label, answer: undefined, accuracy: 0 }
  if (!("class" in prediction))
    throw new RangeError(`the policy "${policy}" needs a class or an abstention as answer, got ${Object.keys(prediction).join(", ")}`)
  const answer = prediction.class.class_id
  return { label, answer, accuracy: answer === label ? 1 : 0 }
}

/**
 * By how much the label's score leads the best other one, in units of the scores; negative when it is behind. Scores stand in class
 * order, so that the label is a position among them. Throws a RangeError without one finite score per class, at least two.
 */
export const leadOf = (policy: string, label: number, scores: ReadonlyArray<number> | undefined): number => {
  if (scores === undefined || scores.length < 2)
    throw new RangeError(`the policy "${policy}" needs one score per class to measure the margin, got ${scores?.length ?? "no"} scores`)
  const bad = scores.findIndex((score) => !Number.isFinite(score))
  if (bad !== -1) throw new RangeError(`the policy "${policy}" needs finite scores, got ${scores[bad]} for class ${bad}`)
  const own = scores[label]
  if (own === undefined)
    throw new RangeError(`the policy "${policy}" needs a score for the label, class ${label}, and got scores for ${scores.length} classes`)
  return own - Math.max(...scores.filter((_, index) => index !== label))
}
