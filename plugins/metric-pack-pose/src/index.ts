/** The entries of this plugin: the metric pack `pose`, and the protocols `pose-holdout` and `pose-train-test`. */
export type { PoseFileOptions } from "./FileOptions.ts"
export type { ObjectModel, PoseOptions } from "./Options.ts"
export { pose } from "./Pose.ts"
export { poseHoldout } from "./PoseHoldout.ts"
export { poseTrainTest } from "./PoseTrainTest.ts"
export type { Rows } from "./Rows.ts"
