/**
 * Reward policy `sparse-outcome`: an episode is a success or a failure, and nothing else is said about it.
 *
 * How an end is judged is written down for each way to end: a task that is won by lasting until it is cut off says
 * `truncated = "success"`, `terminated = "failure"`. Sharp edge: with `"by-reward"` it is the reward of the last step alone that decides,
 * and 0 is neither.
 */
import {
  AffectOffset,
  AffectOption,
  affectFeedback,
  affectUses,
  optionsFrom,
  RewardPolicy,
  type StepOutcome
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { Count, isEnd, stepOf } from "./Step.ts"

const Verdict = Schema.Literals(["success", "failure", "neither", "by-reward"])

const Options = Schema.Struct({
  success: AffectOption,
  failure: AffectOption,
  terminated: Verdict,
  truncated: Verdict,
  affect_at: AffectOffset
}).check(
  Schema.makeFilter(({ success, failure }) => success.channel !== failure.channel, {
    expected: "two different channels: success.channel and failure.channel are the same"
  })
)
type Options = typeof Options.Type

/** Of the run so far. */
const State = Schema.Struct({ episodes: Count, successes: Count, failures: Count })
type State = typeof State.Type

/** 1 for a success, -1 for a failure, 0 for neither and while the episode goes on. */
const verdictOf = (options: Options, step: StepOutcome): number => {
  if (!isEnd(step)) return 0
  // An episode that ended by itself in the step in which it would have been cut off has ended by itself.
  const verdict = step.terminated ? options.terminated : options.truncated
  return { success: 1, failure: -1, neither: 0, "by-reward": Math.sign(step.reward) }[verdict]
}

/**
 * The policy. Raw is the reward that the environment gave for the step; shaped is 1 for a success, -1 for a failure, else 0. Throws a
 * RangeError for an answer to a sample and for a reward that is not finite.
 */
export const sparseOutcome: RewardPolicy<Options, State> = RewardPolicy.define<Options, State>({
  id: "sparse-outcome",
  decodeOptions: optionsFrom(Options),
  experience: ["step"],
  state: State,
  channels: ({ success, failure }) => affectUses({ success, failure }, "whole"),
  teaches: () => false,
  start: () => ({ episodes: 0, successes: 0, failures: 0 }),
  respond: (options, state, outcome) => {
    const step = stepOf("sparse-outcome", outcome)
    // Not -0: a record is written as text.
    const shaped = verdictOf(options, step) || 0
    return {
      state: {
        episodes: state.episodes + (isEnd(step) ? 1 : 0),
        successes: state.successes + (shaped > 0 ? 1 : 0),
        failures: state.failures + (shaped < 0 ? 1 : 0)
      },
      feedback: affectFeedback(options.success, options.failure, shaped, options.affect_at),
      reward: { raw: step.reward, shaped }
    }
  }
})
