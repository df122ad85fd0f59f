/**
 * The closed vocabularies of the wire: where a run computes, what a dataset holds, which part of it, what is predicted.
 * Sharp edge: the output type of a pose is spelt `pose6_dof`, and `{"custom": …}` as an output type is ours, unreadable to upstream.
 */
import * as Schema from "effect/Schema"
import { tagged } from "./Wire.ts"

/** Where a run computes. */
export const BackendKind = Schema.Literals(["cpu", "gpu"])
export type BackendKind = typeof BackendKind.Type

/** What kind of data a dataset holds. */
export const Modality = Schema.Literals(["image", "video", "text", "tabular", "time_series", "multimodal"])
export type Modality = typeof Modality.Type

/** Which part of a dataset: one of three names or `{"custom": name}`. */
export const Split = Schema.Union([Schema.Literals(["train", "val", "test"]), tagged({ custom: Schema.String })])
export type Split = typeof Split.Type

/** The output types upstream knows. */
export const UpstreamOutputType = Schema.Literals([
  "class",
  "class_set",
  "scalar",
  "vector",
  "segmentation_mask",
  "pose6_dof",
  "keypoints",
  "bbox_set"
])
export type UpstreamOutputType = typeof UpstreamOutputType.Type

/** What a sample asks for: a kind of upstream's, or `{"custom": "<package>#<id>"}` for the type a plugin brings. */
export const OutputType = Schema.Union([UpstreamOutputType, tagged({ custom: Schema.String }, { ours: true })])
export type OutputType = typeof OutputType.Type

/** The one name of an output type: a plugin's own is written `{"custom": name}` or by its name alone, and is the same type. */
export const outputTypeName = (type: OutputType): string => (typeof type === "string" ? type : type.custom)
