/**
 * The laws of a reward policy: total, bounded, honest about what it judges, and without any memory but its state.
 *
 * Sharp edge: a refusal is a lawful answer, a wrong feedback is not. A policy that cannot judge an outcome throws a RangeError that
 * names the policy; it never returns an empty list for it, and no law can see that difference: say it in a test of your own. That a
 * policy is silent outside of training is no law of the policy: the host never asks it there.
 */
import {
  type EntryManifest,
  type Experience,
  type Feedback,
  isAffect,
  isTeach,
  type Outcome,
  type RewardPolicy,
  type RewardRecord,
  type Rng,
  showValue
} from "@feagi-trainer/contracts"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { breakLaw, expectSame, messageOf, plain } from "./Broken.ts"
import { casesOf, suiteSeed } from "./Cases.ts"
import { entryLaw } from "./EntryLaw.ts"
import type { Law } from "./Law.ts"
import { decodedOptions, optionsLaw } from "./Options.ts"

export interface RewardSubject<Options, State> {
  readonly policy: RewardPolicy<Options, State>
  /** As they stand in a run file. */
  readonly options: unknown
  /**
   * Draws outcomes of the tasks that the policy is for, of every kind that it declares: `classOutcomes(classes)` for class tasks,
   * `episodeOutcomes(numbers)` for environments.
   */
  readonly outcomes: (rng: Rng) => ReadonlyArray<Outcome>
  readonly manifest?: EntryManifest
  readonly seed?: string
}

type Reply<State> =
  | { readonly state: State; readonly feedback: ReadonlyArray<Feedback>; readonly reward: RewardRecord }
  | { readonly refused: unknown }

const kinds: ReadonlyArray<Experience> = ["sample", "step"]

/** One outcome of each kind, as plain as it can be. */
const plainOutcome: Readonly<Record<Experience, Outcome>> = {
  sample: {
    kind: "sample",
    target: { class: { class_id: 0, label: null } },
    prediction: { class: { class_id: 0, scores: [1, 0] } },
    scores: [1, 0],
    phase: "train"
  },
  step: { kind: "step", observation: [0], next_observation: [1], reward: 1, terminated: false, truncated: false, phase: "train" }
}

/** A RangeError in which the policy gives its name; anything else is a fault. */
const isRefusal = (error: unknown, id: string): boolean => error instanceof RangeError && error.message.includes(id)

