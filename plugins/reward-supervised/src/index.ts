/**
 * Reward policy `supervised`: the margin perceptron with affect events.
 *
 * When the label does not lead by more than the margin, the label is reinforced (affect, then the sample again with the label
 * taught) and the strongest other class is suppressed (affect, then the sample again with that class taught). When it does lead,
 * nothing happens at all. Sharp edge: the second pair *teaches the wrong class*; it is the affect before it that turns the
 * strengthening into weakening, and a backend that delivers the one without the other trains backwards.
 */
import {
  type Feedback,
  isAbstain,
  type Outcome,
  optionsFrom,
  RewardPolicy,
  type SampleOutcome,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { Options } from "./Options.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** How often each pair was given since the start of the run. */
const State = Schema.Struct({ rewarded: Count, punished: Count })
type State = typeof State.Type

/**
 * The policy. `respond` is total for class targets: an answer with scores, or an abstention with or without them.
 *
 * It throws a RangeError, because the run is wired wrongly, when the target is no class, when an answer that is no abstention
 * comes without scores, when a score is not finite, or when there is no score for the label; and for a step of an environment.
 * The record is the accuracy of the answer, 1 or 0, raw and shaped alike: what the pairs do is no number.
 */
export const supervised: RewardPolicy<Options, State> = RewardPolicy.define<Options, State>({
  id: "supervised",
  decodeOptions: optionsFrom(Options),
  experience: ["sample"],
  state: State,
  channels: (options) =>
    (["reinforce", "suppress"] as const).map((path) => {
      const { channel, magnitude } = options[path]
      return { channel, least: magnitude, limit: magnitude, path: [path] }
    }),
  teaches: ({ teach }) => teach,
  start: () => ({ rewarded: 0, punished: 0 }),
  respond: (options, state, given) => {
    const outcome = sampleOf(given)
    const label = labelOf(outcome.target)
    const reward = recordOf(outcome, label)
    const scores = scoresOf(outcome, label)
    const rival = bestOther(scores, label)
    if (!isAbstain(outcome.prediction) && leadOf(scores, label, rival) > options.margin) return { state, feedback: [], reward }
    const { reinforce, suppress, timing } = options
    const feedback = pair(options, reinforce, timing.reinforce, timing.reinforce_present, outcome.target)
    if (rival === undefined) return { state: { ...state, rewarded: state.rewarded + 1 }, feedback, reward }
    return {
      state: { rewarded: state.rewarded + 1, punished: state.punished + 1 },
      feedback: [
        ...feedback,
        ...pair(options, suppress, timing.suppress, timing.suppress_present, { class: { class_id: rival, label: null } })
      ],
      reward
    }
  }
})

/** An affect, and the sample again while it is active, with the class taught if that is asked for. */
const pair = (
  { teach }: Options,
  affect: { readonly channel: string; readonly magnitude: number },
  affectAt: number,
  presentAt: number,
  value: TypedTarget
): ReadonlyArray<Feedback> => [
  { offset: affectAt, affect: { channel: affect.channel, magnitude: affect.magnitude } },
  { offset: presentAt, represent: true },
  ...(teach ? [{ offset: presentAt, teach: { value } }] : [])
]

const sampleOf = (outcome: Outcome): SampleOutcome => {
  if (outcome.kind === "sample") return outcome
  throw new RangeError(
    'the policy "supervised" teaches labels and judges answers to samples, got a step of an environment; take a policy for episodes, such as "return"'
  )
}

const recordOf = ({ prediction }: SampleOutcome, label: number) => {
  const right = "class" in prediction && prediction.class.class_id === label ? 1 : 0
  return { raw: right, shaped: right }
}

const labelOf = (target: TypedTarget): number => {
  if ("class" in target) return target.class.class_id
  throw new RangeError(`the policy "supervised" needs a class as target, got ${Object.keys(target).join(", ")}`)
}

/** Checked scores, one per class; empty for an abstention that comes without. */
const scoresOf = ({ prediction, scores }: SampleOutcome, label: number): ReadonlyArray<number> => {
  if (scores === undefined || scores.length === 0) {
    if (isAbstain(prediction)) return []
    throw new RangeError('the policy "supervised" needs one score per class to measure the margin, and the answer came without scores')
  }
  const bad = scores.findIndex((score) => !Number.isFinite(score))
  if (bad !== -1) throw new RangeError(`the policy "supervised" needs finite scores, got ${scores[bad]} for class ${bad}`)
  if (label >= scores.length)
    throw new RangeError(`the policy "supervised" needs a score for the label, class ${label}, and got scores for ${scores.length} classes`)
  return scores
}

/** The class with the highest score other than the label; of equal scores the lower class index. Absent when no other has a score. */
const bestOther = (scores: ReadonlyArray<number>, label: number): number | undefined =>
  scores.reduce<number | undefined>((best, score, index) => {
    if (index === label) return best
    return best === undefined || score > (scores[best] ?? Number.POSITIVE_INFINITY) ? index : best
  }, undefined)

/** By how much the label leads; the only class of all leads by infinity. */
const leadOf = (scores: ReadonlyArray<number>, label: number, rival: number | undefined): number => {
  const own = scores[label]
  const other = rival === undefined ? undefined : scores[rival]
  return own === undefined || other === undefined ? Number.POSITIVE_INFINITY : own - other
}
