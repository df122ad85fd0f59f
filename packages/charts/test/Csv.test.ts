import { describe, expect, it } from "vitest"
import { csvText, type Figure, toCsv, toVegaLite } from "../src/index.ts"
import { figures } from "./figures.ts"

describe("toCsv()", () => {
  it("is the table with its units, numbers as they are and no data empty", () => {
    const lines = toCsv(figures.matrix).split("\r\n")
    expect(lines[0]).toBe("truth \\ prediction,zero,one,two,three,four,abstained")
    expect(lines[5]).toBe("four,0,0,0,0,,2")
    expect(lines).toHaveLength(7)
  })

  it.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tx", "'\tx"],
    ["\rx", '"\'\rx"'],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
    ["a,b", '"a,b"'],
    ["plain", "plain"],
    ["", ""]
  ])("writes the text %j as %j", (text, cell) => {
    expect(csvText(text)).toBe(cell)
  })

  it("leaves a negative number a number", () => {
    const figure: Figure = {
      id: "f",
      title: "t",
      description: "d",
      kind: "table",
      columns: [{ key: "a", label: "a", align: "right" }],
      rows: [[-0.5], ["-0.5"]]
    }
    expect(toCsv(figure)).toBe("a\r\n-0.5\r\n'-0.5\r\n")
  })

  it("guards the names of columns as it guards texts, units included", () => {
    const columns = ["=cmd", "@x", "a,b"].map((label, at) => ({ key: `c${at}`, label, align: "left" as const }))
    expect(toCsv({ id: "f", title: "t", description: "d", kind: "table", columns, rows: [] })).toBe(`'=cmd,'@x,"a,b"\r\n`)
  })
})

/** Every mark of a specification, layers included, with the number of its rows of data. */
const rowsOf = (spec: unknown): number => {
  if (typeof spec !== "object" || spec === null) return 0
  const { data, layer } = spec as { readonly data?: { readonly values: ReadonlyArray<unknown> }; readonly layer?: ReadonlyArray<unknown> }
  return (data?.values.length ?? 0) + (layer ?? []).reduce<number>((sum, each) => sum + rowsOf(each), 0)
}

describe("toVegaLite()", () => {
  for (const [name, figure] of Object.entries(figures) as ReadonlyArray<readonly [string, Figure]>)
    it(`gives ${name} with all of its data, or says that there is no such form`, () => {
      const spec = toVegaLite(figure)
      if (figure.kind === "table" || figure.kind === "overlay") return expect(spec).toBeUndefined()
      expect(spec?.title).toBe(figure.title)
      const wanted = {
        matrix: () => (figure.kind === "matrix" ? figure.values.flat().length : 0),
        curve: () =>
          figure.kind === "curve"
            ? figure.series.reduce((sum, { points, band = [] }) => sum + points.length + band.length, 0) + (figure.reference?.length ?? 0)
            : 0,
        bars: () => (figure.kind === "bars" ? figure.categories.length * figure.series.length : 0),
        histogram: () => (figure.kind === "histogram" ? figure.counts.length : 0),
        series: () => (figure.kind === "series" ? figure.channels.reduce((sum, { values }) => sum + values.length, 0) : 0),
        grid: () => (figure.kind === "grid" ? figure.panels.reduce((sum, { values }) => sum + values.flat().length, 0) : 0),
        raster: () => (figure.kind === "raster" ? figure.events.flat().length : 0)
      }
      expect(rowsOf(spec)).toBe(wanted[figure.kind]())
      expect(rowsOf(spec)).toBeGreaterThan(0)
    })
})
