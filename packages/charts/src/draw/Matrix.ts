/**
 * A matrix as shaded cells with their values. Shade is the share of the row, or of the column where that is asked for, so classes of different
 * size compare; cells shrink with the number of classes, and a value that no longer fits stays as tooltip. A missing value is hatched and
 * counts for no sum.
 */
import { type Brush, type Drawing, element, label, noData, type Token, textOver } from "../Brush.ts"
import type { MatrixFigure } from "../Figure.ts"
import { coordinate, formatShare, formatValue } from "../Format.ts"
import { escaped, textWidth, truncated } from "../Text.ts"

const longest = 150

interface Layout {
  readonly cell: number
  readonly size: number
  /** Whether the share is written under the value. */
  readonly shares: boolean
  readonly left: number
  readonly top: number
  readonly slanted: boolean
  readonly names: number
  readonly overhang: number
}

const layoutOf = (figure: MatrixFigure): Layout => {
  const most = Math.max(figure.columns.categories.length, figure.rows.categories.length)
  const base = Math.max(12, Math.min(64, Math.floor(640 / most)))
  const texts = [
    ...figure.values.flat().map((value) => (value === null ? 0 : textWidth(formatValue(value), 1))),
    ...(figure.normalised === undefined ? [] : [textWidth(formatShare(1), 1)])
  ]
  const widest = texts.reduce((left, right) => Math.max(left, right), 1)
  const cell = most <= 40 ? Math.max(base, Math.min(72, Math.ceil(widest * 9) + 4)) : base
  const size = Math.min(14, cell * 0.45, (cell - 4) / widest)
  const names = Math.max(8, Math.min(12, cell * 0.55))
  const width = (list: ReadonlyArray<string>) => Math.max(...list.map((name) => textWidth(truncated(name, names, longest), names)))
  const across = width(figure.columns.categories)
  const slanted = across > cell - 4
  const last = textWidth(truncated(figure.columns.categories.at(-1) ?? "", names, longest), names)
  return {
    cell,
    size,
    shares: cell >= 46,
    left: Math.ceil(width(figure.rows.categories)) + 36,
    top: Math.ceil(slanted ? across * 0.71 + 4 : names) + 34,
    slanted,
    names,
    overhang: last > cell - 4 ? Math.max(0, last * 0.71 - cell / 2 + 8) : 0
  }
}

const sumOf = (values: ReadonlyArray<number | null>): number => values.reduce<number>((sum, value) => sum + (value ?? 0), 0)

/** What a cell is a share of: the sum of its row, or of its column. */
const sumsOf = ({ columns, values, normalised }: MatrixFigure): ((down: number, across: number) => number) => {
  if (normalised === "column") {
    const sums = columns.categories.map((_, across) => sumOf(values.map((row) => row[across] ?? null)))
    return (_, across) => sums[across] ?? 0
  }
  const sums = values.map(sumOf)
  return (down) => sums[down] ?? 0
}

interface CellOptions {
  readonly x: number
  readonly y: number
  readonly value: number | null
  readonly share: number | undefined
  readonly name: string
  readonly unit: string
  readonly normalised: MatrixFigure["normalised"]
}

const shadeOf = (brush: Brush, { cell }: Layout, { x, y, value, share, name, unit, normalised }: CellOptions): string => {
  const box = { x, y, width: cell, height: cell }
  if (value === null) return element("rect", { ...box, fill: brush.hatch() }, element("title", {}, escaped(`${name}: no data`)))
  const told = `${name}: ${formatValue(value)}${unit}${share === undefined ? "" : `, ${formatShare(share)} of the ${normalised ?? "row"}`}`
  return element("rect", { ...box, "fill-opacity": (share ?? 0).toFixed(3) }, element("title", {}, escaped(told)))
}

/** The texts of a cell with the colour they need; cells too small for text have none. */
const textsOf = (
  brush: Brush,
  { cell, size, shares }: Layout,
  { x, y, value, share, normalised }: CellOptions
): readonly [Token, string] | undefined => {
  const [centre, middle] = [x + cell / 2, y + cell / 2 + size * 0.36]
  if (value === null) return cell >= 46 ? ["muted", label(brush, centre, y + cell / 2 + 4, "no data", { size: 10, halo: true })] : undefined
  if (size < 6) return undefined
  const colour = value === 0 ? "muted" : textOver(share ?? 0)
  if (share === undefined || value === 0) return [colour, label(brush, centre, middle, formatValue(value))]
  const [first, second] = normalised === undefined ? [formatValue(value), formatShare(share)] : [formatShare(share), formatValue(value)]
  if (!shares) return [colour, label(brush, centre, middle, first)]
  return [colour, label(brush, centre, middle - 6, first) + label(brush, centre, middle + 10, second, { size: 10 })]
}

const cells = (brush: Brush, layout: Layout, figure: MatrixFigure): string => {
  const { rows, columns, values, normalised } = figure
  const sumAt = sumsOf(figure)
  const unit = figure.unit === undefined ? "" : ` ${figure.unit}`
  const all = values.flatMap((row, down) =>
    row.map((value, across): CellOptions => {
      const sum = sumAt(down, across)
      const name = `${rows.label} ${rows.categories[down] ?? ""}, ${columns.label} ${columns.categories[across] ?? ""}`
      return {
        x: across * layout.cell,
        y: down * layout.cell,
        value,
        share: value === null || sum === 0 ? undefined : value / sum,
        name,
        unit,
        normalised
      }
    })
  )
  const texts = new Map<Token, string>()
  for (const [colour, text] of all.flatMap((each) => [textsOf(brush, layout, each) ?? []])) {
    if (colour !== undefined) texts.set(colour, (texts.get(colour) ?? "") + text)
  }
  const written = [...texts].map(([colour, text]) => element("g", brush.paint({ fill: colour }), text))
  return (
    element("g", brush.paint({ fill: "shade" }), all.map((each) => shadeOf(brush, layout, each)).join("")) +
    element("g", { "text-anchor": "middle", "font-size": layout.size, "pointer-events": "none" }, written.join(""))
  )
}

