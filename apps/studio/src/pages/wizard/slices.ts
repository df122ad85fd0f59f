/** Voxels of a sample as flat slices, one for each depth, so that a brain's input can be seen and read without a third dimension. */

export interface Voxel {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly potential: number
}

export interface Area {
  readonly id: string
  readonly name: string
  readonly dimensions: readonly [number, number, number] | ReadonlyArray<number>
  readonly voxels: ReadonlyArray<Voxel>
}

export interface Slice {
  readonly label: string
  readonly width: number
  readonly height: number
  readonly cells: ReadonlyArray<{ readonly column: number; readonly row: number; readonly potential: number; readonly voxel: Voxel }>
}

/**
 * Slices of an area. An area that is one voxel high (its channels in x, its bins in z, as the Percentage coder makes them) is one slice of
 * x by z; every other one has a slice of x by y for each z in which something lies, and `silent` counts those in which nothing does.
 * Rows count from the top; y and z grow upwards, as FEAGI has them.
 */
export const slicesOf = (area: Area): { readonly slices: ReadonlyArray<Slice>; readonly silent: number } => {
  const [width = 0, height = 0, depth = 0] = area.dimensions
  if (height <= 1)
    return {
      slices: [
        {
          label: "x by z",
          width,
          height: depth,
          cells: area.voxels.map((voxel) => ({ column: voxel.x, row: depth - 1 - voxel.z, potential: voxel.potential, voxel }))
        }
      ],
      silent: 0
    }
  const layers = new Map<number, Array<Voxel>>()
  for (const voxel of area.voxels) layers.set(voxel.z, [...(layers.get(voxel.z) ?? []), voxel])
  return {
    slices: [...layers]
      .sort(([a], [b]) => a - b)
      .map(([z, voxels]) => ({
        label: `z = ${z}`,
        width,
        height,
        cells: voxels.map((voxel) => ({ column: voxel.x, row: height - 1 - voxel.y, potential: voxel.potential, voxel }))
      })),
    silent: depth - layers.size
  }
}

/** Largest absolute potential of an area, for the scale of its shades; 0 where nothing fires. */
export const strongest = (area: Area): number => area.voxels.reduce((most, voxel) => Math.max(most, Math.abs(voxel.potential)), 0)
