/**
 * What normalisation has to know of a stage: its settings with their defaults, what its session is opened with, and what it can learn
 * from. A stage of another package describes itself by the same few lines.
 */
import * as Schema from "effect/Schema"
import { SessionConfig } from "../client/TrainingClient.ts"
import type { DatasetKind } from "../data/Dataset.ts"

export interface FieldNote {
  readonly description: string
  /** What the stage takes when nothing is said; a field without a default is required. */
  readonly default?: unknown
}

/** A value for each name. */
export type Values = Readonly<Record<string, unknown>>

/** Fields by name, each with a schema. */
export type FieldSchemas = Readonly<Record<string, Schema.Codec<unknown, unknown>>>

export interface StageSpec {
  readonly id: string
  readonly title: string
  readonly settings: FieldSchemas
  readonly training_config: FieldSchemas
  /** One for each field of both. */
  readonly notes: Readonly<Record<string, FieldNote>>
  readonly datasets: ReadonlyArray<DatasetKind>
}

/** `undefined` is no value of a reference. */
export const Reference = Schema.Unknown.check(
  Schema.makeFilter((value) => value !== undefined && value !== null && value !== "", { expected: "a name or a description" })
)

/** What every session is opened with. `lossFunctions` are those of the stage, the first one being its default. */
export const sessionFields = (lossFunctions: readonly [string, ...Array<string>]): FieldSchemas => ({
  model_ref: Reference,
  ...SessionConfig.fields,
  loss_function: Schema.Literals(lossFunctions)
})

export const sessionNotes = (lossFunctions: readonly [string, ...Array<string>]): Readonly<Record<string, FieldNote>> => ({
  model_ref: { description: "What is to learn, as the training client knows it: a name, or the description of a model." },
  optimizer: { description: "How gradients change the weights.", default: "adam" },
  loss_function: { description: "What is made small.", default: lossFunctions[0] },
  seed: { description: "Initial weights and all chance of the loop come from it, by name.", default: 0 },
  gradient_clipping: { description: "Largest norm of all gradients together; a larger one is scaled down to it.", default: "none" },
  adam_beta1: { description: "Decay of Adam's mean of the gradients.", default: 0.9 },
  adam_beta2: { description: "Decay of Adam's mean of their squares.", default: 0.95 },
  adam_eps: { description: "What Adam adds to the root it divides by.", default: 1e-8 },
  weight_decay: { description: "Share of a weight that adamw takes off at learning rate 1; no other optimiser reads it.", default: 0 },
  momentum: { description: "Share of the last change that the optimiser momentum keeps; no other reads it.", default: 0.9 }
})
