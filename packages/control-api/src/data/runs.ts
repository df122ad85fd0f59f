/** Runs: what they are, how far they are, what they told, what they answered, and how two of them differ. */
import * as Schema from "effect/Schema"
import { Answer, Count, Metrics, MetricValue, Millis, Numbers, Seed, Sha256, Table, Text, Texts } from "./common.ts"

const optional = Schema.optionalKey
const orNull = Schema.NullOr

const PhaseFields = {
  phase: Text,
  spec_sha256: Sha256,
  samples: Count,
  predictions_sha256: orNull(Sha256),
  rewards_sha256: orNull(Sha256),
  /** What a brain was taught by: counts of affect, teaching and represented answers; null where nothing counts them. */
  feedback: orNull(
    Schema.Struct({
      affect: Schema.Record(Schema.String, Schema.Struct({ count: Count, magnitude: Schema.Finite })),
      teach: Count,
      represent: Count
    })
  ),
  skipped: orNull(Table),
  connectome_hash: optional(orNull(Sha256)),
  weights_sha256: optional(orNull(Sha256)),
  scorecard_id: orNull(Text),
  scorecard_body_sha256: orNull(Sha256),
  metrics: Metrics
}

export const Run = Schema.Struct({
  run_id: Text,
  seed: Seed,
  status: Text,
  predictions_sha256: orNull(Sha256),
  spec_sha256: Sha256,
  phases: Schema.Array(Schema.Struct(PhaseFields)),
  partial: Schema.Array(Schema.Unknown),
  brain_mutated: orNull(Table),
  continued: Schema.Array(Schema.Unknown),
  connectome_hash: optional(orNull(Sha256)),
  weights_sha256: optional(orNull(Sha256)),
  scorecard_id: orNull(Text),
  scorecard_body_sha256: orNull(Sha256),
  rewards: Schema.Array(Schema.Struct({ phase: Text, epoch: Count, samples: Count, mean_raw: Schema.Finite, mean_shaped: Schema.Finite })),
  document: optional(Table),
  telemetry: optional(
    Schema.Array(
      Schema.Struct({
        phase: Text,
        samples: Count,
        steps: Count,
        figures: Schema.Array(
          Schema.Struct({
            name: Text,
            value: Schema.Finite,
            unit: Text,
            label: Schema.Literals(["measured", "estimated"]),
            model: optional(Text)
          })
        )
      })
    )
  )
})
export type Run = typeof Run.Type

/** No value is null; a time is ISO 8601 in UTC, a list an array of words. */
export const Cell = Schema.Union([Schema.Null, Text, Schema.Finite, Schema.BigInt, Schema.Boolean, Texts])
export type Cell = typeof Cell.Type
const CellType = Schema.Literals(["text", "number", "integer", "boolean", "time", "list", "mixed"])
const Column = { key: Text, title: Text, description: Text, type: CellType, unit: optional(Text) }

export const RunTable = Schema.Struct({
  /** Runs in the store, those that meet the condition, and those that would and are archived. */
  total: Count,
  matched: Count,
  archived_hidden: Count,
  offset: Count,
  columns: Schema.Array(Schema.Struct(Column)),
  /** The cell at a position belongs to the column at that position. */
  rows: Schema.Array(Schema.Struct({ run_id: Text, cells: Schema.Array(Cell) }))
})
export type RunTable = typeof RunTable.Type

export const RunColumns = Schema.Array(
  Schema.Struct({
    ...Column,
    /** How many runs have a value in it, and the most frequent of them. */
    runs: Count,
    examples: Schema.Array(Cell),
    min: optional(Cell),
    max: optional(Cell)
  })
)

const marksFields = {
  run_id: Text,
  tags: Texts,
  note: orNull(Text),
  starred: Schema.Boolean,
  archived: Schema.Boolean,
  /** How many changes led here. */
  revision: Count,
  /** The name of this state, for `if_match`. */
  etag: Text
}
export const RunMarks = Schema.Struct({ ...marksFields, changed: Schema.Boolean })
export type RunMarks = typeof RunMarks.Type
export const RunMarkHistory = Schema.Struct({
  ...marksFields,
  changes: Schema.Array(Schema.Struct({ revision: Count, change: Table, at_wall: Millis, at: Text }))
})

export const RunStatus = Schema.Struct({
  run_id: Text,
  group_id: Text,
  name: Text,
  seed: Seed,
  status: Text,
  /** Whether a process holds it at this moment. */
  held: Schema.Boolean,
  phase: orNull(Text),
  phase_index: orNull(Count),
  phases: Texts,
  /** From 1. */
  epoch: orNull(Count),
  epochs: orNull(Count),
  /** Of the phase, and of the whole run. */
  samples_done: Count,
  samples_total: Count,
  run_samples_done: Count,
  run_samples_total: Count,
  /** Samples a second over the last steps. */
  rate: orNull(Schema.Finite),
  eta_seconds: orNull(Schema.Finite),
  last_seq: Schema.Int,
  created_at: Millis,
  started_at: orNull(Millis),
  updated_at: Millis,
  ended_at: orNull(Millis),
  failure: orNull(Schema.Unknown),
  pending: orNull(Schema.Literals(["pause", "stop", "skip", "skip-rest"]))
})
export type RunStatus = typeof RunStatus.Type

