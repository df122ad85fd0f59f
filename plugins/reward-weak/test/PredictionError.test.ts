/** The expectation by hand, in quarters, so that every number is exact. */
import type { Outcome } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { predictionError } from "../src/index.ts"
import { acted, affect, answered, decoded, stepped, surpriseOptions } from "./options.ts"

const optionsOf = (over: Readonly<Record<string, unknown>> = {}) => decoded(predictionError.decodeOptions, { ...surpriseOptions, ...over })
const run = (outcomes: ReadonlyArray<Outcome>, over: Readonly<Record<string, unknown>> = {}) => {
  const options = optionsOf(over)
  let state = predictionError.start(options)
  return outcomes.map((outcome) => {
    const reply = predictionError.respond(options, state, outcome)
    state = reply.state
    return reply
  })
}

describe("prediction error", () => {
  it("rewards by what is better than expected and moves the expectation by the rate", () => {
    const replies = run([answered(0, 0), answered(0, 0), answered(0, 1)])
    expect(replies.map(({ reward }) => reward)).toEqual([
      { raw: 1, shaped: 0.5 },
      { raw: 1, shaped: 0.25 },
      { raw: 0, shaped: -0.875 }
    ])
    expect(replies.map(({ state }) => state.expectation)).toEqual([0.75, 0.875, 0.4375])
    expect(replies.map(({ feedback }) => feedback)).toEqual([
      [affect(0, "pleasure", 40)],
      [affect(0, "pleasure", 20)],
      [affect(0, "pain", 35)]
    ])
  })

  it("is no longer surprised by what is always so", () => {
    const last = run(Array.from({ length: 2000 }, () => answered(0, 0))).at(-1)
    expect(last).toMatchObject({ feedback: [], reward: { raw: 1, shaped: 0 } })
  })

  it("says nothing about a surprise that is not above the threshold, and is surprised all the same", () => {
    const [small] = run([answered(0, 0)], { strength: { mode: "whole", above: 0.5 } })
    expect(small).toMatchObject({ feedback: [], reward: { raw: 1, shaped: 0.5 }, state: { expectation: 0.75 } })
    const [large] = run([answered(0, 0)], { strength: { mode: "whole", above: 0.25 } })
    expect(large?.feedback).toEqual([affect(0, "pleasure", 80)])
  })

  it("expects nothing new of silence that is ignored, and counts it", () => {
    const [ignored] = run([answered(0, undefined)], { abstention: "ignored" })
    expect(ignored).toEqual({ state: { outcomes: 1, expectation: 0.5 }, feedback: [], reward: { raw: 0, shaped: 0 } })
    const [wrong] = run([answered(0, undefined)])
    expect(wrong).toMatchObject({ feedback: [affect(0, "pain", 20)], reward: { raw: 0, shaped: -0.5 }, state: { expectation: 0.25 } })
  })

  it("judges what was explored, records what was answered", () => {
    const [reply] = run([answered(1, 0)], { act: { mode: "explore", at: 1, every: 1, classes: [1] } })
    expect(reply).toMatchObject({ feedback: [affect(0, "pleasure", 40), ...acted(1, 1)], reward: { raw: 0, shaped: 0.5 } })
  })

  it("refuses a step of an environment and names the way out", () => {
    expect(() => run([stepped(1)])).toThrow(/"prediction-error" judges answers to samples, got a step .* such as "return"/)
  })

  it("goes on from a state that was stored as JSON, to the last bit", () => {
    const codec = Schema.toCodecJson(predictionError.state)
    const options = optionsOf({ rate: 0.1 })
    let [kept, stored] = [predictionError.start(options), predictionError.start(options)]
    for (let turn = 0; turn < 200; turn++) {
      const outcome = answered(turn % 3, turn % 2)
      const reply = predictionError.respond(options, kept, outcome)
      expect(predictionError.respond(options, stored, outcome)).toEqual(reply)
      kept = reply.state
      stored = Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(kept))))
    }
    expect(kept.outcomes).toBe(200)
  })
})
