/**
 * The run file of the templates as commented TOML: every value that determines the result, none left to a default. What a template adds is
 * its transforms, its model and the recipe of its training.
 */
import { escapeControl, type TaskRequest } from "@feagi-trainer/contracts"

/** How long and in which steps it is trained. */
export interface Recipe {
  readonly epochs: number
  readonly batch_size: number
  readonly learning_rate: number
}

export interface RunFileOf {
  readonly recipe: Recipe
  /** Of AdamW. */
  readonly weight_decay: number
  /** Of a model, in words: `a convolutional network`. */
  readonly model: string
  /** Lines of TOML: `[[transforms]]` tables, or `transforms = []`. */
  readonly transforms: string
  /** How bytes become numbers; undefined where samples are no bytes. */
  readonly pixels?: "unit" | "as-is"
  /** TOML of the input. */
  readonly input: string
  /** One line of TOML per layer. */
  readonly layers: ReadonlyArray<string>
}

/** Shares of the parts where the source declares none, and of its training part where it declares train and test. */
const dealt = { train: 0.6, val: 0.2, test: 0.2 } as const
const kept = { train: 0.9, val: 0.1 } as const

interface SplitText {
  readonly text: string
  /** Samples that are learnt from, as far as it is known before the split is made. */
  readonly training: number
}

const splitOf = ({ parts, part_sizes, samples }: TaskRequest): SplitText => {
  const declares = (...names: ReadonlyArray<string>) => names.length === parts.length && names.every((name) => parts.includes(name))
  const sizeOf = (name: string): number => part_sizes?.[name] ?? samples
  if (declares("train", "val", "test"))
    return {
      text: `# The parts that the source of the data declares. No chance: the seed is not used.
method = "given"
seed = 0`,
      training: sizeOf("train")
    }
  if (declares("train", "test"))
    return {
      text: `# The test part is the one that the source of the data declares. Its training part is dealt out class by class, anew for every seed.
method = "given"
seed = "per-run"
fractions = { train = ${kept.train}, val = ${kept.val} }`,
      training: Math.round(sizeOf("train") * kept.train)
    }
  return {
    text: `# Every class is dealt out by itself; "per-run": every seed makes its own split.
method = "stratified"
seed = "per-run"
fractions = { train = ${dealt.train}, val = ${dealt.val}, test = ${dealt.test} }`,
    training: Math.round(samples * dealt.train)
  }
}

/** A TOML basic string. */
export const quoted = (text: string): string => JSON.stringify(text).replace(/\u007f/g, "\\u007f")

/** A TOML float, which needs a point; an exponent as JavaScript writes it is TOML as well. */
const float = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))

/** Optimiser steps between two durable steps: often enough that little is lost, rarely enough that checkpoints do not fill the disk. */
const stepsPerCheckpoint = 100

export const runFileText = (
  { recipe, weight_decay, model, transforms, pixels, input, layers }: RunFileOf,
  request: TaskRequest & { readonly name: string; readonly seeds: ReadonlyArray<bigint> }
): string => {
  const split = splitOf(request)
  const { epochs, batch_size, learning_rate } = recipe
  const steps = epochs * Math.ceil(split.training / batch_size)
  return `# A gradient model (${model}) that learns to classify ${escapeControl(request.dataset)}: ${request.samples} samples, ${request.classes.length} classes.
# Nothing that determines the result has a default: every value is written here and can be changed here.
schema_version = 1
name = ${quoted(request.name)}

# Learn on train, look at val, be judged on test.
protocol = "classification-holdout@1"
dataset = ${quoted(request.dataset)}

# One run per seed. A seed decides split, order of the samples, initial weights and dropout.
seeds = [${request.seeds.join(", ")}]

# Samples per durable step; a whole number of batches. It decides what is lost by a kill, and no weight.
checkpoint_every = ${batch_size * stepsPerCheckpoint}

${transforms}

[split]
${split.text}

# A fresh order of all training samples in every epoch.
[sampler]
plugin = "random"
options = {}

[training]
epochs = ${epochs}
# Behind every epoch val is answered without learning. Add  early_stop = { metric = "accuracy", patience = 3, min_delta = 0.0 }  to end
# the training when that gets no better.
validate = { part = "val", every = 1 }

[learner]
kind = "gradient"
plugin = "gradient"

[learner.options]
${pixels === undefined ? "" : `# A byte of a picture becomes a number from 0 to 1.\npixels = ${quoted(pixels)}\n`}# Samples of one optimiser step, and how many of them are in memory at once: that changes no weight.
batch_size = ${batch_size}
micro_batch = ${batch_size}
# Largest norm of all gradients together, or "none".
clip_norm = 1.0

# Answers are softmax scores, one for each class; -log of the right one is the loss.
[learner.options.loss]
type = "cross-entropy"
label_smoothing = 0.0

[learner.options.optimiser]
type = "adamw"
beta1 = 0.9
beta2 = 0.999
epsilon = 1e-8
weight_decay = ${float(weight_decay)}

# Learning rate by optimiser step: it rises for ${Math.min(100, Math.ceil(steps / 10))} steps and then falls to 0, as half of a cosine, in the others of about ${steps}.
[learner.options.schedule]
type = "warm-up"
steps = ${Math.min(100, Math.ceil(steps / 10))}
then = { type = "cosine", learning_rate = ${float(learning_rate)}, end = 0.0, steps = ${Math.max(1, steps - Math.min(100, Math.ceil(steps / 10)))} }

[learner.options.model]
input = ${input}
layers = [
${layers.map((layer) => `  ${layer}`).join(",\n")}
]

[metrics]
plugin = "classification"
# A macro average that needs a value 0 / 0 is itself undefined; "zero" would count it as 0.
options = { undefined_in_macro = "insufficient" }

# A gradient model is given no affect, so that there is nothing to silence; permuted training labels are a control here too.
[controls]
silent_reward = false
shuffled_labels = false
`
}
