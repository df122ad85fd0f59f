/**
 * Sheets of numbers as shaded cells, side by side and wrapped, under one scale. Cells of one shade that touch in a row are one stroke, and
 * all cells of one shade one path, so that a sheet of 256 × 256 stays small; a missing value is hatched.
 */
import { type Brush, type Drawing, element, label, noData, type Token } from "../Brush.ts"
import type { GridFigure, GridPanel } from "../Figure.ts"
import { coordinate, formatValue } from "../Format.ts"
import { textWidth, truncated } from "../Text.ts"

/** Shades of one colour; the eye tells fewer apart. */
const shades = 24
const inner = 640
const gap = 18

interface Shade {
  readonly token: Token
  /** 1 to `shades`; a cell of shade 0 is the surface. */
  readonly step: number
}

type ShadeOf = (value: number) => Shade

const spanOf = ({ panels, reaches }: GridFigure): readonly [low: number, high: number] | undefined => {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { values } of panels)
    for (const row of values)
      for (const value of row)
        if (value !== null) {
          low = Math.min(low, value)
          high = Math.max(high, value)
        }
  if (low > high) return undefined
  return reaches === undefined ? [low, high] : [Math.min(low, reaches[0]), Math.max(high, reaches[1])]
}

const shading = ({ colours }: GridFigure, [low, high]: readonly [number, number]): ShadeOf => {
  if (colours === "sequential") {
    const span = high - low
    return (value) => ({ token: "shade", step: span === 0 ? 0 : Math.floor(((value - low) / span) * shades + 0.5) })
  }
  const most = Math.max(Math.abs(low), Math.abs(high))
  return (value) => ({ token: value < 0 ? "s1" : "shade", step: most === 0 ? 0 : Math.floor((Math.abs(value) / most) * shades + 0.5) })
}

/** Stretches of one row that have one shade. */
const stretches = (
  row: ReadonlyArray<number | null>,
  shadeOf: ShadeOf
): ReadonlyArray<readonly [key: string, from: number, to: number]> => {
  const keys = row.map((value) => {
    if (value === null) return "missing"
    const { token, step } = shadeOf(value)
    return step === 0 ? "" : `${token} ${step}`
  })
  const found: Array<readonly [string, number, number]> = []
  for (let from = 0; from < keys.length; ) {
    let to = from + 1
    while (to < keys.length && keys[to] === keys[from]) to++
    const key = keys[from] ?? ""
    if (key !== "") found.push([key, from, to])
    from = to
  }
  return found
}

const panelBody = (brush: Brush, { values }: GridPanel, cell: number, shadeOf: ShadeOf): string => {
  const paths = new Map<string, Array<string>>()
  values.forEach((row, down) => {
    for (const [key, from, to] of stretches(row, shadeOf)) {
      const path = `M${coordinate(from * cell)} ${coordinate(down * cell)}h${coordinate((to - from) * cell)}v${coordinate(cell)}H${coordinate(from * cell)}z`
      paths.set(key, [...(paths.get(key) ?? []), path])
    }
  })
  const [width, height] = [(values[0]?.length ?? 0) * cell, values.length * cell]
  const drawn = [...paths].map(([key, parts]) => {
    if (key === "missing") return element("path", { d: parts.join(""), fill: brush.hatch() }, element("title", {}, "no data"))
    const [token, step] = key.split(" ") as [Token, string]
    return element("path", { d: parts.join(""), "fill-opacity": (Number(step) / shades).toFixed(3), ...brush.paint({ fill: token }) })
  })
  return drawn.join("") + element("rect", { x: 0, y: 0, width, height, ...brush.paint({ fill: "none", stroke: "axis" }) })
}

const legend = (brush: Brush, figure: GridFigure, [low, high]: readonly [number, number], y: number): Drawing => {
  const unit = figure.unit === undefined ? "" : ` ${figure.unit}`
  const most = Math.max(Math.abs(low), Math.abs(high))
  const [from, to] = figure.colours === "sequential" ? [low, high] : [-most, most]
  const first = `${formatValue(from)}${unit}`
  const start = textWidth(first, 11) + 8
  const boxes = Array.from({ length: 9 }, (_, index) => {
    const shade =
      figure.colours === "sequential"
        ? { token: "shade" as const, part: index / 8 }
        : { token: index < 4 ? ("s1" as const) : ("shade" as const), part: Math.abs(index - 4) / 4 }
    const box = { x: start + index * 14, y, width: 14, height: 12, "fill-opacity": shade.part.toFixed(3) }
    return element("rect", { ...box, ...brush.paint({ fill: shade.token, stroke: "grid" }) })
  })
  const last = `${formatValue(to)}${unit}`
  const body = label(brush, 0, y + 10, first) + boxes.join("") + label(brush, start + 9 * 14 + 8, y + 10, last)
  return {
    width: start + 9 * 14 + 8 + textWidth(last, 11),
    height: 14,
    body: element("g", { "font-size": 11, ...brush.paint({ fill: "muted" }) }, body)
  }
}

export const drawGrid = (brush: Brush, figure: GridFigure): Drawing => {
  const panels = figure.panels.filter(({ values }) => values.length > 0 && (values[0]?.length ?? 0) > 0)
  const span = spanOf(figure)
  if (panels.length === 0 || span === undefined) return { width: 360, height: 200, body: noData(brush, 0, 0, 360, 200) }
  const columns = panels.reduce((most, { values }) => Math.max(most, values[0]?.length ?? 0), 0)
  const rows = panels.reduce((most, { values }) => Math.max(most, values.length), 0)
  const across = Math.min(panels.length, Math.max(1, Math.floor((inner + gap) / (Math.max(columns * 6, 72) + gap))))
  const cell = Math.max(1, Math.min(28, ((inner + gap) / across - gap) / columns, 480 / rows))
  const [width, height] = [columns * cell, rows * cell + 20]
  const [left, top] = [22, 18]
  const shadeOf = shading(figure, span)
  const drawn = panels.map((panel, index) => {
    const [x, y] = [left + (index % across) * (width + gap), top + Math.floor(index / across) * (height + gap)]
    const title = label(brush, 0, -6, truncated(panel.title, 11, Math.max(width, 60)), { size: 11, full: panel.title, colour: "muted" })
    return element("g", { transform: `translate(${coordinate(x)} ${coordinate(y)})` }, title + panelBody(brush, panel, cell, shadeOf))
  })
  const lines = Math.ceil(panels.length / across)
  const [wide, high] = [left + across * width + (across - 1) * gap, top + lines * (height + gap) - gap]
  const key = legend(brush, figure, span, high + 22)
  const names =
    label(brush, left + (wide - left) / 2, high + 4, truncated(figure.x.label, 11, wide), { anchor: "middle", size: 11 }) +
    label(brush, 12, top + (high - top) / 2 - 10, truncated(figure.y.label, 11, Math.max(60, high)), {
      anchor: "middle",
      size: 11,
      rotate: -90
    })
  return { width: Math.max(wide + 2, key.width), height: high + 40, body: drawn.join("") + names + key.body }
}
