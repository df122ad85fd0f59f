/**
 * The laws of a reward policy: total, bounded, and without any memory but its state.
 *
 * Sharp edge: a refusal is a lawful answer, a wrong feedback is not. A policy that cannot judge an outcome throws a RangeError that
 * names the policy; it never returns an empty list for it, and no law can see that difference: say it in a test of your own.
 */
import { type EntryManifest, type Feedback, isAffect, type Outcome, type RewardPolicy, type Rng, showValue } from "@feagi-trainer/contracts"
import { Result, Schema } from "effect"
import { breakLaw, expectSame, messageOf, plain } from "./Broken.ts"
import { casesOf, suiteSeed } from "./Cases.ts"
import { entryLaw } from "./EntryLaw.ts"
import type { Law } from "./Law.ts"
import { decodedOptions, optionsLaw } from "./Options.ts"

export interface RewardSubject<Options, State> {
  readonly policy: RewardPolicy<Options, State>
  /** As they stand in a run file. */
  readonly options: unknown
  /** Draws outcomes of the tasks that the policy is for; `classOutcomes(classes)` for class tasks. */
  readonly outcomes: (rng: Rng) => ReadonlyArray<Outcome>
  readonly manifest?: EntryManifest
  readonly seed?: string
}

type Reply<State> = { readonly state: State; readonly feedback: ReadonlyArray<Feedback> } | { readonly refused: unknown }

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
    all.map((reply) => ("feedback" in reply ? reply.feedback : { refused: messageOf(reply.refused) }))
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
        if (!(refused instanceof RangeError) || !refused.message.includes(policy.id))
          breakLaw(
            `respond() to ${showValue(outcomes[index])}`,
            `feedback, or a RangeError with "${policy.id}" in its message`,
            refused instanceof Error ? `${refused.name}: ${refused.message}` : String(refused),
            from
          )
      }
    }),
    forEvents("no affect is beyond what channels() declares", (event, from) => {
      if (!isAffect(event)) return
      const { channel, magnitude } = event.affect
      const declared = policy.channels(options()).filter((each) => each.channel === channel)
      if (declared.length === 0)
        breakLaw(`an affect on the channel "${channel}"`, `one of ${showValue(policy.channels(options()))}`, "no such channel", from)
      const limit = Math.max(...declared.map((each) => each.limit))
      if (!(Math.abs(magnitude) <= limit))
        breakLaw(`an affect on the channel "${channel}"`, `a magnitude within ${limit}`, String(magnitude), from)
    }),
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
