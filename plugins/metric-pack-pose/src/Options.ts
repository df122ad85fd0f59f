/**
 * What a run declares: the models of its objects, and the two bounds of ADD. Nothing has a default, because everything changes numbers.
 *
 * Sharp edges: lengths are metres, as in a pose; the identity is always a symmetry and is not listed; a diameter that is left out is the
 * largest distance between two of the points, which for a sparse model is less than that of the object.
 */
import { decodeStrict, type Mistake, type OptionsDecoder, Pose6Dof, showValue } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { norm } from "./Quaternion.ts"

/** A length of a quaternion further than this from 1 is taken for a mistake and not for rounding. */
export const unitTolerance = 1e-6

const Positive = Schema.Finite.check(Schema.isGreaterThan(0))

export const ObjectModel = Schema.Struct({
  /** Points of the surface in the frame of the object, in metres. */
  points: Schema.NonEmptyArray(Schema.Tuple([Schema.Finite, Schema.Finite, Schema.Finite])),
  /** In metres. */
  diameter: Schema.optionalKey(Positive),
  /** Transforms of the object that cannot be seen, besides the identity: pose and pose ∘ symmetry look the same. */
  symmetries: Schema.optionalKey(Schema.Array(Pose6Dof))
})
export type ObjectModel = typeof ObjectModel.Type

export const ObjectModels = Schema.Record(Schema.String, ObjectModel)
export type ObjectModels = typeof ObjectModels.Type

export const PoseOptions = Schema.Struct({
  /** By the name that samples call them; empty when only rotation and translation are wanted. */
  objects: ObjectModels,
  /** ADD counts as right below this share of the diameter; 0.1 in Hinterstoisser et al. 2012. */
  add_threshold: Positive,
  /** Where the area under the recall of ADD ends, in metres; 0.1 in Xiang et al. 2018. */
  auc_max: Positive
})
export type PoseOptions = typeof PoseOptions.Type

/** Beyond this many points the largest distance would take too long to find. */
const mostForDiameter = 10_000

const mistake = (path: ReadonlyArray<string | number>, message: string, expected: string, actual: string): Mistake => ({
  path,
  problem: "invalid",
  message,
  expected,
  actual
})

/** What no schema says of models: unit quaternions, and diameters that can be found. `base` is the path of the models. */
export const modelMistakes = (objects: ObjectModels, base: ReadonlyArray<string>): ReadonlyArray<Mistake> =>
  Object.entries(objects).flatMap(([name, { points, diameter, symmetries = [] }]) => {
    const path = [...base, name]
    const uneven = symmetries.flatMap(({ position, orientation }, index): ReadonlyArray<Mistake> => {
      const length = norm(orientation)
      const finite = [...position, length].every(Number.isFinite)
      if (finite && Math.abs(length - 1) <= unitTolerance) return []
      const at = [...path, "symmetries", index]
      return [
        mistake(at, "expected finite numbers and a unit quaternion", "a quaternion of length 1 to 1e-6", `length ${showValue(length)}`)
      ]
    })
    const apart = points.some((point) => point.some((value, axis) => value !== points[0][axis]))
    const open =
      diameter !== undefined
        ? []
        : points.length > mostForDiameter
          ? [mistake([...path, "diameter"], `expected a diameter, as there are more than ${mostForDiameter} points`, "metres", "nothing")]
          : apart
            ? []
            : [mistake([...path, "diameter"], "expected a diameter, as all points are one", "metres", "nothing")]
    return [...(name === "" ? [mistake(path, "expected a name", "a text that is not empty", '""')] : []), ...uneven, ...open]
  })

export const decodePoseOptions: OptionsDecoder<PoseOptions> = (input) => {
  const decoded = decodeStrict(PoseOptions, input)
  if (!decoded.ok) return decoded
  const mistakes = modelMistakes(decoded.value.objects, ["objects"])
  return mistakes.length === 0 ? decoded : { ok: false, mistakes }
}
