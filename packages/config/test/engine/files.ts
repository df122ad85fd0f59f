/** What the tests of the engine file share: one configuration in three formats, and folders that are made up. */
import { type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Document, formatOf, type LoadedEngine, loadEngine, parseDocument } from "../../src/index.ts"
import { shown } from "../check.ts"

export const engineToml = `schema_version = 1

[engine]
name = "digits"
seed = 18446744073709551615
precision = "fp32"

[dataset]
name = "digits@1"
splits = { method = "stratified", seed = "per-run", fractions = { train = 0.6, val = 0.2, test = 0.2 } }

[[dataset.transforms]]
plugin = "standardise"
version = 1
phases = "all"
options = {}
fit_on = "train"

[tokenizer]
plugin = "chromatic"
version = 2
options = { levels = 16 }

[model]
input = { kind = "values", shape = [8, 8, 1] }

[[model.layers]]
type = "conv2d"
filters = 8
kernel = [3, 3]
stride = 1
padding = "same"
bias = true
init = { type = "he-uniform" }

[[model.layers]]
type = "relu"

[optimizer]
type = "adamw"
beta1 = 0.9
beta2 = 0.999
epsilon = 1e-8
weight_decay = 0.01

[schedule]
type = "warm-up"
steps = 10

[schedule.then]
type = "cosine"
learning_rate = 0.5
end = 0.0
steps = 90

[training]
epochs = 3
batch_size = 32
micro_batch = 8
loss = { type = "cross-entropy", label_smoothing = 0.0 }
gradient_clipping = { max_norm = 1.0 }
sampler = { plugin = "random", options = {} }
checkpoint_every = 640
validate = { part = "val", every = 1 }
early_stop = { metric = "accuracy", patience = 2, min_delta = 0.001 }

[validation]
protocol = "classification-holdout@1"
metrics = { plugin = "classification", options = { undefined_in_macro = "insufficient" } }

[outputs]
folder = "results/digits"
`

export const engineYaml = `# the same, in another order and with other spellings of numbers
outputs: { folder: results/digits }
validation:
  metrics: { options: { undefined_in_macro: insufficient }, plugin: classification }
  protocol: classification-holdout@1
training:
  early_stop: { min_delta: 1e-3, patience: 2, metric: accuracy }
  validate: { every: 1, part: val }
  checkpoint_every: 640
  sampler: { options: {}, plugin: random }
  gradient_clipping: { max_norm: 1 }
  loss: { label_smoothing: 0, type: cross-entropy }
  micro_batch: 8
  batch_size: 32
  epochs: 3
schedule:
  then: { steps: 90, end: 0, learning_rate: 5.0e-1, type: cosine }
  steps: 10
  type: warm-up
optimizer: { type: adamw, weight_decay: 1.0e-2, epsilon: 0.00000001, beta2: 0.999, beta1: 0.90 }
model:
  layers:
    - { type: conv2d, filters: 8.0, kernel: [3, 3], stride: 1, padding: same, bias: true, init: { type: he-uniform } }
    - type: relu
  input: { shape: [8, 8, 1], kind: values }
tokenizer: { options: { levels: 16 }, version: 2, plugin: chromatic }
dataset:
  transforms:
    - { fit_on: train, options: {}, phases: all, version: 1, plugin: standardise }
  splits: { fractions: { test: 0.2, val: 0.2, train: 0.6 }, seed: per-run, method: stratified }
  name: digits@1
engine: { precision: fp32, seed: 18446744073709551615, name: digits }
schema_version: 1
`

export const engineJson = `{
  "schema_version": 1,
  "engine": {"seed": 18446744073709551615, "name": "digits", "precision": "fp32"},
  "dataset": {
    "name": "digits@1",
    "splits": {"method": "stratified", "seed": "per-run", "fractions": {"train": 0.60, "val": 0.20, "test": 2e-1}},
    "transforms": [{"plugin": "standardise", "version": 1, "phases": "all", "options": {}, "fit_on": "train"}]
  },
  "tokenizer": {"plugin": "chromatic", "version": 2, "options": {"levels": 16}},
  "model": {
    "input": {"kind": "values", "shape": [8, 8, 1]},
    "layers": [
      {"type": "conv2d", "filters": 8, "kernel": [3, 3], "stride": 1, "padding": "same", "bias": true, "init": {"type": "he-uniform"}},
      {"type": "relu"}
    ]
  },
  "optimizer": {"type": "adamw", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01},
  "schedule": {"type": "warm-up", "steps": 10, "then": {"type": "cosine", "learning_rate": 0.5, "end": 0.0, "steps": 90}},
  "training": {
    "epochs": 3, "batch_size": 32, "micro_batch": 8,
    "loss": {"type": "cross-entropy", "label_smoothing": 0.0},
    "gradient_clipping": {"max_norm": 1.0},
    "sampler": {"plugin": "random", "options": {}},
    "checkpoint_every": 640,
    "validate": {"part": "val", "every": 1},
    "early_stop": {"metric": "accuracy", "patience": 2, "min_delta": 0.001}
  },
  "validation": {
    "protocol": "classification-holdout@1",
    "metrics": {"plugin": "classification", "options": {"undefined_in_macro": "insufficient"}}
  },
  "outputs": {"folder": "results/digits"}
}
`

const parse = (file: string, text: string): Effect.Effect<Document, TrainerError> =>
  Effect.suspend(() => {
    const format = formatOf(file)
    if (format === undefined) throw new Error(`no format: ${file}`)
    const parsed = parseDocument({ text, file, format })
    return parsed.ok ? Effect.succeed(parsed.document) : trainerErrors("invalid", parsed.diagnostics)
  })

/** Loads `main` from a folder of texts by path. */
export const load = (folder: Readonly<Record<string, string>>, main = "engine.toml"): Effect.Effect<LoadedEngine, TrainerError> => {
  const open = (path: string): Effect.Effect<Document, TrainerError> => {
    const text = folder[path]
    return text === undefined
      ? trainerError("invalid", { code: "FT4043", file: path, message: "no such file", help: "check the spelling" }).pipe(Effect.fail)
      : parse(path, text)
  }
  return Effect.flatMap(open(main), (document) => loadEngine(document, open))
}

export const loaded = (folder: Readonly<Record<string, string>>, main?: string): LoadedEngine => Effect.runSync(load(folder, main))

/** What is wrong: `file:line:column code field message` each. */
export const mistakes = (folder: Readonly<Record<string, string>>, main?: string): ReadonlyArray<string> => {
  const found = Effect.runSync(Effect.result(load(folder, main)))
  if (found._tag === "Success") return []
  return found.failure.diagnostics.map((each, index) => {
    const [place] = shown(found.failure.diagnostics.slice(index, index + 1))
    return `${each.file}:${place}${each.field === undefined ? "" : ` [${each.field}]`}`
  })
}

/** The TOML with one piece replaced; the piece has to be there once. */
export const changed = (from: string, to: string): string => {
  if (engineToml.split(from).length !== 2) throw new Error(`not once: ${from}`)
  return engineToml.replace(from, () => to)
}
