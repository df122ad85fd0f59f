/**
 * TrainingConfig: what a training is to be, said without a word about who carries it out. It is data alone; stages normalise it, and loops
 * never see it.
 *
 * Every field may be left out: what a stage then takes is the stage's own default, and it says so.
 */
import * as Schema from "effect/Schema"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

const fields = {
  /** What to learn from, as the dataset store knows it. */
  dataset_ref: Schema.optionalKey(Schema.Unknown),
  /** What is to learn, as the training client knows it. */
  model_ref: Schema.optionalKey(Schema.Unknown),
  epochs: Schema.optionalKey(Count),
  batch_size: Schema.optionalKey(Count),
  learning_rate: Schema.optionalKey(Schema.Finite),
  optimizer: Schema.optionalKey(Schema.String),
  loss_function: Schema.optionalKey(Schema.String),
  seed: Schema.optionalKey(Schema.Int),
  /** A norm, or `none`. */
  gradient_clipping: Schema.optionalKey(Schema.Union([Schema.Finite, Schema.Literal("none")])),
  checkpoint_every: Schema.optionalKey(Schema.Int),
  /** Fields of the stage by their own names; they win over all others. */
  options: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
}

/** The struct. Its constructor throws a SchemaError on a field of another type. */
export class TrainingConfig extends Schema.Class<TrainingConfig>("TrainingConfig")(fields) {}

export type TrainingConfigField = keyof typeof fields
export const trainingConfigFields = Object.keys(fields) as ReadonlyArray<TrainingConfigField>
