/** A stage as a session: its steps, what they tell, what is kept of them, and what changes nothing. */
import { isAbstain, type LearnerOutput } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { cartPole } from "../../env-cartpole/src/index.ts"
import { stages } from "../src/index.ts"
import { advance, cases, everyCase, lookupOf, open, planRequest, run, type StageCase, starts, stepsOf } from "./support.ts"

const sha = /^[0-9a-f]{64}$/

/** All steps one by one, with the checkpoint before each and behind the last. */
const whole = (name: StageCase) =>
  Effect.gen(function* () {
    const session = yield* open(name)
    const count = yield* Effect.promise(() => stepsOf(name))
    const states = [yield* session.checkpoint]
    const outputs: Array<LearnerOutput> = []
    for (let step = 0; step < count; step++) {
      outputs.push(...(yield* advance(session, 1)))
      states.push(yield* session.checkpoint)
    }
    return { outputs, states, learned: yield* session.learnedHash, full: yield* session.fullHash }
  })

describe.each(everyCase)("the case %s", (name) => {
  it("goes on from every one of its checkpoints as if it had never stopped", async () => {
    const straight = await run(whole(name))
    expect(straight.outputs.length).toBeGreaterThanOrEqual(4)
    const ends = await run(
      Effect.gen(function* () {
        const session = yield* open(name)
        return yield* Effect.forEach(straight.states, (state, at) =>
          Effect.gen(function* () {
            yield* session.restore(state)
            const rest = straight.outputs.length - at
            const outputs = rest > 0 ? yield* advance(session, rest) : []
            return { outputs, learned: yield* session.learnedHash, full: yield* session.fullHash }
          })
        )
      })
    )
    for (const [at, end] of ends.entries())
      expect(end).toEqual({ outputs: straight.outputs.slice(at), learned: straight.learned, full: straight.full })
  })

  it("gives the same steps and hashes again, and other weights with another seed of the run", async () => {
    const [one, two] = [await run(whole(name)), await run(whole(name))]
    expect({ ...two, states: two.states.length }).toEqual({ ...one, states: one.states.length })
    const other = await run(
      Effect.gen(function* () {
        const session = yield* open(name, { seed: new Uint8Array(32).fill(2) })
        yield* advance(session, one.outputs.length)
        return yield* session.learnedHash
      })
    )
    expect(other).toMatch(sha)
    expect(other).not.toBe(one.learned)
  })
})

