/**
 * An evaluation protocol: which phases a run has, which part of the data each one sees, which of them learn, which are scored, and by
 * which rules a number comes about. It is a document with a machine form and with examples that are computed.
 *
 * Sharp edge: two results are compared by the id and the version of their protocol. A version may say the same more clearly; what would
 * change a number is another protocol and needs another id.
 */
import { JsonObject, JsonValue } from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"
import { TypedPrediction, TypedTarget } from "../wire/index.ts"

export const ProtocolPhase = Schema.Struct({
  name: Schema.String,
  /** A part of the split: `train`, `val`, `test`. */
  split: Schema.String,
  learns: Schema.Boolean,
  scored: Schema.Boolean
})
export type ProtocolPhase = typeof ProtocolPhase.Type

/** What a rule can be about. A protocol says nothing about what its task does not have. */
export const ruleNames = ["episode", "windows", "thresholds", "ties", "matching", "averaging"] as const
export type RuleName = (typeof ruleNames)[number]

/** One rule, said twice: `value` for programs, `text` in one sentence for people. */
export const ProtocolRule = Schema.Struct({ value: JsonValue, text: Schema.NonEmptyString })
export type ProtocolRule = typeof ProtocolRule.Type

const ProtocolRules = Schema.Struct({
  /** What is judged as one: where it begins, where it ends, what it starts from. */
  episode: Schema.optionalKey(ProtocolRule),
  windows: Schema.optionalKey(ProtocolRule),
  /** Bounds at which something counts: an overlap, a tolerance, a return. */
  thresholds: Schema.optionalKey(ProtocolRule),
  /** What happens between equal scores. */
  ties: Schema.optionalKey(ProtocolRule),
  /** Which answer belongs to which target. */
  matching: Schema.optionalKey(ProtocolRule),
  averaging: Schema.optionalKey(ProtocolRule)
})

const InsufficientData = Schema.Struct({ insufficient: Schema.String })

/** A metric pack, `<package>#<id>`, and its options as they stand in a run file. */
const Measure = Schema.Struct({ plugin: Schema.String, options: JsonObject })

/** A few answers with the values that they have to give, for ever. */
export const ProtocolVector = Schema.Struct({
  name: Schema.NonEmptyString,
  metric_pack: Measure,
  /** The declared classes of the samples; empty where there are none. */
  classes: Schema.Array(Schema.Struct({ class_id: Schema.Int, label: Schema.String })),
  samples: Schema.Array(
    Schema.Struct({
      sample_id: Schema.String,
      target: TypedTarget,
      prediction: TypedPrediction,
      scores: Schema.optionalKey(Schema.Array(Schema.Finite)),
      group: Schema.optionalKey(Schema.String)
    })
  ),
  /** The values that are looked at; the pack may give more. */
  values: Schema.Record(Schema.String, Schema.Union([Schema.Finite, InsufficientData]))
})
export type ProtocolVector = typeof ProtocolVector.Type

export const Protocol = Schema.Struct({
  kind: Schema.Literal("protocol"),
  spec: Schema.Literal(1),
  id: Schema.String,
  version: Schema.Int,
  output_type: Schema.String,
  phases: Schema.Array(ProtocolPhase),
  /** The metric that summaries and progress show first. */
  primary_metric: Schema.String,
  /**
   * How an abstention counts: `counted-as-wrong` as a wrong answer of no class; `counted-apart` as no part of the errors, whose share of
   * answered samples stands beside them.
   */
  abstention: Schema.Literals(["counted-as-wrong", "counted-apart"]),
  /** A sample of the split without a prediction makes the evaluation incomplete. */
  missing: Schema.Literal("refused"),
  /** Largest difference of a metric at which a re-evaluation still counts as the same. */
  verification_tolerance: Schema.Finite,
  /** The metric pack that measures its runs; a run file that names another one or other options is refused. */
  metric_pack: Schema.optionalKey(Measure),
  /** What the numbers mean. Stands here and not in the documents of runs, like the vectors: id and version lead to both. */
  rules: Schema.optionalKey(ProtocolRules),
  /** What metric packs have to give, to `verification_tolerance`. */
  vectors: Schema.optionalKey(Schema.Array(ProtocolVector))
})
export type Protocol = typeof Protocol.Type
