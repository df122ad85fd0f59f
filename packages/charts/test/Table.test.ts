import { describe, expect, it } from "vitest"
import { type Figure, toMarkdown, toTable } from "../src/index.ts"
import { figures } from "./figures.ts"

describe("toTable()", () => {
  for (const [name, figure] of Object.entries(figures)) {
    it(`gives ${name} rows as long as its columns, and keys of their own`, () => {
      const { columns, rows } = toTable(figure)
      expect(new Set(columns.map(({ key }) => key)).size).toBe(columns.length)
      expect(new Set(rows.map((row) => row.length))).toEqual(new Set([columns.length]))
    })
  }

  it("keeps no data as null", () => {
    expect(toTable(figures.matrix).rows[4]).toEqual(["four", 0, 0, 0, 0, null, 2])
    expect(toTable(figures.bars).rows[2]).toEqual(["gestures", 0.64, 0.58, 0.7, null, null, null, 0.41])
  })

  it("joins curves by x, in order", () => {
    const curve: Figure = {
      ...figures.curve,
      series: [
        {
          name: "a",
          points: [
            [2, 0.5],
            [1, 0.25]
          ]
        },
        { name: "b", points: [[2, 1]], band: [[3, 0, 1]] }
      ]
    }
    expect(toTable(curve).rows).toEqual([
      [1, 0.25, null, null, null],
      [2, 0.5, 1, null, null],
      [3, null, null, 0, 1]
    ])
  })

  it("tells a curve that returns to an x point by point", () => {
    const roc: Figure = {
      ...figures.curve,
      series: [
        {
          name: "a",
          points: [
            [0, 0],
            [0, 0.5],
            [1, 1]
          ]
        }
      ]
    }
    expect(toTable(roc).columns.map(({ key }) => key)).toEqual(["series", "x", "y"])
    expect(toTable(roc).rows).toEqual([
      ["a", 0, 0],
      ["a", 0, 0.5],
      ["a", 1, 1]
    ])
  })

  it("gives one row per keypoint and per ring", () => {
    const rows = toTable(figures.overlay).rows
    expect(rows.length).toBe(1 + 1 + 5 + 2)
    expect(rows[6]).toEqual([3, "keypoints", "truth", "hand", "", "ring", null, null, "", ""])
    expect(rows[8]).toEqual([4, "outline", "prediction", "cup", 0.5, "ring 2, 4 points", 360, 120, 40, 40])
  })
})

describe("toMarkdown()", () => {
  for (const name of ["matrix", "curve", "bars", "table", "histogram", "overlay"] as const) {
    it(`tells ${name} as its golden bytes`, async () => {
      await expect(toMarkdown(figures[name])).toMatchFileSnapshot(`golden/${name}.md`)
    })
  }

  it("says how many rows it leaves out", () => {
    const text = toMarkdown(figures.series, { maxRows: 3 })
    expect(text.split("\n").filter((line) => line.startsWith("|")).length).toBe(5)
    expect(text).toContain("997 of 1000 rows left out")
    expect(() => toMarkdown(figures.series, { maxRows: 1.5 })).toThrow(RangeError)
  })

  it("lets no label start markup or another cell", () => {
    const figure: Figure = {
      ...figures.table,
      title: "# a | *b*",
      columns: [{ key: "a", label: "<img>", align: "left" }],
      rows: [["x | y\nz"], ["`[a](b)`"]]
    }
    expect(toMarkdown(figure)).toBe(
      "**\\# a \\| \\*b\\***\n\nFour learners with score, time and note; one has no time.\n\n| &lt;img&gt; |\n| :-- |\n| x \\| y z |\n| \\`\\[a\\](b)\\` |\n"
    )
  })
})
