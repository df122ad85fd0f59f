/**
 * Where the fields of a training config go: the table that normalisation reads, and nothing else decides it. A field of the `settings` is
 * the stage's own; one of the `training_config` goes to the training client with the session.
 */
import type { TrainingConfigField } from "./TrainingConfig.ts"

export type Target = "settings" | "training_config" | "dataset"

export interface MappingRow {
  readonly ir: Exclude<TrainingConfigField, "options">
  readonly into: Target
  /** Its name there. */
  readonly field: string
}

/** Written in this order; `options` come behind all of them, so that the last write wins. */
export const irMapping: ReadonlyArray<MappingRow> = [
  { ir: "dataset_ref", into: "dataset", field: "dataset_ref" },
  { ir: "model_ref", into: "training_config", field: "model_ref" },
  { ir: "epochs", into: "settings", field: "num_epochs" },
  { ir: "batch_size", into: "settings", field: "batch_size" },
  { ir: "learning_rate", into: "settings", field: "learning_rate" },
  { ir: "optimizer", into: "training_config", field: "optimizer" },
  { ir: "loss_function", into: "training_config", field: "loss_function" },
  { ir: "seed", into: "training_config", field: "seed" },
  { ir: "gradient_clipping", into: "training_config", field: "gradient_clipping" },
  { ir: "checkpoint_every", into: "settings", field: "save_every" }
]
