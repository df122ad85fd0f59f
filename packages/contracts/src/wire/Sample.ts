/**
 * A dataset and its samples: DatasetManifest, SplitDescriptor, IRSample, Payload, TypedTarget, CoordinateFrame.
 * Sharp edge: the wire checks no field against another (a mask may disagree with its own width and height); adapters do.
 */
import {
  Bytes,
  ContentHash,
  DatasetAssetId,
  DatasetVersionId,
  F64,
  I64,
  JsonValue,
  MetadataMap,
  Modality,
  OutputType,
  omittable,
  orNull,
  SampleId,
  Split,
  SplitId,
  tagged,
  U8,
  U32,
  U64,
  wireStruct
} from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"
import { AnyExtension, extensible } from "./Extension.ts"
import { SchemaVersion } from "./SchemaVersion.ts"

export const SplitDescriptor = wireStruct({ id: SplitId, split: Split, sample_count: U64 })
export type SplitDescriptor = typeof SplitDescriptor.Type

export const DatasetManifest = wireStruct({
  schema_version: SchemaVersion,
  dataset_version_id: DatasetVersionId,
  dataset_asset_id: DatasetAssetId,
  dataset_version: Schema.String,
  source_uri: Schema.String,
  content_hash: ContentHash,
  schema_fingerprint: ContentHash,
  modality: Modality,
  output_type: OutputType,
  splits: Schema.Array(SplitDescriptor),
  metadata: MetadataMap,
  ...extensible(AnyExtension)
})
export type DatasetManifest = typeof DatasetManifest.Type

/** The frame coordinates are given in; `properties` is free JSON but must be present. */
export const CoordinateFrame = wireStruct({ frame_id: Schema.String, properties: JsonValue })
export type CoordinateFrame = typeof CoordinateFrame.Type

/** Where, in a continuous stream, one labelled stretch ends. */
export const HoldEnd = wireStruct({ sample_index: U64, class_id: U32 })
export type HoldEnd = typeof HoldEnd.Type

/** Sampled signals, interleaved by time, then channel: `[t0c0, t0c1, t1c0, …]`. */
export const TimeSeries = wireStruct({
  sample_rate_hz: F64,
  channel_ids: Schema.Array(Schema.String),
  samples: Schema.Array(F64),
  hold_ends: omittable(Schema.Array(HoldEnd))
})
export type TimeSeries = typeof TimeSeries.Type

/** Content that stays outside the document: its SHA-256 (64 hex digits), its media type, its length in bytes. */
export const PayloadRef = wireStruct({
  sha256: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" })),
  media_type: Schema.String,
  bytes: U64
})
export type PayloadRef = typeof PayloadRef.Type

/** The content of a sample. `bytes` is a list of numbers in a document, not base64; `ref` is ours. */
export const Payload = Schema.Union([
  tagged({ tabular: Schema.Array(F64), text: Schema.String, bytes: Bytes, time_series: TimeSeries }),
  tagged({ ref: PayloadRef }, { ours: true })
])
export type Payload = typeof Payload.Type

/** A position in metres and an orientation as a unit quaternion, named by part because its order differs between tools. */
export const Pose6Dof = wireStruct({
  position: Schema.Tuple([F64, F64, F64]),
  orientation: wireStruct({ w: F64, x: F64, y: F64, z: F64 })
})
export type Pose6Dof = typeof Pose6Dof.Type

/**
 * One keypoint; its place in the list is its meaning. `x` and `y` are pixels from the top-left corner of the image.
 * `visibility` is 0 not labelled, 1 hidden, 2 visible; `score` is the confidence of a prediction.
 */
export const Keypoint = wireStruct({ x: F64, y: F64, z: omittable(F64), visibility: omittable(U8), score: omittable(F64) })
export type Keypoint = typeof Keypoint.Type

/**
 * One box: `x`, `y` of its top-left corner, `width` and `height`, all in pixels.
 * `score` is the confidence of a prediction; `crowd` marks a target that covers a group and is never required to be found.
 */
export const BoundingBox = wireStruct({
  class_id: U32,
  x: F64,
  y: F64,
  width: F64,
  height: F64,
  score: omittable(F64),
  label: omittable(Schema.String),
  area: omittable(F64),
  crowd: omittable(Schema.Boolean)
})
export type BoundingBox = typeof BoundingBox.Type

/** A value of an output type a plugin brings: `type` is `<package>#<id>`, `value` is that plugin's. */
export const CustomValue = wireStruct({ type: Schema.String, value: JsonValue })
export type CustomValue = typeof CustomValue.Type

/** Variants of ours that targets and predictions share. */
export const sharedVariants = {
  pose6_dof: Pose6Dof,
  keypoints: Schema.Array(Keypoint),
  bbox_set: Schema.Array(BoundingBox),
  custom: CustomValue
} as const

export const ClassTarget = wireStruct({ class_id: U32, label: orNull(Schema.String) })
export type ClassTarget = typeof ClassTarget.Type

/** Class per pixel, row by row; pixels equal to `ignore_label` count nowhere. */
export const SegmentationMaskTarget = wireStruct({ width: U32, height: U32, labels: Schema.Array(U8), ignore_label: orNull(U8) })
export type SegmentationMaskTarget = typeof SegmentationMaskTarget.Type

/** What a sample should be answered with. */
export const TypedTarget = Schema.Union([
  tagged({
    class: ClassTarget,
    class_set: Schema.Array(U32),
    segmentation_mask: SegmentationMaskTarget,
    scalar: F64,
    vector: Schema.Array(F64)
  }),
  tagged(sharedVariants, { ours: true })
])
export type TypedTarget = typeof TypedTarget.Type

/** One sample in the form every part of the trainer reads. `timestamp` is Unix milliseconds. */
export const IRSample = wireStruct({
  schema_version: SchemaVersion,
  sample_id: SampleId,
  dataset_version_id: DatasetVersionId,
  split: Split,
  modality: Modality,
  payload: Payload,
  target: orNull(TypedTarget),
  output_type: OutputType,
  coordinate_frame: orNull(CoordinateFrame),
  timestamp: orNull(I64),
  metadata: MetadataMap,
  ...extensible(AnyExtension)
})
export type IRSample = typeof IRSample.Type
