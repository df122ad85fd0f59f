/** The entries of this plugin: the metric pack `control`, and the protocols `control-holdout` and `control-train-test`. */
export { control } from "./Control.ts"
export type { Episodes } from "./Episodes.ts"
export type { ControlOptions } from "./Options.ts"
export { controlHoldout, controlTrainTest } from "./Protocols.ts"
