/**
 * The three JSON documents of a session: what was trained on what, how the training went, and what was measured.
 *
 * `body` says nothing that another machine, store or time would change, and `body_sha256` is over its canonical JSON; times, ids of this
 * store and the version of the program are in `envelope`. Sharp edge: members may be added within a version, so that the published
 * schemas allow what they do not name.
 */
import * as Schema from "effect/Schema"

const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" }))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Seed = Schema.Union([Schema.Int, Schema.BigInt])
const Insufficient = Schema.Struct({ insufficient: Schema.String })
const Value = Schema.Union([Schema.Finite, Insufficient])
const Values = Schema.Record(Schema.String, Value)
const Interval = Schema.Union([Schema.Struct({ low: Schema.Finite, high: Schema.Finite, confidence: Schema.Finite }), Insufficient])
const Time = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, { expected: "a time such as 2026-01-31T12:00:00.000Z" })
)

const Envelope = Schema.Struct({
  trainer_version: Schema.String,
  runs: Schema.Array(
    Schema.Struct({
      /** RFC 9562, version 8: of the run id and of when the run was made. */
      run_uuid: Schema.String.check(Schema.isPattern(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)),
      run_id: Schema.String,
      group_id: Schema.String,
      created_at: Time,
      finished_at: Time
    })
  )
})

const summary = <const Kind extends string, A extends Schema.Top>(kind: Kind, body: A) =>
  Schema.Struct({ schema_version: Schema.Literal(1), kind: Schema.Literal(kind), body_sha256: Sha256, body, envelope: Envelope })

const runKey = { seed: Seed, spec_sha256: Sha256 }
const Reward = Schema.NullOr(Schema.Struct({ samples: Count, mean_raw: Schema.Finite, mean_shaped: Schema.Finite }))
const Plugin = Schema.Struct({ id: Schema.String, version: Schema.String })

const TrainSummaryBody = Schema.Struct({
  name: Schema.String,
  primary_metric: Schema.String,
  runs: Schema.Array(
    Schema.Struct({
      ...runKey,
      status: Schema.Literals(["completed", "skipped"]),
      dataset: Schema.Struct({ id: Schema.String, content_hash: Sha256, schema_fingerprint: Sha256, samples: Count }),
      splits: Schema.Array(Schema.Struct({ name: Schema.String, split_id: Schema.String, split_hash: Sha256, samples: Count })),
      protocol: Schema.String,
      metric_signature: Schema.String,
      learner: Schema.String,
      controls: Schema.Struct({ silent_reward: Schema.Boolean, shuffled_labels: Schema.Boolean }),
      sampler: Plugin,
      epochs: Count,
      checkpoint_every: Count,
      packages: Schema.Record(Schema.String, Sha256),
      initial_hash: Sha256,
      phases: Schema.Array(
        Schema.Struct({
          phase: Schema.String,
          split: Schema.String,
          learns: Schema.Boolean,
          samples: Count,
          /** Null where the phase went through. */
          ended_early: Schema.NullOr(Schema.Struct({ samples_planned: Count, samples_done: Count })),
          learned_hash_before: Sha256,
          learned_hash: Schema.NullOr(Sha256),
          predictions_sha256: Schema.NullOr(Sha256),
          rewards_sha256: Schema.NullOr(Sha256),
          /** The primary metric over the training answers of the first and of the last epoch; null for a phase that does not learn. */
          progress: Schema.NullOr(Schema.Struct({ first: Value, last: Value }))
        })
      )
    })
  )
})

const Numbers = Schema.Record(Schema.String, Schema.Finite)

/** What the optimiser told of its steps, as means over those that have the measure. */
const Measures = Schema.Struct({ steps: Count, means: Numbers })
/** A part that was answered behind the epoch, without learning: the metrics that have a value. */
const Validation = Schema.Struct({ part: Schema.String, samples: Count, stops: Schema.Boolean, values: Numbers })

const TrainingMetricsBody = Schema.Struct({
  name: Schema.String,
  primary_metric: Schema.String,
  metric_signature: Schema.String,
  runs: Schema.Array(
    Schema.Struct({
      ...runKey,
      epochs: Schema.Array(
        Schema.Struct({
          phase: Schema.String,
          /** From 1. */
          epoch: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
          samples: Count,
          abstained: Count,
          /** Over the answers of the epoch, each of which was given before its sample was taught. */
          values: Values,
          /** Null where no reward was told. */
          reward: Reward,
          /** Where the learner has an optimiser. */
          measures: Schema.optionalKey(Measures),
          /** Where a part was answered behind this epoch. */
          validation: Schema.optionalKey(Validation)
        })
      )
    })
  )
})

const Statistic = Schema.Union([
  Schema.Struct({
    n: Count,
    mean: Schema.Finite,
    stddev: Schema.Finite,
    ci_low: Schema.Finite,
    ci_high: Schema.Finite,
    confidence_level: Schema.Finite
  }),
  Insufficient
])

const Estimate = Schema.Struct({ value: Value, interval: Interval })

/** The values of each group of a field, and the gaps between the groups. */
const Groups = Schema.Struct({
  field: Schema.String,
  /** A group with fewer samples is in `small`, with how many it has. */
  minimum: Count,
  groups: Schema.Record(Schema.String, Schema.Struct({ n: Count, values: Schema.Record(Schema.String, Estimate) })),
  small: Schema.Record(Schema.String, Count),
  /** Samples without a value of the field. */
  ungrouped: Count,
  disparities: Schema.Record(
    Schema.String,
    Schema.Struct({
      difference: Estimate,
      ratio: Estimate,
      smallest: Schema.optionalKey(Schema.String),
      largest: Schema.optionalKey(Schema.String)
    })
  )
})

const ValidationMetricsBody = Schema.Struct({
  name: Schema.String,
  primary_metric: Schema.String,
  metric_signature: Schema.String,
  runs: Schema.Array(
    Schema.Struct({
      ...runKey,
      phases: Schema.Array(
        Schema.Struct({
          phase: Schema.String,
          split: Schema.String,
          samples: Count,
          abstained: Count,
          /** As the Scorecard says them. */
          values: Values,
          /** Of each value that has one, by the samples. */
          intervals: Schema.Record(Schema.String, Interval),
          /** Where a field was named to group by. */
          groups: Schema.optionalKey(Groups),
          predictions_sha256: Schema.NullOr(Sha256),
          scorecard_id: Schema.NullOr(Schema.String),
          scorecard_body_sha256: Schema.NullOr(Sha256)
        })
      )
    })
  ),
  /** Phase → value → its statistic over the seeds; empty for one run. */
  statistics: Schema.Record(Schema.String, Schema.Record(Schema.String, Statistic))
})

export const summaryDocuments = {
  /** `train_summary.json` */
  TrainSummary: summary("train-summary", TrainSummaryBody),
  /** `training_metrics.json` */
  TrainingMetrics: summary("training-metrics", TrainingMetricsBody),
  /** `validation_metrics.json` */
  ValidationMetrics: summary("validation-metrics", ValidationMetricsBody)
} as const

export type TrainSummary = typeof TrainSummaryBody.Type
export type TrainingMetrics = typeof TrainingMetricsBody.Type
export type ValidationMetrics = typeof ValidationMetricsBody.Type
export type SummaryEnvelope = typeof Envelope.Type
