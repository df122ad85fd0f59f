import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { textOver } from "../src/Brush.ts"
import { type Figure, FigureError, figureKinds, problemsOf, toMarkdown, toSvg, toTable } from "../src/index.ts"
import { figures } from "./figures.ts"
import { readXml } from "./xml.ts"

const head = { id: "f", title: "t", description: "d" }
const axis = { label: "x", scale: "linear" } as const

const empty: ReadonlyArray<Figure> = [
  { ...head, kind: "matrix", rows: { label: "truth", categories: [] }, columns: { label: "prediction", categories: [] }, values: [] },
  { ...head, kind: "curve", x: axis, y: axis, series: [] },
  { ...head, kind: "bars", x: axis, y: axis, categories: [], series: [] },
  { ...head, kind: "table", columns: [{ key: "a", label: "a", align: "left" }], rows: [] },
  { ...head, kind: "histogram", label: "x", edges: [], counts: [] },
  { ...head, kind: "series", channels: [] },
  { ...head, kind: "overlay", image: { width: 10, height: 10 }, shapes: [] },
  { ...head, kind: "grid", x: { label: "x" }, y: { label: "y" }, colours: "sequential", panels: [] },
  { ...head, kind: "raster", x: { label: "burst" }, length: 0, rows: { label: "area", categories: [] }, events: [] }
]

