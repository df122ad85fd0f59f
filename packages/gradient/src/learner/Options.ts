/**
 * What a run file says of a gradient learner, in `[learner.options]`: the model, the loss, the optimiser and the sizes of its steps. Nothing
 * has a default. Sharp edge: model, optimiser and schedule are checked by their own kinds, whose options this schema does not know.
 */
import { type Diagnostic, decodeStrict, mistakeDiagnostic } from "@feagi-trainer/contracts"
import * as Schema from "effect/Schema"

const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))
const Table = Schema.Record(Schema.String, Schema.Unknown)
const Described = Schema.StructWithRest(Schema.Struct({ type: Schema.String }), [Table])

export const LossOption = Schema.Union([
  /** Targets are classes; answers are softmax scores. `label_smoothing` from 0 to below 1. */
  Schema.Struct({
    type: Schema.Literal("cross-entropy"),
    label_smoothing: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0), Schema.isLessThan(1))
  }),
  /** Targets are numbers. */
  Schema.Struct({ type: Schema.Literal("mean-squared-error") }),
  Schema.Struct({ type: Schema.Literal("huber"), delta: Schema.Finite.check(Schema.isGreaterThan(0)) })
])
export type LossOption = typeof LossOption.Type

export const LearnerOptions = Schema.Struct({
  /** How a byte of a picture becomes a number: `unit` divides by 255, `as-is` does not. Left out where samples are no bytes. */
  pixels: Schema.optionalKey(Schema.Literals(["unit", "as-is"])),
  model: Table,
  loss: LossOption,
  optimiser: Described,
  /** Learning rate by optimiser step. */
  schedule: Described,
  /** Samples of one optimiser step. */
  batch_size: Count,
  /** Samples that are in memory at once; divides `batch_size`. It changes no weight: gradients are summed in one order. */
  micro_batch: Count,
  /** Largest Euclidean norm of all gradients together. */
  clip_norm: Schema.Union([Schema.Literal("none"), Schema.Finite.check(Schema.isGreaterThan(0))])
})
export type LearnerOptions = typeof LearnerOptions.Type

const LearnerSection = Schema.Struct({ kind: Schema.String, plugin: Schema.String, options: LearnerOptions })

export type DecodedSection =
  | { readonly ok: true; readonly options: LearnerOptions }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

/** The `[learner]` table of a run file; every mistake at once. */
export const decodeSection = (section: Readonly<Record<string, unknown>>): DecodedSection => {
  const decoded = decodeStrict(LearnerSection, section)
  return decoded.ok
    ? { ok: true, options: decoded.value.options }
    : { ok: false, diagnostics: decoded.mistakes.map((each) => mistakeDiagnostic("learner", each)) }
}
