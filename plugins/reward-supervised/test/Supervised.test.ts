import { type Answer, isAffect, isTeach, type SampleOutcome, type TypedTarget } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { supervised } from "../src/index.ts"

const decode = (overrides: Readonly<Record<string, unknown>> = {}) => {
  const decoded = supervised.decodeOptions({
    reinforce: { channel: "joy", magnitude: 100 },
    suppress: { channel: "ouch", magnitude: 40 },
    margin: 0.25,
    teach: true,
    timing: { reinforce: 0, reinforce_present: 1, suppress: 2, suppress_present: 3 },
    ...overrides
  })
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
  return decoded.value
}
const options = decode()
const start = supervised.start(options)
const target = (class_id: number): TypedTarget => ({ class: { class_id, label: `c${class_id}` } })
const silent: Answer = { abstain: { reason: "silent" } }
const outcome = (class_id: number, scores: ReadonlyArray<number> | undefined, prediction?: Answer): SampleOutcome => ({
  kind: "sample",
  target: target(class_id),
  prediction: prediction ?? { class: { class_id: 0, scores: [] } },
  phase: "train",
  ...(scores === undefined ? {} : { scores })
})
const labelPair = (class_id: number) => [
  { offset: 0, affect: { channel: "joy", magnitude: 100 } },
  { offset: 1, represent: true },
  { offset: 1, teach: { value: target(class_id) } }
]
const rivalPair = (class_id: number) => [
  { offset: 2, affect: { channel: "ouch", magnitude: 40 } },
  { offset: 3, represent: true },
  { offset: 3, teach: { value: { class: { class_id, label: null } } } }
]

