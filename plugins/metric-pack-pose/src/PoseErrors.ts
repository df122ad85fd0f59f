/**
 * How far an estimated pose is from the true one. With the model points x, the true pose (R, t), the estimate (R̂, t̂) and symmetries S:
 *
 *   rotation     least angle of R̂⁻¹ R S over S                                       radians
 *   translation  least |t̂ - (R t_S + t)| over S                                      metres
 *   ADD          mean over x of |(R̂ x + t̂) - (R x + t)|                              (Hinterstoisser et al. 2012)
 *   ADD-S        mean over x of the least |(R̂ x′ + t̂) - (R x + t)| over all x′       (ADI, the same)
 *   MSSD         least over S of the greatest |(R̂ x + t̂) - (R S x + t)| over x       (Drost et al. 2017, BOP)
 *
 * Sharp edges: ADD knows no symmetry, ADD-S takes every object for a cloud of points that may be swapped; and the symmetry that is best
 * for the rotation need not be the one that is best for the translation, so an estimate is within 5° and 5 cm only under one of them.
 */
import { Schema } from "effect"
import type { Model } from "./Models.ts"
import { angleBetween, composed, degrees, identity, movedPoints, type Transform } from "./Quaternion.ts"

/** Bounds of the recalls that need no model: degrees and metres, both to be stayed below. */
export const bounds = [
  { name: "recall_5deg_5cm", degrees: 5, metres: 0.05 },
  { name: "recall_2deg_2cm", degrees: 2, metres: 0.02 }
] as const

const Length = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))

export const PoseErrors = Schema.Struct({
  /** Radians. */
  rotation: Length,
  /** Metres. */
  translation: Length,
  /** Whether one symmetry is below both numbers of each bound, in the order of `bounds`. */
  within: Schema.Array(Schema.Boolean),
  /** Metres; null where no model is declared. */
  points: Schema.NullOr(Schema.Struct({ add: Length, adds: Length, mssd: Length }))
})
export type PoseErrors = typeof PoseErrors.Type

const distance = (left: Float64Array, at: number, right: Float64Array, other: number): number => {
  const dx = (left[at] ?? 0) - (right[other] ?? 0)
  const dy = (left[at + 1] ?? 0) - (right[other + 1] ?? 0)
  const dz = (left[at + 2] ?? 0) - (right[other + 2] ?? 0)
  return Math.sqrt(dx * dx + dy * dy + dz * dz)
}

const meanDistance = (estimated: Float64Array, truth: Float64Array): number => {
  let total = 0
  for (let at = 0; at < truth.length; at += 3) total += distance(estimated, at, truth, at)
  return (3 * total) / truth.length
}

const greatestDistance = (estimated: Float64Array, truth: Float64Array): number => {
  let most = 0
  for (let at = 0; at < truth.length; at += 3) most = Math.max(most, distance(estimated, at, truth, at))
  return most
}

/**
 * The nearest point is looked for in the frame of the object, where the tree stands; its distance is taken in the frame of the poses, so
 * that equal poses are exactly 0 apart.
 */
const meanNearest = ({ nearest }: Model, estimate: Transform, estimated: Float64Array, truth: Float64Array): number => {
  const { w, x, y, z } = estimate.rotation
  const [tx, ty, tz] = estimate.shift
  const back = movedPoints(
    { rotation: { w, x: -x, y: -y, z: -z }, shift: [0, 0, 0] },
    truth.map((value, at) => value - (at % 3 === 0 ? tx : at % 3 === 1 ? ty : tz))
  )
  let total = 0
  for (let at = 0; at < truth.length; at += 3) {
    const index = nearest(back[at] ?? 0, back[at + 1] ?? 0, back[at + 2] ?? 0)
    total += distance(truth, at, estimated, 3 * index)
  }
  return (3 * total) / truth.length
}

/** The errors of one estimate. Rotations have to be of length 1. @param model undefined where none is declared */
export const poseErrors = (model: Model | undefined, truth: Transform, estimate: Transform): PoseErrors => {
  const each = (model?.symmetries ?? [identity]).map((symmetry) => {
    const same = symmetry === identity ? truth : composed(truth, symmetry)
    return {
      rotation: angleBetween(estimate.rotation, same.rotation),
      translation: distance(Float64Array.from(estimate.shift), 0, Float64Array.from(same.shift), 0)
    }
  })
  const least = (values: ReadonlyArray<number>): number => values.reduce((best, value) => Math.min(best, value))
  const errors = {
    rotation: least(each.map(({ rotation }) => rotation)),
    translation: least(each.map(({ translation }) => translation)),
    within: bounds.map((bound) => each.some(({ rotation, translation }) => degrees(rotation) < bound.degrees && translation < bound.metres))
  }
  if (model === undefined) return { ...errors, points: null }
  const estimated = movedPoints(estimate, model.points)
  const true_ = movedPoints(truth, model.points)
  return {
    ...errors,
    points: {
      add: meanDistance(estimated, true_),
      adds: meanNearest(model, estimate, estimated, true_),
      mssd: least(model.symmetricPoints.map((points) => greatestDistance(estimated, movedPoints(truth, points))))
    }
  }
}
