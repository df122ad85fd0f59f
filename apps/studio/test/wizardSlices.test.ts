/** Voxels as flat slices: orientation, one-voxel-high areas, and slices in which nothing lies. */
import { describe, expect, it } from "vitest"
import { slicesOf, strongest } from "../src/pages/wizard/slices.ts"

const voxel = (x: number, y: number, z: number, potential = 1) => ({ x, y, z, potential })

describe("slices of an area", () => {
  it("of channels by bins are one slice with the largest bin on top", () => {
    const { slices, silent } = slicesOf({ id: "a", name: "features", dimensions: [16, 1, 5], voxels: [voxel(0, 0, 3), voxel(2, 0, 0)] })
    expect(slices.length).toBe(1)
    expect(slices[0]).toMatchObject({ width: 16, height: 5, label: "x by z" })
    expect(slices[0]?.cells.map((cell) => [cell.column, cell.row])).toEqual([
      [0, 1],
      [2, 4]
    ])
    expect(silent).toBe(0)
  })

  it("of pictures are one for each depth in which something fires, and the others are counted", () => {
    const { slices, silent } = slicesOf({
      id: "a",
      name: "v",
      dimensions: [4, 3, 5],
      voxels: [voxel(1, 2, 4), voxel(0, 0, 1), voxel(1, 0, 1)]
    })
    expect(slices.map((slice) => [slice.label, slice.cells.map((cell) => [cell.column, cell.row])])).toEqual([
      [
        "z = 1",
        [
          [0, 2],
          [1, 2]
        ]
      ],
      ["z = 4", [[1, 0]]]
    ])
    expect(silent).toBe(3)
  })

  it("know the strongest potential, whatever its sign", () => {
    expect(strongest({ id: "a", name: "", dimensions: [1, 1, 1], voxels: [voxel(0, 0, 0, -3), voxel(0, 0, 0, 2)] })).toBe(3)
    expect(strongest({ id: "a", name: "", dimensions: [1, 1, 1], voxels: [] })).toBe(0)
  })
})
