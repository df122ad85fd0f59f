/**
 * The models of the objects, made ready: points as numbers, diameter, symmetries, and who is nearest to whom.
 *
 * Sharp edge: two models of the same size are told apart in a signature by a checksum of their numbers, which is no protection against
 * somebody who wants them to be equal.
 */
import { nearestIn } from "./Nearest.ts"
import type { ObjectModel, PoseOptions } from "./Options.ts"
import { identity, movedPoints, normalised, type Transform } from "./Quaternion.ts"

export interface Model {
  readonly name: string
  /** x, y, z after one another, in metres. */
  readonly points: Float64Array
  readonly diameter: number
  /** The identity first. */
  readonly symmetries: ReadonlyArray<Transform>
  /** The points under each of the symmetries. */
  readonly symmetricPoints: ReadonlyArray<Float64Array>
  /** Index of the point nearest to a place in the frame of the object. */
  readonly nearest: (x: number, y: number, z: number) => number
}

const largestDistance = (points: Float64Array): number => {
  let most = 0
  for (let at = 0; at < points.length; at += 3)
    for (let other = at + 3; other < points.length; other += 3) {
      const dx = (points[at] ?? 0) - (points[other] ?? 0)
      const dy = (points[at + 1] ?? 0) - (points[other + 1] ?? 0)
      const dz = (points[at + 2] ?? 0) - (points[other + 2] ?? 0)
      most = Math.max(most, dx * dx + dy * dy + dz * dz)
    }
  return Math.sqrt(most)
}

const diameterOf = ({ diameter, points }: ObjectModel): number => diameter ?? largestDistance(Float64Array.from(points.flat()))

/** Names in the order of their code units, so that the order in a file does not matter. */
const sorted = ({ objects }: PoseOptions): ReadonlyArray<readonly [string, ObjectModel]> =>
  Object.entries(objects).sort(([left], [right]) => (left < right ? -1 : 1))

export const modelsOf = (options: PoseOptions): ReadonlyArray<Model> =>
  sorted(options).map(([name, model]) => {
    const points = Float64Array.from(model.points.flat())
    const symmetries = [
      identity,
      ...(model.symmetries ?? []).map(({ position, orientation }) => ({ rotation: normalised(orientation), shift: position }))
    ]
    return {
      name,
      points,
      diameter: diameterOf(model),
      symmetries,
      symmetricPoints: symmetries.map((symmetry) => movedPoints(symmetry, points)),
      nearest: nearestIn(points)
    }
  })

/** FNV-1a of 32 bits over the text of the numbers. */
const checksum = (model: ObjectModel): string => {
  const { points, symmetries = [] } = model
  const text = JSON.stringify([points, symmetries.map(({ position, orientation: { w, x, y, z } }) => [position, w, x, y, z])])
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, "0")
}

/** Every convention in one line; the version of the rules first. */
export const signatureOf = (options: PoseOptions): string => {
  const objects = sorted(options).map(
    ([name, model]) =>
      `${JSON.stringify(name)}(points=${model.points.length},diameter=${diameterOf(model)}${model.diameter === undefined ? ":of-points" : ""},symmetries=${model.symmetries?.length ?? 0},fnv1a=${checksum(model)})`
  )
  return [
    "pose:1",
    "unit=m",
    "rotation=geodesic,least-over-symmetries",
    "translation=euclidean,least-over-symmetries",
    "add=mean-of-points",
    "adds=mean-of-nearest,target-to-estimate",
    "add_or_adds=adds-if-symmetric",
    "mssd=greatest-of-points,least-over-symmetries",
    "recall=below,of-all-samples",
    `add_threshold=${options.add_threshold}diameter`,
    `auc=ycb-video,max=${options.auc_max}`,
    "mean,median=of-answered",
    "abstention=never-recalled,no-error",
    `objects=${objects.length === 0 ? "none" : objects.join(",")}`
  ].join("|")
}
