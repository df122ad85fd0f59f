/**
 * The outline of a class in a mask: closed rings along the edges of its pixels, corners only. An inner ring is a hole by the even–odd rule.
 *
 * Sharp edge: where two pixels touch at a corner only, the rings through it may be joined one way or the other; filled, both are the same.
 */

export type Ring = ReadonlyArray<readonly [x: number, y: number]>

/** Directed edges of all pixels of one class, by the vertex they start from; at most two start from one. */
type Edges = Map<number, Array<number>>

/** For every class of the mask the edges of its pixels, each with its pixel to the right of it. Vertices are `y * (width + 1) + x`. */
const edgesOf = (labels: ArrayLike<number>, width: number, height: number): ReadonlyMap<number, Edges> => {
  const classes = new Map<number, Edges>()
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= width || y >= height ? -1 : (labels[y * width + x] ?? -1))
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const label = at(x, y)
      if (label === -1) continue
      const corner = y * (width + 1) + x
      const below = corner + width + 1
      const sides = [
        [at(x, y - 1), corner, corner + 1],
        [at(x + 1, y), corner + 1, below + 1],
        [at(x, y + 1), below + 1, below],
        [at(x - 1, y), below, corner]
      ] as const
      for (const [neighbour, from, to] of sides) {
        if (neighbour === label) continue
        const edges: Edges = classes.get(label) ?? new Map()
        classes.set(label, edges)
        const ends = edges.get(from)
        if (ends === undefined) edges.set(from, [to])
        else ends.push(to)
      }
    }
  return classes
}

/** One vertex after the other, back to the first. */
const follow = (edges: Edges, start: number): ReadonlyArray<number> => {
  const vertices: Array<number> = []
  let at: number | undefined = start
  while (at !== undefined) {
    const ends = edges.get(at)
    const next: number | undefined = ends?.shift()
    if (ends?.length === 0) edges.delete(at)
    if (next !== undefined) vertices.push(at)
    at = next
  }
  return vertices
}

/** Vertices at which the ring turns, as points. */
const corners = (vertices: ReadonlyArray<number>, width: number): Ring => {
  const stride = width + 1
  return vertices.flatMap((vertex, index) => {
    const before = vertices.at(index - 1) ?? vertex
    const after = vertices[(index + 1) % vertices.length] ?? vertex
    return after - vertex === vertex - before ? [] : [[vertex % stride, Math.floor(vertex / stride)] as const]
  })
}

/** The rings of every class, in the order of the classes; labels of -1 are of no class. */
export const outlinesOf = (
  labels: ArrayLike<number>,
  width: number,
  height: number
): ReadonlyArray<{ readonly position: number; readonly rings: ReadonlyArray<Ring> }> =>
  [...edgesOf(labels, width, height)]
    .sort(([left], [right]) => left - right)
    .map(([position, edges]) => {
      const rings: Array<Ring> = []
      for (let start = edges.keys().next(); !start.done; start = edges.keys().next()) rings.push(corners(follow(edges, start.value), width))
      return { position, rings }
    })
