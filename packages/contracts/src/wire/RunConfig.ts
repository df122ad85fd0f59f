/**
 * The configuration file of upstream's own runner: RunConfig with its dataset adapters and binding profiles. We read it to convert it.
 * Sharp edge: DatasetAdapterConfig has no tag; the first adapter whose required members are all present is meant.
 */
import {
  F64,
  omitEmpty,
  omittable,
  orNull,
  ScorecardId,
  Split,
  SplitId,
  U8,
  U16,
  U32,
  U64,
  wireStruct,
  withDefault
} from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"
import { RunSpec } from "./Run.ts"

const Text = Schema.String
const classKeep = withDefault(Schema.Record(Text, U8), {})

export const TabularCsvConfig = wireStruct({
  dataset_name: Text,
  has_header: Schema.Boolean,
  feature_columns: Schema.Array(U64),
  label_column: U64,
  class_labels: Schema.Array(Text),
  split: Split,
  split_id: SplitId,
  class_keep_percents: classKeep,
  max_samples: omittable(U64),
  sample_draw_seed: omittable(U64)
})
export type TabularCsvConfig = typeof TabularCsvConfig.Type

export const ImageFolderSegmentationConfig = wireStruct({
  dataset_name: Text,
  layout: Schema.Literals(["cityscapes_fine", "paired_folders"]),
  split: Split,
  split_id: SplitId,
  class_count: U32,
  ignore_label: U8,
  feed_width: U32,
  feed_height: U32,
  cityscapes_split: orNull(Text),
  images_subdir: orNull(Text),
  labels_subdir: orNull(Text),
  train_id_remap: orNull(Schema.Array(U8).check(Schema.isBetweenLength(19, 19, { expected: "a list of 19 numbers" })))
})
export type ImageFolderSegmentationConfig = typeof ImageFolderSegmentationConfig.Type

/** A label and the voxel that stands for it. */
export const ClassVoxel = wireStruct({ label: Text, x: U32, y: U32, z: U32 })
export type ClassVoxel = typeof ClassVoxel.Type

/** The layouts of upstream's image-folder classification adapter. */
export const ImageSchema = Schema.Literals([
  "class_folders",
  "filename_xyz",
  "idx_images",
  "cifar10_binary",
  "cifar100_binary",
  "image_net",
  "svhn_mat"
])
export type ImageSchema = typeof ImageSchema.Type

export const ImageFolderClassificationConfig = wireStruct({
  dataset_name: Text,
  image_schema: ImageSchema,
  split: Split,
  split_id: SplitId,
  feed_width: U32,
  feed_height: U32,
  class_map: Schema.Array(ClassVoxel),
  class_keep_percents: classKeep,
  max_samples: omittable(U64),
  sample_draw_seed: omittable(U64)
})
export type ImageFolderClassificationConfig = typeof ImageFolderClassificationConfig.Type

export const TimeSeriesWindowConfig = wireStruct({
  pre_samples: U64,
  post_samples: U64,
  stream_ids: Schema.Array(Text),
  feature_count: U32
})
export type TimeSeriesWindowConfig = typeof TimeSeriesWindowConfig.Type

export const TimeSeriesPackageConfig = wireStruct({
  dataset_name: Text,
  source_kind: Schema.Literals(["package", "wfdb"]),
  window: TimeSeriesWindowConfig,
  class_labels: Schema.Array(Text),
  split: Split,
  split_id: SplitId,
  normalize: Schema.Literals(["none", "min_max_per_window", "min_max_per_episode", "min_max_dataset"]),
  amplitude_offset: F64,
  incomplete_window_policy: Schema.Literals(["error", "exclude"]),
  unknown_label_policy: Schema.Literals(["error", "exclude"]),
  annotation_suffix: orNull(Text),
  channel_map: orNull(Schema.Array(wireStruct({ source_index: U64, stream_id: Text }))),
  presentation: withDefault(Schema.Literals(["snapshot", "stream_train", "stream_infer"]), "snapshot"),
  class_keep_percents: classKeep,
  max_samples: omittable(U64),
  sample_draw_seed: omittable(U64)
})
export type TimeSeriesPackageConfig = typeof TimeSeriesPackageConfig.Type

