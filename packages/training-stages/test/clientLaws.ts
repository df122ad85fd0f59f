/** The laws of a training client: one suite for every client, for rows and for texts. */
import { SeedTree, sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import type { LossBatch, ModelInput, ModelShape, TrainingClient, TrainingSession } from "../src/index.ts"
import { sessionConfig } from "./models.ts"

export interface ClientSubject {
  readonly client: () => TrainingClient["Service"]
  readonly model_ref: unknown
  readonly shape: ModelShape
  /** Whether its weights move at all. */
  readonly learns: boolean
}

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)
const failing = <A, E>(effect: Effect.Effect<A, E>): Promise<E> => Effect.runPromise(Effect.flip(effect))

/** The hash of all that a session would go on from. */
const standing = (session: TrainingSession) => run(Effect.map(session.saveState, sha256Hex))

/** Inputs of the shape, all different. */
const inputsOf = ({ input, length, vocabulary = 1 }: ModelShape, count: number): ReadonlyArray<ModelInput> =>
  Array.from({ length: count }, (_, at) =>
    input === "features"
      ? { features: Array.from({ length }, (_, feature) => ((at * 5 + feature * 3) % 7) / 4 - 0.75) }
      : { tokens: Array.from({ length: 1 + (at % length) }, (_, place) => (at + place * 2) % vocabulary) }
  )

const positionsOf = (shape: ModelShape, input: ModelInput) => (shape.rows === "each-item" ? 1 : "tokens" in input ? input.tokens.length : 1)

const batchOf = (shape: ModelShape, inputs: ReadonlyArray<ModelInput>, denominator: number, from = 0): LossBatch => ({
  loss: "cross_entropy",
  denominator,
  items: inputs.map((input, at) => {
    const places = Array.from({ length: positionsOf(shape, input) }, (_, place) => place)
    return { input, targets: places.map((place) => (from + at + place) % shape.width), weights: places.map(() => 1) }
  })
})

const teach = (session: TrainingSession, batch: LossBatch) =>
  Effect.flatMap(session.forwardBackward(batch), () => session.optimStep({ learning_rate: 0.05 }))

/** A law for clients that have what it is about; for another one it is no law, and no test that was skipped. */
const where =
  (holds: boolean) =>
  (name: string, test: () => Promise<void>): void => {
    if (holds) it(name, test)
  }

