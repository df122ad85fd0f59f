/**
 * The five architectures whose weights are pinned, with data for them: small, and together they use every kind of layer. Data are drawn
 * from streams of their own, so they are the same everywhere.
 */
import { type Random, SeedTree } from "@feagi-trainer/determinism"
import type { Device } from "../../src/Device.ts"
import { lossOf } from "../../src/Loss.ts"
import { buildModel, type Model, type ModelInput } from "../../src/Model.ts"
import type { ModelSpec } from "../../src/ModelSpec.ts"
import { type SupervisedBatch, supervised } from "../../src/Objective.ts"
import type { OptimiserSpec } from "../../src/Optimiser.ts"
import type { ScheduleSpec } from "../../src/Schedule.ts"
import { elementsOf } from "../../src/Tensor.ts"
import { makeTraining, type Training, trainStep } from "../../src/TrainStep.ts"

export interface Architecture {
  readonly spec: ModelSpec
  readonly optimiser: OptimiserSpec
  readonly schedule: ScheduleSpec
  readonly clip_norm: number | undefined
  readonly loss: { readonly type: string; readonly [option: string]: unknown }
}

const he = { type: "he-normal" }
const glorot = { type: "glorot-uniform" }
const small = { type: "normal", deviation: 0.02 }
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
const classes = { type: "cross-entropy", label_smoothing: 0 }
const block = { type: "transformer-block", heads: 2, hidden: 24, norm: "pre", activation: "gelu", init: small }

export const architectures: Readonly<Record<string, Architecture>> = {
  mlp: {
    spec: {
      input: { kind: "values", shape: [6] },
      layers: [
        { type: "dense", units: 12, bias: true, init: he },
        { type: "relu" },
        { type: "dense", units: 12, bias: true, init: he },
        { type: "tanh" },
        { type: "dense", units: 3, bias: true, init: glorot }
      ]
    },
    optimiser: { type: "sgd" },
    schedule: { type: "constant", learning_rate: 0.1 },
    clip_norm: undefined,
    loss: classes
  },
  cnn: {
    spec: {
      input: { kind: "values", shape: [8, 8, 1] },
      layers: [
        { type: "conv2d", filters: 4, kernel: [3, 3], stride: [1, 1], padding: "same", bias: true, init: he },
        { type: "relu" },
        { type: "max-pool2d", size: [2, 2], stride: [2, 2] },
        { type: "conv2d", filters: 6, kernel: [3, 3], stride: [1, 1], padding: "valid", bias: true, init: he },
        { type: "relu" },
        { type: "flatten" },
        { type: "dense", units: 3, bias: true, init: { type: "lecun-normal" } }
      ]
    },
    optimiser: { type: "momentum", momentum: 0.9, nesterov: true },
    schedule: { type: "linear", learning_rate: 0.05, end: 0.01, steps: 4 },
    clip_norm: 1,
    loss: { type: "cross-entropy", label_smoothing: 0.1 }
  },
  "deep-cnn": {
    spec: {
      input: { kind: "values", shape: [8, 8, 2] },
      layers: [
        { type: "conv2d", filters: 8, kernel: [3, 3], stride: [1, 1], padding: "same", bias: false, init: he },
        { type: "group-norm", groups: 2, epsilon: 1e-5 },
        { type: "gelu" },
        {
          type: "residual",
          layers: [
            { type: "conv2d", filters: 8, kernel: [3, 3], stride: [1, 1], padding: "same", bias: false, init: { type: "he-uniform" } },
            { type: "group-norm", groups: 4, epsilon: 1e-5 },
            { type: "relu" },
            { type: "dropout", rate: 0.25 }
          ]
        },
        { type: "average-pool2d", size: [2, 2], stride: [2, 2] },
        { type: "conv2d", filters: 8, kernel: [3, 3], stride: [2, 2], padding: "same", bias: true, init: he },
        { type: "sigmoid" },
        { type: "global-average-pool" },
        { type: "dropout", rate: 0.5 },
        { type: "dense", units: 3, bias: true, init: { type: "glorot-normal" } }
      ]
    },
    optimiser: { type: "adam", ...adam, weight_decay: 0.01 },
    schedule: { type: "cosine", learning_rate: 0.01, end: 0.001, steps: 5 },
    clip_norm: 0.5,
    loss: classes
  },
  "transformer-classifier": {
    spec: {
      input: { kind: "tokens", length: 7, vocabulary: 11, pad: 0 },
      layers: [
        { type: "embedding", width: 12, init: small },
        { type: "positional", kind: "sinusoidal" },
        { ...block, dropout: 0.1, causal: false },
        { type: "residual", layers: [{ type: "attention", heads: 3, causal: false, init: glorot }] },
        { type: "layer-norm", epsilon: 1e-5 },
        { type: "mean-over-positions" },
        { type: "dense", units: 3, bias: true, init: glorot }
      ]
    },
    optimiser: { type: "adamw", ...adam, weight_decay: 0.05 },
    // biome-ignore lint/suspicious/noThenProperty: the option of a schedule, which nobody awaits
    schedule: { type: "warm-up", steps: 2, then: { type: "cosine", learning_rate: 0.01, end: 0, steps: 10 } },
    clip_norm: 1,
    loss: classes
  },
  "causal-language-model": {
    spec: {
      input: { kind: "tokens", length: 9, vocabulary: 13 },
      layers: [
        { type: "embedding", width: 16, init: small },
        { type: "positional", kind: "learned", init: { type: "uniform", limit: 0.02 } },
        { type: "dropout", rate: 0.1 },
        { ...block, dropout: 0.2, causal: true },
        { ...block, dropout: 0, causal: true },
        { type: "layer-norm", epsilon: 1e-6 },
        { type: "dense", units: 13, bias: false, init: small }
      ]
    },
    optimiser: { type: "adam", ...adam, weight_decay: 0 },
    schedule: { type: "constant", learning_rate: 0.003 },
    clip_norm: 0.1,
    loss: { type: "token-cross-entropy" }
  }
}

