/**
 * What the overlap of two things is: of boxes, of masks or of keypoints. Sharp edge: how far a keypoint may be off is part of the measure;
 * the deviations of COCO are for its 17 points of a person and for no others, so they have to be named.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { cocoSigmas, type IouType, iouTypes } from "./Rules.ts"

const Sigma = Schema.Finite.check(Schema.isGreaterThan(0))
/** `coco-17`, or one standard deviation per keypoint, relative to the square root of the area. */
export const OksSigmas = Schema.Union([Schema.Literal("coco-17"), Schema.NonEmptyArray(Sigma)])
export type OksSigmas = typeof OksSigmas.Type

export const DetectionOptions = Schema.Struct({
  iou_type: Schema.Literals(iouTypes),
  /** Required for keypoints, and only there. */
  oks_sigmas: Schema.optionalKey(OksSigmas)
}).check(
  Schema.makeFilter((options) =>
    options.iou_type === "keypoints" && options.oks_sigmas === undefined
      ? { path: ["oks_sigmas"], issue: '"coco-17", or one positive number per keypoint, with iou_type "keypoints"' }
      : options.iou_type !== "keypoints" && options.oks_sigmas !== undefined
        ? { path: ["oks_sigmas"], issue: `no such option with iou_type "${options.iou_type}"` }
        : undefined
  )
)
export type DetectionOptions = typeof DetectionOptions.Type

export const decodeDetectionOptions = optionsFrom(DetectionOptions)

/** The deviations in numbers; none for boxes and masks. */
export const sigmasOf = ({ oks_sigmas }: DetectionOptions): ReadonlyArray<number> =>
  oks_sigmas === undefined ? [] : oks_sigmas === "coco-17" ? cocoSigmas : oks_sigmas

/** @see sigmasOf */
export const pointsOf = (options: DetectionOptions): number => sigmasOf(options).length

export const optionsOf = (iou_type: IouType, oks_sigmas: OksSigmas): DetectionOptions =>
  iou_type === "keypoints" ? { iou_type, oks_sigmas } : { iou_type }
