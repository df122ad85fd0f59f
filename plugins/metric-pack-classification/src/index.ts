/** The entries of this plugin: the metric pack `classification`, and the protocols `classification-holdout` and `classification-train-test`. */
export { classification } from "./Classification.ts"
export { classificationHoldout } from "./ClassificationHoldout.ts"
export { classificationTrainTest } from "./ClassificationTrainTest.ts"
export type { FileOptions } from "./Files.ts"
export type { ClassificationOptions } from "./Options.ts"
export type { State } from "./State.ts"
