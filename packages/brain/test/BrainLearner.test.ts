import type { BrainSession, Feedback, LearnerSession, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { makeBrainLearner } from "../src/index.ts"
import { backendOf, brainOf, classes, decoder, encoder, lesson, type Paper, paper, rewardOf, sampleOf, shape } from "./support.ts"

const part = <Entry>(id: string, entry: Entry, options: object) => ({
  ref: { id: `toys#${id}`, version: "1.0.0" },
  provides: {},
  entry,
  written: options as Readonly<Record<string, unknown>>,
  options
})

const learner = (
  sheet: Paper,
  more: { readonly settle_bursts?: number; readonly silent_reward?: boolean; readonly brain?: BrainSession } = {}
): LearnerSession =>
  makeBrainLearner({
    parts: {
      encoder: part("one-number", encoder, { area: "in" }),
      decoder: part("one-class", decoder, { area: "out" }),
      reward: part("counting", rewardOf(sheet), { channel: "pleasure" }),
      backend: part("paper", backendOf(sheet), { size: 3 })
    } as unknown as Parameters<typeof makeBrainLearner>[0]["parts"],
    brain: more.brain ?? brainOf(sheet),
    encoderContext: { shape, fitted: {} },
    decoderContext: { shape, output_type: "class", classes },
    schedule: { hold_bursts: 1, read_burst: 2, settle_bursts: more.settle_bursts ?? 0 },
    silent_reward: more.silent_reward ?? false
  })

const run = <A>(effect: Effect.Effect<A, TrainerError>) => Effect.runPromise(effect)
const refusal = <A>(effect: Effect.Effect<A, TrainerError>) => Effect.runPromise(Effect.flip(effect))
const keysOf = (sheet: Paper) => sheet.asked.map((each) => Object.keys(each as object)[0])

const everything: ReadonlyArray<Feedback> = [
  { offset: 0, affect: { channel: "pleasure", magnitude: 100 } },
  { offset: 1, represent: true },
  { offset: 1, teach: { value: { class: { class_id: 1, label: null } } } },
  { offset: 2, affect: { channel: "pain", magnitude: 50 } }
]

describe("a brain that learns", () => {
  it("answers before it is taught: present, then the policy, then the feedback, then the rest", async () => {
    const sheet = paper()
    sheet.feedback = everything
    const outputs = await run(learner(sheet, { settle_bursts: 3 }).train([lesson("a", 0.9), lesson("b", 0.1)]))
    expect(keysOf(sheet)).toEqual(["present", "respond", "feedback", "rest", "present", "respond", "feedback", "rest"])
    expect(outputs.map((each) => each.answer)).toEqual([{ class: { class_id: 1, scores: [] } }, { class: { class_id: 0, scores: [] } }])
    expect(outputs.map((each) => each.tick)).toEqual([5, 10])
    expect(outputs.map((each) => each.reward)).toEqual([
      { raw: 1, shaped: 0.5 },
      { raw: 1, shaped: 0.5 }
    ])
  })

  it("tells the policy target, answer and scores of a training sample", async () => {
    const sheet = paper()
    await run(learner(sheet).train([lesson("a", 0.9)]))
    expect(sheet.asked[1]).toEqual({
      respond: {
        kind: "sample",
        target: lesson("a", 0.9).target,
        prediction: { class: { class_id: 1, scores: [] } },
        phase: "train",
        scores: [0.25, 0.75]
      },
      after: 0
    })
  })

  it("teaches what the decoder would have to read, not the target itself", async () => {
    const sheet = paper()
    sheet.feedback = everything
    await run(learner(sheet).train([lesson("a", 0.9)]))
    expect(sheet.asked[2]).toEqual({
      feedback: [everything[0], { offset: 1, represent: true }, { offset: 1, teach: [0.875] }, everything[3]],
      frozen: false
    })
  })

  it("leaves out the affect events under silent reward, and nothing else", async () => {
    const sheet = paper()
    sheet.feedback = everything
    await run(learner(sheet, { silent_reward: true }).train([lesson("a", 0.9)]))
    expect(sheet.asked[2]).toEqual({
      feedback: [
        { offset: 1, represent: true },
        { offset: 1, teach: [0.875] }
      ],
      frozen: false
    })
    expect(keysOf(sheet)).toEqual(["present", "respond", "feedback"])
  })

  it("disturbs the brain with no feedback when nothing is left of it", async () => {
    const sheet = paper()
    sheet.feedback = [{ offset: 0, affect: { channel: "pleasure", magnitude: 1 } }]
    await run(learner(sheet, { silent_reward: true }).train([lesson("a", 0.9)]))
    sheet.feedback = []
    await run(learner(sheet).train([lesson("a", 0.9)]))
    expect(keysOf(sheet)).toEqual(["present", "respond", "present", "respond"])
  })

  it("abstains in silence, and the policy is asked about that answer as about any other", async () => {
    const sheet = paper()
    sheet.silent = true
    const [output] = await run(learner(sheet).train([lesson("a", 0.9)]))
    expect(output?.answer).toEqual({ abstain: { reason: "silence" } })
    expect(sheet.asked[1]).toMatchObject({ respond: { prediction: { abstain: { reason: "silence" } } } })
  })

  it("names plugin and sample when an encoder refuses, a decoder cannot teach, or a policy throws", async () => {
    const sheet = paper()
    const refused = await refusal(learner(sheet).train([lesson("bad", -1)]))
    expect(refused.diagnostics[0]).toMatchObject({ code: "FT3010", sample_id: "bad", expected: "0 or more", actual: "-1" })
    expect(refused.diagnostics[0].message).toContain("toys#one-number")
    sheet.feedback = [{ offset: 0, teach: { value: { scalar: 1 } as never } }]
    expect((await refusal(learner(sheet).train([lesson("b", 0.5)]))).diagnostics[0]).toMatchObject({ code: "FT3011", sample_id: "b" })
    Object.defineProperty(sheet, "feedback", {
      get: () => {
        throw new Error("no such policy")
      }
    })
    const thrown = (await refusal(learner(sheet).train([lesson("c", 0.5)]))).diagnostics[0]
    expect(thrown).toMatchObject({ code: "FT3012", sample_id: "c" })
    expect(thrown.message).toContain("toys#counting failed: no such policy")
  })
})

describe("a brain that is measured", () => {
  it("is frozen for the answer, asks no policy and gives no feedback", async () => {
    const sheet = paper()
    sheet.feedback = everything
    const session = learner(sheet, { settle_bursts: 3 })
    const before = await run(session.learnedHash)
    const outputs = await run(session.predict([sampleOf("a", 0.9), sampleOf("b", 0.1)]))
    expect(sheet.asked).toEqual([{ freeze: true }, { present: [[0.9], [0.1]], settle: 3, frozen: true }, { freeze: false }])
    expect(outputs.map((each) => each.tick)).toEqual([5, 10])
    expect(outputs.every((each) => each.reward === undefined)).toBe(true)
    expect(await run(session.learnedHash)).toBe(before)
  })

  it("stays frozen once it was frozen, and refuses to learn", async () => {
    const sheet = paper()
    sheet.feedback = everything
    const session = learner(sheet)
    await run(session.freeze)
    await run(session.predict([sampleOf("a", 0.9)]))
    expect(sheet.asked).toEqual([{ freeze: true }, { present: [[0.9]], settle: 0, frozen: true }])
    expect((await refusal(session.train([lesson("a", 0.9)]))).diagnostics[0].code).toBe("FT3013")
  })

  it("can learn again after an answer in between", async () => {
    const sheet = paper()
    sheet.feedback = everything
    const session = learner(sheet)
    const before = await run(session.learnedHash)
    await run(session.predict([sampleOf("a", 0.9)]))
    await run(session.train([lesson("a", 0.9)]))
    expect(await run(session.learnedHash)).not.toBe(before)
  })

  it("shows in its hash when the brain learns all the same", async () => {
    const sheet = paper()
    const session = learner(sheet)
    const before = await run(session.learnedHash)
    sheet.leaky = true
    await run(session.predict([sampleOf("a", 0.9)]))
    expect(await run(session.learnedHash)).not.toBe(before)
  })

  it("answers an empty batch with nothing", async () => {
    expect(await run(learner(paper()).predict([]))).toEqual([])
  })
})

describe("a checkpoint of a brain", () => {
  it("carries the state of the reward policy, the freeze and the brain over to another session", async () => {
    const sheet = paper()
    sheet.feedback = everything
    const session = learner(sheet)
    await run(session.train([lesson("a", 0.9), lesson("b", 0.1), lesson("c", 0.9)]))
    const [bytes, full] = [await run(session.checkpoint), await run(session.fullHash)]
    const next = paper()
    next.feedback = everything
    const other = learner(next)
    expect(await run(other.fullHash)).not.toBe(full)
    await run(other.restore(bytes))
    expect(await run(other.fullHash)).toBe(full)
    await run(other.train([lesson("d", 0.9)]))
    expect(next.asked.find((each) => "respond" in (each as object))).toMatchObject({ after: 3 })
    await run(session.train([lesson("d", 0.9)]))
    expect(await run(other.fullHash)).toBe(await run(session.fullHash))
  })

  it("keeps a frozen brain frozen", async () => {
    const session = learner(paper())
    await run(session.freeze)
    const bytes = await run(session.checkpoint)
    const other = learner(paper())
    await run(other.restore(bytes))
    expect((await refusal(other.train([lesson("a", 0.9)]))).diagnostics[0].code).toBe("FT3013")
  })

  it("tells two brains apart that differ in the state of the policy alone", async () => {
    const [one, two] = [learner(paper()), learner(paper())]
    await run(one.train([lesson("a", 0.9)]))
    await run(two.train([lesson("a", 0.1)]))
    expect(await run(two.learnedHash)).toBe(await run(one.learnedHash))
    expect(await run(two.fullHash)).not.toBe(await run(one.fullHash))
  })

  it("is refused whichever of its bits is flipped, and leaves the session as it was", async () => {
    const sheet = paper()
    const session = learner(sheet)
    await run(session.train([lesson("a", 0.9)]))
    const bytes = await run(session.checkpoint)
    const full = await run(session.fullHash)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const error = await refusal(session.restore(flipped))
      expect([error.reason, error.diagnostics[0].code], `bit ${bit}`).toEqual(["integrity", "FT3001"])
    }
    for (let length = 0; length < bytes.length; length++)
      expect((await refusal(session.restore(bytes.slice(0, length)))).reason).toBe("integrity")
    expect(await run(session.fullHash)).toBe(full)
  })
})

