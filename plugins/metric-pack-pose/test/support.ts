/** Poses, samples and folds for the tests of this plugin. */
import type { MetricResult, Pose6Dof, Scored } from "@feagi-trainer/contracts"
import { pose } from "../src/index.ts"
import type { PoseOptions } from "../src/Options.ts"
import { objectPoseType } from "../src/Rows.ts"

/** x, y, z, then the quaternion w, x, y, z. */
export type Seven = readonly [number, number, number, number, number, number, number]

export const poseOf = ([px, py, pz, w, x, y, z]: Seven): Pose6Dof => ({ position: [px, py, pz], orientation: { w, x, y, z } })

export const upright: Seven = [0, 0, 0, 1, 0, 0, 0]

/** A sample of an object, or of the only one; null is an abstention. */
export const scored = (id: string, truth: Seven, estimate: Seven | null, object?: string): Scored => ({
  sample_id: id,
  target:
    object === undefined
      ? { pose6_dof: poseOf(truth) }
      : { custom: { type: objectPoseType, value: { object, position: truth.slice(0, 3), orientation: { ...poseOf(truth).orientation } } } },
  prediction: estimate === null ? { abstain: { reason: "silent" } } : { pose6_dof: poseOf(estimate) }
})

export const noModels: PoseOptions = { objects: {}, add_threshold: 0.1, auc_max: 0.1 }

export const foldOf = (options: PoseOptions) => pose.start(options, { output_type: "pose6_dof", classes: [] })

export const resultOf = (options: PoseOptions, samples: ReadonlyArray<Scored>): MetricResult => {
  const fold = foldOf(options)
  return fold.result(samples.reduce(fold.add, fold.empty))
}
