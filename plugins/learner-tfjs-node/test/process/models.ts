/** Models that have every kind of layer between them, trained on two devices from the same weights, each with another optimiser. */
import {
  buildModel,
  type Device,
  lossOf,
  type ModelInput,
  type ModelSpec,
  makeTraining,
  type OptimiserSpec,
  type SupervisedBatch,
  supervised,
  trainStep,
  weightsSha256
} from "@feagi-trainer/gradient"
import { SeedTree } from "../../../../packages/determinism/src/index.ts"
import { apart, drawn } from "./devices.ts"

interface Case {
  readonly name: string
  readonly model: ModelSpec
  readonly input: ModelInput
  readonly optimiser: OptimiserSpec
}

const init = { type: "glorot-uniform" }
const table = { type: "normal", deviation: 0.5 }
const CLASSES = 3
const BATCH = 4
const answer = { type: "dense", units: CLASSES, bias: true, init }
/** The bias of a key has the gradient 0, whose rounding Adam would make steps of; a larger epsilon keeps it as small as it is. */
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-3, weight_decay: 0.02 }
const values = (numbers: number): ModelInput => ({ kind: "values", batch: BATCH, values: drawn(BATCH * numbers, 3) })
const [one, two] = [
  [1, 1],
  [2, 2]
]

export const cases: ReadonlyArray<Case> = [
  {
    name: "a multilayer perceptron with SGD",
    model: {
      input: { kind: "values", shape: [6] },
      layers: [
        { type: "dense", units: 8, bias: true, init },
        { type: "tanh" },
        { type: "layer-norm", epsilon: 1e-5 },
        { type: "dropout", rate: 0.3 },
        { type: "residual", layers: [{ type: "dense", units: 8, bias: false, init }, { type: "sigmoid" }] },
        answer
      ]
    },
    input: values(6),
    optimiser: { type: "sgd" }
  },
  {
    name: "a convolutional network with momentum",
    model: {
      input: { kind: "values", shape: [9, 8, 2] },
      layers: [
        { type: "conv2d", filters: 6, kernel: [3, 3], stride: one, padding: "same", bias: true, init },
        { type: "group-norm", groups: 2, epsilon: 1e-5 },
        { type: "relu" },
        { type: "max-pool2d", size: two, stride: two },
        { type: "conv2d", filters: 8, kernel: [2, 2], stride: two, padding: "valid", bias: false, init },
        { type: "gelu" },
        { type: "average-pool2d", size: two, stride: one },
        { type: "global-average-pool" },
        answer
      ]
    },
    input: values(9 * 8 * 2),
    optimiser: { type: "momentum", momentum: 0.9, nesterov: true }
  },
  {
    name: "a Transformer with padding, with AdamW",
    model: {
      input: { kind: "tokens", length: 5, vocabulary: 7, pad: 0 },
      layers: [
        { type: "embedding", width: 8, init: table },
        { type: "positional", kind: "learned", init: table },
        ...[false, true].map((causal) => ({
          ...{ type: "transformer-block", heads: 2, hidden: 12, dropout: 0.1, causal, norm: "pre", activation: "gelu", init }
        })),
        { type: "mean-over-positions" },
        answer
      ]
    },
    input: { kind: "tokens", batch: BATCH, ids: Int32Array.of(1, 2, 3, 4, 0, 6, 5, 0, 0, 0, 2, 2, 2, 2, 2, 1, 6, 1, 6, 1) },
    optimiser: { type: "adamw", ...adam }
  },
  {
    name: "attention with sines, flattened, with Adam",
    model: {
      input: { kind: "values", shape: [4, 6] },
      layers: [{ type: "positional", kind: "sinusoidal" }, { type: "attention", heads: 3, causal: true, init }, { type: "flatten" }, answer]
    },
    input: values(24),
    optimiser: { type: "adam", ...adam }
  }
]

const STEPS = 5

interface Trained {
  readonly initial: string
  readonly forward: Float32Array
  /** The weights after every step, one after the other. */
  readonly weights: ReadonlyArray<Float32Array>
  readonly hash: string
}

const train = (device: Device, { model: spec, input, optimiser }: Case): Trained => {
  const seeds = SeedTree.root(9n)
  const model = buildModel(device, spec, (stream) => seeds.child(stream).random())
  const training = makeTraining({
    model,
    optimiser,
    schedule: { type: "constant", learning_rate: 0.01 },
    clip_norm: 0.5,
    chance: (layer, step) => seeds.child(`${layer}/${step}`).random()
  })
  const initial = weightsSha256(model)
  const forward = device.read(model.forward(device.pass(), input, { training: false }).value)
  const objective = supervised(model, lossOf({ type: "cross-entropy", label_smoothing: 0.1 }))
  const batch: SupervisedBatch = { input, target: { kind: "classes", classes: Int32Array.of(0, 2, 1, 2) } }
  const weights = Array.from({ length: STEPS }, () => {
    trainStep(training, objective, [batch])
    return Float32Array.from(model.parameters.flatMap(({ value }) => [...device.read(value)]))
  })
  return { initial, forward, weights, hash: weightsSha256(model) }
}

export interface ComparedModel {
  readonly name: string
  /** Hashes of the initial weights. */
  readonly initial: readonly [string, string]
  readonly forward: number
  /** How far the weights are apart after each step. */
  readonly steps: ReadonlyArray<number>
  /** How far the weights moved from the first step to the last. */
  readonly moved: number
  /** Hashes of two trainings on the other device. */
  readonly twice: readonly [string, string]
}

export const compareModel = (right: Device, other: Device, each: Case): ComparedModel => {
  const [one, two, again] = [train(right, each), train(other, each), train(other, each)]
  const nothing = new Float32Array()
  return {
    name: each.name,
    initial: [one.initial, two.initial],
    forward: apart(one.forward, two.forward),
    steps: one.weights.map((weights, step) => apart(weights, two.weights[step] ?? nothing)),
    moved: apart(one.weights.at(-1) ?? nothing, one.weights[0] ?? nothing),
    twice: [two.hash, again.hash]
  }
}
