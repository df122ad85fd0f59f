/** A gradient model in training: what it tells, what it keeps, and what changes nothing. */
import { TrainerError } from "@feagi-trainer/contracts"
import { readSafetensors } from "@feagi-trainer/gradient"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { failureOf, lessons, open, options, run, trainAll } from "./support.ts"

const hashAfter = (over: Readonly<Record<string, unknown>>, passes = 2) =>
  run(
    Effect.gen(function* () {
      const session = yield* open(over)
      for (let pass = 0; pass < passes; pass++) yield* trainAll(session)
      return yield* session.learnedHash
    })
  )

describe("a gradient learner", () => {
  it("learns three clouds, and answers with scores that add up to one", async () => {
    const { hits, sums } = await run(
      Effect.gen(function* () {
        const session = yield* open()
        for (let pass = 0; pass < 12; pass++) yield* trainAll(session)
        const said = yield* session.predict(lessons.map(({ sample }) => sample))
        const right = said.filter(({ answer }, at) => {
          const target = lessons[at]?.target
          return "class" in answer && target !== undefined && "class" in target && answer.class.class_id === target.class.class_id
        })
        return {
          hits: right.length,
          sums: said.map(({ answer }) => ("class" in answer ? answer.class.scores.reduce((sum, score) => sum + score, 0) : 0))
        }
      })
    )
    expect(hits).toBeGreaterThanOrEqual(94)
    for (const sum of sums) expect(Math.abs(sum - 1)).toBeLessThan(1e-6)
  })

  it("has the same weights however a batch is cut into micro-batches", async () => {
    const whole = await hashAfter({})
    expect(await hashAfter({ micro_batch: 4 })).toBe(whole)
    expect(await hashAfter({ micro_batch: 1 })).toBe(whole)
    expect(await hashAfter({ batch_size: 8, micro_batch: 8 })).toBe(await hashAfter({ batch_size: 8, micro_batch: 2 }))
  })

  it("has other weights with any other choice that trains it", async () => {
    const changes: ReadonlyArray<Readonly<Record<string, unknown>>> = [
      {},
      { clip_norm: "none" },
      { clip_norm: 0.1 },
      { schedule: { type: "constant", learning_rate: 0.01 } },
      { optimiser: { type: "sgd" } },
      { optimiser: { ...options.optimiser, weight_decay: 0.1 } },
      { loss: { type: "cross-entropy", label_smoothing: 0.1 } }
    ]
    const hashes = await Promise.all(changes.map((over) => hashAfter(over, 1)))
    expect(new Set(hashes).size).toBe(changes.length)
  })

  it("tells every optimiser step once: loss, accuracy, rate, norm, and coherence from the second step on", async () => {
    const [first, again, second] = await run(
      Effect.gen(function* () {
        const session = yield* open()
        const asked = session.measures ?? Effect.succeed([])
        yield* trainAll(session)
        const told = yield* asked
        const nothing = yield* asked
        yield* trainAll(session, lessons.slice(0, 16))
        return [told, nothing, yield* asked] as const
      })
    )
    expect(first.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6])
    expect(first.map(({ values }) => Object.keys(values).sort())).toEqual(
      [1, 2, 3, 4, 5, 6].map((step) => ["accuracy", ...(step === 1 ? [] : ["coherence"]), "gradient_norm", "learning_rate", "loss"])
    )
    for (const { values } of first.slice(1)) expect(Math.abs(values.coherence ?? 2)).toBeLessThanOrEqual(1)
    expect(again).toEqual([])
    expect(second.map(({ step }) => step)).toEqual([7])
  })

  it("goes on from a checkpoint after every step as if there had been none", async () => {
    const batches = Array.from({ length: 6 }, (_, at) => lessons.slice(at * 16, at * 16 + 16))
    const straight = await run(
      Effect.gen(function* () {
        const session = yield* open()
        const seen: Array<{ readonly full: string; readonly bytes: Uint8Array }> = []
        for (const batch of batches) {
          yield* session.train(batch)
          seen.push({ full: yield* session.fullHash, bytes: yield* session.checkpoint })
        }
        return seen
      })
    )
    for (const [at, { bytes }] of straight.entries()) {
      const full = await run(
        Effect.gen(function* () {
          const session = yield* open()
          yield* session.restore(bytes)
          for (const batch of batches.slice(at + 1)) yield* session.train(batch)
          return yield* session.fullHash
        })
      )
      expect(full).toBe(straight.at(-1)?.full)
    }
  })

  it("keeps its weights, moments and former gradient in a safetensors file", async () => {
    const bytes = await run(
      Effect.gen(function* () {
        const session = yield* open()
        yield* trainAll(session)
        return yield* session.checkpoint
      })
    )
    const { tensors, metadata } = readSafetensors(bytes)
    const names = tensors.map(({ name }) => name)
    expect(names.filter((name) => name.startsWith("weights/"))).toHaveLength(4)
    expect(names.filter((name) => name.startsWith("optimiser/"))).toHaveLength(8)
    expect(names.filter((name) => name.startsWith("gradient/"))).toHaveLength(4)
    expect(metadata).toMatchObject({ step: "6", "counter/samples": "96" })
  })

  it("refuses the checkpoint of another model and a broken one, and stays what it was", async () => {
    await run(
      Effect.gen(function* () {
        const session = yield* open()
        yield* trainAll(session)
        const before = yield* session.fullHash
        const foreign = yield* (yield* open({ clip_norm: 0.5 })).checkpoint
        const cut = (yield* session.checkpoint).slice(0, -3)
        for (const bytes of [foreign, cut]) {
          const error = yield* failureOf(session.restore(bytes))
          expect(error).toBeInstanceOf(TrainerError)
          expect(error.diagnostics[0].code).toBe("gradient/CHECKPOINT")
          expect(error.reason).toBe("integrity")
        }
        expect(yield* session.fullHash).toBe(before)
      })
    )
  })

  it("stops at a loss that is no number, with the samples and the weights before it", async () => {
    await run(
      Effect.gen(function* () {
        const session = yield* open({ schedule: { type: "constant", learning_rate: 1e30 }, optimiser: { type: "sgd" }, clip_norm: "none" })
        const error = yield* failureOf(Effect.forEach([0, 1, 2, 3, 4], () => trainAll(session)))
        expect(error.diagnostics[0]).toMatchObject({ code: "gradient/NUMBERS" })
        expect(error.diagnostics[0].message).toMatch(/^optimiser step \d+: expected/)
        expect(error.diagnostics[0].actual).toContain("samples s-")
      })
    )
  })

  it("names the sample that is not what the shape says", async () => {
    const [first] = lessons
    if (first === undefined) throw new Error("no lesson")
    const broken = { ...first, sample: { ...first.sample, sample_id: "odd", payload: { tabular: [1, Number.NaN] } } }
    const short = { ...first, sample: { ...first.sample, sample_id: "short", payload: { tabular: [1] } } }
    const stranger = { ...first, target: { class: { class_id: 4, label: null } } }
    for (const [lesson, words] of [
      [broken, 'sample "odd": expected numbers that 32 bits hold; got NaN at position 1'],
      [short, 'sample "short": expected 2 numbers, as the shape of the samples says; got 1'],
      [stranger, 'sample "s-0": expected a target that is one of 3 declared classes']
    ] as const) {
      const error = await run(Effect.flatMap(open(), (session) => failureOf(session.train([lesson]))))
      expect(error.diagnostics[0].message).toContain(words)
      expect(error.diagnostics[0].code).toBe("gradient/SAMPLE")
    }
  })
})
