/** The entries of this plugin: the metric pack `detection`, and the protocols `detection-holdout` and `detection-train-test`. */
export { IMAGE_TYPE, type ImagePrediction, type ImageTarget, imagePrediction, imageTarget, type MaskValue } from "./CocoImage.ts"
export { detection } from "./Detection.ts"
export { type ImageErrors, imageErrors } from "./ImageErrors.ts"
export type { DetectionOptions } from "./Options.ts"
export { detectionHoldout, detectionTrainTest } from "./protocols.ts"
