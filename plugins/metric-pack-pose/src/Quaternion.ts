/**
 * Rotations as unit quaternions, and rigid transforms.
 *
 * Only `+ - × ÷ √` and, for angles, `atan2` are used: the first five are exact in every engine, `atan2` is the engine's own and the same
 * on every V8. Sharp edge: q and -q are one rotation, and nothing here tells them apart.
 */

export interface Quaternion {
  readonly w: number
  readonly x: number
  readonly y: number
  readonly z: number
}
export type Vector = readonly [x: number, y: number, z: number]

/** Rotates, then shifts. In metres. */
export interface Transform {
  readonly rotation: Quaternion
  readonly shift: Vector
}

export const identity: Transform = { rotation: { w: 1, x: 0, y: 0, z: 0 }, shift: [0, 0, 0] }

export const norm = ({ w, x, y, z }: Quaternion): number => Math.sqrt(w * w + x * x + y * y + z * z)

/** The same rotation with length 1. The length must not be 0. */
export const normalised = (q: Quaternion): Quaternion => {
  const length = norm(q)
  return { w: q.w / length, x: q.x / length, y: q.y / length, z: q.z / length }
}

/** Hamilton's product: first `right`, then `left`. */
export const product = (left: Quaternion, right: Quaternion): Quaternion => ({
  w: left.w * right.w - left.x * right.x - left.y * right.y - left.z * right.z,
  x: left.w * right.x + left.x * right.w + left.y * right.z - left.z * right.y,
  y: left.w * right.y - left.x * right.z + left.y * right.w + left.z * right.x,
  z: left.w * right.z + left.x * right.y - left.y * right.x + left.z * right.w
})

/** The nine elements of the rotation matrix of a unit quaternion, row by row (Shepperd 1978). */
export const matrixOf = ({ w, x, y, z }: Quaternion): ReadonlyArray<number> => [
  1 - 2 * (y * y + z * z),
  2 * (x * y - w * z),
  2 * (x * z + w * y),
  2 * (x * y + w * z),
  1 - 2 * (x * x + z * z),
  2 * (y * z - w * x),
  2 * (x * z - w * y),
  2 * (y * z + w * x),
  1 - 2 * (x * x + y * y)
]

/** `points` (x, y, z after one another) in the frame that `transform` leads to. */
export const movedPoints = ({ rotation, shift }: Transform, points: Float64Array): Float64Array => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = matrixOf(rotation)
  const [tx, ty, tz] = shift
  const moved = new Float64Array(points.length)
  for (let at = 0; at < points.length; at += 3) {
    const x = points[at] ?? 0
    const y = points[at + 1] ?? 0
    const z = points[at + 2] ?? 0
    moved[at] = a * x + b * y + c * z + tx
    moved[at + 1] = d * x + e * y + f * z + ty
    moved[at + 2] = g * x + h * y + i * z + tz
  }
  return moved
}

/** First `inner`, then `outer`. */
export const composed = (outer: Transform, inner: Transform): Transform => {
  const [x = 0, y = 0, z = 0] = movedPoints(outer, Float64Array.from(inner.shift))
  return { rotation: product(outer.rotation, inner.rotation), shift: [x, y, z] }
}

/**
 * The angle between two orientations in radians, from 0 to π: the length of the shortest way from one to the other in SO(3).
 *
 * It is 2·acos|⟨p, q⟩|, computed as 2·atan2(|v|, |w|) of the rotation w + v that leads from one to the other. `acos` loses half of the
 * digits near 0. The parts of v are differences of equal products where the orientations are equal or opposite in sign, taken in pairs
 * so that they cancel: such orientations are exactly 0 apart.
 */
export const angleBetween = (left: Quaternion, right: Quaternion): number => {
  const w = left.w * right.w + left.x * right.x + left.y * right.y + left.z * right.z
  const x = left.w * right.x - left.x * right.w - (left.y * right.z - left.z * right.y)
  const y = left.w * right.y - left.y * right.w - (left.z * right.x - left.x * right.z)
  const z = left.w * right.z - left.z * right.w - (left.x * right.y - left.y * right.x)
  return 2 * Math.atan2(Math.sqrt(x * x + y * y + z * z), Math.abs(w))
}

export const degrees = (radians: number): number => (radians * 180) / Math.PI