/** The laws for this policy under these options, over drawn outcomes and what a run makes of them: a chain of states. */
export const rewardLaws = <Options, State>(subject: RewardSubject<Options, State>): ReadonlyArray<Law> => {
  const { policy } = subject
  const options = (): Options => decodedOptions(policy.decodeOptions, subject.options)
  const ask = (state: State, outcome: Outcome): Reply<State> => {
    try {
      return policy.respond(options(), state, outcome)
    } catch (refused) {
      return { refused }
    }
  }
  /** The replies to all outcomes in a row; after a refusal the run would be over, and the suite goes on with the state before. */
  const replies = (outcomes: ReadonlyArray<Outcome>, from: State): ReadonlyArray<Reply<State>> => {
    let state = from
    return outcomes.map((outcome) => {
      const reply = ask(state, outcome)
      if ("state" in reply) state = reply.state
      return reply
    })
  }
  const shown = (all: ReadonlyArray<Reply<State>>): ReadonlyArray<unknown> =>
    all.map((reply) => ("feedback" in reply ? { feedback: reply.feedback, reward: reply.reward } : { refused: messageOf(reply.refused) }))
  const encode = (state: State, from: string): unknown => {
    const encoded = Schema.encodeUnknownResult(policy.state)(state)
    return Result.isSuccess(encoded)
      ? encoded.success
      : breakLaw("the state", "a state that its own schema encodes", String(encoded.failure), from)
  }
  const forCases = (name: string, check: (outcomes: ReadonlyArray<Outcome>, from: string) => void): Law => ({
    name,
    check: () => {
      for (const { rng, from } of casesOf(subject.seed ?? suiteSeed)) check(subject.outcomes(rng), from)
    }
  })
  const forEvents = (name: string, check: (event: Feedback, from: string) => void): Law =>
    forCases(name, (outcomes, from) => {
      for (const reply of replies(outcomes, policy.start(options())))
        if ("feedback" in reply) for (const event of reply.feedback) check(event, from)
    })

  return [
    optionsLaw(policy.decodeOptions, subject.options),
    forCases("every outcome gets feedback, or a refusal that names the policy", (outcomes, from) => {
      for (const [index, reply] of replies(outcomes, policy.start(options())).entries()) {
        if (!("refused" in reply)) continue
        const { refused } = reply
        if (!isRefusal(refused, policy.id))
          breakLaw(
            `respond() to ${showValue(outcomes[index])}`,
            `feedback, or a RangeError with "${policy.id}" in its message`,
            refused instanceof Error ? `${refused.name}: ${refused.message}` : String(refused),
            from
          )
      }
    }),
    {
      name: "every declared kind of outcome is judged, every other one refused",
      check: () => {
        const { experience } = policy
        if (experience.length === 0 || new Set(experience).size !== experience.length)
          breakLaw("experience", "kinds of outcomes, at least one and each once", showValue(experience))
        const cases = casesOf(subject.seed ?? suiteSeed)
        const drawn = cases.map(({ rng }) => subject.outcomes(rng))
        const judged = drawn.flatMap((outcomes) =>
          replies(outcomes, policy.start(options())).flatMap((reply, index) => ("feedback" in reply ? [outcomes[index]?.kind] : []))
        )
        for (const kind of kinds) {
          if (experience.includes(kind)) {
            if (!judged.includes(kind))
              breakLaw(`respond() to every drawn outcome of kind "${kind}", which experience declares`, "feedback at least once", "none")
            continue
          }
          const reply = ask(policy.start(options()), plainOutcome[kind])
          if ("feedback" in reply || !isRefusal(reply.refused, policy.id))
            breakLaw(
              `respond() to an outcome of kind "${kind}", which experience does not declare`,
              `a RangeError with "${policy.id}" in its message`,
              "feedback" in reply ? showValue(reply.feedback) : messageOf(reply.refused)
            )
        }
      }
    },
    forCases("every judgement is recorded, raw and shaped, as finite numbers", (outcomes, from) => {
      for (const [index, reply] of replies(outcomes, policy.start(options())).entries()) {
        if (!("feedback" in reply)) continue
        const record: Readonly<Record<string, unknown>> = { ...reply.reward }
        if (!Number.isFinite(record.raw) || !Number.isFinite(record.shaped))
          breakLaw(`the reward of ${showValue(outcomes[index])}`, "{raw, shaped}, finite numbers", showValue(record), from)
      }
    }),
    forEvents("every affect is above 0 and within what channels() declares", (event, from) => {
      if (!isAffect(event)) return
      const { channel, magnitude } = event.affect
      const declared = policy.channels(options()).filter((each) => each.channel === channel)
      if (declared.length === 0)
        breakLaw(`an affect on the channel "${channel}"`, `one of ${showValue(policy.channels(options()))}`, "no such channel", from)
      if (declared.some(({ least, limit }) => magnitude > 0 && magnitude >= least && magnitude <= limit)) return
      const ranges = declared.map(({ least, limit }) => (least > 0 ? `from ${least} to ${limit}` : `above 0 and at most ${limit}`))
      breakLaw(`an affect on the channel "${channel}"`, `a magnitude ${ranges.join(", or ")}`, String(magnitude), from)
    }),
    {
      name: "whether it teaches is what teaches() declares",
      check: () => {
        const drawn = casesOf(subject.seed ?? suiteSeed).flatMap(({ rng }) => replies(subject.outcomes(rng), policy.start(options())))
        const taught = drawn.some((reply) => "feedback" in reply && reply.feedback.some(isTeach))
        if (policy.teaches(options()) !== taught)
          breakLaw(
            `teaches(), which declares ${policy.teaches(options())}`,
            `${taught}, by all drawn outcomes`,
            taught ? "an event that teaches" : "no event that teaches"
          )
      }
    },
    forEvents("every offset is a whole number of bursts from 0", ({ offset }, from) => {
      if (!Number.isSafeInteger(offset) || offset < 0) breakLaw("the offset of an event", "an integer from 0", String(offset), from)
    }),
    forEvents("every event is one thing: an affect, a teaching or a presentation", (event, from) => {
      const kinds = Object.keys(event).filter((key) => key !== "offset")
      if (kinds.length !== 1 || !["affect", "teach", "represent"].includes(kinds[0] ?? ""))
        breakLaw("an event", "one of affect, teach, represent", kinds.join(", ") || "nothing", from)
    }),
    forCases("a state survives JSON and goes on as if nothing had happened", (outcomes, from) => {
      const cut = outcomes.length >> 1
      const start = policy.start(options())
      const head = replies(outcomes.slice(0, cut), start).filter((reply) => "state" in reply)
      const before = head.at(-1)?.state ?? start
      const encoded = encode(before, from)
      plain("the encoded state", encoded, from)
      const decoded = Schema.decodeUnknownResult(policy.state)(JSON.parse(JSON.stringify(encoded)))
      if (!Result.isSuccess(decoded)) return breakLaw("the encoded state, read back", "a state", String(decoded.failure), from)
      const rest = outcomes.slice(cut)
      expectSame(
        `the feedback after the state was stored and read back, ${cut} outcomes in`,
        shown(replies(rest, before)),
        shown(replies(rest, decoded.success)),
        from
      )
    }),
    forCases("the same outcomes get the same feedback, whoever asked before", (outcomes, from) => {
      const first = shown(replies(outcomes, policy.start(options())))
      replies([...outcomes].reverse(), policy.start(options()))
      expectSame("the feedback, asked for again", first, shown(replies(outcomes, policy.start(options()))), from)
    }),
    forCases("respond leaves what it is given as it is", (outcomes, from) => {
      const given = structuredClone(outcomes)
      const state = policy.start(options())
      const before = structuredClone(encode(state, from))
      for (const outcome of given) ask(state, outcome)
      expectSame("the state after respond()", before, encode(state, from), from)
      expectSame("the outcomes after respond()", outcomes, given, from)
    }),
    ...entryLaw(policy, subject.manifest)
  ]
}