/** Lines between cells, and a stronger frame around the cells whose row and column bear the same name. */
const rules = (brush: Brush, { cell }: Layout, { rows, columns }: MatrixFigure): string => {
  const [width, height] = [columns.categories.length * cell, rows.categories.length * cell]
  const down = columns.categories.slice(1).map((_, index) => `M${coordinate((index + 1) * cell)} 0V${coordinate(height)}`)
  const across = rows.categories.slice(1).map((_, index) => `M0 ${coordinate((index + 1) * cell)}H${coordinate(width)}`)
  const same = rows.categories.flatMap((name, row) => {
    const at = columns.categories.indexOf(name)
    return at < 0
      ? []
      : [`M${coordinate(at * cell)} ${coordinate(row * cell)}h${coordinate(cell)}v${coordinate(cell)}h-${coordinate(cell)}z`]
  })
  return (
    element("path", {
      d: `${down.join("")}${across.join("")}M0 0H${coordinate(width)}V${coordinate(height)}H0Z`,
      ...brush.paint({ fill: "none", stroke: "grid" })
    }) +
    (same.length === 0
      ? ""
      : element("path", { d: same.join(""), "stroke-width": cell >= 24 ? 1.5 : 1, ...brush.paint({ fill: "none", stroke: "ink" }) }))
  )
}

const sideNames = (brush: Brush, layout: Layout, { rows, columns }: MatrixFigure): string => {
  const { cell, names, slanted } = layout
  const across = columns.categories.map((name, index) => {
    const text = truncated(name, names, longest)
    const x = (index + 0.5) * cell
    if (slanted && textWidth(text, names) > cell - 4) return label(brush, x + names * 0.3, -8, text, { rotate: -45, full: name })
    return label(brush, x, -8, text, { anchor: "middle", full: name })
  })
  const down = rows.categories.map((name, index) =>
    label(brush, -8, (index + 0.5) * cell + names * 0.36, truncated(name, names, longest), { anchor: "end", full: name })
  )
  return element("g", { "font-size": names, ...brush.paint({ fill: "muted" }) }, across.join("") + down.join(""))
}

const titles = (brush: Brush, { cell, left, top }: Layout, { rows, columns }: MatrixFigure): string => {
  const [width, height] = [columns.categories.length * cell, rows.categories.length * cell]
  return (
    label(brush, width / 2, 14 - top, truncated(columns.label, 12, Math.max(width, 120)), {
      anchor: "middle",
      size: 12,
      weight: 600,
      full: columns.label
    }) +
    label(brush, 12 - left, height / 2, truncated(rows.label, 12, Math.max(height, 80)), {
      anchor: "middle",
      size: 12,
      weight: 600,
      rotate: -90,
      full: rows.label
    })
  )
}

const shadeLegend = (brush: Brush, figure: MatrixFigure, y: number): Drawing => {
  const unit = figure.unit === undefined ? "" : `, values in ${figure.unit}`
  const steps = [0, 0.25, 0.5, 0.75, 1].map((opacity, index) =>
    element("rect", {
      x: 28 + index * 18,
      y,
      width: 18,
      height: 12,
      "fill-opacity": String(opacity),
      ...brush.paint({ fill: "shade", stroke: "grid" })
    })
  )
  const missing = figure.values.some((row) => row.includes(null))
  const text = `100 % of the ${figure.normalised ?? "row"}${unit}`
  const next = 124 + textWidth(text, 11) + 16
  const hatched = element("rect", {
    x: next,
    y,
    width: 18,
    height: 12,
    ...brush.paint({ stroke: "grid" }),
    fill: missing ? brush.hatch() : undefined
  })
  const body =
    label(brush, 0, y + 10, "0 %") +
    steps.join("") +
    label(brush, 124, y + 10, text) +
    (missing ? hatched + label(brush, next + 24, y + 10, "no data") : "")
  return { width: next + (missing ? 76 : 0), height: 14, body: element("g", { "font-size": 11, ...brush.paint({ fill: "muted" }) }, body) }
}

export const drawMatrix = (brush: Brush, figure: MatrixFigure): Drawing => {
  const [down, across] = [figure.rows.categories.length, figure.columns.categories.length]
  if (down === 0 || across === 0) return { width: 360, height: 200, body: noData(brush, 0, 0, 360, 200) }
  const layout = layoutOf(figure)
  const { cell, left, top, overhang } = layout
  const [width, height] = [across * cell, down * cell]
  const key = shadeLegend(brush, figure, 0)
  const body =
    element(
      "g",
      { transform: `translate(${coordinate(left)} ${coordinate(top)})` },
      cells(brush, layout, figure) + rules(brush, layout, figure) + sideNames(brush, layout, figure) + titles(brush, layout, figure)
    ) + element("g", { transform: `translate(${coordinate(left)} ${coordinate(top + height + 14)})` }, key.body)
  return { width: left + Math.max(width + Math.max(overhang, 2), key.width), height: top + height + 14 + key.height, body }
}
