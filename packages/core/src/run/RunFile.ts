/**
 * The run file: what a person writes (`*.run.toml`, YAML or JSON).
 *
 * Nothing that determines a result has a default: a field that is missing is an error, and so is one that is not known.
 * docs/reference/run-file.md holds one complete commented example.
 */
import { TransformNode } from "@feagi-trainer/transforms"
import * as Schema from "effect/Schema"

const Text = Schema.String.check(Schema.isNonEmpty())
const Options = Schema.Record(Schema.String, Schema.Unknown)
const Configured = Schema.Struct({ plugin: Text, options: Options })

const u64 = (1n << 64n) - 1n
/** A seed: an integer from 0 to 2^64 − 1. */
export const Seed = Schema.Union([Schema.Int, Schema.BigInt]).check(
  Schema.makeFilter((seed: number | bigint) => BigInt(seed) >= 0n && BigInt(seed) <= u64, {
    expected: "an integer from 0 to 18446744073709551615"
  })
)

const fraction = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

export const SplitSection = Schema.Struct({
  method: Schema.Literals(["hash", "stratified", "grouped", "given"]),
  /** `per-run`: every seed makes its own split; an integer: one split for all seeds. */
  seed: Schema.Union([Schema.Literal("per-run"), Seed]),
  /** Share of each part; left out with `given`, where the data name the parts, or there the shares of the one declared part to deal out. */
  fractions: Schema.optionalKey(Schema.Record(Schema.String, fraction))
})

const count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))

export const TrainingSection = Schema.Struct({
  epochs: count,
  /** Left out: nothing is measured until the training is over. */
  validate: Schema.optionalKey(
    Schema.Struct({
      /** The part of the split that is answered, without learning, behind every so many epochs. */
      part: Text,
      every: count
    })
  ),
  /** Ends the training before its last epoch when a metric of the validation does not get better any more. */
  early_stop: Schema.optionalKey(
    Schema.Struct({
      /** A metric of the pack. */
      metric: Text,
      /** Validations in a row that may bring nothing better. */
      patience: count,
      /** Less than this is nothing better. */
      min_delta: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
    })
  )
})

export const RunFile = Schema.Struct({
  schema_version: Schema.Literal(1),
  name: Text,
  /** `<id>@<version>` of an evaluation protocol. */
  protocol: Text,
  /** `<name>@<version>` of a registered dataset. */
  dataset: Text,
  /** One run per seed. */
  seeds: Schema.NonEmptyArray(Seed),
  /** Samples per durable step. A checkpoint resets transient state, so that this is part of what determines a result. */
  checkpoint_every: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })),
  split: SplitSection,
  /** The transform graph: what happens to every sample before the learner sees it, in this order. */
  transforms: Schema.Array(TransformNode),
  sampler: Configured,
  training: TrainingSection,
  /** Decoded by the family that `kind` names. */
  learner: Options,
  brain: Schema.optionalKey(
    Schema.Struct({
      /** SHA-256 (hex) of the genome, whichever way it comes. */
      genome_sha256: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" })),
      /** A template with its options. */
      generate: Schema.optionalKey(Options),
      /** `<name>@<version>` of a registered brain. */
      registered: Schema.optionalKey(Text)
    })
  ),
  metrics: Configured,
  /** Present: a benchmark. A leak between the parts of the split, or a plugin that is not deterministic, is then an error. */
  benchmark: Schema.optionalKey(
    Schema.Struct({
      waivers: Schema.Array(Schema.Struct({ leak: Schema.Literals(["exact", "decoded", "group", "near"]), because: Text }))
    })
  ),
  controls: Schema.Struct({ silent_reward: Schema.Boolean, shuffled_labels: Schema.Boolean })
})
export type RunFile = typeof RunFile.Type
