/**
 * What a learner answered: TypedPrediction and PredictionRecord.
 * Sharp edge: silence is `abstain`, never class 0, and a record that abstains cannot be read by upstream.
 */
import {
  F64,
  I64,
  MetadataMap,
  OutputType,
  omittable,
  orNull,
  RunId,
  SampleId,
  tagged,
  U8,
  U32,
  wireStruct
} from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"
import { AnyExtension, extensible } from "./Extension.ts"
import { sharedVariants, TypedTarget } from "./Sample.ts"
import { SchemaVersion } from "./SchemaVersion.ts"

/** The label upstream gives a pixel that was not predicted. */
export const UNPREDICTED_PIXEL = 255

/** The winning class and the score of every class; `scores` must be present and may be empty. */
export const ClassPrediction = wireStruct({ class_id: U32, scores: Schema.Array(F64) })
export type ClassPrediction = typeof ClassPrediction.Type

/** Class per pixel, row by row; pixels equal to `unpredicted_label` were not predicted. */
export const SegmentationMaskPrediction = wireStruct({
  width: U32,
  height: U32,
  labels: Schema.Array(U8),
  unpredicted_label: omittable(U8)
})
export type SegmentationMaskPrediction = typeof SegmentationMaskPrediction.Type

/** No answer. `reason` says why in a word or is null. */
export const AbstainValue = wireStruct({ reason: orNull(Schema.String) })
export type AbstainValue = typeof AbstainValue.Type

/** What a learner answered. */
export const TypedPrediction = Schema.Union([
  tagged({
    class: ClassPrediction,
    class_set: Schema.Array(U32),
    segmentation_mask: SegmentationMaskPrediction,
    scalar: F64,
    vector: Schema.Array(F64)
  }),
  tagged({ ...sharedVariants, abstain: AbstainValue }, { ours: true })
])
export type TypedPrediction = typeof TypedPrediction.Type

/** One answer to one sample, with its target when that is known. */
export const PredictionRecord = wireStruct({
  schema_version: SchemaVersion,
  run_id: RunId,
  sample_id: SampleId,
  output_type: OutputType,
  prediction: TypedPrediction,
  target: orNull(TypedTarget),
  timestamp: orNull(I64),
  metadata: MetadataMap,
  ...extensible(AnyExtension)
})
export type PredictionRecord = typeof PredictionRecord.Type
