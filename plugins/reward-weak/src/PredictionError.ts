/**
 * Reward policy `prediction-error`: not the reward R but its surprise R − R̄ becomes an affect, where R̄ is a running expectation.
 *
 * R is 1 when what was acted out is right and 0 when it is not. After each outcome
 * R̄ ← R̄ + rate · (R − R̄): the exponential recency-weighted average of Sutton and Barto, Reinforcement Learning, 2nd ed., eq. 2.5, as
 * the baseline of a gradient bandit, section 2.8. Sharp edge: what is always right is no surprise, and is no longer rewarded.
 */
import {
  AffectOffset,
  AffectOption,
  AffectStrength,
  affectFeedback,
  affectShare,
  affectUses,
  optionsFrom,
  RewardPolicy
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { Act, actEvents, chosen, inTime, inTimeExpected } from "./Act.ts"
import { Abstention, Count, classAnswer, sampleOf } from "./Judged.ts"

const Options = Schema.Struct({
  better: AffectOption,
  worse: AffectOption,
  /** `full` and `above` in units of the reward. */
  strength: AffectStrength,
  /** Share of the surprise that goes into the expectation. */
  rate: Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(1)),
  /** R̄ before the first outcome. */
  expectation: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
  abstention: Abstention,
  affect_at: AffectOffset,
  act: Act
}).check(
  Schema.makeFilter(({ better, worse }) => better.channel !== worse.channel, {
    expected: "two different channels: better.channel and worse.channel are the same"
  }),
  Schema.makeFilter(inTime, { expected: inTimeExpected })
)
type Options = typeof Options.Type

const State = Schema.Struct({ outcomes: Count, expectation: Schema.Finite })
type State = typeof State.Type

/**
 * The policy. Raw is the accuracy of the answer, 1 or 0; shaped is R − R̄ of what was acted out, 0 for silence that is ignored. Throws
 * a RangeError for a step of an environment and for targets and answers that are no class.
 */
export const predictionError: RewardPolicy<Options, State> = RewardPolicy.define<Options, State>({
  id: "prediction-error",
  decodeOptions: optionsFrom(Options),
  experience: ["sample"],
  state: State,
  channels: ({ better, worse, strength }) => affectUses({ better, worse }, strength.mode),
  teaches: ({ act }) => act.mode !== "none",
  start: ({ expectation }) => ({ outcomes: 0, expectation }),
  respond: ({ better, worse, strength, rate, abstention, affect_at, act }, { outcomes, expectation }, outcome) => {
    const { label, answer, accuracy } = classAnswer("prediction-error", sampleOf("prediction-error", outcome))
    const choice = chosen(act, outcomes, answer)
    if (choice === undefined && abstention === "ignored")
      return { state: { outcomes: outcomes + 1, expectation }, feedback: [], reward: { raw: accuracy, shaped: 0 } }
    const surprise = (choice === label ? 1 : 0) - expectation
    const affect = affectFeedback(better, worse, affectShare(strength, surprise), affect_at)
    return {
      state: { outcomes: outcomes + 1, expectation: expectation + rate * surprise },
      // Without an affect the act would be taught without a judgement.
      feedback: affect.length === 0 ? [] : [...affect, ...actEvents(act, choice)],
      reward: { raw: accuracy, shaped: surprise }
    }
  }
})