const tree = SeedTree.root("architectures")

/** The streams of initial values and of chance of a named architecture. */
const streams = (name: string) => ({
  seeds: (stream: string): Random => tree.child(`${name}/weights/${stream}`).random(),
  chance: (layer: string, step: number): Random => tree.child(`${name}/chance/${step}/${layer}`).random()
})

export const architectureOf = (name: string): Architecture => {
  const found = architectures[name]
  if (found === undefined) throw new Error(`no architecture is named ${name}`)
  return found
}

export interface Opened {
  readonly model: Model
  readonly training: Training
  /** One optimiser step on `samples` samples, which only `step` chooses, cut into micro-batches of `size`. */
  readonly step: (samples: number, size: number) => ReturnType<typeof trainStep>
}

interface Sample {
  readonly input: ReadonlyArray<number>
  readonly target: ReadonlyArray<number>
}

const sampleOf = (spec: ModelSpec, random: Random): Sample => {
  const { input } = spec
  if (input.kind === "values") {
    return { input: Array.from({ length: elementsOf(input.shape) }, () => random.normal()), target: [random.below(3)] }
  }
  if (input.pad === undefined) {
    const ids = Array.from({ length: input.length + 1 }, () => random.below(input.vocabulary))
    // some positions have no target
    return { input: ids.slice(0, -1), target: ids.slice(1).map((id) => (random.below(4) === 0 ? -1 : id)) }
  }
  const real = 1 + random.below(input.length)
  const ids = Array.from({ length: input.length }, (_, at) => (at < real ? 1 + random.below(input.vocabulary - 1) : 0))
  return { input: ids, target: [random.below(3)] }
}

const inputOf = (spec: ModelSpec, samples: ReadonlyArray<Sample>): ModelInput => {
  const numbers = samples.flatMap(({ input }) => input)
  return spec.input.kind === "values"
    ? { kind: "values", batch: samples.length, values: Float32Array.from(numbers) }
    : { kind: "tokens", batch: samples.length, ids: Int32Array.from(numbers) }
}

/** Micro-batches of a step. */
export const batchesOf = (name: string, step: number, samples: number, size: number): ReadonlyArray<SupervisedBatch> => {
  const { spec } = architectureOf(name)
  const random = tree.child(`${name}/data/${step}`).random()
  const all = Array.from({ length: samples }, () => sampleOf(spec, random))
  return Array.from({ length: Math.ceil(samples / size) }, (_, at) => {
    const part = all.slice(at * size, (at + 1) * size)
    return {
      input: inputOf(spec, part),
      target: { kind: "classes", classes: Int32Array.from(part.flatMap(({ target }) => target)) }
    }
  })
}

/** The architecture built on a device, with its training at step 0. */
export const open = (device: Device, name: string): Opened => {
  const { spec, optimiser, schedule, clip_norm, loss } = architectureOf(name)
  const { seeds, chance } = streams(name)
  const model = buildModel(device, spec, seeds)
  const training = makeTraining({ model, optimiser, schedule, clip_norm, chance })
  const objective = supervised(model, lossOf(loss))
  return { model, training, step: (samples, size) => trainStep(training, objective, batchesOf(name, training.step + 1, samples, size)) }
}
