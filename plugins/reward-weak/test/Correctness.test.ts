/** Right, wrong and silent; the bandit and its schedule of exploration. */
import type { Outcome } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { correctness } from "../src/index.ts"
import { acted, affect, answered, correctnessOptions, decoded, stepped } from "./options.ts"

const optionsOf = (over: Readonly<Record<string, unknown>> = {}) => decoded(correctness.decodeOptions, { ...correctnessOptions, ...over })
const first = (outcome: Outcome, over: Readonly<Record<string, unknown>> = {}) => {
  const options = optionsOf(over)
  return correctness.respond(options, correctness.start(options), outcome)
}

describe("correctness", () => {
  it("rewards the right answer and has it acted out again while the reward is active", () => {
    expect(first(answered(2, 2))).toEqual({
      state: { outcomes: 1 },
      feedback: [affect(0, "pleasure", 80), ...acted(1, 2)],
      reward: { raw: 1, shaped: 1 }
    })
  })

  it("punishes the wrong answer, and never shows the label", () => {
    const { feedback, reward } = first(answered(2, 1))
    expect(feedback).toEqual([affect(0, "pain", 40), ...acted(1, 1)])
    expect(reward).toEqual({ raw: 0, shaped: -1 })
  })

  it("gives the affect alone when nothing is to be acted out", () => {
    expect(first(answered(2, 2), { act: { mode: "none" } }).feedback).toEqual([affect(0, "pleasure", 80)])
  })

  it("punishes silence or passes over it, as the options say, and has no class to act out then", () => {
    expect(first(answered(1, undefined))).toMatchObject({ feedback: [affect(0, "pain", 40)], reward: { raw: 0, shaped: -1 } })
    expect(first(answered(1, undefined), { abstention: "ignored" })).toEqual({
      state: { outcomes: 1 },
      feedback: [],
      reward: { raw: 0, shaped: 0 }
    })
  })

  it("puts the events where the options say", () => {
    expect(first(answered(0, 0), { affect_at: 3, act: { mode: "answer", at: 7 } }).feedback.map(({ offset }) => offset)).toEqual([3, 7, 7])
  })

  it("explores with the last of every three outcomes, by the classes in turn, and judges what was explored", () => {
    const options = optionsOf({ act: { mode: "explore", at: 1, every: 3, classes: [4, 2] } })
    let state = correctness.start(options)
    const seen = Array.from({ length: 12 }, () => {
      const reply = correctness.respond(options, state, answered(2, 0))
      state = reply.state
      return { acted: reply.feedback.flatMap((event) => ("teach" in event ? [event.teach.value] : [])), reward: reply.reward }
    })
    const wrong = { acted: [{ class: { class_id: 0, label: null } }], reward: { raw: 0, shaped: -1 } }
    const tried = (class_id: number, shaped: number) => ({ acted: [{ class: { class_id, label: null } }], reward: { raw: 0, shaped } })
    expect(seen).toEqual([
      ...[wrong, wrong, tried(4, -1)],
      ...[wrong, wrong, tried(2, 1)],
      ...[wrong, wrong, tried(4, -1)],
      ...[wrong, wrong, tried(2, 1)]
    ])
  })

  it("gives a silent brain something to act out when it is its turn to explore", () => {
    const act = { mode: "explore", at: 1, every: 1, classes: [1] }
    expect(first(answered(1, undefined), { act, abstention: "ignored" })).toMatchObject({
      feedback: [affect(0, "pleasure", 80), ...acted(1, 1)],
      reward: { raw: 0, shaped: 1 }
    })
  })

  it("learns a bandit of two arms by its own reward", () => {
    // A brain of paper: a weight for each input and class, moved by the affect for the class that was acted out.
    const options = optionsOf({ act: { mode: "explore", at: 1, every: 5, classes: [0, 1] } })
    const weights = [
      [0, 1],
      [1, 0]
    ]
    let state = correctness.start(options)
    const answerOf = (input: number) => ((weights[input]?.[1] ?? 0) > (weights[input]?.[0] ?? 0) ? 1 : 0)
    for (let turn = 0; turn < 60; turn++) {
      const input = (turn >> 1) % 2
      const reply = correctness.respond(options, state, answered(input, answerOf(input)))
      state = reply.state
      for (const event of reply.feedback)
        if ("teach" in event && "class" in event.teach.value) {
          const row = weights[input] ?? []
          row[event.teach.value.class.class_id] = (row[event.teach.value.class.class_id] ?? 0) + 0.25 * reply.reward.shaped
        }
    }
    expect([answerOf(0), answerOf(1)]).toEqual([0, 1])
  })

  it("refuses a step, a target and an answer that are no class, each with the way out or what came", () => {
    expect(() => first(stepped(1))).toThrow(/"correctness" judges answers to samples, got a step .* such as "return"/)
    expect(() => first({ ...answered(0, 0), target: { scalar: 1 } })).toThrow(/"correctness" needs a class as target, got scalar/)
    expect(() => first({ ...answered(0, 0), prediction: { scalar: 1 } })).toThrow(/a class or an abstention as answer, got scalar/)
  })
})
