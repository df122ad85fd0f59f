/**
 * Reward policy `correctness`: one affect for a right answer, another one for a wrong one; the label itself is never shown.
 *
 * With `act = {mode = "explore", …}` it is the bandit: the brain acts out a class and is rewarded if that was right, punished if not.
 * Sharp edge: with `act = {mode = "none"}` the affect reaches only what is still eligible after the reading, so that a mapping
 * without an eligibility trace (mode `stdp`) learns nothing.
 */
import { AffectOffset, AffectOption, affectFeedback, affectUses, optionsFrom, RewardPolicy } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { Act, actEvents, chosen, inTime, inTimeExpected } from "./Act.ts"
import { Abstention, Count, classAnswer, sampleOf } from "./Judged.ts"

const Options = Schema.Struct({
  correct: AffectOption,
  wrong: AffectOption,
  abstention: Abstention,
  affect_at: AffectOffset,
  act: Act
}).check(
  Schema.makeFilter(({ correct, wrong }) => correct.channel !== wrong.channel, {
    expected: "two different channels: correct.channel and wrong.channel are the same"
  }),
  Schema.makeFilter(inTime, { expected: inTimeExpected })
)
type Options = typeof Options.Type

/** Outcomes since the start of the run: exploration is scheduled by them. */
const State = Schema.Struct({ outcomes: Count })
type State = typeof State.Type

/**
 * The policy. Raw is the accuracy of the answer, 1 or 0; shaped is 1 for what was right among the acts, -1 for what was wrong, 0 for
 * silence that is ignored. Throws a RangeError for a step of an environment and for targets and answers that are no class.
 */
export const correctness: RewardPolicy<Options, State> = RewardPolicy.define<Options, State>({
  id: "correctness",
  decodeOptions: optionsFrom(Options),
  experience: ["sample"],
  state: State,
  channels: ({ correct, wrong }) => affectUses({ correct, wrong }, "whole"),
  teaches: ({ act }) => act.mode !== "none",
  start: () => ({ outcomes: 0 }),
  respond: ({ correct, wrong, abstention, affect_at, act }, { outcomes }, outcome) => {
    const { label, answer, accuracy } = classAnswer("correctness", sampleOf("correctness", outcome))
    const state = { outcomes: outcomes + 1 }
    const choice = chosen(act, outcomes, answer)
    const shaped = choice === label ? 1 : choice === undefined && abstention === "ignored" ? 0 : -1
    const feedback = shaped === 0 ? [] : [...affectFeedback(correct, wrong, shaped, affect_at), ...actEvents(act, choice)]
    return { state, feedback, reward: { raw: accuracy, shaped } }
  }
})
