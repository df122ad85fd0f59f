/**
 * Reward policy `return`: the discounted return of an episode, Σ γᵗ rₜ, as affect: all of it at the end, or in parts with every step.
 *
 * With shaping rₜ stands for the shaped reward. Sharp edges: what is delivered at the end reaches what is still eligible then, so that a
 * long episode needs a long eligibility trace; and a return beyond `full` is cut to the whole magnitude, which no theorem about shaping
 * survives: choose `full` above what can occur.
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
import { bonusOf, Shaping } from "./Shaping.ts"
import { isEnd, stepOf } from "./Step.ts"

const Options = Schema.Struct({
  gain: AffectOption,
  loss: AffectOption,
  /** `full` and `above` in units of the reward. */
  strength: AffectStrength,
  gamma: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
  /** `end`: the return, after the last step. `step`: each step its own part γᵗ rₜ, which together are the return. */
  deliver: Schema.Literals(["end", "step"]),
  shaping: Shaping,
  affect_at: AffectOffset
}).check(
  Schema.makeFilter(({ gain, loss }) => gain.channel !== loss.channel, {
    expected: "two different channels: gain.channel and loss.channel are the same"
  })
)
type Options = typeof Options.Type

/** Of the episode that is going on: γᵗ of its next step, and its return so far. */
const State = Schema.Struct({ discount: Schema.Finite, gathered: Schema.Finite })
type State = typeof State.Type

const beginning: State = { discount: 1, gathered: 0 }

/**
 * The policy. Raw is the reward that the environment gave for the step; shaped is what is delivered after it: its part of the return,
 * or at the end the return, and 0 before it. Throws a RangeError for an answer to a sample, for a reward that is not finite, for an
 * observation that the shaping cannot read, and when the return is beyond the range of numbers.
 */
export const discountedReturn: RewardPolicy<Options, State> = RewardPolicy.define<Options, State>({
  id: "return",
  decodeOptions: optionsFrom(Options),
  experience: ["step"],
  state: State,
  channels: ({ gain, loss, strength }) => affectUses({ gain, loss }, strength.mode),
  teaches: () => false,
  start: () => beginning,
  respond: ({ gain, loss, strength, gamma, deliver, shaping, affect_at }, { discount, gathered }, outcome) => {
    const step = stepOf("return", outcome)
    // 0 + …: a part of nothing is 0 and not -0, which JSON would not keep.
    const part = 0 + discount * (step.reward + bonusOf("return", shaping, gamma, step))
    const total = gathered + part
    if (!Number.isFinite(total))
      throw new RangeError(`the policy "return" needs a finite return, got ${total} after a reward of ${step.reward}`)
    const over = isEnd(step)
    const shaped = deliver === "step" ? part : over ? total : 0
    return {
      state: over ? beginning : { discount: discount * gamma, gathered: total },
      feedback: affectFeedback(gain, loss, affectShare(strength, shaped), affect_at),
      reward: { raw: step.reward, shaped }
    }
  }
})
