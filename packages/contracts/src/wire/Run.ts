/**
 * A run: what was asked (RunSpec), how it ended (RunSummary) and the protocol it is judged by (EvaluationSpec).
 * Sharp edge: a gradient run names a `learner` instead of a binding and a reward policy, and upstream cannot read it.
 */
import {
  BackendKind,
  ConnectomeHash,
  DatasetVersionId,
  EvaluationProtocolVersion,
  F64,
  GenomeVersionId,
  I64,
  JsonValue,
  MetadataMap,
  omittable,
  orNull,
  ourWords,
  PluginRef,
  QuantizationFingerprint,
  RunId,
  ScorecardId,
  SplitId,
  U32,
  U64,
  wireStruct
} from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"
import { AnyExtension, extensible, RunSpecExtension, RunSummaryExtension } from "./Extension.ts"
import { SchemaVersion } from "./SchemaVersion.ts"

/** One side of a binding: which coder, with which properties, on which cortical area. */
export const CoderBinding = wireStruct({
  io_type: Schema.String,
  coder_id: Schema.String,
  cortical_area_id: Schema.String,
  properties: JsonValue
})
export type CoderBinding = typeof CoderBinding.Type

/** Both sides of a binding. */
export const PinnedBinding = wireStruct({ encoder: CoderBinding, decoder: CoderBinding })
export type PinnedBinding = typeof PinnedBinding.Type

/** The sampler and its seed. */
export const SamplerBinding = wireStruct({ plugin: PluginRef, seed: U64 })
export type SamplerBinding = typeof SamplerBinding.Type

/** The reward policy and its options; `config` may be null but must be present. */
export const RewardPolicyBinding = wireStruct({ plugin: PluginRef, config: JsonValue })
export type RewardPolicyBinding = typeof RewardPolicyBinding.Type

/** The learner of a gradient run: its kind, its plugin and the plugin's options. */
export const LearnerBinding = wireStruct({ kind: Schema.String, plugin: PluginRef, config: JsonValue })
export type LearnerBinding = typeof LearnerBinding.Type

export const ExecutionMode = Schema.Literals(["embedded", "remote"])
export type ExecutionMode = typeof ExecutionMode.Type

const dataset = {
  schema_version: SchemaVersion,
  run_id: RunId,
  dataset_version_id: DatasetVersionId,
  split_id: SplitId,
  adapter: PluginRef,
  sampler: SamplerBinding,
  transform_graph_version: orNull(Schema.String)
} as const

const machine = {
  execution_mode: ExecutionMode,
  backend: BackendKind,
  quantization: orNull(QuantizationFingerprint),
  ...extensible(RunSpecExtension)
} as const

/** A run of a brain, as upstream writes it. */
export const BrainRunSpec = wireStruct({
  ...dataset,
  binding: PinnedBinding,
  reward_policy: RewardPolicyBinding,
  metric_pack: PluginRef,
  evaluation_protocol_version: EvaluationProtocolVersion,
  connectome_hash: ConnectomeHash,
  genome_version_id: orNull(GenomeVersionId),
  genome_schema_version: omittable(U32),
  ...machine
})
export type BrainRunSpec = typeof BrainRunSpec.Type

/** A run of a gradient learner. `connectome_hash` is the hash of the weights it starts from, null when a seed makes them. */
export const LearnerRunSpec = wireStruct({
  ...dataset,
  learner: LearnerBinding,
  metric_pack: PluginRef,
  evaluation_protocol_version: EvaluationProtocolVersion,
  connectome_hash: orNull(ConnectomeHash),
  ...machine
}).annotate({ wireOurs: true, wireTag: "learner" })
export type LearnerRunSpec = typeof LearnerRunSpec.Type

/** What one phase of a run was asked to do. The variant of ours is the one with the key `learner`. */
export const RunSpec = Schema.Union([LearnerRunSpec, BrainRunSpec])
export type RunSpec = typeof RunSpec.Type

/** The protocol predictions are judged by. */
export const EvaluationSpec = wireStruct({
  schema_version: SchemaVersion,
  metric_pack: PluginRef,
  evaluation_protocol_version: EvaluationProtocolVersion,
  split_id: SplitId,
  verification_tolerance: F64,
  metadata: MetadataMap,
  ...extensible(AnyExtension)
})
export type EvaluationSpec = typeof EvaluationSpec.Type

/** A metric over `n` repeats, with a confidence interval. */
export const MetricStat = wireStruct({ n: U32, mean: F64, stddev: F64, ci_low: F64, ci_high: F64, confidence_level: F64 })
export type MetricStat = typeof MetricStat.Type

/** Statuses upstream knows. */
export const UpstreamRunStatus = Schema.Literals(["created", "validating", "running", "completed", "skipped", "failed", "cancelled"])
export type UpstreamRunStatus = typeof UpstreamRunStatus.Type

/** Where a run stands; `paused` and `interrupted` are ours. */
export const RunStatus = Schema.Union([UpstreamRunStatus, ourWords(["paused", "interrupted"])])
export type RunStatus = typeof RunStatus.Type

/** How a run ended, or stands. Times are Unix milliseconds; `processed_samples` is set only for skipped runs. */
export const RunSummary = wireStruct({
  schema_version: SchemaVersion,
  run_id: RunId,
  status: RunStatus,
  total_samples: U64,
  processed_samples: omittable(U64),
  evaluated_samples: U64,
  metrics: Schema.Record(Schema.String, F64),
  started_at: orNull(I64),
  completed_at: orNull(I64),
  scorecard_id: orNull(ScorecardId),
  metadata: MetadataMap,
  ...extensible(RunSummaryExtension)
})
export type RunSummary = typeof RunSummary.Type
