/**
 * Documents of upstream that are part of no run of ours: embodied attempts and their criteria, dataset previews, and the genome evaluation
 * record, which is written beside the Scorecards of a brain.
 * Sharp edge: they are here to be read and given back unchanged; outcomes and other free vocabularies stay plain text.
 */
import {
  BackendKind,
  ConnectomeHash,
  ContentHash,
  DatasetAssetId,
  EvaluationProtocolVersion,
  F64,
  JsonValue,
  omittable,
  orNull,
  PluginRef,
  ScorecardId,
  SplitId,
  U8,
  U32,
  U64,
  wireStruct,
  withDefault
} from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"
import { AnyExtension, extensible } from "./Extension.ts"
import { ClassVoxel, ImageSchema } from "./RunConfig.ts"
import { AdaptiveAttemptStats, WalkAttemptStats } from "./RunEvent.ts"
import { SchemaVersion } from "./SchemaVersion.ts"

const Text = Schema.String
const Flag = Schema.Boolean
const Point = Schema.Tuple([F64, F64, F64])
const or = withDefault

// Rewards and scheduled interventions

export const RewardSignal = wireStruct({ channel: Schema.Literals(["pain", "pleasure", "fear", "hope"]), magnitude: F64 })

export const ScheduledAction = Schema.Union([
  wireStruct({ type: Schema.Literal("set_mapping_psc"), src: Text, dst: Text, psc_multiplier: F64 }),
  wireStruct({ type: Schema.Literal("set_area_parameter"), area: Text, key: Text, value: JsonValue }),
  wireStruct({
    type: Schema.Literal("stimulate_area"),
    area: Text,
    voxels: Schema.Array(Schema.Tuple([U32, U32, U32])),
    bursts: omittable(U64),
    seconds: omittable(F64),
    hold: omittable(Flag)
  })
])

export const ScheduledEvent = wireStruct({ at_s: F64, label: Text, action: ScheduledAction })

// Reaching

export const ReachHoldCriterion = wireStruct({
  target_object_id: Text,
  reach_body: Text,
  max_distance_mm: F64,
  hold_bursts: U32,
  attempt_burst_cap: U32
})

export const ReachAttemptRecord = wireStruct({ seed: U64, outcome: Text, bursts: U32, final_distance_mm: F64 })

const ReachPhaseReport = wireStruct({
  attempts: Schema.Array(ReachAttemptRecord),
  success_rate: F64,
  median_bursts_to_success: orNull(F64),
  mean_final_distance_mm: F64
})

export const ReachHoldReport = wireStruct({ train: ReachPhaseReport, test: ReachPhaseReport })

export const ReachPlacement = wireStruct({
  seed: U64,
  target_object_id: Text,
  target_mm: Point,
  workspace_min_mm: Point,
  workspace_max_mm: Point
})

export const ReachSample = wireStruct({
  seq: U64,
  seed: U64,
  target_object_id: Text,
  target_mm: Point,
  workspace_min_mm: Point,
  workspace_max_mm: Point,
  ee_mm: Point,
  distance_mm: F64,
  fence_violated: Flag,
  terminal: orNull(Text)
})

// Balancing a pole

export const PoleBalanceCriterion = wireStruct({ pole_body: Text, max_tilt_deg: F64, attempt_burst_cap: U32 })
export const PoleBegin = wireStruct({ seed: U64, pole_body: Text, max_tilt_deg: F64 })
export const PoleSample = wireStruct({ seq: U64, seed: U64, tilt_deg: F64, terminal: orNull(Text) })
export const PoleAttemptRecord = wireStruct({ seed: U64, outcome: Text, bursts: U32, balanced_bursts: U32, final_tilt_deg: F64 })
export const PolePhaseReport = wireStruct({
  attempts: Schema.Array(PoleAttemptRecord),
  success_rate: F64,
  median_balanced_bursts: F64,
  mean_final_tilt_deg: F64
})

// Balancing on feet

export const WalkGoal = wireStruct({
  speed_m_s: F64,
  speed_tolerance: or(F64, 0.25),
  heading_tolerance_deg: or(F64, 30),
  distance_m: orNull(F64),
  forward_heading_deg: omittable(F64)
})

export const BalanceFeetCriterion = wireStruct({
  torso_body: Text,
  contact_bodies: Schema.Array(Text),
  reset_keyframe: or(Text, ""),
  max_tilt_deg: F64,
  hold_s: F64,
  attempt_cap_s: F64,
  fall_tilt_deg: or(F64, 60),
  fall_confirm_s: or(F64, 0.25),
  probe_every: or(U32, 5),
  support_start: or(F64, 1),
  support_step: or(F64, 0.1),
  support_min: or(F64, 0),
  settle_s: or(F64, 0.5),
  attempts_per_level: or(U32, 3),
  graduate_success_rate: or(F64, 0.66),
  burst_period_s: or(F64, 0.05),
  support_deadband_deg: or(F64, 0),
  need_lookahead_s: or(F64, 0.1),
  perturb_interval_s: or(F64, 0),
  perturb_torque_nm: or(F64, 0.3),
  perturb_duration_s: or(F64, 0.1),
  graduate_balanced_s: orNull(F64),
  support_com_height_m: orNull(F64),
  support_rot_stiffness_nm_per_rad: orNull(F64),
  support_rot_damping_nm_s_per_rad: orNull(F64),
  bws_max_fraction: or(F64, 0.5),
  only_contacts_touch: or(Flag, true),
  min_height_fraction: or(F64, 0.8),
  lift_tolerance: or(F64, 0.05),
  over_assist_margin: or(F64, 0.25),
  over_support_flag_fraction: or(F64, 0.2),
  support_mode: or(Text, "ladder"),
  fade_tau_s: or(F64, 20),
  catch_tau_s: or(F64, 0.2),
  hold_after_catch_s: or(F64, 1),
  cone_min_deg: or(F64, 2),
  catch_threshold: or(F64, 0.05),
  lean_grace_s: or(F64, 2),
  stance_grace_s: or(F64, 1),
  standing_fraction_for_success: or(F64, 0.8),
  scheduled_events: or(Schema.Array(ScheduledEvent), []),
  record_actuators: or(Flag, false),
  walk: orNull(WalkGoal)
})