describe("a stage in training", () => {
  it("answers a step with its number and measures, and tells the same as measures, once", async () => {
    const { outputs, first, again, later } = await run(
      Effect.gen(function* () {
        const session = yield* open("supervised")
        const asked = session.measures ?? Effect.succeed([])
        const outputs = yield* advance(session, 3)
        const [first, again] = [yield* asked, yield* asked]
        yield* advance(session, 1)
        return { outputs, first, again, later: yield* asked }
      })
    )
    expect(outputs.map(({ tick }) => tick)).toEqual([1, 2, 3])
    expect(outputs.map(({ answer }) => answer)).toEqual(
      first.map(({ step, values }) => ({ custom: { type: "@feagi-trainer/learner-stages#step", value: { step, metrics: values } } }))
    )
    expect(first.map(({ step }) => step)).toEqual([1, 2, 3])
    expect(Object.keys(first[0]?.values ?? {}).sort()).toEqual(["accuracy", "epoch", "gradient_norm", "learning_rate", "loss", "nll"])
    expect([again.length, later.map(({ step }) => step)]).toEqual([0, [4]])
  })

  it("learns nothing after freeze, is given no samples to learn from, and has no step behind its last one", async () => {
    const codes = await run(
      Effect.gen(function* () {
        const session = yield* open("supervised")
        const [sample] = cases.supervised.samples
        const lesson = sample === undefined ? [] : [{ sample, target: { scalar: 0 } }]
        const taught = yield* Effect.flip(session.train(lesson))
        const behind = yield* Effect.flip(advance(session, 100))
        yield* session.freeze
        const frozen = yield* Effect.flip(advance(session, 1))
        return [taught, behind, frozen].map(({ diagnostics }) => diagnostics[0].code)
      })
    )
    expect(codes).toEqual(["stages/TRAIN", "training-stages/LOOP-IS-DONE", "stages/FROZEN"])
  })

  it("refuses the checkpoint of another config, of other samples, and an altered one, and stays what it was", async () => {
    const seen = await run(
      Effect.gen(function* () {
        const session = yield* open("supervised")
        yield* advance(session, 2)
        const before = yield* session.fullHash
        const own = yield* session.checkpoint
        const altered = Uint8Array.from(own, (byte, at) => (at === own.length - 1 ? byte ^ 1 : byte))
        const faster = yield* (yield* open("supervised", { options: { learning_rate: 0.5 } })).checkpoint
        const fewer = yield* (yield* open("supervised", { samples: cases.supervised.samples.slice(2) })).checkpoint
        const found = yield* Effect.forEach([altered, faster, fewer, own.slice(0, 50)], (bytes) => Effect.flip(session.restore(bytes)))
        return { before, after: yield* session.fullHash, found }
      })
    )
    expect(seen.found.map(({ reason, diagnostics }) => [reason, diagnostics[0].message])).toEqual([
      ["integrity", "the state was altered"],
      ["integrity", "the state is that of another config or other data"],
      ["integrity", "the state is that of another config or other data"],
      ["integrity", "these bytes are no state of a loop"]
    ])
    expect(seen.after).toBe(seen.before)
  })

  it("has the hash of its checkpoint as its full hash, before and behind every step", async () => {
    const sides = await run(
      Effect.flatMap(open("rl"), (session) =>
        Effect.forEach([0, 1, 2], (step) =>
          Effect.gen(function* () {
            if (step > 0) yield* advance(session, 1)
            return [yield* session.fullHash, sha256Hex(yield* session.checkpoint)]
          })
        )
      )
    )
    for (const [full, checkpoint] of sides) expect(full).toBe(checkpoint)
    expect(new Set(sides.map(([full]) => full)).size).toBe(3)
  })

  it("says what it promises where it is opened without samples, and does nothing", async () => {
    const { session, error } = await run(
      Effect.gen(function* () {
        const { training: _, ...request } = planRequest("supervised")
        const planned = yield* stages.plan(planRequest("supervised"))
        if (!planned.ok) throw new Error("refused")
        const session = yield* stages.open({ ...request, pins: planned.pins })
        return { session, error: yield* Effect.flip(session.checkpoint) }
      })
    )
    expect([session.continuation, error.diagnostics[0].code]).toEqual(["identical", "stages/NO-TRAINING"])
    expect(session.fingerprint).toMatchObject({ client: "gradient", preconditions: [] })
  })
})

const answersAfter = (name: StageCase, over: Parameters<typeof open>[1] = {}, samples = cases[name].samples) =>
  run(
    Effect.gen(function* () {
      const session = yield* open(name, over)
      yield* advance(session, yield* Effect.promise(() => stepsOf(name, over)))
      return { outputs: yield* session.predict(samples), measures: yield* session.measures ?? Effect.succeed([]) }
    })
  )

const hitsOf = (outputs: ReadonlyArray<LearnerOutput>, name: StageCase) =>
  outputs.filter(({ answer }, at) => {
    const target = cases[name].samples[at]?.target
    return (
      "class" in answer && target !== null && target !== undefined && "class" in target && answer.class.class_id === target.class.class_id
    )
  }).length

