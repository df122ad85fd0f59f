/**
 * The two models of row `gradient`, and one step of training them on any device. Weights, inputs and targets are drawn from one seed, so
 * that every side of the row starts from the same numbers.
 */
import { ChaCha8, Random, SeedTree } from "../../packages/determinism/src/index.ts"
import {
  buildModel,
  type Device,
  type Model,
  type ModelInput,
  type ModelSpec,
  makeOptimiser,
  type OptimiserSpec
} from "../../packages/gradient/src/index.ts"

export interface Workload {
  readonly name: string
  readonly what: string
  readonly model: ModelSpec
  readonly optimiser: OptimiserSpec
  readonly rate: number
  /** Classes to be chosen from, and how many choices a step has. */
  readonly classes: number
  readonly choices: number
  readonly input: ModelInput
  readonly targets: Int32Array
  /** Steps of one round, a second or so of ours. */
  readonly steps: number
}

const he = { type: "he-normal" } as const
const glorot = { type: "glorot-uniform" } as const
const table = { type: "normal", deviation: 0.02 } as const
const one = [1, 1] as const
const two = [2, 2] as const
const convolution = (filters: number) => ({ type: "conv2d", filters, kernel: [3, 3], stride: one, padding: "same", bias: true, init: he })
const pool = { type: "max-pool2d", size: two, stride: two }
const relu = { type: "relu" }

const random = (number: bigint): Random => new Random(ChaCha8.seedFromU64(number))

const cnn = (): Workload => {
  const [batch, classes] = [64, 10]
  const draws = random(1n)
  const values = Float32Array.from({ length: batch * 28 * 28 }, () => draws.unit())
  return {
    name: "cnn",
    what: "28 × 28 × 1, conv 3 × 3 × 16, pool, conv 3 × 3 × 32, pool, dense 128, dense 10; batch 64, SGD",
    model: {
      input: { kind: "values", shape: [28, 28, 1] },
      layers: [
        ...[convolution(16), relu, pool, convolution(32), relu, pool, { type: "flatten" }],
        ...[{ type: "dense", units: 128, bias: true, init: he }, relu, { type: "dense", units: classes, bias: true, init: glorot }]
      ]
    },
    optimiser: { type: "sgd" },
    rate: 0.05,
    classes,
    choices: batch,
    input: { kind: "values", batch, values },
    targets: Int32Array.from({ length: batch }, (_, sample) => sample % classes),
    steps: 30
  }
}

const transformer = (): Workload => {
  const [batch, length, vocabulary, width] = [16, 64, 256, 64]
  const draws = random(2n)
  const ids = Int32Array.from({ length: batch * length }, () => draws.below(vocabulary))
  const block = {
    type: "transformer-block",
    heads: 4,
    hidden: 4 * width,
    dropout: 0,
    causal: true,
    norm: "pre",
    activation: "gelu",
    init: glorot
  }
  return {
    name: "transformer",
    what: "vocabulary 256, width 64, 2 causal blocks of 4 heads, length 64; batch 16, AdamW",
    model: {
      input: { kind: "tokens", length, vocabulary },
      layers: [
        { type: "embedding", width, init: table },
        { type: "positional", kind: "learned", init: table },
        block,
        block,
        { type: "layer-norm", epsilon: 1e-5 },
        { type: "dense", units: vocabulary, bias: true, init: glorot }
      ]
    },
    optimiser: { type: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 },
    rate: 0.001,
    classes: vocabulary,
    choices: batch * length,
    input: { kind: "tokens", batch, ids },
    // The token that follows; the last of a sequence is followed by its first.
    targets: ids.map((_, at) => ids[at - (at % length) + ((at + 1) % length)] ?? 0),
    steps: 15
  }
}

export const workloads: ReadonlyArray<Workload> = [cnn(), transformer()]

/** The model with its weights, the same on every device. */
export const modelOf = (device: Device, { model, name }: Workload): Model =>
  buildModel(device, model, (stream) => SeedTree.root(7n).child(name).child(stream).random())

/** A function that does one step, and gives the loss before it. */
export const trainer = (device: Device, workload: Workload): (() => number) => {
  const model = modelOf(device, workload)
  const optimiser = makeOptimiser(device, workload.optimiser, model.parameters)
  const { input, targets, classes, choices, rate } = workload
  let done = 0
  return () => {
    const tape = device.pass()
    device.zeroGradients(model.parameters)
    const logits = tape.reshape(model.forward(tape, input, { training: false }), [choices, classes])
    const loss = tape.softmaxCrossEntropy(logits, targets, { denominator: choices, label_smoothing: 0 })
    tape.backward(loss)
    optimiser.step(++done, rate)
    return loss.total
  }
}
