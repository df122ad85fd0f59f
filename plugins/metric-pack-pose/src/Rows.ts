/**
 * All that the pack remembers: the errors of every sample. Means, medians and areas are made of them at the end, in the order of their
 * size, so shards, orders and resumed runs cannot differ by a bit.
 *
 * Sharp edge: the state grows with the samples, because a median cannot be had otherwise. Adding one costs the same whatever is there.
 */
import { isAbstain, type Pose6Dof, type Scored } from "@feagi-trainer/contracts"
import { Chunk, Schema } from "effect"
import type { Model } from "./Models.ts"
import { unitTolerance } from "./Options.ts"
import { PoseErrors, poseErrors } from "./PoseErrors.ts"
import { norm, normalised, type Transform } from "./Quaternion.ts"

export const Row = Schema.Struct({
  sample_id: Schema.String,
  /** Position of its object among the models by name, or -1 where none is declared. */
  object: Schema.Int.check(Schema.isGreaterThanOrEqualTo(-1)),
  /** Null: abstained. */
  errors: Schema.NullOr(PoseErrors)
})
export type Row = typeof Row.Type

/** A list in a document; while it grows, a list that shares what it had before. */
export const Rows = Schema.toCodecJson(Schema.Chunk(Row))
export type Rows = Chunk.Chunk<Row>

export const noRows: Rows = Chunk.empty()

export const mergeRows = (left: Rows, right: Rows): Rows => Chunk.appendAll(left, right)

/** The type of a target that says which object it is of. */
export const objectPoseType = "@feagi-trainer/metric-pack-pose#object_pose"

const refused = (sampleId: string, message: string): RangeError => new RangeError(`sample "${sampleId}": ${message}`)

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The pose as a transform whose rotation has length 1. */
const transformOf = (sampleId: string, side: string, pose: unknown): Transform => {
  const { position, orientation } = isFields(pose) ? pose : {}
  const numbers = isFields(orientation) ? ["w", "x", "y", "z"].map((part) => orientation[part]) : []
  const [w, x, y, z] = numbers
  const [px, py, pz] = Array.isArray(position) && position.length === 3 ? (position as ReadonlyArray<unknown>) : []
  const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value)
  if (!(isNumber(w) && isNumber(x) && isNumber(y) && isNumber(z) && isNumber(px) && isNumber(py) && isNumber(pz)))
    throw refused(sampleId, `its ${side} is no pose of finite numbers: position [x, y, z] in metres and orientation {w, x, y, z}`)
  const length = norm({ w, x, y, z })
  if (!(Math.abs(length - 1) <= unitTolerance))
    throw refused(sampleId, `the orientation of its ${side} is a quaternion of length ${length}, expected 1 to within ${unitTolerance}`)
  return { rotation: normalised({ w, x, y, z }), shift: [px, py, pz] }
}

interface Target {
  readonly pose: unknown
  /** The name that the target gives its object, if any. */
  readonly object: unknown
}

const targetOf = ({ sample_id, target }: Scored): Target => {
  if ("pose6_dof" in target) return { pose: target.pose6_dof as Pose6Dof, object: undefined }
  if ("custom" in target) {
    const { type, value } = target.custom
    if (type === objectPoseType && isFields(value) && typeof value.object === "string") return { pose: value, object: value.object }
    throw refused(sample_id, `its target is of type ${type}, expected pose6_dof or ${objectPoseType} with the name of its object`)
  }
  throw refused(sample_id, `its target is of type ${Object.keys(target).join(", ") || "nothing"}, expected pose6_dof`)
}

const objectOf = (models: ReadonlyArray<Model>, sampleId: string, name: unknown): number => {
  if (models.length === 0) return -1
  if (name === undefined) {
    if (models.length === 1) return 0
    throw refused(
      sampleId,
      `its target does not say which of the ${models.length} objects it is of; a target of type ${objectPoseType} does`
    )
  }
  const found = models.findIndex((model) => model.name === name)
  if (found !== -1) return found
  throw refused(
    sampleId,
    `its object is ${JSON.stringify(name)}, which is none of ${models.map((model) => JSON.stringify(model.name)).join(", ")}`
  )
}

/** Throws RangeError, with the sample, at a side that is no pose, at a quaternion that is not of length 1, and at an unknown object. */
export const rowOf = (models: ReadonlyArray<Model>, scored: Scored): Row => {
  const { sample_id, prediction } = scored
  const { pose, object: name } = targetOf(scored)
  const truth = transformOf(sample_id, "target", pose)
  const object = objectOf(models, sample_id, name)
  if (isAbstain(prediction)) return { sample_id, object, errors: null }
  if (!("pose6_dof" in prediction))
    throw refused(sample_id, `its prediction is of type ${Object.keys(prediction).join(", ") || "nothing"}, expected pose6_dof`)
  return { sample_id, object, errors: poseErrors(models[object], truth, transformOf(sample_id, "prediction", prediction.pose6_dof)) }
}
