/**
 * The engine file (`engine.toml`, YAML or JSON): dataset, model, optimiser, schedule and training of a gradient learner in one place.
 *
 * Sharp edge: `[model]`, `training.loss` and the options of plugins are checked for their outline alone, because layers, losses and plugins
 * are extensible and whoever plans the run knows them. Everything else is strict: nothing that determines a result has a default, and what
 * may be left out (`training.validate`, `training.early_stop`, `[tokenizer]`, `dataset.pixels`) is then not done at all.
 */
import * as Schema from "effect/Schema"

const Text = Schema.String.check(Schema.isNonEmpty())
const Options = Schema.Record(Schema.String, Schema.Unknown)
const Configured = Schema.Struct({ plugin: Text, options: Options })
const count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))
const notNegative = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
const positive = Schema.Finite.check(Schema.isGreaterThan(0))
/** The decay of a running mean. */
const decay = notNegative.check(Schema.isLessThan(1))

const versioned = Schema.String.check(Schema.isPattern(/^[^@]+@[^@]+$/, { expected: '"<name>@<version>"' }))

/** A table that says by `type` what it is; what else stands in it is for the reader of that type. */
const typed = Schema.StructWithRest(Schema.Struct({ type: Text }), [Options])

const u64 = (1n << 64n) - 1n
/** The master seed (base seed) of a run: an integer from 0 to 2^64 − 1. */
const Seed = Schema.Union([Schema.Int, Schema.BigInt]).check(
  Schema.makeFilter((seed: number | bigint) => BigInt(seed) >= 0n && BigInt(seed) <= u64, {
    expected: "an integer from 0 to 18446744073709551615"
  })
)

/** How samples are dealt to parts: the split section of a run file. */
export const EngineSplits = Schema.Struct({
  method: Schema.Literals(["hash", "stratified", "grouped", "given"]),
  /** `per-run`: the master seed makes the split; an integer: a split of its own. */
  seed: Schema.Union([Schema.Literal("per-run"), Seed]),
  /** Share of each part; left out with `given`. */
  fractions: Schema.optionalKey(Schema.Record(Schema.String, notNegative.check(Schema.isLessThanOrEqualTo(1))))
})
export type EngineSplits = typeof EngineSplits.Type

const Transform = Schema.Struct({
  plugin: Text,
  version: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  phases: Schema.Literals(["all", "train"]),
  options: Options,
  fit_on: Schema.optionalKey(Text)
})

/** The learning rate as a function of the optimiser step, which counts from 0; `steps` is a number of optimiser steps. */
export type EngineSchedule =
  | { readonly type: "constant"; readonly learning_rate: number }
  | { readonly type: "linear" | "cosine"; readonly learning_rate: number; readonly end: number; readonly steps: number }
  | { readonly type: "warm-up"; readonly steps: number; readonly then: EngineSchedule }

const steps = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const towards = { learning_rate: notNegative, end: notNegative, steps }
export const EngineSchedule: Schema.Codec<EngineSchedule> = Schema.Union([
  Schema.Struct({ type: Schema.Literal("constant"), learning_rate: notNegative }),
  Schema.Struct({ type: Schema.Literal("linear"), ...towards }),
  Schema.Struct({ type: Schema.Literal("cosine"), ...towards }),
  // Rises for `steps` steps to where `then` begins, which counts its own steps from there.
  // biome-ignore lint/suspicious/noThenProperty: the word of the document; a table is no promise, for its `then` is no function
  Schema.Struct({ type: Schema.Literal("warm-up"), steps, then: Schema.suspend((): Schema.Codec<EngineSchedule> => EngineSchedule) })
])

const adam = { beta1: decay, beta2: decay, epsilon: positive, weight_decay: notNegative }
export const EngineOptimizer = Schema.Union([
  Schema.Struct({ type: Schema.Literal("sgd") }),
  Schema.Struct({ type: Schema.Literal("momentum"), momentum: decay, nesterov: Schema.Boolean }),
  Schema.Struct({ type: Schema.Literal("adam"), ...adam }),
  Schema.Struct({ type: Schema.Literal("adamw"), ...adam })
])
export type EngineOptimizer = typeof EngineOptimizer.Type

/** The words that `type` may be, for the message to whoever writes another one. */
export const optimizerTypes: ReadonlyArray<string> = ["sgd", "momentum", "adam", "adamw"] satisfies ReadonlyArray<EngineOptimizer["type"]>
export const scheduleTypes: ReadonlyArray<string> = ["constant", "linear", "cosine", "warm-up"] satisfies ReadonlyArray<
  EngineSchedule["type"]
>

const Training = Schema.Struct({
  epochs: count,
  /** Samples of one optimiser step. */
  batch_size: count,
  /** Samples whose gradients are computed at once; the sums are those of the whole batch to the last bit. */
  micro_batch: count,
  loss: typed,
  /** `"none"`, or the largest norm that a gradient may have. */
  gradient_clipping: Schema.Union([Schema.Literal("none"), Schema.Struct({ max_norm: positive })]).annotate({
    expected: '"none", or a table with max_norm'
  }),
  sampler: Configured,
  /** Samples per durable step. */
  checkpoint_every: count,
  validate: Schema.optionalKey(Schema.Struct({ part: Text, every: count })),
  early_stop: Schema.optionalKey(Schema.Struct({ metric: Text, patience: count, min_delta: notNegative }))
}).check(
  Schema.makeFilter(({ batch_size, micro_batch }: { readonly batch_size: number; readonly micro_batch: number }) =>
    batch_size % micro_batch === 0 ? undefined : { path: ["micro_batch"], issue: `a divisor of batch_size = ${batch_size}` }
  )
)

export const EngineConfig = Schema.Struct({
  schema_version: Schema.Literal(1),
  engine: Schema.Struct({
    name: Text,
    seed: Seed,
    /** The arithmetic of weights and gradients. There is one. */
    precision: Schema.Literal("fp32")
  }),
  dataset: Schema.Struct({
    name: versioned,
    /** A table, or the name of a file that holds it. */
    splits: EngineSplits,
    transforms: Schema.Array(Transform),
    /** How a byte of a picture becomes a number: `unit` divides by 255, `as-is` does not. Left out where samples are no bytes. */
    pixels: Schema.optionalKey(Schema.Literals(["unit", "as-is"]))
  }),
  /** Behind the transforms; a transform that makes tokens. */
  tokenizer: Schema.optionalKey(
    Schema.Struct({ plugin: Text, version: Transform.fields.version, options: Options, fit_on: Schema.optionalKey(Text) })
  ),
  model: Schema.Struct({
    input: Schema.StructWithRest(Schema.Struct({ kind: Text }), [Options]),
    layers: Schema.NonEmptyArray(typed)
  }),
  optimizer: EngineOptimizer,
  /** A table, or the name of a file that holds it. */
  schedule: EngineSchedule,
  training: Training,
  validation: Schema.Struct({ protocol: versioned, metrics: Configured }),
  outputs: Schema.Struct({
    /** For the files of the session, relative to where they are asked for. */
    folder: Text
  })
})
export type EngineConfig = typeof EngineConfig.Type
