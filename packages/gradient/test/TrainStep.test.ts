import { SeedTree } from "@feagi-trainer/determinism"
import { Schema } from "effect"
import { beforeAll, describe, expect, it } from "vitest"
import { clipByNorm } from "../src/Clip.ts"
import type { Device } from "../src/Device.ts"
import { GradientError } from "../src/GradientError.ts"
import { filledWith } from "../src/Initialise.ts"
import { defineLayer, gives, shapeOf, valuesOf } from "../src/LayerKind.ts"
import { layerKinds } from "../src/LayerKinds.ts"
import { lossOf } from "../src/Loss.ts"
import { buildModel } from "../src/Model.ts"
import { openDevice } from "../src/node.ts"
import { type Objective, type SupervisedBatch, supervised } from "../src/Objective.ts"
import { defineOptimiser, optimiserKinds } from "../src/Optimiser.ts"
import { defineSchedule, scheduleKinds } from "../src/Schedule.ts"
import { makeTraining, type StepResult, type Training, trainStep } from "../src/TrainStep.ts"
import { weightsSha256 } from "../src/WeightsHash.ts"
import { architectures, open } from "./support/architectures.ts"

let device: Device
beforeAll(async () => {
  device = await openDevice()
})

const names = Object.keys(architectures)

describe("trainStep() on micro-batches", () => {
  it.each(names)("gives one weight hash, one loss and the same outputs for 64, 4 x 16, 64 x 1 and uneven parts: %s", (name) => {
    const run = (size: number) => {
      const { model, step } = open(device, name)
      const results = [step(64, size), step(64, size)]
      return { weights: weightsSha256(model), results }
    }
    const whole = run(64)
    expect(run(16)).toEqual(whole)
    expect(run(1)).toEqual(whole)
    expect(run(23)).toEqual(whole)
  })

  it.each(names)("gives other weights for other samples: %s", (name) => {
    const run = (samples: number): string => {
      const { model, step } = open(device, name)
      step(samples, 8)
      return weightsSha256(model)
    }
    expect(run(7)).not.toBe(run(8))
  })
})

const tree = SeedTree.root("train-step")
const linearSpec = {
  input: { kind: "values" as const, shape: [2] },
  layers: [{ type: "dense", units: 1, bias: true, init: { type: "zeros" } }]
}

/** A linear regression with rate 0.5, and a batch for it. */
const regression = (clip_norm: number | undefined) => {
  const model = buildModel(device, linearSpec, (stream) => tree.child(stream).random())
  const training = makeTraining({
    model,
    optimiser: { type: "sgd" },
    schedule: { type: "constant", learning_rate: 0.5 },
    clip_norm,
    chance: (layer, step) => tree.child(`${layer}/${step}`).random()
  })
  return { model, training, objective: supervised(model, lossOf({ type: "mean-squared-error" })) }
}

const batch = (inputs: ReadonlyArray<number>, targets: ReadonlyArray<number>): SupervisedBatch => ({
  input: { kind: "values", batch: targets.length, values: Float32Array.from(inputs) },
  target: { kind: "values", values: Float32Array.from(targets) }
})

const weights = (training: Training): ReadonlyArray<ReadonlyArray<number>> =>
  training.parameters.map(({ value }) => [...device.read(value)])

