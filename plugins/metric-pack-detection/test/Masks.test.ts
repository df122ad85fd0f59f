import { describe, expect, it } from "vitest"
import { commonPixels, type Mask, maskArea, maskBox, unionOf } from "../src/mask/Mask.ts"
import { outlineOf } from "../src/mask/outlineOf.ts"
import { polygonMask } from "../src/mask/polygonMask.ts"
import { readRunsText } from "../src/mask/runsText.ts"

/** Pixels column by column. */
const pixels = ({ runs }: Mask): string => runs.map((length, index) => (index % 2 === 1 ? "#" : ".").repeat(length)).join("")

describe("masks", () => {
  const [left, right]: readonly [Mask, Mask] = [
    { height: 2, width: 4, runs: [1, 3, 4] },
    { height: 2, width: 4, runs: [2, 0, 1, 4, 1] }
  ]

  it("have an area and a box", () => {
    expect([maskArea(left), maskArea(right)]).toEqual([3, 4])
    expect(maskBox(left)).toEqual([0, 0, 2, 2])
    expect(maskBox({ height: 3, width: 3, runs: [4, 1, 4] })).toEqual([1, 1, 1, 1])
    expect(maskBox({ height: 3, width: 3, runs: [9] })).toEqual([0, 0, 0, 0])
  })

  it("overlap and unite pixel by pixel", () => {
    expect(pixels(left)).toBe(".###....")
    expect(pixels(right)).toBe("...####.")
    expect(commonPixels(left, right)).toBe(1)
    expect(pixels(unionOf([left, right], 2, 4))).toBe(".######.")
    expect(
      pixels(
        unionOf(
          [
            { height: 2, width: 4, runs: [0, 2, 6] },
            { height: 2, width: 4, runs: [2, 2, 4] }
          ],
          2,
          4
        )
      )
    ).toBe("####....")
    expect(pixels(unionOf([], 2, 4))).toBe("........")
  })

  it("are drawn from polygons column by column", () => {
    expect(polygonMask([1, 1, 3, 1, 3, 3, 1, 3], 4, 4).runs).toEqual([5, 2, 2, 2, 5])
    expect(maskArea(polygonMask([-5, -5, 50, -5, 50, 50, -5, 50], 4, 6))).toBe(24)
    expect(maskArea(polygonMask([10, 10, 12, 10, 12, 12], 4, 4))).toBe(0)
  })

  it("have an outline, with their holes", () => {
    // 5 × 5 with a ring of one pixel around a hole, column by column.
    const ring = { height: 5, width: 5, runs: [6, 3, 2, 1, 1, 1, 2, 3, 6] }
    const corners = outlineOf(ring).map((each) => [...each].map(([x, y]) => `${x},${y}`).sort())
    expect(corners).toEqual([
      ["1,1", "1,4", "4,1", "4,4"],
      ["2,2", "2,3", "3,2", "3,3"]
    ])
    expect(outlineOf({ height: 5, width: 5, runs: [25] })).toEqual([])
    const round = Array.from({ length: 64 }, (_, at) => [200 + 190 * Math.cos(at / 10.18), 200 + 190 * Math.sin(at / 10.18)]).flat()
    const [circle = [], ...others] = outlineOf(polygonMask(round, 400, 400))
    expect(others).toEqual([])
    expect(circle.length).toBeGreaterThan(8)
    expect(circle.length).toBeLessThanOrEqual(150)
    for (const [x, y] of circle) expect(Math.abs(Math.hypot(x - 200, y - 200) - 190)).toBeLessThan(3)
  })

  it("are read from compressed text", () => {
    // As pycocotools writes them: a square in 6 × 6, and two stripes in 40 × 50 with differences below zero.
    expect(readRunsText(">330004")).toEqual([14, 3, 3, 3, 3, 3, 7])
    const stripes = readRunsText("b2Q1m8SOWH00000000000000000`U1") ?? []
    expect(stripes.reduce((sum, each) => sum + each, 0)).toBe(2000)
    expect(maskArea({ height: 40, width: 50, runs: stripes })).toBe(73)
    expect(maskBox({ height: 40, width: 50, runs: stripes })).toEqual([2, 0, 18, 35])
  })

  it.each(["~", "P", "o", " ", "\u0130", "oooooooo0", "O"])("refuse the text %j", (text) => {
    expect(readRunsText(text)).toBeUndefined()
  })
})
