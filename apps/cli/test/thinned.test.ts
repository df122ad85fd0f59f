import { SeedTree } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { Column } from "../src/Column.ts"
import { thinned } from "../src/thinned.ts"

const draw = SeedTree.root(7n).child("test/thinned").random()
const count = 10_007
const line = {
  x: Array.from({ length: count }, (_, at) => at + 1),
  y: Array.from({ length: count }, () => draw.unit())
}
const points = { x: Column.of(line.x), y: Column.of(line.y) }

describe("a thinned line", () => {
  it("is the line itself where it has no more points than asked for", () => {
    expect(thinned(points, count)).toEqual(line)
  })

  it.each([4, 10, 400, 4000])("has at most %i points, all of them from the line and in its order", (most) => {
    const { x, y } = thinned(points, most)
    expect(x.length).toBeLessThanOrEqual(most)
    expect(x.length).toBeGreaterThan(Math.min(most, 40) / 4)
    expect(x.map((each) => line.y[each - 1])).toEqual(y)
    expect(x).toEqual([...new Set(x)].sort((a, b) => a - b))
  })

  it("keeps first, last, smallest and largest point, of the whole and of every column", () => {
    const most = 400
    const columns = most / 4
    const { x, y } = thinned(points, most)
    expect([x[0], x.at(-1)]).toEqual([1, count])
    expect([Math.min(...y), Math.max(...y)]).toEqual([Math.min(...line.y), Math.max(...line.y)])
    const columnOf = (each: number) => Math.min(columns - 1, Math.floor((columns * (each - 1)) / (count - 1)))
    for (let column = 0; column < columns; column++) {
      const whole = line.x.filter((each) => columnOf(each) === column)
      const kept = x.filter((each) => columnOf(each) === column)
      const values = whole.map((each) => line.y[each - 1] ?? 0)
      const keptValues = kept.map((each) => line.y[each - 1] ?? 0)
      expect([kept[0], kept.at(-1)]).toEqual([whole[0], whole.at(-1)])
      expect([Math.min(...keptValues), Math.max(...keptValues)]).toEqual([Math.min(...values), Math.max(...values)])
      expect(kept.length).toBeLessThanOrEqual(4)
    }
  })

  it("is one column where all points stand on one x", () => {
    const { x, y } = thinned({ x: Column.of([2, 2, 2, 2, 2, 2]), y: Column.of([3, 1, 4, 1, 5, 9]) }, 4)
    expect([x, y]).toEqual([
      [2, 2, 2],
      [3, 1, 9]
    ])
  })
})
