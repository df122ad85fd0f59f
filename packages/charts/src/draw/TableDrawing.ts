/** A table drawn as SVG: one line per row, numbers in full precision of six digits, long texts cut with the whole text as tooltip. */
import { type Brush, type Drawing, element, label, noData } from "../Brush.ts"
import type { Cell, TableColumn, TableFigure } from "../Figure.ts"
import { coordinate, formatValue } from "../Format.ts"
import { textWidth, truncated } from "../Text.ts"
import { axisTitle } from "./Plot.ts"

const size = 12
const rowHeight = 26
const widest = 280
const pad = 12

const textOf = (cell: Cell): string => {
  if (cell === null) return "no data"
  return typeof cell === "number" ? formatValue(cell, 6) : cell
}

interface Place {
  readonly x: number
  readonly width: number
  readonly align: TableColumn["align"]
}

const anchors = { left: "start", center: "middle", right: "end" } as const

const cellAt = (brush: Brush, { x, width, align }: Place, y: number, text: string, header: boolean): string => {
  const at = { left: x + pad, center: x + width / 2, right: x + width - pad }[align]
  return label(brush, at, y + 17, truncated(text, size, width - 2 * pad + 1), {
    anchor: anchors[align],
    full: text,
    ...(header ? { weight: 600 } : {})
  })
}

const missingAt = (brush: Brush, place: Place, y: number): string => {
  const box = element("rect", { x: place.x + 2, y: y + 3, width: place.width - 4, height: rowHeight - 6, fill: brush.hatch() })
  return box + label(brush, place.x + place.width / 2, y + 17, "no data", { anchor: "middle", size: 11, colour: "muted", halo: true })
}

export const drawTable = (brush: Brush, { columns, rows }: TableFigure): Drawing => {
  if (columns.length === 0) return { width: 360, height: 120, body: noData(brush, 0, 0, 360, 120) }
  let right = 0
  const places = columns.map((column, index): Place => {
    const cells = rows.map((row) => textWidth(textOf(row[index] ?? null), size))
    const content = cells.reduce((most, each) => Math.max(most, each), textWidth(axisTitle(column), size * 1.08))
    const place = { x: right, width: Math.ceil(Math.min(widest, content)) + 2 * pad, align: column.align }
    right += place.width
    return place
  })
  const head = columns.map((column, index) => cellAt(brush, places[index] ?? { x: 0, width: 0, align: "left" }, 0, axisTitle(column), true))
  const body = rows.flatMap((row, down) =>
    places.map((place, index) => {
      const cell = row[index] ?? null
      const y = rowHeight * (down + 1)
      return cell === null ? missingAt(brush, place, y) : cellAt(brush, place, y, textOf(cell), false)
    })
  )
  const empty = rows.length === 0 ? noData(brush, 0, rowHeight, right, 2 * rowHeight) : ""
  const height = rowHeight * (rows.length === 0 ? 3 : rows.length + 1)
  const between = rows.slice(1).map((_, index) => `M0 ${coordinate(rowHeight * (index + 2))}H${coordinate(right)}`)
  const rules =
    (between.length === 0 ? "" : element("path", { d: between.join(""), ...brush.paint({ fill: "none", stroke: "grid" }) })) +
    element("path", {
      d: `M0 ${rowHeight}H${coordinate(right)}M0 ${coordinate(height)}H${coordinate(right)}`,
      ...brush.paint({ fill: "none", stroke: "axis" })
    })
  return { width: right, height: height + 2, body: element("g", { "font-size": size }, rules + head.join("") + body.join("") + empty) }
}