describe("what a stage answers", () => {
  it.each(["supervised", "texts", "distillation", "dpo"] as const)("%s: classes, with scores that add up to 1", async (name) => {
    const { outputs } = await answersAfter(name, { options: { num_epochs: 30, learning_rate: 0.05 } })
    expect(hitsOf(outputs, name)).toBe(cases[name].samples.length)
    for (const { answer } of outputs) {
      const scores = "class" in answer ? answer.class.scores : []
      expect(scores).toHaveLength(2)
      expect(Math.abs(scores.reduce((sum, score) => sum + score, 0) - 1)).toBeLessThan(1e-12)
    }
  })

  it("dpo: before its first step both completions are worth the same", async () => {
    const outputs = await run(Effect.flatMap(open("dpo"), (session) => session.predict(cases.dpo.samples)))
    for (const { answer } of outputs) expect("class" in answer && answer.class.scores).toEqual([0.5, 0.5])
  })

  it.each(["language", "on-policy"] as const)("%s: a model of sequences abstains, and says why", async (name) => {
    const outputs = await run(Effect.flatMap(open(name), (session) => session.predict(cases[name].samples)))
    expect(outputs.every(({ answer }) => isAbstain(answer) && answer.abstain.reason === "a model of sequences names no class")).toBe(true)
    expect(outputs).toHaveLength(cases[name].samples.length)
  })

  it("rl: the return of an episode, whichever samples are answered beside it", async () => {
    const { outputs, measures } = await answersAfter("rl")
    const returns = outputs.map(({ answer }) => ("scalar" in answer ? answer.scalar : Number.NaN))
    expect(returns.every((value) => Number.isInteger(value) && value >= 1 && value <= 60)).toBe(true)
    const alone = await Promise.all(starts.map(async (sample) => (await answersAfter("rl", {}, [sample])).outputs[0]?.answer))
    expect(alone).toEqual(outputs.map(({ answer }) => answer))
    expect(measures.map(({ values }) => values.environment_steps)).toEqual([48, 96, 144, 192, 240, 288])
  })

  it("rl: an initial state begins the same episode under every seed of the run", async () => {
    // A policy of equal logits always takes the first action, so that the return tells the initial state.
    const policy = { input: { kind: "values", shape: [4] }, layers: [{ type: "dense", units: 2, bias: true, init: { type: "zeros" } }] }
    const model = { policy, value: { ...policy, layers: [{ type: "dense", units: 1, bias: true, init: { type: "zeros" } }] } }
    const returns = async (filled: number) =>
      run(
        Effect.flatMap(open("rl", { options: { model_ref: model }, seed: new Uint8Array(32).fill(filled) }), (session) =>
          session.predict(starts)
        )
      )
    expect(await returns(2)).toEqual(await returns(1))
  })

  it("rl: the training begins at the initial states of the training part, in order and again from the first", async () => {
    const begun: Array<number> = []
    const watched: typeof cartPole = {
      ...cartPole,
      reset: (options, start) => {
        begun.push(start.index)
        return cartPole.reset(options, start)
      }
    }
    await run(Effect.flatMap(open("rl", { lookup: lookupOf(watched) }), (session) => advance(session, 6)))
    expect(begun.length).toBeGreaterThan(6)
    expect(begun).toEqual(begun.map((_, at) => 10 + (at % 5)))
  })

  it("names the sample that is none", async () => {
    const [start] = starts
    const [text] = cases.texts.samples
    if (start === undefined || text === undefined) throw new Error("no sample")
    const found = await run(
      Effect.gen(function* () {
        const rl = yield* open("rl")
        const odd = yield* Effect.flip(rl.predict([{ ...start, sample_id: "odd", payload: { tabular: [0.5] } }]))
        const dpo = yield* open("dpo")
        const plain = yield* Effect.flip(dpo.predict([{ ...text, sample_id: "plain" }]))
        return [odd, plain].map(({ diagnostics }) => [diagnostics[0].code, diagnostics[0].sample_id, diagnostics[0].message])
      })
    )
    expect(found).toEqual([
      ["stages/SAMPLE", "odd", "is no initial-state index"],
      ["stages/SAMPLE", "plain", "is no pair"]
    ])
  })
})