const NonUpright = wireStruct({ tilt: or(U32, 0), contact: or(U32, 0), other_body_contact: or(U32, 0), height: or(U32, 0) })

export const BalanceAttemptRecord = wireStruct({
  seed: U64,
  outcome: Text,
  bursts: U32,
  final_tilt_deg: F64,
  support_level: or(F64, 0),
  upright_fraction: or(F64, 0),
  perturbations: or(U32, 0),
  balanced_bursts: or(U32, 0),
  balanced_s: or(F64, 0),
  time_to_first_violation_bursts: orNull(U32),
  time_to_first_violation_s: orNull(F64),
  probe: or(Flag, false),
  train_attempts_before: orNull(U32),
  non_upright: or(NonUpright, {}),
  carried_fraction: or(F64, 0),
  over_assist_fraction: or(F64, 0),
  collapsed_at_bursts: orNull(U32),
  collapsed_at_s: orNull(F64),
  wobble_rad_s: orNull(F64),
  tilt_sway_deg: orNull(F64),
  com_sway_fraction: orNull(F64),
  adaptive: omittable(AdaptiveAttemptStats),
  walk: omittable(WalkAttemptStats)
})

// Previews of a dataset

const LabelCount = wireStruct({ label: Text, count: U64 })

export const ImageClassificationScan = wireStruct({
  schema: orNull(ImageSchema),
  classes: Schema.Array(ClassVoxel),
  splits: Schema.Array(Text),
  split_stats: or(Schema.Array(wireStruct({ split: Text, sample_count: U64, class_counts: Schema.Array(LabelCount) })), []),
  imageWidth: orNull(U32),
  imageHeight: orNull(U32),
  issues: Schema.Array(Text)
})

export const SegmentationPreview = wireStruct({
  frame_offset: U64,
  total_frames: U64,
  preview_width: U32,
  preview_height: U32,
  class_count: U32,
  ignore_label: U8,
  frames: Schema.Array(
    wireStruct({ name: Text, image_png: Schema.Array(U8), mask_png: Schema.Array(U8), classes_present: Schema.Array(LabelCount) })
  )
})

export const TimeSeriesPreview = wireStruct({
  record_id: Text,
  sample_rate_hz: F64,
  sample_count: U64,
  stream_ids: Schema.Array(Text),
  frame_offset: U64,
  total_frames: U64,
  record_count: U64,
  class_counts: Schema.Array(LabelCount),
  value_min: F64,
  value_max: F64,
  frames: Schema.Array(wireStruct({ record_id: Text, label: Text, event_sample_index: U64, stream_id: Text, values: Schema.Array(F64) }))
})

// The record of the evolutionary crate

export const ComparabilityKey = wireStruct({
  experiment_id: Text,
  dataset_asset_id: DatasetAssetId,
  dataset_version: Text,
  dataset_content_hash: ContentHash,
  evaluation_protocol_version: EvaluationProtocolVersion,
  metric_pack: PluginRef,
  reward_policy: PluginRef,
  fitness: wireStruct({ metric: Text, split_id: SplitId, objective: Schema.Literals(["maximize", "minimize"]) }),
  run_config_hash: Text,
  genome_schema_version: U32,
  feagi_core_version: Text,
  backend: BackendKind
})
export type ComparabilityKey = typeof ComparabilityKey.Type

/** One genome scored under one comparability key: comparable means equal keys. The fitness comes from the validation split. */
export const GenomeEvaluation = wireStruct({
  schema_version: SchemaVersion,
  evaluation_id: Text,
  genome_hash: Text,
  key: ComparabilityKey,
  scorecard_ids: Schema.Array(ScorecardId),
  fitness: Schema.Union([
    wireStruct({
      status: Schema.Literal("scored"),
      value: F64,
      n: U32,
      interval: omittable(wireStruct({ low: F64, high: F64, level: F64 }))
    }),
    wireStruct({ status: Schema.Literal("no_fitness_split") }),
    wireStruct({ status: Schema.Literal("incomplete") })
  ]),
  lineage: wireStruct({
    origin: Schema.Literals(["manual", "imported", "mutation", "crossover"]),
    generation: U64,
    parents: Schema.Array(Text)
  }),
  pinned_connectome: omittable(ConnectomeHash),
  ...extensible(AnyExtension)
})
export type GenomeEvaluation = typeof GenomeEvaluation.Type
