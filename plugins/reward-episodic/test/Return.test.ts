/** Returns by hand, with a discount of a half, so that every number is exact. */
import type { Outcome } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { discountedReturn } from "../src/index.ts"
import { affect, decoded, episode, returnOptions, sample } from "./options.ts"

const run = (outcomes: ReadonlyArray<Outcome>, over: Readonly<Record<string, unknown>> = {}) => {
  const options = decoded(discountedReturn.decodeOptions, { ...returnOptions, ...over })
  let state = discountedReturn.start(options)
  return outcomes.map((outcome) => {
    const reply = discountedReturn.respond(options, state, outcome)
    state = reply.state
    return reply
  })
}
const shapedOf = (replies: ReturnType<typeof run>) => replies.map(({ reward }) => reward.shaped)

describe("return", () => {
  it("delivers 1 + 2/2 + 4/4 = 3 after the last step, and nothing before it", () => {
    const replies = run(episode([1, 2, 4], "terminated"))
    expect(replies.map(({ reward }) => reward)).toEqual([
      { raw: 1, shaped: 0 },
      { raw: 2, shaped: 0 },
      { raw: 4, shaped: 3 }
    ])
    expect(replies.map(({ feedback }) => feedback)).toEqual([[], [], [affect(0, "hope", 30)]])
  })

  it("delivers every step its part, and the parts are the return", () => {
    const replies = run(episode([1, 2, 4], "terminated"), { deliver: "step" })
    expect(shapedOf(replies)).toEqual([1, 1, 1])
    expect(replies.map(({ feedback }) => feedback)).toEqual(Array(3).fill([affect(0, "hope", 10)]))
  })

  it("delivers an episode that was cut off as well, and starts the next one from nothing", () => {
    expect(shapedOf(run([...episode([1, 2], "truncated"), ...episode([-4, -2], "terminated")]))).toEqual([0, 2, 0, -5])
  })

  it("keeps an episode that is still going on", () => {
    const replies = run(episode([1, 2], "cut short"))
    expect(replies.at(-1)).toEqual({ state: { discount: 0.25, gathered: 2 }, feedback: [], reward: { raw: 2, shaped: 0 } })
  })

  it("punishes a negative return, and gives no more than the whole magnitude", () => {
    expect(run(episode([-2], "terminated"))[0]?.feedback).toEqual([affect(0, "fear", 10)])
    expect(run(episode([-200], "terminated"))[0]?.feedback).toEqual([affect(0, "fear", 40)])
    expect(run(episode([3], "terminated"), { strength: { mode: "whole", above: 2 } })[0]?.feedback).toEqual([affect(0, "hope", 80)])
    expect(run(episode([2], "terminated"), { strength: { mode: "whole", above: 2 } })[0]?.feedback).toEqual([])
  })

  it("forgets all but the first step without a discount to carry it, and says 0 and not -0 of the rest", () => {
    const shaped = shapedOf(run(episode([1, -2, -4], "terminated"), { gamma: 0, deliver: "step" }))
    expect(shaped).toEqual([1, 0, 0])
    expect(shaped.map((value) => Object.is(value, -0))).toEqual([false, false, false])
  })

  it("logs what the task gave apart from what shaping made of it", () => {
    const shaping = { mode: "table", values: [4, 2, 6], truncated: "zero" }
    // 1/2·2 - 4 = -3, then 1/2·0 - 2 = -2 because the episode is over.
    expect(run(episode([1, 2], "terminated"), { deliver: "step", shaping }).map(({ reward }) => reward)).toEqual([
      { raw: 1, shaped: -2 },
      { raw: 2, shaped: 0 }
    ])
  })

  it("adds up, with shaping, to the return less the potential of the beginning", () => {
    const shaping = { mode: "linear", weights: [3], bias: 5, truncated: "zero" }
    const rewards = [1, -2, 4, 8]
    const [plain] = shapedOf(run(episode(rewards, "truncated"))).slice(-1)
    const [shaped] = shapedOf(run(episode(rewards, "truncated"), { shaping })).slice(-1)
    expect(shaped).toBe((plain ?? 0) - 5)
  })

  it("takes the potential of the state where an episode was interrupted, if it is told to", () => {
    const shaping = { mode: "table", values: [4, 2], truncated: "state" }
    expect(shapedOf(run(episode([0], "truncated"), { shaping }))).toEqual([0.5 * 2 - 4])
    expect(shapedOf(run(episode([0], "truncated"), { shaping: { ...shaping, truncated: "zero" } }))).toEqual([-4])
    expect(shapedOf(run(episode([0], "terminated"), { shaping }))).toEqual([-4])
  })

  it("names what it cannot judge", () => {
    const table = { mode: "table", values: [4, 2], truncated: "zero" }
    const linear = { mode: "linear", weights: [1, 1], bias: 0, truncated: "zero" }
    const [step] = episode([1], "cut short")
    const seen = (observation: ReadonlyArray<number>, shaping: unknown) => () =>
      run(step === undefined ? [] : [{ ...step, observation }], { shaping })
    expect(() => run([sample])).toThrow(
      /"return" judges steps of an environment, got an answer to a sample; .* "supervised" or "correctness"/
    )
    expect(() => run(episode([Number.NaN], "terminated"))).toThrow(/"return" needs a finite reward of each step, got NaN/)
    expect(seen([2], table)).toThrow(/the index of a state from 0 to 1, got \[2\]/)
    expect(seen([0.5], table)).toThrow(/the index of a state from 0 to 1, got \[0.5\]/)
    expect(seen([0, 0], table)).toThrow(/got \[0, 0\]/)
    expect(seen([0], linear)).toThrow(/2 weights to shape by, got an observation of 1 numbers/)
    expect(seen([0, Number.POSITIVE_INFINITY], linear)).toThrow(/finite observations to shape by, got Infinity at position 1/)
    expect(() => run(episode([1e308, 1e308], "terminated"), { gamma: 1 })).toThrow(
      /needs a finite return, got Infinity after a reward of 1e\+308/
    )
  })

  it("goes on from a state that was stored as JSON, to the last bit", () => {
    const codec = Schema.toCodecJson(discountedReturn.state)
    const options = decoded(discountedReturn.decodeOptions, { ...returnOptions, gamma: 0.9 })
    let [kept, stored] = [discountedReturn.start(options), discountedReturn.start(options)]
    for (const outcome of episode([0.1, 0.2, 0.3, -0.7, 1.1], "terminated")) {
      const reply = discountedReturn.respond(options, kept, outcome)
      expect(discountedReturn.respond(options, stored, outcome)).toEqual(reply)
      kept = reply.state
      stored = Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(kept))))
    }
    expect(kept).toEqual({ discount: 1, gathered: 0 })
  })
})
