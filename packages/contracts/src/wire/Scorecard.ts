/**
 * The portable result of a run: Scorecard and the fingerprint of the backend that produced it.
 * Sharp edge: upstream's body lacks reward policy, encoding and adapter, so two scorecards compare only with their extensions.
 */
import {
  BackendKind,
  ConnectomeHash,
  ContentHash,
  DatasetAssetId,
  EvaluationProtocolVersion,
  F64,
  GenomeVersionId,
  MetadataMap,
  omittable,
  orNull,
  PluginRef,
  QuantizationFingerprint,
  ScorecardId,
  SplitId,
  U32,
  U64,
  wireStruct
} from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"
import { extensible, ScorecardExtension } from "./Extension.ts"
import { MetricStat } from "./Run.ts"
import { SchemaVersion } from "./SchemaVersion.ts"

/** What computed the result. */
export const BackendFingerprint = wireStruct({
  backend: BackendKind,
  descriptor: Schema.String,
  quantization: orNull(QuantizationFingerprint),
  trainer_version: Schema.String,
  feagi_core_version: Schema.String
})
export type BackendFingerprint = typeof BackendFingerprint.Type

export const ScorecardStatus = Schema.Literals(["self_reported", "verified"])
export type ScorecardStatus = typeof ScorecardStatus.Type

export const ScorecardVisibility = Schema.Literals(["local", "published"])
export type ScorecardVisibility = typeof ScorecardVisibility.Type

/** How far a run came that was skipped on request. */
export const ScorecardSkip = wireStruct({ samples_planned: U64, samples_done: U64, evaluated_samples: U64 })
export type ScorecardSkip = typeof ScorecardSkip.Type

/** The portable result of a run. */
export const Scorecard = wireStruct({
  schema_version: SchemaVersion,
  scorecard_id: ScorecardId,
  connectome_hash: ConnectomeHash,
  genome_version_id: orNull(GenomeVersionId),
  genome_schema_version: omittable(U32),
  dataset_asset_id: DatasetAssetId,
  dataset_version: Schema.String,
  dataset_content_hash: ContentHash,
  evaluation_protocol_version: EvaluationProtocolVersion,
  metric_pack: PluginRef,
  split_id: SplitId,
  backend_fingerprint: BackendFingerprint,
  metrics: Schema.Record(Schema.String, F64),
  metric_stats: omittable(Schema.Record(Schema.String, MetricStat)),
  status: ScorecardStatus,
  visibility: ScorecardVisibility,
  skip: omittable(ScorecardSkip),
  elapsed_ms: omittable(U64),
  sample_draw_seed: omittable(U64),
  metadata: MetadataMap,
  ...extensible(ScorecardExtension)
})
export type Scorecard = typeof Scorecard.Type
