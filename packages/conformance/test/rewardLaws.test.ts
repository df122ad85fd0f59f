/** A sound reward policy, and one that is broken for each law. */
import { type Feedback, isAbstain, optionsFrom, RewardPolicy } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { classOutcomes, type RewardSubject, rewardLaws } from "../src/index.ts"
import { entryOf, proveRed } from "./proveRed.ts"

const Options = Schema.Struct({ limit: Schema.Literal(1) })
const State = Schema.Struct({ count: Schema.Int })
type State = typeof State.Type
type Policy = RewardPolicy<typeof Options.Type, State>

/** Pleasure for the right class and pain for a wrong one, half of it every other time. */
const sound: Policy = RewardPolicy.define({
  id: "alternating",
  decodeOptions: optionsFrom(Options),
  experience: ["sample"],
  state: State,
  channels: ({ limit }) => ["pleasure", "pain"].map((channel) => ({ channel, least: 0, limit, path: [channel] })),
  teaches: () => false,
  start: () => ({ count: 0 }),
  respond: (_, state, outcome) => {
    if (outcome.kind !== "sample") throw new RangeError('the policy "alternating" judges samples')
    const { target, prediction } = outcome
    if (!("class" in target)) throw new RangeError('the policy "alternating" needs a class')
    if (isAbstain(prediction)) return { state, feedback: [], reward: { raw: 0, shaped: 0 } }
    const right = "class" in prediction && prediction.class.class_id === target.class.class_id
    const affect = { channel: right ? "pleasure" : "pain", magnitude: state.count % 2 === 0 ? 1 : 0.5 }
    const reward = { raw: right ? 1 : -1, shaped: right ? affect.magnitude : -affect.magnitude }
    return { state: { count: state.count + 1 }, feedback: [{ offset: 0, affect }], reward }
  }
})

const subject: RewardSubject<typeof Options.Type, State> = {
  policy: sound,
  options: { limit: 1 },
  outcomes: classOutcomes(3),
  manifest: entryOf("reward", "alternating")
}
const suite = (over: Partial<Policy>, more: Partial<typeof subject> = {}) =>
  rewardLaws({ ...subject, ...more, policy: { ...sound, ...over } })
const answering = (over: (event: Feedback, state: State) => Feedback) =>
  suite({
    respond: (options, state, outcome) => {
      const reply = sound.respond(options, state, outcome)
      return { ...reply, feedback: reply.feedback.map((event) => over(event, state)) }
    }
  })

const honest = "every declared kind of outcome is judged, every other one refused"
const bounded = "every affect is above 0 and within what channels() declares"
const honestTeacher = "whether it teaches is what teaches() declares"
let starts = 0
let seen = 0

proveRed("rewardLaws", () => suite({}), [
  [
    "takes options that nobody declared",
    () => suite({ decodeOptions: () => ({ ok: true, value: { limit: 1 } }) }),
    "options decode, and an unknown key is refused by name"
  ],
  [
    "falls over an answer without scores",
    () =>
      suite({
        respond: (options, state, outcome) => {
          if (outcome.kind === "sample" && outcome.scores === undefined) throw new TypeError("scores is undefined")
          return sound.respond(options, state, outcome)
        }
      }),
    "every outcome gets feedback, or a refusal that names the policy"
  ],
  [
    "gives more than it declares",
    () =>
      answering((event) => ("affect" in event ? { ...event, affect: { ...event.affect, magnitude: 2 * event.affect.magnitude } } : event)),
    bounded
  ],
  [
    "uses a channel that it does not declare",
    () => answering((event) => ("affect" in event ? { ...event, affect: { ...event.affect, channel: "hope" } } : event)),
    bounded
  ],
  [
    "gives nothing as an affect",
    () => answering((event) => ("affect" in event ? { ...event, affect: { ...event.affect, magnitude: 0 } } : event)),
    bounded
  ],
  [
    "punishes with less than nothing",
    () => answering((event) => ("affect" in event ? { ...event, affect: { ...event.affect, magnitude: -1 } } : event)),
    bounded
  ],
  [
    "gives less than it declares",
    () => suite({ channels: ({ limit }) => ["pleasure", "pain"].map((channel) => ({ channel, least: limit, limit, path: [channel] })) }),
    bounded
  ],
  ["says that it teaches and never does", () => suite({ teaches: () => true }), honestTeacher],
  [
    "teaches and does not say so",
    () =>
      answering((event, { count }) => (count % 2 === 0 ? event : { offset: 0, teach: { value: { class: { class_id: 0, label: null } } } })),
    honestTeacher
  ],
  [
    "judges a step that it does not declare",
    () =>
      suite({
        respond: (options, state, outcome) =>
          outcome.kind === "step" ? { state, feedback: [], reward: { raw: 0, shaped: 0 } } : sound.respond(options, state, outcome)
      }),
    honest
  ],
  ["declares steps and refuses them all", () => suite({ experience: ["sample", "step"] }), honest],
  ["declares nothing", () => suite({ experience: [] }), honest],
  [
    "records no number where nothing was answered",
    () =>
      suite({
        respond: (options, state, outcome) => {
          const reply = sound.respond(options, state, outcome)
          return reply.feedback.length === 0 ? { ...reply, reward: { raw: Number.NaN, shaped: 0 } } : reply
        }
      }),
    "every judgement is recorded, raw and shaped, as finite numbers"
  ],
  [
    "answers between two bursts",
    () => answering((event) => ({ ...event, offset: 0.5 })),
    "every offset is a whole number of bursts from 0"
  ],
  [
    "does two things in one event",
    () => answering((event) => ({ ...event, represent: true })),
    "every event is one thing: an affect, a teaching or a presentation"
  ],
  [
    "stores a state without its count",
    () =>
      suite({
        state: Schema.Struct({ other: Schema.optionalKey(Schema.Int) }) as never,
        respond: (options, state, outcome) => sound.respond(options, { count: state.count ?? 0 }, outcome)
      }),
    "a state survives JSON and goes on as if nothing had happened"
  ],
  [
    "remembers how often it was started",
    () => {
      starts = 0
      return suite({
        start: (options) => {
          starts += 1
          return sound.start(options)
        },
        respond: (options, state, outcome) => sound.respond(options, { count: state.count + (starts >> 1) }, outcome)
      })
    },
    "the same outcomes get the same feedback, whoever asked before"
  ],
  [
    "marks the outcomes that it has seen",
    () => suite({ respond: (options, state, outcome) => sound.respond(options, state, Object.assign(outcome, { seen: ++seen })) }),
    "respond leaves what it is given as it is"
  ],
  ["is not what its manifest says", () => suite({}, { manifest: entryOf("reward", "alternate") }), "the entry is what its manifest says"]
])
