/** The entries of this plugin: the metric pack `classification`, and the protocols `classification-holdout` and `classification-train-test`. */
export { classification } from "./Classification.ts"
export { classificationHoldout } from "./ClassificationHoldout.ts"
export { classificationTrainTest } from "./ClassificationTrainTest.ts"
export type { Counts } from "./Counts.ts"
export type { ClassificationOptions } from "./Options.ts"
