/** The entries of this plugin: the metric pack `classification` and the protocol `classification-holdout`. */
export { classification } from "./Classification.ts"
export { classificationHoldout } from "./ClassificationHoldout.ts"
export type { Counts } from "./Counts.ts"
export type { ClassificationOptions } from "./Options.ts"