export const DatasetAdapterConfig = Schema.Union([
  TabularCsvConfig,
  ImageFolderSegmentationConfig,
  ImageFolderClassificationConfig,
  TimeSeriesPackageConfig
])
export type DatasetAdapterConfig = typeof DatasetAdapterConfig.Type

export const DatasetInput = wireStruct({ path: Text, adapter: DatasetAdapterConfig })
export type DatasetInput = typeof DatasetInput.Type

export const EncodingScheme = Schema.Union([
  wireStruct({ scheme: Schema.Literal("population_single_spike"), bins: U32, spacing: Schema.Literals(["linear", "fractional"]) }),
  wireStruct({ scheme: Schema.Literal("rate"), window_ticks: U32, max_rate: U32 }),
  wireStruct({ scheme: Schema.Literal("temporal"), window_ticks: U32 }),
  wireStruct({ scheme: Schema.Literal("value") })
])
export type EncodingScheme = typeof EncodingScheme.Type

export const StreamBinding = wireStruct({
  parallel_width: U32,
  amplitude_unit: U16,
  teacher_unit: U16,
  teacher_cortical_area_id: Text,
  teacher_cortical_name: orNull(Text),
  mode: Schema.Literals(["train", "infer"])
})
export type StreamBinding = typeof StreamBinding.Type

export const ClassTeacherBinding = wireStruct({ unit: U16, cortical_area_id: Text, cortical_name: orNull(Text), class_count: U32 })
export type ClassTeacherBinding = typeof ClassTeacherBinding.Type

export const SegmentationTeacherBinding = wireStruct({
  cortical_area_id: Text,
  cortical_name: orNull(Text),
  mask_width: U32,
  mask_height: U32,
  class_count: U32
})
export type SegmentationTeacherBinding = typeof SegmentationTeacherBinding.Type

export const SegmentedVisionBinding = wireStruct({
  center_width: U32,
  center_height: U32,
  peripheral_width: U32,
  peripheral_height: U32,
  gaze_eccentricity_x: F64,
  gaze_eccentricity_y: F64,
  gaze_modulation: F64
})
export type SegmentedVisionBinding = typeof SegmentedVisionBinding.Type

export const EncoderBindingProfile = wireStruct({
  cortical_area_id: Text,
  cortical_name: orNull(Text),
  channels: U32,
  scheme: EncodingScheme,
  image_width: orNull(U32),
  image_height: orNull(U32),
  vision_layout: withDefault(Schema.Literals(["simple", "segmented"]), "simple"),
  segmented_vision: orNull(SegmentedVisionBinding),
  stream: orNull(StreamBinding),
  teacher: orNull(ClassTeacherBinding),
  segmentation_teacher: orNull(SegmentationTeacherBinding)
})
export type EncoderBindingProfile = typeof EncoderBindingProfile.Type

export const DecoderBindingProfile = wireStruct({
  cortical_area_id: Text,
  cortical_name: orNull(Text),
  class_count: U32,
  bins: U32,
  mask_width: orNull(U32),
  mask_height: orNull(U32)
})
export type DecoderBindingProfile = typeof DecoderBindingProfile.Type

export const ExecutorConfig = wireStruct({ ticks_per_sample: U32, silence_bursts: U32 })
export type ExecutorConfig = typeof ExecutorConfig.Type

export const ScorecardInput = wireStruct({ scorecard_id: ScorecardId, backend_descriptor: Text, feagi_core_version: Text })
export type ScorecardInput = typeof ScorecardInput.Type

export const RunConfig = wireStruct({
  run_spec: RunSpec,
  dataset: DatasetInput,
  encoder_profile: EncoderBindingProfile,
  decoder_profile: DecoderBindingProfile,
  executor: ExecutorConfig,
  reward_magnitude: omittable(F64),
  reward_modulator_ids: omitEmpty(Text),
  segmentation_iou_threshold: orNull(F64),
  scorecard: ScorecardInput
})
export type RunConfig = typeof RunConfig.Type

export const ControlConfig = wireStruct({ episodes: U32, max_steps: U32, ticks_per_step: U32, seed: U64 })
export type ControlConfig = typeof ControlConfig.Type

export const RepeatConfig = wireStruct({ repeats: U32, confidence_level: F64 })
export type RepeatConfig = typeof RepeatConfig.Type