describe("toSvg()", () => {
  for (const [name, figure] of Object.entries(figures)) {
    it(`draws ${name} as its golden bytes`, async () => {
      await expect(toSvg(figure)).toMatchFileSnapshot(`golden/${name}.svg`)
    })

    it(`draws ${name} as well-formed XML with a name, a description and ids of its own`, () => {
      const elements = readXml(toSvg(figure))
      const [svg] = elements
      expect(svg?.name).toBe("svg")
      expect(svg?.attributes.role).toBe("img")
      expect(elements.find(({ attributes }) => attributes.id === svg?.attributes["aria-labelledby"])?.text).toBe(figure.title)
      expect(elements.find(({ attributes }) => attributes.id === svg?.attributes["aria-describedby"])?.text).toBe(figure.description)
      const ids = elements.flatMap(({ attributes }) => attributes.id ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(id.startsWith(svg?.attributes.id ?? "-")).toBe(true)
      for (const [, used] of toSvg(figure).matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(used)
    })

    it(`draws a copy of ${name} that went through JSON to the same bytes`, () => {
      expect(toSvg(JSON.parse(JSON.stringify(figure)))).toBe(toSvg(figure))
    })
  }

  it("has a sample and an empty figure of every kind", () => {
    expect(new Set(Object.values(figures).map(({ kind }) => kind))).toEqual(new Set(figureKinds))
    expect(empty.map(({ kind }) => kind)).toEqual(figureKinds)
  })

  for (const figure of empty) {
    it(`says "no data" for an empty ${figure.kind}`, () => {
      const texts = readXml(toSvg(figure)).filter(({ name }) => name === "text")
      expect(texts.some(({ text }) => text === "no data")).toBe(true)
      expect(toMarkdown(figure)).toBe("**t**\n\nd\n\nno data\n")
    })
  }

  it("escapes markup and replaces what XML forbids, wherever a text may stand", () => {
    const evil = `"'><script>alert(1)</script>]]>&amp;\u0000\u001b\ud800\uffff\n`
    const svgs = Object.values(figures).map((figure) => {
      const poisoned = JSON.parse(JSON.stringify(figure), (key, value) =>
        typeof value === "string" && !["kind", "scale", "style", "align", "shape", "role", "key", "colours"].includes(key)
          ? `${value}${evil}`
          : value
      )
      return toSvg(poisoned)
    })
    for (const svg of svgs) {
      expect(readXml(svg).some(({ name }) => name === "script")).toBe(false)
      expect(svg).toContain("&lt;script&gt;")
    }
  })

  it("draws a missing value hatched and never as zero", () => {
    const bars = (value: number | null): Figure => ({
      ...head,
      kind: "bars",
      x: axis,
      y: axis,
      categories: ["a"],
      series: [{ name: "s", values: [value] }]
    })
    expect(toSvg(bars(null))).toContain("a: no data")
    expect(toSvg(bars(null))).not.toContain("a: 0")
    expect(toSvg(bars(0))).toContain("a: 0")
    expect(toSvg(bars(0))).not.toContain("no data")
    const matrix = toSvg(figures.matrix)
    expect(matrix).toContain("truth four, prediction four: no data")
    expect(matrix).toContain("truth four, prediction abstained: 2, 100 % of the row")
  })

  it("shades a matrix by its columns where that is asked for, and writes the share before the value", () => {
    const { matrix } = figures
    if (matrix.kind !== "matrix") throw new Error("it is one")
    const by = (normalised: "row" | "column") => toSvg({ ...matrix, normalised })
    expect(by("column")).toContain("truth zero, prediction zero: 48, 96 % of the column")
    expect(by("column")).toContain("truth four, prediction abstained: 2, 29 % of the column")
    expect(by("column")).toContain("100 % of the column")
    expect(by("row")).toContain("truth zero, prediction zero: 48, 96 % of the row")
    const written = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)
    const at = (svg: string) => written(svg).indexOf("82 %") - written(svg).indexOf("41")
    expect([at(toSvg(matrix)), at(by("row"))]).toEqual([1, -1])
    expect(() => toSvg({ ...matrix, normalised: "diagonal" as "row" })).toThrow(/normalised/)
  })

  it("lets an axis reach what it is told to, so that a flat curve of ones stands at the top of 0 to 1", () => {
    const flat = (reaches?: readonly [number, number]): Figure => ({
      ...head,
      kind: "curve",
      x: { label: "recall", scale: "linear" },
      y: { label: "precision", scale: "linear", ...(reaches === undefined ? {} : { reaches }) },
      series: [
        {
          name: "a",
          points: [
            [0, 1],
            [1, 1]
          ]
        }
      ]
    })
    const labels = (figure: Figure) => readXml(toSvg(figure)).flatMap(({ name, text }) => (name === "text" ? [text] : []))
    expect(labels(flat([0, 1]))).toEqual(expect.arrayContaining(["0", "0.2", "1.0"]))
    expect(labels(flat([0, 1]))).not.toContain("1.10")
    expect(labels(flat())).toContain("1.10")
    expect(problemsOf(flat([1, 0])).map(({ path }) => path)).toEqual(["y.reaches"])
  })

  it("breaks a curve at a null", () => {
    const [path] = readXml(
      toSvg({
        ...figures.log,
        series: [
          {
            name: "a",
            points: [
              [1, 1],
              [2, 2],
              [3, null],
              [4, 1],
              [5, 2]
            ]
          }
        ]
      })
    ).filter(({ attributes }) => attributes["stroke-linecap"] === "round")
    expect(path?.attributes.d?.match(/M/g)?.length).toBe(2)
  })

  it("keeps a lone spike of a long recording", () => {
    const values = Array.from({ length: 100_000 }, (_, index) => (index === 54_321 ? 1 : 0))
    const svg = toSvg({ ...head, kind: "series", channels: [{ name: "a", values }] })
    expect(svg.length).toBeLessThan(60_000)
    const line = readXml(svg).find(({ attributes }) => attributes["stroke-linecap"] === "round")
    expect(line?.attributes.d?.split("L").filter((place) => place.endsWith(" 5")).length).toBe(1)
  })

  it("cuts a long label and keeps the whole of it as tooltip", () => {
    const long = "a very long category name ".repeat(10).trim()
    const svg = toSvg({ ...head, kind: "bars", x: axis, y: axis, categories: [long], series: [{ name: "s", values: [1] }] })
    const label = readXml(svg).filter(({ text }) => text.startsWith("a very long") && text.endsWith("…"))
    expect(label.map(({ name }) => name)).toEqual(["text"])
    expect(svg).toContain(`<title>${long}</title>`)
  })

  it("follows the colour scheme only when the theme is auto", () => {
    expect(toSvg(figures.bars)).toContain("prefers-color-scheme:dark")
    expect(toSvg(figures.bars, { theme: "light" })).not.toContain("prefers-color-scheme")
    expect(toSvg(figures.bars, { theme: "dark" })).toContain('fill="#0d1117"')
    expect(() => toSvg(figures.bars, { theme: "blue" as "dark" })).toThrow('theme must be "light", "dark" or "auto", got "blue"')
  })

  it("writes matrix values with a contrast of at least 4.5 in both themes", () => {
    const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    const luminance = (rgb: ReadonlyArray<number>) =>
      [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => sum + weight * linear((rgb[at] ?? 0) / 255), 0)
    const themes = [
      { surface: [255, 255, 255], shade: [0x00, 0x55, 0x8c], text: { cell: 0x11, deep: 255, black: 0, white: 255 } },
      { surface: [13, 17, 23], shade: [0x56, 0xb4, 0xe9], text: { cell: 255, deep: 0, black: 0, white: 255 } }
    ]
    for (const { surface, shade, text } of themes) {
      for (let share = 0; share <= 1; share += 0.01) {
        const under = luminance(shade.map((value, at) => value * share + (surface[at] ?? 0) * (1 - share)))
        const over = luminance(Array(3).fill(text[textOver(share) as keyof typeof text]))
        expect((Math.max(under, over) + 0.05) / (Math.min(under, over) + 0.05)).toBeGreaterThanOrEqual(4.5)
      }
    }
  })
})

describe("a figure that cannot be drawn", () => {
  it("is refused by every function with the id and all paths", () => {
    const wrong: Figure = {
      ...figures.curve,
      series: [
        {
          name: "a",
          points: [
            [0, Number.NaN],
            [Number.POSITIVE_INFINITY, 1]
          ]
        }
      ]
    }
    for (const read of [toSvg, toMarkdown, toTable]) expect(() => read(wrong)).toThrow(FigureError)
    expect(problemsOf(wrong)).toEqual([
      { path: "series[0].points[0][1]", expected: "a finite number", actual: "NaN" },
      { path: "series[0].points[1][0]", expected: "a finite number", actual: "Infinity" }
    ])
    expect(() => toSvg(wrong)).toThrow('Figure "learning-curve" cannot be drawn, 2 problems')
  })

  const cases: ReadonlyArray<readonly [string, Figure, string]> = [
    ["a zero on a log axis", { ...figures.log, series: [{ name: "a", points: [[0, 1]] }] }, "series[0].points[0][0]"],
    ["a row too short", { ...figures.matrix, values: [[1], ...figures.matrix.values.slice(1)] }, "values[0]"],
    [
      "a negative count",
      { ...figures.histogram, counts: figures.histogram.counts.map((count, at) => (at === 3 ? -1 : count)) },
      "counts[3]"
    ],
    ["edges that fall", { ...figures.histogram, edges: [0, 2, 1], counts: [1, 1] }, "edges[2]"],
    [
      "an interval upside down",
      { ...figures.bars, series: [{ name: "a", values: [1, 1, 1, 1], low: [0, 0, 3, 0], high: [2, 2, 2, 2] }] },
      "series[0].low[2]"
    ],
    ["a low without a high", { ...figures.bars, series: [{ name: "a", values: [1, 1, 1, 1], low: [0, 0, 0, 0] }] }, "series[0]"],
    ["a key used twice", { ...figures.table, columns: [figures.table.columns[0], figures.table.columns[0]], rows: [] }, "columns[1].key"],
    ["an edge to no point", { ...figures.overlay, shapes: [{ shape: "keypoints", points: [], edges: [[0, 1]] }] }, "shapes[0].edges[0][0]"],
    ["a script as image", { ...figures.overlay, image: { width: 1, height: 1, href: "javascript:alert(1)" } }, "image.href"],
    ["an SVG as image", { ...figures.overlay, image: { width: 1, height: 1, href: "data:image/svg+xml;base64,AAAA" } }, "image.href"],
    ["an empty id", { ...figures.table, id: "" }, "id"],
    ["an unknown kind", { ...figures.table, kind: "pie" } as unknown as Figure, "kind"],
    ["a text for a number", { ...figures.histogram, counts: ["<b>"], edges: [0, 1] } as unknown as Figure, "counts[0]"],
    ["a mark between samples", { ...figures.series, marks: [{ label: "m", at: 0.5 }] }, "marks[0].at"],
    ["a mark behind the data", { ...figures.series, marks: [{ label: "m", at: 0, until: 1e15 }] }, "marks[0].until"],
    ["nothing at all", null as unknown as Figure, "figure"]
  ]
  for (const [name, figure, path] of cases) {
    it(`names the path of ${name}`, () => {
      expect(problemsOf(figure)[0]?.path).toBe(path)
      expect(() => toSvg(figure)).toThrow(FigureError)
    })
  }

  it("shows twenty problems and counts the rest", () => {
    const figure: Figure = { ...head, kind: "series", channels: [{ name: "a", values: Array(50).fill(Number.NaN) }] }
    expect(() => toSvg(figure)).toThrow("and 30 more")
    expect(problemsOf(figure).length).toBe(50)
  })
})

describe("a raster of more bursts than it has bars", () => {
  const bars = (events: ReadonlyArray<number>): ReadonlyArray<string> => {
    const figure: Figure = {
      ...head,
      kind: "raster",
      x: { label: "burst" },
      length: 200,
      rows: { label: "area", categories: ["a"] },
      events: [events]
    }
    return [...toSvg(figure).matchAll(/<rect x="([^"]*)"[^>]*><title>([^<]*)<\/title>/g)].map(([, x, count]) => `${x}: ${count}`)
  }

  it("counts each event once, in the bar that it lies in, the first and the last included", () => {
    expect(bars([0, 1, 199])).toEqual(["0: 2", "595: 1"])
    expect(bars([2])).toEqual(["5: 1"])
    expect(bars([])).toEqual([])
  })
})

describe("the sources", () => {
  const root = new URL("../src/", import.meta.url)
  const files = readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".ts"))

  it("use nothing that differs between engines or machines", () => {
    expect(files.length).toBeGreaterThan(15)
    for (const file of files) {
      const code = readFileSync(new URL(file, root), "utf8")
        .replace(/\/\*[\s\S]*?\*\//g, "")
        .replace(/\/\/.*/g, "")
      const found =
        /Math\.(?!(abs|min|max|floor|ceil|sqrt|imul|LN10)\b)\w+| \*\* |toLocale\w+|localeCompare|Intl|Date|from "(?!\.)[^"]*"/.exec(code)
      expect(found?.[0], file).toBeUndefined()
    }
  })
})
