/**
 * The frame numeric figures share: grid, axes with titles and units, reference lines, markers and the legend. Everything here is in
 * coordinates of the plot area, whose upper left corner is 0,0; the legend stands above that area, never in it.
 */
import { type Brush, type Drawing, element, label, seriesColour, seriesDash } from "../Brush.ts"
import type { ReferenceLine } from "../Figure.ts"
import { coordinate } from "../Format.ts"
import type { Scale } from "../Scale.ts"
import { textWidth, truncated } from "../Text.ts"

const tickSize = 11
const titleSize = 12

/** "label (unit)", and a word when the axis is logarithmic. */
export const axisTitle = ({
  label: text,
  unit,
  scale
}: {
  readonly label: string
  readonly unit?: string
  readonly scale?: string
}): string => {
  const named = unit === undefined ? text : `${text} (${unit})`
  return scale === "log" ? `${named}, log scale` : named
}

export interface PlotOptions {
  readonly width: number
  readonly height: number
  /** Left out when the drawer labels the x axis itself. */
  readonly x?: Scale
  readonly y: Scale
  readonly xTitle: string
  readonly yTitle: string
  /** Room the x labels need below the plot area. */
  readonly below?: number
  readonly legend?: Drawing
  /** Room for half a label beyond the right edge. */
  readonly right?: number
  /** Markup of the plot area. */
  readonly inside: string
}

const grid = (brush: Brush, { width, height, x, y }: PlotOptions): string => {
  const rows = y.ticks.map(({ value }) => `M0 ${coordinate(y.at(value))}H${coordinate(width)}`).join("")
  const marks = (x?.ticks ?? []).map(({ value }) => `M${coordinate(x?.at(value) ?? 0)} ${coordinate(height)}v5`).join("")
  return (
    (rows === "" ? "" : element("path", { d: rows, ...brush.paint({ fill: "none", stroke: "grid" }) })) +
    element("path", { d: `${marks}M0 ${coordinate(height)}H${coordinate(width)}`, ...brush.paint({ fill: "none", stroke: "axis" }) })
  )
}

const tickLabels = (brush: Brush, { height, x, y }: PlotOptions): string => {
  const across = (x?.ticks ?? []).map((tick) => label(brush, x?.at(tick.value) ?? 0, height + 18, tick.label, { anchor: "middle" }))
  const up = y.ticks.map((tick) => label(brush, -8, y.at(tick.value) + 4, tick.label, { anchor: "end" }))
  return element("g", { "font-size": tickSize, ...brush.paint({ fill: "muted" }) }, across.join("") + up.join(""))
}

/** Puts axes and legend around a plot area. */
export const plot = (brush: Brush, options: PlotOptions): Drawing => {
  const { width, height, y, xTitle, yTitle, below = 22, legend, right = 16, inside } = options
  const labels = y.ticks.reduce((most, tick) => Math.max(most, textWidth(tick.label, tickSize)), 0)
  const left = Math.ceil(labels) + 8 + (yTitle === "" ? 4 : 24)
  const top = (legend?.height ?? 0) + 10
  const titles =
    label(brush, width / 2, height + below + 18, truncated(xTitle, titleSize, width), { anchor: "middle", full: xTitle }) +
    label(brush, 12 - left, height / 2, truncated(yTitle, titleSize, height), { anchor: "middle", rotate: -90, full: yTitle })
  const area = element(
    "g",
    { transform: `translate(${coordinate(left)} ${coordinate(top)})` },
    grid(brush, options) + inside + tickLabels(brush, options) + element("g", { "font-size": titleSize }, titles)
  )
  const key = legend === undefined ? "" : element("g", { transform: `translate(${coordinate(left)} 0)` }, legend.body)
  return { width: Math.max(left + width + right, left + (legend?.width ?? 0)), height: top + height + below + 26, body: key + area }
}

/** Dashed lines across the plot; they lie under the data. */
export const referenceLines = (brush: Brush, lines: ReadonlyArray<ReferenceLine>, y: Scale, width: number): string => {
  const d = lines.map((line) => `M0 ${coordinate(y.at(line.y))}H${coordinate(width)}`).join("")
  return d === ""
    ? ""
    : element("path", { d, "stroke-width": 1.25, "stroke-dasharray": "5 4", ...brush.paint({ fill: "none", stroke: "muted" }) })
}

/** Longest name of a reference line, in units of the drawing; a longer one is cut. */
const longestName = 150

/** Room that the names of reference lines need beyond the right edge: there they meet no bar and no curve. */
export const referenceRoom = (lines: ReadonlyArray<ReferenceLine>): number =>
  lines.reduce((most, line) => Math.max(most, Math.min(longestName, Math.ceil(textWidth(line.label, tickSize))) + 14), 0)

/** The names of reference lines, each at the right end of its line, pushed down where two would overlap. */
export const referenceNames = (brush: Brush, lines: ReadonlyArray<ReferenceLine>, y: Scale, width: number): string => {
  let lowest = Number.NEGATIVE_INFINITY
  return [...lines]
    .sort((left, right) => right.y - left.y)
    .map(({ label: full, y: value }) => {
      const at = Math.max(y.at(value) + 4, lowest + 13)
      lowest = at
      return label(brush, width + 8, at, truncated(full, tickSize, longestName), { size: tickSize, anchor: "start", colour: "muted", full })
    })
    .join("")
}

const markers = [
  "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
  "M-3.2 -3.2h6.4v6.4h-6.4z",
  "M0 -4.2L4 3.2H-4z",
  "M0 -4.6L4.6 0L0 4.6L-4.6 0z",
  "M0 4.2L4 -3.2H-4z",
  "M-1.3 -4h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7v-2.6h2.7z"
] as const

/** The marker of series `index` at each place, as one element. */
export const markersAt = (brush: Brush, index: number, places: ReadonlyArray<readonly [x: number, y: number]>): string => {
  const shape = markers[index % markers.length] ?? markers[0]
  const drawn = places.map(([x, y]) => element("path", { transform: `translate(${coordinate(x)} ${coordinate(y)})`, d: shape }))
  return places.length === 0 ? "" : element("g", { ...brush.paint({ fill: seriesColour(index), stroke: "surface" }) }, drawn.join(""))
}

/** A line in the colour and dash of series `index`. */
export const lineOf = (brush: Brush, index: number, d: string): string =>
  element("path", {
    d,
    "stroke-width": 2,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "stroke-dasharray": seriesDash(index),
    ...brush.paint({ fill: "none", stroke: seriesColour(index) })
  })

export interface LegendItem {
  readonly name: string
  /** Draws the sample inside 0,0–30,14. */
  readonly sample: string
}

/** Samples with names, in rows of `width`; nothing when there is nothing to tell apart. */
export const legend = (brush: Brush, items: ReadonlyArray<LegendItem>, width: number): Drawing | undefined => {
  if (items.length === 0) return undefined
  let [x, y, widest] = [0, 0, 0]
  const drawn = items.map(({ name, sample }) => {
    const text = truncated(name, 12, Math.min(260, width - 40))
    const wide = 36 + textWidth(text, 12)
    if (x > 0 && x + wide > width) {
      x = 0
      y += 20
    }
    const entry = element(
      "g",
      { transform: `translate(${coordinate(x)} ${coordinate(y)})` },
      sample + label(brush, 36, 11.5, text, { full: name })
    )
    widest = Math.max(widest, x + wide)
    x += wide + 18
    return entry
  })
  return { width: widest, height: y + 22, body: element("g", { "font-size": 12 }, drawn.join("")) }
}
