/**
 * Events as short strokes, a row for each unit, and under them how many there were at each place of the clock. Strokes that fall on one
 * pixel are drawn once; the counts below are of all of them.
 */
import { type Brush, type Drawing, element, label, noData, seriesColour } from "../Brush.ts"
import type { RasterFigure } from "../Figure.ts"
import { coordinate, formatValue } from "../Format.ts"
import { makeScale } from "../Scale.ts"
import { textWidth, truncated } from "../Text.ts"
import { axisTitle } from "./Plot.ts"

const width = 600
const longest = 150
const countsHeight = 48

export const drawRaster = (brush: Brush, figure: RasterFigure): Drawing => {
  const { events, rows, length } = figure
  if (rows.categories.length === 0 || length === 0) return { width: 360, height: 200, body: noData(brush, 0, 0, 360, 200) }
  const row = Math.max(3, Math.min(18, 420 / rows.categories.length))
  const height = row * rows.categories.length
  const named = row >= 9
  const left = named ? Math.ceil(Math.max(...rows.categories.map((name) => textWidth(truncated(name, 11, longest), 11)))) + 30 : 30
  const x = makeScale({ scale: "linear", domain: [0, length], range: [0, width], target: Math.max(1, Math.min(8, length)), nice: false })
  const inset = row > 6 ? 2 : 0.5
  const strokes = events.map((places, index) => {
    const at = [...new Set(places.map((place) => coordinate(x.at(place))))]
    const d = at.map((place) => `M${place} ${coordinate(index * row + inset)}v${coordinate(row - 2 * inset)}`).join("")
    return d === "" ? "" : element("path", { d, "stroke-width": 1.5, ...brush.paint({ fill: "none", stroke: seriesColour(0) }) })
  })
  const names = named
    ? rows.categories.map((name, index) =>
        label(brush, -8, (index + 0.5) * row + 4, truncated(name, 11, longest), { anchor: "end", size: 11, full: name, colour: "muted" })
      )
    : []
  const frame = element("path", {
    d: `M0 0V${coordinate(height)}H${coordinate(width)}M0 ${coordinate(height + 8 + countsHeight)}H${coordinate(width)}`,
    ...brush.paint({ fill: "none", stroke: "axis" })
  })
  const bins = Math.max(1, Math.min(120, Math.ceil(length)))
  const counts = new Array<number>(bins).fill(0)
  for (const place of events.flat()) {
    const bin = Math.min(bins - 1, Math.floor((place / length) * bins))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const most = Math.max(1, ...counts)
  const bars = counts.flatMap((count, bin) => {
    if (count === 0) return []
    const box = { x: (bin * width) / bins, width: width / bins, height: (count / most) * countsHeight }
    return [element("rect", { ...box, y: height + 8 + countsHeight - box.height }, element("title", {}, formatValue(count)))]
  })
  const ticks = x.ticks.map((tick) =>
    label(brush, x.at(tick.value), height + countsHeight + 24, tick.label, { anchor: "middle", size: 11, colour: "muted" })
  )
  const titles =
    label(brush, width / 2, height + countsHeight + 42, axisTitle(figure.x), { anchor: "middle", size: 12 }) +
    label(brush, 12 - left, height / 2, truncated(rows.label, 12, Math.max(height, 60)), { anchor: "middle", size: 12, rotate: -90 }) +
    label(brush, width, height + 20, `${formatValue(most)} at most`, { anchor: "end", size: 10, colour: "muted", halo: true })
  const body =
    frame + strokes.join("") + names.join("") + element("g", brush.paint({ fill: "s0" }), bars.join("")) + ticks.join("") + titles
  return {
    width: left + width + 16,
    height: height + countsHeight + 50,
    body: element("g", { transform: `translate(${coordinate(left)} 6)` }, body)
  }
}
