/**
 * What a stage learns from, in memory: labelled rows or texts, sequences, pairs of completions, prompts, or an environment.
 *
 * The hash of a dataset is that of its examples in their order; where they came from is no part of it. Sharp edge: examples are checked
 * against a model only when they meet one.
 */
import type { Environment } from "@feagi-trainer/contracts"
import { hashOf } from "@feagi-trainer/determinism"
import type { ModelInput } from "../client/Outputs.ts"

export interface ClassExample {
  readonly input: ModelInput
  readonly class: number
}

/** A sequence; weight 0 takes the token of that place out of the loss, as of a prompt. Left out, every token but the first counts. */
export interface SequenceExample {
  readonly tokens: ReadonlyArray<number>
  readonly weights?: ReadonlyArray<number>
}

/** Two completions of one prompt. */
export interface PreferenceExample {
  readonly prompt: ReadonlyArray<number>
  readonly chosen: ReadonlyArray<number>
  readonly rejected: ReadonlyArray<number>
}

export interface PromptExample {
  readonly prompt: ReadonlyArray<number>
}

interface Parts<Example> {
  readonly train: ReadonlyArray<Example>
  readonly evaluation: ReadonlyArray<Example>
}

export interface ClassDataset extends Parts<ClassExample> {
  readonly kind: "classification"
}
export interface SequenceDataset extends Parts<SequenceExample> {
  readonly kind: "sequence"
}
export interface PreferenceDataset extends Parts<PreferenceExample> {
  readonly kind: "preference"
}
export interface PromptDataset extends Parts<PromptExample> {
  readonly kind: "prompt"
}
export interface EnvironmentDataset {
  readonly kind: "environment"
  // The options and states of an environment belong to its author.
  // biome-ignore lint/suspicious/noExplicitAny: only what the environment itself decoded is ever passed back to it
  readonly environment: Environment<any, any>
  /** As they are written; the environment decodes them. */
  readonly options: unknown
  /**
   * Initial-state indices of the training, taken in order and again from the first. An index then begins the same episode under every seed
   * and for every purpose. Left out: 0, 1, 2, …, each of which begins what seed, purpose and index make of it.
   */
  readonly initial_states?: ReadonlyArray<number>
}

export type Dataset = ClassDataset | SequenceDataset | PreferenceDataset | PromptDataset | EnvironmentDataset
export type DatasetKind = Dataset["kind"]
export const datasetKinds: ReadonlyArray<DatasetKind> = ["classification", "sequence", "preference", "prompt", "environment"]

/** SHA-256 (hex) of what there is to learn from. Throws a CanonicalError for examples that are no JSON. */
export const datasetSha256 = (dataset: Dataset): string =>
  dataset.kind === "environment"
    ? hashOf({
        kind: dataset.kind,
        environment: dataset.environment.id,
        spec: dataset.environment.spec,
        options: dataset.options,
        ...(dataset.initial_states === undefined ? {} : { initial_states: dataset.initial_states })
      })
    : hashOf({ kind: dataset.kind, train: dataset.train, evaluation: dataset.evaluation })
