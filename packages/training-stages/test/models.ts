/** Small models and data for the tests: the same shape as a description for the gradient client and for the no-op client. */
import type { ClassDataset, ModelShape, PreferenceDataset, PromptDataset, SequenceDataset, SessionConfig } from "../src/index.ts"

const init = { type: "glorot-uniform" }
const dense = (units: number) => ({ type: "dense", units, bias: true, init })

export const vocabulary = 6
const sequences = { kind: "tokens", length: 8, vocabulary }
const small = { type: "normal", deviation: 0.5 }

/** Two features to three classes. */
export const rowModel = { input: { kind: "values", shape: [2] }, layers: [dense(5), { type: "tanh" }, dense(3)] }
export const rowShape: ModelShape = { input: "features", length: 2, width: 3, rows: "each-item", values: false }

/** A causal transformer over six tokens. */
export const textModel = {
  input: sequences,
  layers: [
    { type: "embedding", width: 8, init: small },
    { type: "positional", kind: "learned", init: small },
    { type: "transformer-block", heads: 2, hidden: 12, dropout: 0, causal: true, norm: "pre", activation: "gelu", init },
    dense(vocabulary)
  ]
}
export const textShape: ModelShape = { input: "tokens", length: 8, vocabulary, width: vocabulary, rows: "each-token", values: false }

/** The same with dropout. */
export const forgetfulModel = {
  ...textModel,
  layers: textModel.layers.map((layer) => ("dropout" in layer ? { ...layer, dropout: 0.3 } : layer))
}

/** A policy and a value of four features. */
export const actorModel = {
  policy: { input: { kind: "values", shape: [4] }, layers: [dense(6), { type: "tanh" }, dense(2)] },
  value: { input: { kind: "values", shape: [4] }, layers: [dense(6), { type: "tanh" }, dense(1)] }
}
export const actorShape: ModelShape = { input: "features", length: 4, width: 2, rows: "each-item", values: true }

export const sessionConfig: SessionConfig = {
  optimizer: "adam",
  loss_function: "cross_entropy",
  seed: 3,
  gradient_clipping: "none",
  adam_beta1: 0.9,
  adam_beta2: 0.95,
  adam_eps: 1e-8,
  weight_decay: 0,
  momentum: 0.9
}

/** Three clouds of points around the corners of a triangle, on a lattice. */
export const points: ClassDataset = {
  kind: "classification",
  train: Array.from({ length: 18 }, (_, at) => {
    const [x = 0, y = 0] =
      [
        [1, 0],
        [-1, 1],
        [-1, -1]
      ][at % 3] ?? []
    return { input: { features: [x + ((at * 7) % 5) / 8, y - ((at * 3) % 7) / 8] }, class: at % 3 }
  }),
  evaluation: [
    { input: { features: [1, 0.125] }, class: 0 },
    { input: { features: [-1, 1.25] }, class: 1 },
    { input: { features: [-0.875, -1] }, class: 2 }
  ]
}

/** Counting upwards and around: a token is followed by the next one. */
const counting = (from: number, length: number) => Array.from({ length }, (_, at) => (from + at) % vocabulary)
export const counts: SequenceDataset = {
  kind: "sequence",
  train: Array.from({ length: 10 }, (_, at) => ({ tokens: counting(at, 3 + (at % 5)) })),
  evaluation: [{ tokens: counting(2, 6) }, { tokens: counting(4, 4), weights: [0, 0, 1, 1] }]
}

/** Counting on is preferred to saying the same again. */
export const preferences: PreferenceDataset = {
  kind: "preference",
  train: Array.from({ length: 7 }, (_, at) => ({
    prompt: counting(at, 2),
    chosen: counting(at + 2, 2 + (at % 2)),
    rejected: [at % vocabulary, at % vocabulary]
  })),
  evaluation: [{ prompt: counting(1, 3), chosen: counting(4, 2), rejected: [1, 1, 1] }]
}

export const prompts: PromptDataset = {
  kind: "prompt",
  train: Array.from({ length: 5 }, (_, at) => ({ prompt: counting(at, 1 + (at % 3)) })),
  evaluation: []
}
