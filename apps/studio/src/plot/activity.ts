/**
 * What fired in a brain, as numbers for drawings: counts of every area in every burst, places in a raster, slices of voxels. Columns are kept
 * as columns, because a picture may light thousands of voxels in every burst.
 */

export interface ActivityArea {
  readonly id: string
  readonly name: string
  readonly dimensions: readonly [number, number, number]
  readonly neurons: number
  readonly role: "input" | "output" | "power" | "inner"
}

export interface Firings {
  readonly count: number
  /** From 1. */
  readonly burst: ReadonlyArray<number>
  /** Indexes of the areas. */
  readonly area: ReadonlyArray<number>
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<number>
  readonly z: ReadonlyArray<number>
  readonly potential: ReadonlyArray<number>
}

/** Firings by area and burst: `counts[area][burst - 1]`. */
export const countsOf = (firings: Firings, areas: number, bursts: number): ReadonlyArray<Uint32Array> => {
  const counts = Array.from({ length: areas }, () => new Uint32Array(bursts))
  for (let at = 0; at < firings.count; at++) {
    const row = counts[firings.area[at] ?? -1]
    const burst = (firings.burst[at] ?? 0) - 1
    if (row !== undefined && burst >= 0 && burst < bursts) row[burst] = (row[burst] ?? 0) + 1
  }
  return counts
}

/** Firings per burst, summed over the areas that are named. */
export const ratesOf = (counts: ReadonlyArray<Uint32Array>, areas: ReadonlyArray<number>): ReadonlyArray<number> => {
  const [first] = counts
  return Array.from({ length: first?.length ?? 0 }, (_, burst) => areas.reduce((sum, area) => sum + (counts[area]?.[burst] ?? 0), 0))
}

/** A place for every area in a raster: inputs on top, outputs at the bottom, so that what happens goes downwards. */
export const rasterOrder = (areas: ReadonlyArray<ActivityArea>): ReadonlyArray<number> => {
  const rank = { power: 0, input: 1, inner: 2, output: 3 } as const
  return areas.map((_, index) => index).toSorted((a, b) => rank[areas[a]?.role ?? "inner"] - rank[areas[b]?.role ?? "inner"] || a - b)
}

export interface Lit {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly potential: number
}

/** What fired in one area in one burst. */
export const litIn = (firings: Firings, area: number, burst: number): ReadonlyArray<Lit> => {
  const lit: Array<Lit> = []
  for (let at = 0; at < firings.count; at++)
    if (firings.area[at] === area && firings.burst[at] === burst)
      lit.push({ x: firings.x[at] ?? 0, y: firings.y[at] ?? 0, z: firings.z[at] ?? 0, potential: firings.potential[at] ?? 0 })
  return lit
}

/** The strongest potential that an area shows in any burst, so that a shade means the same in all of them. */
export const strongestOf = (firings: Firings, area: number): number => {
  let most = 0
  for (let at = 0; at < firings.count; at++) if (firings.area[at] === area) most = Math.max(most, Math.abs(firings.potential[at] ?? 0))
  return most
}

/** One plane of an area as it is drawn: columns to the right, rows downwards. */
export interface Plane {
  readonly title: string
  readonly columns: number
  readonly rows: number
  readonly at: (lit: Lit) => readonly [column: number, row: number] | null
  /** The voxel in a place, in words. */
  readonly voxel: (column: number, row: number) => readonly [x: number, y: number, z: number]
}

/** Slices that are drawn of one area; the rest is in the table. */
export const mostSlices = 24

/**
 * The planes of an area. One without height is a single plane, x to the right and z downwards; any other is cut into slices of z, x to the
 * right and the largest y on top, as a picture stands in FEAGI. Of many slices those are taken in which anything fires at all.
 */
export const planesOf = ([width, height, depth]: ActivityArea["dimensions"], used: ReadonlySet<number>): ReadonlyArray<Plane> => {
  if (height === 1)
    return [{ title: "x to the right, z downwards", columns: width, rows: depth, at: ({ x, z }) => [x, z], voxel: (x, z) => [x, 0, z] }]
  const all = Array.from({ length: depth }, (_, z) => z)
  const slices = depth <= mostSlices ? all : all.filter((z) => used.has(z)).slice(0, mostSlices)
  return slices.map((slice) => ({
    title: `z ${slice}`,
    columns: width,
    rows: height,
    at: ({ x, y, z }) => (z === slice ? [x, height - 1 - y] : null),
    voxel: (x, row) => [x, height - 1 - row, slice]
  }))
}

/** Number of a voxel in its area, x fastest: its line in the raster. */
export const lineOf = ({ x, y, z }: Pick<Lit, "x" | "y" | "z">, [width, height]: ActivityArea["dimensions"]): number =>
  x + width * (y + height * z)