export const RunMetrics = Schema.Struct({
  run_id: Text,
  spec_sha256: Sha256,
  primary_metric: Text,
  /** By metric without its class. */
  directions: Schema.Record(Schema.String, Text),
  phases: Schema.Array(
    Schema.Struct({
      phase: Text,
      state: Schema.Literals(["running", "done", "waiting"]),
      samples: Count,
      partial: Schema.Boolean,
      metrics: Schema.Array(
        Schema.Struct({
          name: Text,
          final: orNull(MetricValue),
          last: orNull(Schema.Finite),
          min: orNull(Schema.Finite),
          max: orNull(Schema.Finite),
          at_seq: orNull(Schema.Int),
          points: Count
        })
      )
    })
  )
})
export type RunMetrics = typeof RunMetrics.Type

export const RunSeries = Schema.Struct({
  run_id: Text,
  status: Text,
  last_seq: Schema.Int,
  x: Schema.Literals(["step", "sample", "wall", "epoch"]),
  available: Schema.Array(
    Schema.Struct({
      name: Text,
      title: Text,
      group: Schema.Literals(["metric", "validation", "loss", "schedule", "measure", "reward", "affect", "activity", "cost"]),
      /** `1` of a number without a unit. */
      unit: Text,
      phase: orNull(Text),
      points: Count
    })
  ),
  series: Schema.Array(
    Schema.Struct({
      name: Text,
      x: Numbers,
      y: Numbers,
      /** Points inside of the window before they were thinned. */
      points: Count,
      /** First and last x of the whole series. */
      range: optional(orNull(Schema.Array(Schema.Finite))),
      thinned: Schema.Boolean
    })
  )
})
export type RunSeries = typeof RunSeries.Type

/** What a run tells, in wire form; `kind` has further members by its type. */
export const RunEventDocument = Schema.Struct({
  schema_version: Schema.Literal(1),
  run_id: Text,
  timestamp: orNull(Schema.Int),
  kind: Schema.StructWithRest(Schema.Struct({ type: Text }), [Table]),
  x_feagi_trainer: optional(Schema.StructWithRest(Schema.Struct({ sequence: Schema.Int, phase: optional(Text) }), [Table]))
})
export type RunEventDocument = typeof RunEventDocument.Type
export const RunEvents = Schema.Array(RunEventDocument)

export const Journal = Schema.Array(
  Schema.Struct({ seq: Count, type: Text, payload: Table, sha256: Sha256, prev_sha256: Sha256, at_wall: Millis })
)

const Values = Schema.Record(Schema.String, Schema.Finite)
export const RunMeasures = Schema.Struct({
  run_id: Text,
  spec_sha256: Sha256,
  /** Steps and epochs count from 1. */
  steps: Schema.Array(Schema.Struct({ phase: Text, epoch: Count, step: Count, values: Values })),
  epochs: Schema.Array(Schema.Struct({ phase: Text, epoch: Count, steps: Count, values: Values })),
  validations: Schema.Array(Schema.Struct({ phase: Text, epoch: Count, part: Text, samples: Count, stops: Schema.Boolean, values: Values }))
})

export const RunPredictions = Schema.Struct({
  run_id: Text,
  phase: orNull(Text),
  total: Count,
  matched: Count,
  offset: Count,
  /** Labels of the classes; empty where answers are no classes. */
  classes: Texts,
  rows: Schema.Array(
    Schema.Struct({
      phase: Text,
      /** From 1. */
      epoch: Count,
      index: Count,
      sample_id: Text,
      tick: Count,
      truth: orNull(Text),
      predicted: orNull(Text),
      outcome: Schema.Literals(["correct", "wrong", "abstained", "unscored"]),
      scores: optional(Schema.Record(Schema.String, Schema.Finite)),
      reward: optional(Schema.Struct({ raw: Schema.Finite, shaped: Schema.Finite })),
      prediction: Schema.Unknown,
      target: Schema.Unknown
    })
  )
})
export type RunPredictions = typeof RunPredictions.Type

/** Figures are data of @feagi-trainer/charts. */
export const RunFigures = Schema.Struct({
  run_id: Text,
  phases: Schema.Array(Schema.Struct({ phase: Text, figures: Schema.Array(Schema.StructWithRest(Schema.Struct({ kind: Text }), [Table])) }))
})

export const RunActivity = Schema.Struct({
  run_id: Text,
  phase: Text,
  part: Text,
  sample_id: Text,
  target: orNull(Answer),
  checkpoint: orNull(Schema.Struct({ phase: Text, sha256: Sha256 })),
  answer: orNull(Answer),
  recorded: orNull(Answer),
  schedule: Table,
  bursts: Count,
  areas: Schema.Array(
    Schema.Struct({
      id: Text,
      name: Text,
      dimensions: Schema.Array(Count),
      neurons: Count,
      role: Schema.Literals(["input", "output", "power", "inner"])
    })
  ),
  /** Columns of equal length, a row for each neuron that fired; `area` is a position in `areas`. */
  firings: Schema.Struct({
    count: Count,
    burst: Numbers,
    area: Numbers,
    x: Numbers,
    y: Numbers,
    z: Numbers,
    potential: Numbers
  })
})
export type RunActivity = typeof RunActivity.Type

