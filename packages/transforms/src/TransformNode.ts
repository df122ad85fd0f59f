/**
 * A node of a transform graph as a person writes it in a run file: which operation, in which version, when, with which options.
 *
 * Sharp edge: `fit_on` is there for operations that learn something, and only for them. Only the plugin knows which those are, so that
 * the plan decides it, not this schema.
 */
import * as Schema from "effect/Schema"

const Text = Schema.String.check(Schema.isNonEmpty())

/** `all`: every sample that is learnt from or measured. `train`: samples that are learnt from, an augmentation. */
export const Phases = Schema.Literals(["all", "train"])
export type Phases = typeof Phases.Type

export const Version = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

export const TransformNode = Schema.Struct({
  /** `id` or `package#id` of an entry of kind transform. */
  plugin: Text,
  /** Of what the operation gives, not of the package. */
  version: Version,
  phases: Phases,
  options: Schema.Record(Schema.String, Schema.Unknown),
  /** The part of the split that the operation learns from. */
  fit_on: Schema.optionalKey(Text)
})
export type TransformNode = typeof TransformNode.Type