describe("supervised", () => {
  it("reinforces the label and suppresses the best other when the label is behind", () => {
    const { state, feedback } = supervised.respond(options, start, outcome(2, [0.1, 0.9, 0.3]))
    expect(feedback).toEqual([...labelPair(2), ...rivalPair(1)])
    expect(state).toEqual({ rewarded: 1, punished: 1 })
  })

  it("counts a lead of exactly the margin as too small, and the next double above as enough", () => {
    expect(supervised.respond(options, start, outcome(0, [0.75, 0.5])).feedback).toEqual([...labelPair(0), ...rivalPair(1)])
    const enough = supervised.respond(options, start, outcome(0, [0.75 + 2 ** -50, 0.5]))
    expect(enough).toEqual({ state: start, feedback: [], reward: { raw: 1, shaped: 1 } })
  })

  it("takes the lower class index of equally strong others", () => {
    expect(supervised.respond(options, start, outcome(0, [0, 0.5, 0.5])).feedback.slice(3)).toEqual(rivalPair(1))
    expect(supervised.respond(options, start, outcome(1, [0.5, 0, 0.5])).feedback.slice(3)).toEqual(rivalPair(0))
  })

  it("finds the best other among negative scores", () => {
    expect(supervised.respond(options, start, outcome(0, [-3, -2, -1])).feedback.slice(3)).toEqual(rivalPair(2))
  })

  it("gives an abstention both pairs with scores, and the label's alone without", () => {
    expect(supervised.respond(options, start, outcome(1, [0, 9, 1], silent)).feedback).toEqual([...labelPair(1), ...rivalPair(2)])
    for (const scores of [undefined, []]) {
      const { state, feedback } = supervised.respond(options, start, outcome(1, scores, silent))
      expect(feedback).toEqual(labelPair(1))
      expect(state).toEqual({ rewarded: 1, punished: 0 })
    }
  })

  it("has nothing to tell a learner with one class, unless it abstains", () => {
    expect(supervised.respond(options, start, outcome(0, [0]))).toEqual({ state: start, feedback: [], reward: { raw: 1, shaped: 1 } })
    expect(supervised.respond(options, start, outcome(0, [0], silent)).feedback).toEqual(labelPair(0))
  })

  it("leaves out the teach events, and only these, without teach", () => {
    const feedback = supervised.respond(decode({ teach: false }), start, outcome(2, [0.1, 0.9, 0.3])).feedback
    expect(feedback).toEqual([...labelPair(2), ...rivalPair(1)].filter((event) => !("teach" in event)))
    expect(feedback).toHaveLength(4)
  })

  it("puts the events where the timing says", () => {
    const timing = { reinforce: 1, reinforce_present: 4, suppress: 9, suppress_present: 16 }
    const { feedback } = supervised.respond(decode({ timing }), start, outcome(0, [0, 1]))
    expect(feedback.map((event) => event.offset)).toEqual([1, 4, 4, 9, 16, 16])
  })

  it("names the missing piece when it cannot measure the margin", () => {
    const respond = (given: SampleOutcome) => () => supervised.respond(options, start, given)
    expect(respond(outcome(0, undefined))).toThrow(/needs one score per class to measure the margin, and the answer came without scores/)
    expect(respond(outcome(0, []))).toThrow(RangeError)
    expect(respond(outcome(3, [0, 1]))).toThrow(/needs a score for the label, class 3, and got scores for 2 classes/)
    expect(respond(outcome(0, [0, Number.NaN]))).toThrow(/needs finite scores, got NaN for class 1/)
    expect(respond({ ...outcome(0, [0, 1]), target: { scalar: 3 } })).toThrow(/needs a class as target, got scalar/)
  })

  it("records the accuracy of the answer and nothing of what it did about it", () => {
    const recorded = (given: SampleOutcome) => supervised.respond(options, start, given).reward
    expect(recorded(outcome(0, [0.5, 0.5]))).toEqual({ raw: 1, shaped: 1 })
    expect(recorded(outcome(1, [0.5, 0.25]))).toEqual({ raw: 0, shaped: 0 })
    expect(recorded(outcome(1, [0, 9], silent))).toEqual({ raw: 0, shaped: 0 })
  })

  it("refuses a step of an environment and names the way out", () => {
    const step = {
      kind: "step",
      observation: [0],
      next_observation: [1],
      reward: 1,
      terminated: false,
      truncated: false,
      phase: "train"
    } as const
    expect(() => supervised.respond(options, start, step)).toThrow(/judges answers to samples, got a step .* such as "return"/)
    expect(supervised.experience).toEqual(["sample"])
  })

  it("stays within its declared channels and limits, is pure, and its state survives JSON, over 3000 outcomes", () => {
    const limits = new Map(supervised.channels(options).map(({ channel, limit }) => [channel, limit]))
    expect([...limits]).toEqual([
      ["joy", 100],
      ["ouch", 40]
    ])
    const codec = Schema.toCodecJson(supervised.state)
    let state = start
    let affects = 0
    for (let k = 0; k < 3000; k++) {
      const scores = [(k * 7) % 11, (k * 5) % 13, (k * 3) % 17].map((score) => score / 8 - 0.5)
      const given = Object.freeze(outcome(k % 3, Object.freeze(scores), k % 5 === 0 ? silent : undefined))
      const first = supervised.respond(options, Object.freeze(state), given)
      expect(supervised.respond(options, state, given)).toEqual(first)
      expect(first.feedback.length === 0 || first.feedback.length === 6).toBe(true)
      for (const event of first.feedback) {
        expect(event.offset).toBeGreaterThanOrEqual(0)
        expect(event.offset).toBeLessThanOrEqual(3)
        if (isAffect(event)) expect(event.affect.magnitude).toBe(limits.get(event.affect.channel))
      }
      affects += first.feedback.filter(isAffect).length
      const taught = first.feedback.filter(isTeach).map((event) => event.teach.value)
      if (taught.length > 0) expect(taught[0]).toEqual(target(k % 3))
      const text = JSON.stringify(Schema.encodeSync(codec)(first.state))
      state = Schema.decodeUnknownSync(codec)(JSON.parse(text))
      expect(state).toEqual(first.state)
    }
    expect(affects).toBe(state.rewarded + state.punished)
    expect(state.rewarded).toBeGreaterThan(600)
    expect(state.rewarded).toBeLessThan(3000)
  })

  it("refuses a state that never was", () => {
    for (const wrong of [{ rewarded: -1, punished: 0 }, { rewarded: 0.5, punished: 0 }, { rewarded: 1 }])
      expect(() => Schema.decodeUnknownSync(supervised.state)(wrong)).toThrow()
  })
})