export const clientLaws = (title: string, subject: ClientSubject): void => {
  const { shape, model_ref } = subject
  const open = (seed = 3) => run(subject.client().startSession({ model_ref, training_config: { ...sessionConfig, seed } }))
  const inputs = inputsOf(shape, 6)

  describe(`a training client: ${title}`, () => {
    it("says the shape that its model has", async () => {
      expect((await open()).shape).toEqual(shape)
    })

    it("gives a row of logits for each position, and values exactly where the shape says so", async () => {
      const { logits, offsets, width, values } = await run((await open()).outputs(inputs))
      const rows = inputs.reduce((sum, input) => sum + positionsOf(shape, input), 0)
      expect({ width, rows: offsets.at(-1), logits: logits.length }).toEqual({ width: shape.width, rows, logits: rows * shape.width })
      expect(values?.length).toBe(shape.values ? rows : undefined)
    })

    it("gives an item the same outputs alone and in a batch", async () => {
      const session = await open()
      const together = await run(session.outputs(inputs))
      for (const [at, input] of inputs.entries()) {
        const { logits } = await run(session.outputs([input]))
        const [from = 0, to = 0] = together.offsets.slice(at, at + 2)
        expect([...logits]).toEqual([...together.logits.slice(from * shape.width, to * shape.width)])
      }
    })

    it("says logarithms of probabilities that sum to 1", async () => {
      const session = await open()
      const [input] = inputs.slice(-1)
      if (input === undefined) throw new Error("there is an input")
      const places = Array.from({ length: positionsOf(shape, input) }, () => 0)
      let sum = 0
      for (let target = 0; target < shape.width; target += 1) {
        const [logprobs = []] = await run(session.logprobs([{ input, targets: places.map(() => target) }]))
        expect(logprobs).toHaveLength(places.length)
        sum += Math.exp(logprobs.at(-1) ?? Number.NaN)
      }
      expect(sum).toBeCloseTo(1, 12)
    })

    it("learns nothing by being asked", async () => {
      const session = await open()
      const before = await run(session.weightsSha256)
      await run(session.outputs(inputs))
      await run(session.logprobs([{ input: inputs[0] ?? { tokens: [] }, targets: [0] }]))
      expect(await run(session.weightsSha256)).toBe(before)
    })

    it("adds gradients up: a batch in parts is the batch", async () => {
      const [whole, parts] = [await open(), await open()]
      await run(teach(whole, batchOf(shape, inputs, 6)))
      await run(parts.forwardBackward(batchOf(shape, inputs.slice(0, 2), 6)))
      await run(teach(parts, batchOf(shape, inputs.slice(2), 6, 2)))
      expect(await run(parts.weightsSha256)).toBe(await run(whole.weightsSha256))
      expect(await standing(parts)).toBe(await standing(whole))
    })

    it("counts its steps from 1 and tells a norm that is a number", async () => {
      const session = await open()
      const reports = [await run(teach(session, batchOf(shape, inputs, 6))), await run(teach(session, batchOf(shape, inputs, 6)))]
      expect(reports.map(({ step }) => step)).toEqual([1, 2])
      expect(reports.every(({ gradient_norm }) => Number.isFinite(gradient_norm) && gradient_norm >= 0)).toBe(true)
    })

    it("goes on from a saved state as the session that went on", async () => {
      const [went, restored] = [await open(), await open(9)]
      await run(teach(went, batchOf(shape, inputs, 6)))
      const state = await run(went.saveState)
      await run(teach(restored, batchOf(shape, inputs, 3, 1)))
      await run(restored.loadState(state))
      expect(await standing(restored)).toBe(sha256Hex(state))
      for (const session of [went, restored]) await run(teach(session, batchOf(shape, inputs, 6, 2)))
      expect(await standing(restored)).toBe(await standing(went))
      expect(await run(restored.outputs(inputs))).toEqual(await run(went.outputs(inputs)))
    })

    it("drops gathered gradients when a state is loaded, and does not save while there are some", async () => {
      const session = await open()
      const state = await run(session.saveState)
      await run(session.forwardBackward(batchOf(shape, inputs, 6)))
      expect((await failing(session.saveState)).diagnostics[0]).toMatchObject({
        code: "training-stages/BAD-BATCH",
        actual: expect.stringContaining("optimStep")
      })
      await run(session.loadState(state))
      await run(teach(session, batchOf(shape, inputs, 6, 1)))
      const fresh = await open()
      await run(teach(fresh, batchOf(shape, inputs, 6, 1)))
      expect(await standing(session)).toBe(await standing(fresh))
    })

    it("refuses a state that is none", async () => {
      const failure = await failing((await open()).loadState(new Uint8Array([1, 2, 3])))
      expect(failure).toMatchObject({ _tag: "TrainerError" })
    })

    it("begins from its seed: one seed one model, another seed another one", async () => {
      const hashes = [await open(3), await open(3), await open(4)].map((session) => run(session.weightsSha256))
      const [first, again, other] = await Promise.all(hashes)
      expect(again).toBe(first)
      expect(other).not.toBe(first)
    })

    where(subject.learns)("makes a loss small that it is taught, and changes its weights", async () => {
      const session = await open()
      const before = await run(session.weightsSha256)
      const batch = batchOf(shape, inputs.slice(0, 2), 2)
      const losses: Array<number> = []
      for (let step = 0; step < 30; step += 1) {
        losses.push((await run(session.forwardBackward(batch))).loss)
        await run(session.optimStep({ learning_rate: 0.05 }))
      }
      expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 4)
      expect(await run(session.weightsSha256)).not.toBe(before)
    })

    it("refuses inputs and targets that do not fit, with both sides", async () => {
      const session = await open()
      const foreign: ModelInput = shape.input === "features" ? { tokens: [0] } : { features: [0] }
      expect((await failing(session.outputs([foreign]))).diagnostics[0]).toMatchObject({ code: "training-stages/BAD-BATCH" })
      expect((await failing(session.outputs([]))).diagnostics[0]).toMatchObject({ expected: "at least one item", actual: "none" })
      const wrong = batchOf(shape, inputs.slice(0, 1), 1, shape.width)
      const beyond =
        wrong.loss === "cross_entropy"
          ? { ...wrong, items: wrong.items.map((item) => ({ ...item, targets: item.targets.map(() => shape.width) })) }
          : wrong
      expect((await failing(session.forwardBackward(beyond))).diagnostics[0]).toMatchObject({
        expected: `a target from 0 to ${shape.width - 1}`
      })
      expect((await failing(session.optimStep({ learning_rate: -1 }))).diagnostics[0]).toMatchObject({ actual: "-1" })
    })

    where(shape.rows === "each-token")(
      "says tokens of its vocabulary, the same by the same chance, up to a stop or the limit",
      async () => {
        const session = await open()
        const random = () => SeedTree.root(1).child("sample").random()
        const requests = [0, 1, 2].map((token) => ({ prompt: [token, token], max_tokens: 5, temperature: 1, stop: 4 }))
        const said = await run(session.sample(requests, random()))
        expect(await run(session.sample(requests, random()))).toEqual(said)
        expect(said).toHaveLength(3)
        for (const completion of said) {
          expect(completion.length === 5 || completion.at(-1) === 4).toBe(true)
          expect(completion.slice(0, -1)).not.toContain(4)
          expect(completion.every((token) => token >= 0 && token < shape.width)).toBe(true)
        }
        const long = session.sample([{ prompt: [0], max_tokens: shape.length, temperature: 1 }], random())
        expect((await failing(long)).diagnostics[0]).toMatchObject({ expected: `1 to ${shape.length} tokens of prompt and completion` })
        const frozen = session.sample([{ prompt: [0], max_tokens: 1, temperature: 0 }], random())
        expect((await failing(frozen)).diagnostics[0]).toMatchObject({ expected: "a finite number above 0", actual: "0" })
      }
    )

    it("refuses a model that it does not know", async () => {
      const failure = await failing(subject.client().startSession({ model_ref: "nobody", training_config: sessionConfig }))
      expect(failure.diagnostics[0]).toMatchObject({ code: "training-stages/UNKNOWN-MODEL", field: "model_ref", actual: '"nobody"' })
    })
  })
}
