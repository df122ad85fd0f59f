/**
 * What a run tells while it goes: RunEvent, its kinds, and the stand of an embodied attempt.
 * Sharp edge: `kind` is tagged by its member `type`; `paused` and `resumed` are ours, so a log that holds one is closed to upstream.
 */
import {
  F64,
  I64,
  omitEmpty,
  omittable,
  orNull,
  RunId,
  ScorecardId,
  U32,
  U64,
  wireStruct,
  withDefault
} from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"
import { extensible, RunEventExtension } from "./Extension.ts"
import { SchemaVersion } from "./SchemaVersion.ts"

/** How an attempt under adaptive support went. Angles in degrees. */
export const AdaptiveAttemptStats = wireStruct({
  mean_a: F64,
  min_a: F64,
  end_cone_deg: F64,
  catches: U32,
  catches_per_min: F64,
  standing_fraction: withDefault(F64, 0),
  feet_down_fraction: withDefault(F64, 0),
  recenters: withDefault(U32, 0),
  lost_stance: withDefault(Schema.Boolean, false)
})
export type AdaptiveAttemptStats = typeof AdaptiveAttemptStats.Type

/** How a walking attempt went. Lengths in metres, angles in degrees. */
export const WalkAttemptStats = wireStruct({
  forward_m: F64,
  lateral_m: F64,
  mean_speed_m_s: F64,
  window_speed_m_s: orNull(F64),
  speed_error_fraction: F64,
  heading_error_deg: orNull(F64),
  steps: U32,
  step_rate_hz: F64,
  alternation_fraction: orNull(F64)
})
export type WalkAttemptStats = typeof WalkAttemptStats.Type

/** Where an attempt of an embodied run stands. `outcome` is free text. */
export const AttemptStand = wireStruct({
  balanced_s: F64,
  support_level: F64,
  outcome: Schema.String,
  seed: U64,
  probe: withDefault(Schema.Boolean, false),
  train_attempts_before: orNull(U32),
  adaptive: omittable(AdaptiveAttemptStats),
  walk: omittable(WalkAttemptStats)
})
export type AttemptStand = typeof AttemptStand.Type

/** Correct answers of one class. */
export const ClassBreakdown = wireStruct({ class_id: U32, label: Schema.String, correct: U64, total: U64 })
export type ClassBreakdown = typeof ClassBreakdown.Type

export const MetricScope = Schema.Literals(["partial", "aggregate"])
export type MetricScope = typeof MetricScope.Type

const plain = <const Name extends string>(type: Name) => wireStruct({ type: Schema.Literal(type) })
const counting = <const Name extends string>(type: Name) =>
  wireStruct({ type: Schema.Literal(type), samples_done: U64, samples_total: U64 })
const telling = <const Name extends string>(type: Name) => wireStruct({ type: Schema.Literal(type), message: Schema.String })

/** One step further, with what a live view needs to draw it. */
export const ProgressEvent = wireStruct({
  type: Schema.Literal("progress"),
  samples_done: U64,
  samples_total: U64,
  repeat_index: U32,
  repeat_total: U32,
  sent_values: omitEmpty(F64),
  tick_index: omittable(U64),
  window_values: omitEmpty(F64),
  image_png_base64: omittable(Schema.String),
  mask_png_base64: omittable(Schema.String),
  preview_name: omittable(Schema.String),
  predicted_class: omittable(U32),
  class_scores: omitEmpty(F64),
  stand: omittable(AttemptStand)
})
export type ProgressEvent = typeof ProgressEvent.Type

/** Metrics as they stand: of a part of the run, or of all of it. */
export const MetricUpdateEvent = wireStruct({
  type: Schema.Literal("metric_update"),
  scope: MetricScope,
  metrics: Schema.Record(Schema.String, F64),
  class_breakdown: omitEmpty(ClassBreakdown)
})
export type MetricUpdateEvent = typeof MetricUpdateEvent.Type

/** What happened. */
export const RunEventKind = Schema.Union([
  plain("created"),
  plain("validating"),
  plain("running"),
  ProgressEvent,
  MetricUpdateEvent,
  wireStruct({ type: Schema.Literal("scorecard_ready"), scorecard_id: ScorecardId }),
  plain("completed"),
  counting("skipped"),
  telling("failed"),
  telling("cancelled"),
  telling("warning"),
  counting("paused").annotate({ wireOurs: true, wireTag: "paused" }),
  counting("resumed").annotate({ wireOurs: true, wireTag: "resumed" })
])
export type RunEventKind = typeof RunEventKind.Type

/** One thing that happened in a run. `timestamp` is Unix milliseconds; the journal of a run leaves it null. */
export const RunEvent = wireStruct({
  schema_version: SchemaVersion,
  run_id: RunId,
  timestamp: orNull(I64),
  kind: RunEventKind,
  ...extensible(RunEventExtension)
})
export type RunEvent = typeof RunEvent.Type