export const RunFileText = Schema.Struct({
  text: Text,
  format: Schema.Literals(["toml", "yaml", "json"]),
  run_id: optional(Text),
  spec_sha256: optional(Sha256)
})
const PlannedBinding = Schema.Struct({
  direction: Schema.Literals(["input", "output"]),
  plugin: Text,
  area: Text,
  coder: Text,
  channels: Count,
  channel_dimensions: Schema.Array(Count),
  fields: Texts
})
/** Counts, and never a time. */
const PlanCost = Schema.Struct({
  phases: Schema.Array(Schema.Struct({ phase: Text, epochs: Count, samples: Count, steps: Count })),
  samples: Count,
  steps: Count,
  validation_samples: Count,
  /** Null where the learner is no brain. */
  bursts_at_least: orNull(Count),
  may_end_early: Schema.Boolean
})
/** Runs of the same benchmark, by the treatment fields that a comparison would have to name. */
const Comparable = Schema.Struct({
  alike: Schema.Array(Schema.Struct({ across: Texts, count: Count, run_ids: Texts })),
  looked_at: Count
})
export const RunPlan = Schema.Struct({
  group_id: Text,
  runs: Schema.Array(
    Schema.Struct({ spec_sha256: Sha256, document: Table, bindings: Schema.Array(PlannedBinding), cost: PlanCost, comparable: Comparable })
  )
})
export const RunCreated = Schema.Struct({
  group_id: Text,
  run_ids: Texts,
  runs: Schema.Array(Schema.Struct({ run_id: Text, seed: Seed, spec_sha256: Sha256 }))
})
export const RunRequest = Schema.Struct({
  run_id: Text,
  request: Text,
  outcome: Schema.Literals(["requested", "done", "nothing-to-do"]),
  status: Text
})
export const RunExport = Schema.Struct({ run_id: Text, folders: Texts, bundle_sha256: orNull(Sha256) })
export const Replay = Schema.Struct({
  run_id: Text,
  verdict: Schema.Literals(["EQUAL", "DIVERGED", "INPUT_CHANGED"]),
  first: orNull(Table),
  changed: Schema.Array(Schema.Unknown),
  continued_not_identical: Schema.Unknown,
  brain_mutated: Schema.Unknown
})

const Member = Schema.Struct({ run_id: Text, seed: Seed, status: Text, score: orNull(Schema.Finite) })
export const RunGroups = Schema.Array(
  Schema.Struct({
    group_id: Text,
    name: Text,
    created: Text,
    dataset: orNull(Text),
    protocol: orNull(Text),
    learner: orNull(Text),
    control: orNull(Text),
    statuses: Schema.Record(Schema.String, Count),
    runs: Count,
    done: Count,
    primary_metric: orNull(Text),
    direction: orNull(Text),
    score: orNull(Table),
    best: orNull(Member),
    members: Schema.Array(Member),
    earlier_attempts: Count,
    archived: Schema.Boolean
  })
)

const Difference = Schema.StructWithRest(Schema.Struct({ field: Text }), [Table])
const Interval = Schema.Union([
  Schema.Struct({ low: Schema.Finite, high: Schema.Finite, confidence: Schema.Finite }),
  Schema.Struct({ insufficient: Text })
])
export const Comparison = Schema.Struct({
  comparable: Schema.Boolean,
  shown: Schema.Boolean,
  watermark: orNull(Text),
  comparison_sha256: Sha256,
  baseline: Text,
  runs: Schema.Array(
    Schema.Struct({
      label: Text,
      run_id: Text,
      spec_sha256: Sha256,
      predictions_sha256: orNull(Sha256),
      name: Text,
      seed: Seed,
      learner: Text,
      dataset: Text,
      bundle: orNull(Text)
    })
  ),
  identity_differences: Schema.Array(Difference),
  treatment_differences: Schema.Array(Difference),
  across: Texts,
  undeclared: Texts,
  phase: orNull(Text),
  primary_metric: orNull(Text),
  n: Count,
  partial: Table,
  comparisons: Schema.Array(
    Schema.Struct({
      run: Text,
      metrics: Schema.Record(
        Schema.String,
        Schema.Struct({
          baseline: MetricValue,
          value: MetricValue,
          diff: orNull(MetricValue),
          interval: orNull(Interval),
          p: orNull(MetricValue),
          p_holm: orNull(MetricValue),
          verdict: Text
        })
      ),
      samples: Schema.Unknown
    })
  ),
  slices: Schema.Array(Table),
  config: Schema.Array(Difference),
  provenance: Schema.Array(Difference)
})
export type Comparison = typeof Comparison.Type