describe("trainStep()", () => {
  it("tells loss, norm, rate, coherence and outputs of a step that can be done by hand", () => {
    const { training, objective } = regression(undefined)
    // at weights 0: loss (1 + 9) / 2; gradient of w1: (2·(0-1)·1 + 0) / 2, of w2: 2·(0-3)·1 / 2, of the bias: -1 - 3
    const first = trainStep(training, objective, [batch([1, 0, 0, 1], [1, 3])])
    expect(first).toEqual({
      step: 1,
      loss: 5,
      gradient_norm: Math.sqrt(1 + 9 + 16),
      learning_rate: 0.5,
      outputs: Float32Array.of(0, 0)
    } satisfies StepResult)
    expect(weights(training)).toEqual([[0.5, 1.5], [2]])
    // now the outputs are 2.5 and 3.5, wrong by 1.5 and 0.5
    const second = trainStep(training, objective, [batch([1, 0, 0, 1], [1, 3])])
    expect(second.loss).toBe((2.25 + 0.25) / 2)
    expect([...second.outputs]).toEqual([2.5, 3.5])
    const cosine = (1.5 * -1 + 0.5 * -3 + 2 * -4) / (Math.sqrt(2.25 + 0.25 + 4) * Math.sqrt(26))
    expect(second.coherence).toBeCloseTo(cosine, 14)
    expect(training.step).toBe(2)
  })

  it("has a coherence of 1 with an equal gradient, and none behind a gradient of 0", () => {
    const { training, objective } = regression(undefined)
    const still = batch([0, 0], [0])
    expect(trainStep(training, objective, [still]).coherence).toBeUndefined()
    expect(trainStep(training, objective, [batch([1, 0], [1])]).coherence).toBeUndefined()
    const again = regression(1e-30)
    trainStep(again.training, again.objective, [batch([1, 0], [1])])
    expect(trainStep(again.training, again.objective, [batch([1, 0], [1])]).coherence).toBeCloseTo(1, 14)
  })

  it("clips the gradient to a norm and tells the norm before", () => {
    const { training, objective } = regression(0.5)
    expect(trainStep(training, objective, [batch([1, 0, 0, 1], [1, 3])]).gradient_norm).toBe(Math.sqrt(26))
    const factor = Math.fround(0.5 / Math.sqrt(26))
    expect(weights(training)).toEqual([[factor / 2, Math.fround(3 * factor) / 2], [2 * factor]])
  })

  it.each([
    ["a loss that is NaN", [Number.NaN, 0], [1], /^optimiser step 2: expected a finite loss; got NaN as loss of micro-batch 1/],
    ["a loss that is infinite", [1e30, 0], [1], /^optimiser step 2: expected a finite loss; got Infinity as loss of micro-batch 1/]
  ])("refuses %s, names step and micro-batch, and changes nothing", (_, inputs, targets, message) => {
    const { training, objective } = regression(undefined)
    trainStep(training, objective, [batch([1, 0, 0, 1], [1, 3])])
    const before = weights(training)
    const norm = training.former.norm
    expect(() => trainStep(training, objective, [batch([1, 0], [1]), batch(inputs, targets)])).toThrow(message)
    expect(() => trainStep(training, objective, [batch(inputs, targets)])).toThrow(GradientError)
    expect(weights(training)).toEqual(before)
    expect([training.step, training.former.norm]).toEqual([1, norm])
  })

  it("refuses a gradient that is not finite behind a finite loss, and names the tensor", () => {
    const { training, model } = regression(undefined)
    // the root of 0 is finite and its slope is not: exp(½·log x) at an output of 0
    const objective: Objective<SupervisedBatch> = {
      terms: () => 1,
      run: (tape, mode, { input }) => {
        const output = model.forward(tape, input, mode)
        const slope = tape.scale(tape.scale(output, 1e30), 1e30)
        return { loss: tape.sumAll(slope), output }
      }
    }
    const before = weights(training)
    expect(() => trainStep(training, objective, [batch([1, 0], [0])])).toThrow(
      /^optimiser step 1: expected finite gradients; got Infinity as element 0 of the gradient of "layers.0.weight"; no weight was changed/
    )
    expect(weights(training)).toEqual(before)
    expect(training.step).toBe(0)
  })

  it("tells no outputs where the objective gives none, and learns the same", () => {
    const { training, model } = regression(undefined)
    const loud = regression(undefined)
    const quiet = supervised(model, lossOf({ type: "mean-squared-error" }), { outputs: false })
    const told = trainStep(loud.training, loud.objective, [batch([1, 0], [1])])
    expect(trainStep(training, quiet, [batch([1, 0], [1])])).toEqual({ ...told, outputs: new Float32Array(0) })
    expect(weights(training)).toEqual(weights(loud.training))
  })

  it("refuses a step without anything to learn from", () => {
    const { training, objective } = regression(undefined)
    expect(() => trainStep(training, objective, [])).toThrow("expected at least one row that counts in the loss")
  })

  it("refuses inputs of another size than the description says, and ids outside of the vocabulary", () => {
    const { training, objective } = regression(undefined)
    expect(() => trainStep(training, objective, [batch([1, 0, 0], [1])])).toThrow(
      "expected 2 values for 1 samples of shape [2]; got 3 values"
    )
    const { model } = open(device, "causal-language-model")
    const ids = Int32Array.of(0, 1, 2, 3, 13, 5, 6, 7, 8)
    expect(() => model.forward(device.pass(), { kind: "tokens", batch: 1, ids }, { training: false })).toThrow(
      "expected ids from 0 to 12; got 13 at position 4 of sample 0"
    )
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses to clip to %s", (clip) => {
    expect(() => regression(clip)).toThrow(RangeError)
    if (clip !== Number.POSITIVE_INFINITY) expect(() => clipByNorm(device, [], clip)).toThrow(RangeError)
  })

  it("knows no layer, optimiser, schedule or loss by name: kinds of one's own train with it", () => {
    const shift = defineLayer({
      type: "shift",
      schema: Schema.Struct({ type: Schema.Literal("shift"), from: Schema.Finite }),
      shape: (_, input) => {
        const found = shapeOf(input, [1])
        return found.ok ? gives(found.shape) : found
      },
      build: ({ from }, input, maker) => {
        const offset = maker.parameter("offset", input.kind === "values" ? input.shape : [], filledWith(from))
        return (flow, { tape }) => tape.add(valuesOf(flow), tape.parameter(offset))
      }
    })
    const away = defineOptimiser("away", Schema.Struct({ type: Schema.Literal("away") }), (on, _, parameters) => ({
      step: (_t, rate) => {
        for (const { value, gradient } of parameters) on.kernels.addScaled(value, gradient, -rate)
      },
      state: []
    }))
    const halves = defineSchedule("halves", Schema.Struct({ type: Schema.Literal("halves") }), () => (step) => 0.5 / (step + 1))
    const spec = { input: { kind: "values" as const, shape: [1] }, layers: [{ type: "shift", from: 2 }] }
    const model = buildModel(device, spec, () => tree.random(), { layers: new Map([...layerKinds, [shift.type, shift]]) })
    const training = makeTraining({
      model,
      optimiser: { type: "away" },
      schedule: { type: "halves" },
      clip_norm: undefined,
      chance: () => tree.random(),
      optimisers: new Map([...optimiserKinds, [away.type, away]]),
      schedules: new Map([...scheduleKinds, [halves.type, halves]])
    })
    const objective: Objective<Float32Array> = {
      terms: ({ length }) => length,
      run: (tape, mode, values, denominator) => {
        const output = model.forward(tape, { kind: "values", batch: values.length, values }, mode)
        return { loss: tape.scale(tape.sumAll(output), 1 / denominator), output }
      }
    }
    const results = [1, 2].map(() => trainStep(training, objective, [Float32Array.of(1, 3)]))
    expect(results.map(({ loss, learning_rate }) => [loss, learning_rate])).toEqual([
      [4, 0.5],
      [3.5, 0.25]
    ])
    expect(weights(training)).toEqual([[1.25]])
  })
})
