/** A step of an environment, checked: whatever a policy would have to guess is refused in its name. */
import type { Outcome, StepOutcome } from "@feagi-trainer/contracts"
import { Schema } from "effect"

export const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** The step of an outcome; throws a RangeError for an answer to a sample and for a reward that is not finite. */
export const stepOf = (policy: string, outcome: Outcome): StepOutcome => {
  if (outcome.kind !== "step")
    throw new RangeError(
      `the policy "${policy}" judges steps of an environment, got an answer to a sample; take a policy for samples, such as "supervised" or "correctness"`
    )
  if (!Number.isFinite(outcome.reward))
    throw new RangeError(`the policy "${policy}" needs a finite reward of each step, got ${outcome.reward}`)
  return outcome
}

/** Whether the episode is over after this step, one way or the other. */
export const isEnd = ({ terminated, truncated }: StepOutcome): boolean => terminated || truncated
