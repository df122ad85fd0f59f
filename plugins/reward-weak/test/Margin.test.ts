/** Shares by hand: in proportion up to the full lead, or all of it above a threshold. */
import type { Outcome } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { margin } from "../src/index.ts"
import { acted, affect, answered, decoded, marginOptions, stepped } from "./options.ts"

const first = (outcome: Outcome, over: Readonly<Record<string, unknown>> = {}) => {
  const options = decoded(margin.decodeOptions, { ...marginOptions, ...over })
  return margin.respond(options, margin.start(options), outcome)
}
const whole = (above: number) => ({ strength: { mode: "whole", above } })

describe("margin", () => {
  it("rewards in proportion to the lead, and all of it from the full lead on", () => {
    expect(first(answered(0, 0, [0.5, 0.25, 0]))).toEqual({
      state: { outcomes: 1 },
      feedback: [affect(0, "pleasure", 40), ...acted(1, 0)],
      reward: { raw: 1, shaped: 0.5 }
    })
    for (const lead of [0.5, 0.75, 8]) expect(first(answered(0, 0, [lead, 0])).feedback[0]).toEqual(affect(0, "pleasure", 80))
  })

  it("punishes in proportion to what the label is behind, and forces the answer, never the label", () => {
    const { feedback, reward } = first(answered(0, 1, [0.125, 0.25, 0]))
    expect(feedback).toEqual([affect(0, "pain", 10), ...acted(1, 1)])
    expect(reward).toEqual({ raw: 0, shaped: -0.25 })
  })

  it("says nothing where the lead is nothing, and then has nothing acted out", () => {
    expect(first(answered(0, 0, [0.25, 0.25]))).toEqual({ state: { outcomes: 1 }, feedback: [], reward: { raw: 1, shaped: 0 } })
  })

  it("takes a tie that was answered wrongly for as wrong as can be where it is told to, and no other lead", () => {
    const tied = (label: number, scores: ReadonlyArray<number>) => first(answered(label, 0, scores), { tie: "wrong" })
    expect(tied(1, [0.25, 0.25, 0])).toMatchObject({ feedback: [affect(0, "pain", 40), ...acted(1, 0)], reward: { raw: 0, shaped: -1 } })
    expect(tied(0, [0.25, 0.25, 0])).toMatchObject({ feedback: [], reward: { raw: 1, shaped: 0 } })
    expect(tied(1, [0.25, 0.125, 0]).reward).toEqual({ raw: 0, shaped: -0.25 })
  })

  it("gives the whole magnitude above the threshold, and nothing at it", () => {
    expect(first(answered(0, 0, [0.5, 0.25]), whole(0.25)).feedback).toEqual([])
    expect(first(answered(0, 0, [0.5, 0.125]), whole(0.25)).feedback[0]).toEqual(affect(0, "pleasure", 80))
    expect(first(answered(1, 0, [0.5, 0.125]), whole(0.25)).feedback[0]).toEqual(affect(0, "pain", 40))
  })

  it("takes silence for as wrong as can be, or for nothing", () => {
    expect(first(answered(1, undefined))).toMatchObject({ feedback: [affect(0, "pain", 40)], reward: { raw: 0, shaped: -1 } })
    expect(first(answered(1, undefined, [0, 1]), { abstention: "ignored" })).toMatchObject({ feedback: [], reward: { raw: 0, shaped: 0 } })
  })

  it("names what it lacks to measure a margin", () => {
    expect(() => first(answered(0, 0))).toThrow(/"margin" needs one score per class to measure the margin, got no scores/)
    expect(() => first(answered(0, 0, [1]))).toThrow(/got 1 scores/)
    expect(() => first(answered(0, 0, [1, Number.NaN]))).toThrow(/needs finite scores, got NaN for class 1/)
    expect(() => first(answered(3, 0, [1, 0]))).toThrow(/a score for the label, class 3, and got scores for 2 classes/)
    expect(() => first(stepped(1))).toThrow(/"margin" judges answers to samples, got a step/)
  })
})
