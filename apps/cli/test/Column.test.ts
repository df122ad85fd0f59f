/** Extremes by block are those of a plain look at every number, wherever a stretch begins and ends. */
import { SeedTree } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { Column, firstWhere } from "../src/Column.ts"
import { lineWithin } from "../src/series.ts"

const draw = SeedTree.root(7n).child("test/column").random()
/** Few different numbers, so that the smallest stands in many places. */
const numbers = Array.from({ length: 3000 }, () => draw.below(50))

const plainly = (from: number, to: number): readonly [number, number] => {
  const part = numbers.slice(from, to)
  return [from + part.indexOf(Math.min(...part)), from + part.indexOf(Math.max(...part))]
}

describe("a column", () => {
  it("finds the first smallest and the first largest number of any stretch", () => {
    const column = Column.of(numbers)
    const ends = [
      ...[0, 1, 255, 256, 257, 511, 512, 513, 2815, 2816, 2817, 2999, 3000],
      ...Array.from({ length: 40 }, () => draw.below(3000))
    ]
    for (const from of ends)
      for (const to of ends) if (from < to) expect([from, to, column.extremes(from, to)]).toEqual([from, to, plainly(from, to)])
  })

  it("finds them among numbers that came after it was asked", () => {
    const column = Column.of(numbers.slice(0, 1000))
    expect(column.extremes(0, 1000)).toEqual(plainly(0, 1000))
    for (const value of numbers.slice(1000)) column.push(value)
    expect(column.extremes(0, 3000)).toEqual(plainly(0, 3000))
    expect([column.length, column.at(2999), column.at(3000), column.at(-1)]).toEqual([3000, numbers[2999], Number.NaN, Number.NaN])
    expect(column.first(1200)).toEqual(numbers.slice(0, 1200))
  })

  it("knows whether all of it are numbers", () => {
    const column = Column.of([1, 2])
    expect(column.isFinite).toBe(true)
    column.push(Number.NaN)
    column.push(3)
    expect(column.isFinite).toBe(false)
  })
})

it("firstWhere() halves to the first that holds, and to the end where none does", () => {
  for (let first = 2; first <= 9; first++) expect(firstWhere(2, 9, (index) => index >= first)).toBe(first)
  expect(firstWhere(2, 9, () => false)).toBe(9)
})

describe("a window of a line", () => {
  const x = Column.of([1, 2, 2, 3, 5, 8])
  const line = {
    at: { step: x, sample: x, wall: Column.of([1, Number.NaN, 2, 3, Number.NaN, 4]), epoch: x },
    y: Column.of([6, 5, 4, 3, 2])
  }

  it("holds what lies in it and one point on each side, and counts what lies in it", () => {
    const within = (from: number, to: number) => lineWithin(line, "sample", { from, to, most: 100 })
    expect(within(2, 3)).toEqual({ line: { x: [1, 2, 2, 3, 5], y: [6, 5, 4, 3, 2] }, points: 3, range: [1, 5] })
    expect(within(2.5, 2.6)).toEqual({ line: { x: [2, 3], y: [4, 3] }, points: 0, range: [1, 5] })
    expect(within(6, 9)).toEqual({ line: { x: [5], y: [2] }, points: 0, range: [1, 5] })
    expect(within(-2, 0)).toEqual({ line: { x: [1], y: [6] }, points: 0, range: [1, 5] })
  })

  it("leaves out points that have no place on the axis", () => {
    expect(lineWithin(line, "wall", { from: 0, to: 9, most: 100 })).toEqual({
      line: { x: [1, 2, 3], y: [6, 4, 3] },
      points: 3,
      range: [1, 3]
    })
  })
})
