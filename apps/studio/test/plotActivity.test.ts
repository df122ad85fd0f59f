import { describe, expect, it } from "vitest"
import {
  type ActivityArea,
  countsOf,
  type Firings,
  lineOf,
  litIn,
  mostSlices,
  planesOf,
  rasterOrder,
  ratesOf,
  strongestOf
} from "../src/plot/activity.ts"

const area = (name: string, role: ActivityArea["role"], dimensions: ActivityArea["dimensions"]): ActivityArea => ({
  id: name,
  name,
  role,
  dimensions,
  neurons: 1
})

const firings: Firings = {
  count: 4,
  burst: [1, 1, 2, 3],
  area: [0, 0, 1, 0],
  x: [0, 3, 1, 2],
  y: [0, 0, 1, 0],
  z: [4, 2, 5, 0],
  potential: [1, -2, 0.5, 1]
}

describe("what fired", () => {
  it("is counted by area and burst", () => {
    const counts = countsOf(firings, 2, 3)
    expect(counts.map((row) => Array.from(row))).toEqual([
      [2, 0, 1],
      [0, 1, 0]
    ])
    expect(ratesOf(counts, [0, 1])).toEqual([2, 1, 1])
    expect(ratesOf(counts, [1])).toEqual([0, 1, 0])
  })

  it("does not count outside of the bursts that were looked at", () => expect(Array.from(countsOf(firings, 2, 2)[0] ?? [])).toEqual([2, 0]))

  it("is lit in its burst, as strong as the strongest of all bursts lets it", () => {
    expect(litIn(firings, 0, 1)).toEqual([
      { x: 0, y: 0, z: 4, potential: 1 },
      { x: 3, y: 0, z: 2, potential: -2 }
    ])
    expect(litIn(firings, 0, 2)).toEqual([])
    expect([strongestOf(firings, 0), strongestOf(firings, 1), strongestOf(firings, 7)]).toEqual([2, 0.5, 0])
  })
})

it("what happens in a raster goes downwards: power, inputs, inner areas, outputs", () => {
  const areas = (["output", "inner", "input", "power", "input"] as const).map((role, at) => area(`${role}${at}`, role, [1, 1, 1]))
  expect(rasterOrder(areas).map((at) => areas[at]?.name)).toEqual(["power3", "input2", "input4", "inner1", "output0"])
})

it("a voxel has its own line, x fastest", () => {
  expect(lineOf({ x: 2, y: 1, z: 3 }, [4, 5, 6])).toBe(2 + 4 * (1 + 5 * 3))
})

describe("an area", () => {
  it("without height is one plane of x and z", () => {
    const [plane, ...more] = planesOf([16, 1, 5], new Set())
    expect(more).toEqual([])
    expect([plane?.columns, plane?.rows]).toEqual([16, 5])
    expect(plane?.at({ x: 3, y: 0, z: 2, potential: 1 })).toEqual([3, 2])
    expect(plane?.voxel(3, 2)).toEqual([3, 0, 2])
  })

  it("with height is cut into slices of z with the largest y on top", () => {
    const planes = planesOf([8, 4, 3], new Set())
    expect(planes.map(({ title }) => title)).toEqual(["z 0", "z 1", "z 2"])
    expect(planes[1]?.at({ x: 2, y: 3, z: 1, potential: 1 })).toEqual([2, 0])
    expect(planes[1]?.at({ x: 2, y: 3, z: 2, potential: 1 })).toBe(null)
    expect(planes[2]?.voxel(2, 0)).toEqual([2, 3, 2])
  })

  it("with many slices shows those in which anything fires", () => {
    const planes = planesOf([2, 2, 500], new Set([7, 400]))
    expect(planes.map(({ title }) => title)).toEqual(["z 7", "z 400"])
    expect(planesOf([2, 2, 500], new Set(Array.from({ length: 100 }, (_, z) => z)))).toHaveLength(mostSlices)
  })
})
