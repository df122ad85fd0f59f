/**
 * An evaluation protocol: which phases a run has, which part of the data each one sees, which of them learn, which are scored.
 *
 * It is data with a version. Changing what it says is a new version, because its id is part of what makes two results comparable.
 */
import { Schema } from "effect"

export const ProtocolPhase = Schema.Struct({
  name: Schema.String,
  /** A part of the split: `train`, `val`, `test`. */
  split: Schema.String,
  learns: Schema.Boolean,
  scored: Schema.Boolean
})
export type ProtocolPhase = typeof ProtocolPhase.Type

export const Protocol = Schema.Struct({
  kind: Schema.Literal("protocol"),
  spec: Schema.Literal(1),
  id: Schema.String,
  version: Schema.Int,
  output_type: Schema.String,
  phases: Schema.Array(ProtocolPhase),
  /** The metric that summaries and progress show first. */
  primary_metric: Schema.String,
  /** How an abstention counts. There is one policy today: as a wrong answer of no class. */
  abstention: Schema.Literal("counted-as-wrong"),
  /** A sample of the split without a prediction makes the evaluation incomplete. */
  missing: Schema.Literal("refused"),
  /** Largest difference of a metric at which a re-evaluation still counts as the same. */
  verification_tolerance: Schema.Finite
})
export type Protocol = typeof Protocol.Type