describe("what fires in a brain", () => {
  const fired = {
    bursts: 5,
    count: 1,
    burst: Uint32Array.of(1),
    area: Uint32Array.of(0),
    voxel: Uint32Array.of(0, 0, 4),
    potential: Float32Array.of(1)
  }

  it("is told of the values that the encoder makes, for as many bursts as a sample takes, with areas and schedule", async () => {
    const sheet = paper()
    const asked: Array<unknown> = []
    const brain: BrainSession = {
      ...brainOf(sheet),
      trace: (row, bursts) => {
        asked.push([row, bursts])
        return Effect.succeed(fired)
      }
    }
    const session = learner(sheet, { settle_bursts: 3, brain })
    const trace = session.trace
    if (trace === undefined) throw new Error("the learner has no trace")
    const schedule = { hold_bursts: 1, read_burst: 2, settle_bursts: 3 }
    expect(await run(trace(sampleOf("a", 0.9)))).toEqual({ ...fired, areas: brain.info.areas, schedule })
    await run(trace(sampleOf("a", 0.9), 7))
    expect(asked).toEqual([
      [[0.9], 5],
      [[0.9], 7]
    ])
    expect((await refusal(trace(sampleOf("a", -1)))).diagnostics[0].code).toBe("FT3010")
  })

  it("is not told by a backend that cannot look", () => {
    expect(learner(paper())).not.toHaveProperty("trace")
  })
})
