/**
 * The nearest of a fixed set of points, by a k-d tree (Bentley 1975): built once for a model, asked once for each point of each sample.
 *
 * Sharp edge: of points at exactly the same distance it may name any. Whoever needs a number asks for the distance, not for the point.
 */

const leaf = 8

interface Node {
  readonly axis: 0 | 1 | 2
  /** Coordinates up to this one are on the left, from it on the right. */
  readonly split: number
  readonly left: Tree
  readonly right: Tree
}
type Tree = Node | Uint32Array

const coordinate = (points: Float64Array, index: number, axis: number): number => points[3 * index + axis] ?? 0

/** The axis along which the points are spread most. */
const widest = (points: Float64Array, indices: Uint32Array): 0 | 1 | 2 => {
  const spread = ([0, 1, 2] as const).map((axis) => {
    let least = Number.POSITIVE_INFINITY
    let most = Number.NEGATIVE_INFINITY
    for (const index of indices) {
      const value = coordinate(points, index, axis)
      least = Math.min(least, value)
      most = Math.max(most, value)
    }
    return { axis, width: most - least }
  })
  return spread.reduce((best, each) => (each.width > best.width ? each : best)).axis
}

const grow = (points: Float64Array, indices: Uint32Array): Tree => {
  if (indices.length <= leaf) return indices
  const axis = widest(points, indices)
  const sorted = indices.slice().sort((left, right) => coordinate(points, left, axis) - coordinate(points, right, axis) || left - right)
  const middle = sorted.length >> 1
  return {
    axis,
    split: coordinate(points, sorted[middle] ?? 0, axis),
    left: grow(points, sorted.subarray(0, middle)),
    right: grow(points, sorted.subarray(middle))
  }
}

/** Looks up the index of the point that is nearest to x, y, z. `points` are x, y, z after one another, at least one point. */
export const nearestIn = (points: Float64Array): ((x: number, y: number, z: number) => number) => {
  const tree = grow(
    points,
    Uint32Array.from({ length: points.length / 3 }, (_, index) => index)
  )
  return (x, y, z) => {
    const asked = [x, y, z] as const
    let best = 0
    let least = Number.POSITIVE_INFINITY
    const visit = (node: Tree): void => {
      if (node instanceof Uint32Array) {
        for (const index of node) {
          const dx = coordinate(points, index, 0) - x
          const dy = coordinate(points, index, 1) - y
          const dz = coordinate(points, index, 2) - z
          const square = dx * dx + dy * dy + dz * dz
          if (square < least) {
            least = square
            best = index
          }
        }
        return
      }
      const beyond = asked[node.axis] - node.split
      visit(beyond < 0 ? node.left : node.right)
      if (beyond * beyond <= least) visit(beyond < 0 ? node.right : node.left)
    }
    visit(tree)
    return best
  }
}
