/**
 * Reward policy `margin`: the further the label's score leads, the more reward; the further it is behind, the more punishment.
 *
 * Sharp edges: which class was right is never said, only how right the answer was; what the affect falls on is the answer, or, with
 * `act = {mode = "none"}`, whatever is still eligible. And a brain whose weights are all equal ties on every sample: a lead of 0 is
 * no reward and no punishment, so that it learns nothing unless `tie = "wrong"`.
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
import { actEvents, inTime, inTimeExpected, PlainAct } from "./Act.ts"
import { Abstention, Count, classAnswer, leadOf, sampleOf } from "./Judged.ts"

/** Whether a lead of exactly 0 with another answer than the label is judged as silence is, or passed over. */
const Tie = Schema.Literals(["wrong", "ignored"])

const Options = Schema.Struct({
  ahead: AffectOption,
  behind: AffectOption,
  /** `full` and `above` in units of the scores. */
  strength: AffectStrength,
  abstention: Abstention,
  tie: Tie,
  affect_at: AffectOffset,
  act: PlainAct
}).check(
  Schema.makeFilter(({ ahead, behind }) => ahead.channel !== behind.channel, {
    expected: "two different channels: ahead.channel and behind.channel are the same"
  }),
  Schema.makeFilter(inTime, { expected: inTimeExpected })
)
type Options = typeof Options.Type

const State = Schema.Struct({ outcomes: Count })
type State = typeof State.Type

/**
 * The policy. Raw is the accuracy of the answer, 1 or 0; shaped is the share of the magnitude from -1 to 1: silence and a tie that was
 * answered wrongly are -1, or 0 where they are ignored. Throws a RangeError for a step of an environment, for targets and answers that
 * are no class, and for an answer without one finite score per class.
 */
export const margin: RewardPolicy<Options, State> = RewardPolicy.define<Options, State>({
  id: "margin",
  decodeOptions: optionsFrom(Options),
  experience: ["sample"],
  state: State,
  channels: ({ ahead, behind, strength }) => affectUses({ ahead, behind }, strength.mode),
  teaches: ({ act }) => act.mode !== "none",
  start: () => ({ outcomes: 0 }),
  respond: ({ ahead, behind, strength, abstention, tie, affect_at, act }, { outcomes }, outcome) => {
    const sample = sampleOf("margin", outcome)
    const { label, answer, accuracy } = classAnswer("margin", sample)
    const judged = (): number => {
      if (answer === undefined) return abstention === "ignored" ? 0 : -1
      const lead = leadOf("margin", label, sample.scores)
      return lead === 0 && answer !== label && tie === "wrong" ? -1 : affectShare(strength, lead)
    }
    const shaped = judged()
    const affect = affectFeedback(ahead, behind, shaped, affect_at)
    // Without an affect the act would be taught without a judgement.
    const feedback = affect.length === 0 ? [] : [...affect, ...actEvents(act, answer)]
    return { state: { outcomes: outcomes + 1 }, feedback, reward: { raw: accuracy, shaped } }
  }
})
