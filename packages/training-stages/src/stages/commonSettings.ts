/** Settings that every stage has, and their notes. A stage gives its own defaults where these do not suit it. */
import * as Schema from "effect/Schema"
import type { FieldNote } from "../ir/StageSpec.ts"
import { LearningRateSchedule } from "../loops/LearningRate.ts"

export const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
export const Every = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
export const NotNegative = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
export const Positive = Schema.Finite.check(Schema.isGreaterThan(0))
export const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

export const commonSettings = {
  num_epochs: Count,
  batch_size: Count,
  learning_rate: NotNegative,
  lr_schedule: LearningRateSchedule,
  save_every: Every,
  eval_every: Every,
  log_path: Schema.String.check(Schema.isMinLength(1)),
  logger: Schema.Literals(["none", "json_lines", "csv"])
}

export const commonNotes = {
  num_epochs: { description: "Passes over the training part.", default: 1 },
  batch_size: { description: "Examples of one step of the optimiser.", default: 128 },
  learning_rate: { description: "At its highest.", default: 1e-4 },
  lr_schedule: { description: "How the learning rate goes over the training.", default: "linear" },
  save_every: { description: "Steps between two states that are kept; 0: the last one alone.", default: 20 },
  eval_every: { description: "Steps between two looks at the evaluation part; 0: never.", default: 10 },
  log_path: { description: "Where the measures are to be written.", default: "none" },
  logger: { description: "The form of the measures that are written.", default: "none" }
} satisfies Readonly<Record<string, FieldNote>>

/** The settings without those that only the stage itself reads: a loop has no place for a log. */
export const loopOf = <A extends { readonly log_path: string; readonly logger: string }>({
  log_path: _path,
  logger: _logger,
  ...rest
}: A): Omit<A, "log_path" | "logger"> => rest
