/**
 * Every document of the wire by name: the ten contracts of a run, the types they are made of, and what upstream alone writes.
 * Sharp edge: the names are upstream's type names, so the name of a document is also the name of its Rust type; the four specs of plugins
 * are ours and have none.
 */
import {
  BackendKind,
  MetadataMap,
  MetadataValue,
  Modality,
  OutputType,
  PluginRef,
  QuantizationFingerprint,
  SampleId,
  Split
} from "@feagi-trainer/dataset-contracts"
import type * as Schema from "effect/Schema"
import * as Prediction from "./Prediction.ts"
import * as Run from "./Run.ts"
import * as Config from "./RunConfig.ts"
import * as Event from "./RunEvent.ts"
import * as Sample from "./Sample.ts"
import * as Card from "./Scorecard.ts"
import * as Spec from "./Specs.ts"
import * as Upstream from "./UpstreamOnly.ts"

/** The schema of every document, by name. */
export const contracts = {
  // The contracts of a run
  DatasetManifest: Sample.DatasetManifest,
  IRSample: Sample.IRSample,
  RunSpec: Run.RunSpec,
  EvaluationSpec: Run.EvaluationSpec,
  PredictionRecord: Prediction.PredictionRecord,
  RunEvent: Event.RunEvent,
  RunSummary: Run.RunSummary,
  Scorecard: Card.Scorecard,
  // Ours: what each plugin was asked to do
  AdapterSpec: Spec.AdapterSpec,
  SamplerSpec: Spec.SamplerSpec,
  EncoderSpec: Spec.EncoderSpec,
  DecoderSpec: Spec.DecoderSpec,
  // What they are made of
  PluginRef,
  BackendKind,
  Modality,
  Split,
  OutputType,
  QuantizationFingerprint,
  MetadataValue,
  MetadataMap,
  SampleId,
  SplitDescriptor: Sample.SplitDescriptor,
  CoordinateFrame: Sample.CoordinateFrame,
  HoldEnd: Sample.HoldEnd,
  Payload: Sample.Payload,
  TypedTarget: Sample.TypedTarget,
  TypedPrediction: Prediction.TypedPrediction,
  CoderBinding: Run.CoderBinding,
  PinnedBinding: Run.PinnedBinding,
  SamplerBinding: Run.SamplerBinding,
  RewardPolicyBinding: Run.RewardPolicyBinding,
  ExecutionMode: Run.ExecutionMode,
  MetricStat: Run.MetricStat,
  RunStatus: Run.RunStatus,
  BackendFingerprint: Card.BackendFingerprint,
  ScorecardSkip: Card.ScorecardSkip,
  ScorecardStatus: Card.ScorecardStatus,
  ScorecardVisibility: Card.ScorecardVisibility,
  RunEventKind: Event.RunEventKind,
  MetricScope: Event.MetricScope,
  ClassBreakdown: Event.ClassBreakdown,
  AttemptStand: Event.AttemptStand,
  AdaptiveAttemptStats: Event.AdaptiveAttemptStats,
  WalkAttemptStats: Event.WalkAttemptStats,
  // Upstream's run configuration
  RunConfig: Config.RunConfig,
  DatasetInput: Config.DatasetInput,
  DatasetAdapterConfig: Config.DatasetAdapterConfig,
  TabularCsvConfig: Config.TabularCsvConfig,
  ImageFolderSegmentationConfig: Config.ImageFolderSegmentationConfig,
  ImageFolderClassificationConfig: Config.ImageFolderClassificationConfig,
  ClassVoxel: Config.ClassVoxel,
  TimeSeriesPackageConfig: Config.TimeSeriesPackageConfig,
  TimeSeriesWindowConfig: Config.TimeSeriesWindowConfig,
  EncoderBindingProfile: Config.EncoderBindingProfile,
  DecoderBindingProfile: Config.DecoderBindingProfile,
  EncodingScheme: Config.EncodingScheme,
  StreamBinding: Config.StreamBinding,
  ClassTeacherBinding: Config.ClassTeacherBinding,
  SegmentationTeacherBinding: Config.SegmentationTeacherBinding,
  SegmentedVisionBinding: Config.SegmentedVisionBinding,
  ExecutorConfig: Config.ExecutorConfig,
  ScorecardInput: Config.ScorecardInput,
  ControlConfig: Config.ControlConfig,
  RepeatConfig: Config.RepeatConfig,
  // Upstream alone
  RewardSignal: Upstream.RewardSignal,
  ScheduledAction: Upstream.ScheduledAction,
  ScheduledEvent: Upstream.ScheduledEvent,
  ReachHoldCriterion: Upstream.ReachHoldCriterion,
  ReachAttemptRecord: Upstream.ReachAttemptRecord,
  ReachHoldReport: Upstream.ReachHoldReport,
  ReachPlacement: Upstream.ReachPlacement,
  ReachSample: Upstream.ReachSample,
  PoleBalanceCriterion: Upstream.PoleBalanceCriterion,
  PoleBegin: Upstream.PoleBegin,
  PoleSample: Upstream.PoleSample,
  PoleAttemptRecord: Upstream.PoleAttemptRecord,
  PolePhaseReport: Upstream.PolePhaseReport,
  WalkGoal: Upstream.WalkGoal,
  BalanceFeetCriterion: Upstream.BalanceFeetCriterion,
  BalanceAttemptRecord: Upstream.BalanceAttemptRecord,
  ImageClassificationScan: Upstream.ImageClassificationScan,
  SegmentationPreview: Upstream.SegmentationPreview,
  TimeSeriesPreview: Upstream.TimeSeriesPreview,
  ComparabilityKey: Upstream.ComparabilityKey,
  GenomeEvaluation: Upstream.GenomeEvaluation
} as const satisfies Record<string, Schema.Codec<unknown, unknown>>

/** The name of a document. */
export type ContractName = keyof typeof contracts

/** The value in memory of the document called `N`. */
export type Contract<N extends ContractName> = (typeof contracts)[N]["Type"]

/** All names, in the order of `contracts`. */
export const contractNames = Object.keys(contracts) as ReadonlyArray<ContractName>

/** The documents that stand alone: they open with `schema_version` and may carry `x_feagi_trainer`. */
export const documentNames = [
  "DatasetManifest",
  "AdapterSpec",
  "SamplerSpec",
  "EncoderSpec",
  "DecoderSpec",
  "IRSample",
  "RunSpec",
  "EvaluationSpec",
  "PredictionRecord",
  "RunEvent",
  "RunSummary",
  "Scorecard",
  "GenomeEvaluation"
] as const satisfies ReadonlyArray<ContractName>
