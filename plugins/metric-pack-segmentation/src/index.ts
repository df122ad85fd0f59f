/** The entries of this plugin: the metric pack `segmentation`, and the protocols `segmentation-holdout` and `segmentation-train-test`. */
export type { Counts } from "./Counts.ts"
export type { SegmentationFileOptions } from "./FileOptions.ts"
export type { SegmentationOptions } from "./Options.ts"
export { segmentation } from "./Segmentation.ts"
export { segmentationHoldout } from "./SegmentationHoldout.ts"
export { segmentationTrainTest } from "./SegmentationTrainTest.ts"
