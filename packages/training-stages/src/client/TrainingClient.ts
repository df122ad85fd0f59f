/**
 * TrainingClient: the port to whatever holds a model and trains it. Four loops live on these few methods: outputs, gradients of a named
 * loss, one step of the optimiser, tokens, and the state as bytes.
 *
 * Laws, which every client is held to by one suite: gradients add up until `optimStep`, so that a batch may come in parts; `loadState`
 * of `saveState` gives the same outputs and the same training from there; outputs of an item do not depend on its batch; asking for
 * outputs changes nothing.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import type { Random } from "@feagi-trainer/determinism"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { LossBatch } from "../loss/LossBatch.ts"
import type { ModelInput, ModelShape, Outputs } from "./Outputs.ts"

const unitOpen = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0), Schema.isLessThan(1))

/** What a session is opened with besides its model: everything that reaches the backend. */
export const SessionConfig = Schema.Struct({
  optimizer: Schema.Literals(["sgd", "momentum", "adam", "adamw"]),
  loss_function: Schema.String,
  /** Initial weights and all chance of a loop come from it, by name. */
  seed: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  /** The largest norm of the gradients together; a larger one is scaled down to it. */
  gradient_clipping: Schema.Union([Schema.Finite.check(Schema.isGreaterThan(0)), Schema.Literal("none")]),
  adam_beta1: unitOpen,
  adam_beta2: unitOpen,
  adam_eps: Schema.Finite.check(Schema.isGreaterThan(0)),
  /** Only of adamw. */
  weight_decay: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
  /** Only of momentum. */
  momentum: unitOpen
})
export type SessionConfig = typeof SessionConfig.Type

export interface SessionRequest {
  /** A name that the client knows, or the description of a model as JSON. */
  readonly model_ref: unknown
  readonly training_config: SessionConfig
}

export interface LossReport {
  /** Sum over the items over the denominator. */
  readonly loss: number
  /** Sums over the batch by name, not divided: `nll`, `weight`, `correct`, `entropy`, … as the loss has them. */
  readonly sums: Readonly<Record<string, number>>
}

export interface OptimReport {
  /** Optimiser steps of this session and those that its state was loaded with, from 1. */
  readonly step: number
  /** Before clipping. */
  readonly gradient_norm: number
  readonly clipped: boolean
}

export interface SampleRequest {
  readonly prompt: ReadonlyArray<number>
  readonly max_tokens: number
  /** Ends the completion, of which it is the last token. */
  readonly stop?: number
  /** 1 samples from the model's own distribution. */
  readonly temperature: number
}

export interface TrainingSession {
  readonly shape: ModelShape
  /** Logits, and values where the model has them. Nothing is learnt. */
  readonly outputs: (inputs: ReadonlyArray<ModelInput>) => Effect.Effect<Outputs, TrainerError>
  /** ln p(target) of each position of each item. */
  readonly logprobs: (
    items: ReadonlyArray<{ readonly input: ModelInput; readonly targets: ReadonlyArray<number> }>
  ) => Effect.Effect<ReadonlyArray<ReadonlyArray<number>>, TrainerError>
  /** Completions token by token, prompt after prompt, with one `unit` of chance for a token. */
  readonly sample: (
    requests: ReadonlyArray<SampleRequest>,
    random: Random
  ) => Effect.Effect<ReadonlyArray<ReadonlyArray<number>>, TrainerError>
  /** Adds the gradients of the loss to those gathered since the last step. */
  readonly forwardBackward: (batch: LossBatch) => Effect.Effect<LossReport, TrainerError>
  /** Changes the weights by the gathered gradients, which are 0 afterwards. */
  readonly optimStep: (request: { readonly learning_rate: number }) => Effect.Effect<OptimReport, TrainerError>
  /** Weights and optimiser. Fails while gradients are gathered that no step has used. */
  readonly saveState: Effect.Effect<Uint8Array, TrainerError>
  readonly loadState: (bytes: Uint8Array) => Effect.Effect<void, TrainerError>
  /** SHA-256 (hex) of the weights alone: who the model is. */
  readonly weightsSha256: Effect.Effect<string, TrainerError>
  /** Client, versions, hashes of kernels, for the provenance. */
  readonly fingerprint: Readonly<Record<string, string>>
}

export class TrainingClient extends Context.Service<
  TrainingClient,
  { readonly startSession: (request: SessionRequest) => Effect.Effect<TrainingSession, TrainerError> }
>()("@feagi-trainer/training-stages/TrainingClient") {}
