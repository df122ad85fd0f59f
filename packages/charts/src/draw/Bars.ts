/** Grouped bars from zero, with whiskers for intervals. Bars of a group differ by colour, texture and place; a missing one is a hatched column. */
import { type Brush, type Drawing, element, label, noData, seriesColour } from "../Brush.ts"
import type { BarSeries, BarsFigure } from "../Figure.ts"
import { coordinate, formatValue } from "../Format.ts"
import { extent, makeScale, type Scale } from "../Scale.ts"
import { escaped, textWidth, truncated } from "../Text.ts"
import { axisTitle, legend, plot, referenceLines, referenceNames, referenceRoom } from "./Plot.ts"

const height = 300
const longest = 150

interface Layout {
  readonly group: number
  readonly bar: number
  readonly width: number
  readonly slanted: boolean
  readonly below: number
  readonly right: number
}

const layoutOf = ({ categories, series }: BarsFigure): Layout => {
  const widths = categories.map((name) => textWidth(truncated(name, 11, longest), 11))
  const widest = Math.max(...widths)
  const room = Math.max(0, 480 / categories.length)
  const least = Math.max(20, series.length * 12 + 10, Math.min(160, room))
  const slanted = widest + 8 > Math.max(least, Math.min(72, 900 / categories.length))
  const group = Math.max(320 / categories.length, slanted ? least : Math.max(least, widest + 8))
  const bar = Math.min(48, (group * 0.8) / series.length)
  const last = widths.at(-1) ?? 0
  return {
    group,
    bar,
    width: group * categories.length,
    slanted,
    below: slanted ? widest * 0.6 + 20 : 22,
    right: slanted ? Math.max(16, last * 0.8 - group / 2) : 16
  }
}

const missing = (brush: Brush, x: number, bar: number, name: string): string => {
  const column = element(
    "rect",
    { x: x + 1, y: 0, width: bar - 2, height, fill: brush.hatch() },
    element("title", {}, escaped(`${name}: no data`))
  )
  return column + label(brush, x + bar / 2 + 4, height - 8, "no data", { rotate: -90, size: 11, colour: "muted", halo: true })
}

const whisker = (brush: Brush, middle: number, low: number, high: number): string =>
  element("path", {
    d: `M${coordinate(middle)} ${coordinate(low)}V${coordinate(high)}m-4 0h8M${coordinate(middle - 4)} ${coordinate(low)}h8`,
    "stroke-width": 1.5,
    ...brush.paint({ fill: "none", stroke: "ink" })
  })

const bars = (brush: Brush, figure: BarsFigure, series: BarSeries, index: number, layout: Layout, y: Scale): string => {
  const { group, bar } = layout
  const inset = (group - bar * figure.series.length) / 2 + bar * index
  const texture = brush.texture(index)
  return figure.categories
    .map((category, at) => {
      const x = group * at + inset
      const value = series.values[at] ?? null
      const name = figure.series.length === 1 ? category : `${category}, ${series.name}`
      if (value === null) return missing(brush, x, bar, name)
      const [zero, end] = [y.at(0), y.at(value)]
      const box = { x: x + 1, y: Math.min(zero, end), width: bar - 2, height: Math.abs(zero - end) }
      const [low, high] = [series.low?.[at] ?? null, series.high?.[at] ?? null]
      const range = low === null || high === null ? "" : ` (${formatValue(low)} to ${formatValue(high)})`
      const title = element("title", {}, escaped(`${name}: ${formatValue(value)}${range}`))
      const written = formatValue(value)
      const top = Math.min(end, high === null ? end : y.at(high))
      const bottom = Math.max(end, low === null ? end : y.at(low))
      const fits = textWidth(written, 10) <= bar + 2
      return (
        element("rect", { ...box, ...brush.paint({ fill: seriesColour(index) }) }, title) +
        (texture === undefined ? "" : element("rect", { ...box, fill: texture, "pointer-events": "none" })) +
        (low === null || high === null ? "" : whisker(brush, x + bar / 2, y.at(low), y.at(high))) +
        (fits ? label(brush, x + bar / 2, value < 0 ? bottom + 12 : top - 5, written, { anchor: "middle", size: 10, halo: true }) : "")
      )
    })
    .join("")
}

const categoryLabels = (brush: Brush, { categories }: BarsFigure, { group, slanted }: Layout): string =>
  element(
    "g",
    { "font-size": 11, ...brush.paint({ fill: "muted" }) },
    categories
      .map((name, at) => {
        const x = group * (at + 0.5)
        const text = truncated(name, 11, longest)
        if (slanted) return label(brush, x - 4, height + 14, text, { rotate: 36, full: name })
        return label(brush, x, height + 18, text, { anchor: "middle", full: name })
      })
      .join("")
  )

export const drawBars = (brush: Brush, figure: BarsFigure): Drawing => {
  const { categories, series, reference = [] } = figure
  if (categories.length === 0 || series.length === 0) return { width: 480, height: 200, body: noData(brush, 0, 0, 480, 200) }
  const layout = layoutOf(figure)
  const known = series.flatMap(({ values, low = [], high = [] }) => [...values, ...low, ...high]).filter((value) => value !== null)
  const domain = extent([0, ...known, ...reference.map((line) => line.y)]) ?? [0, 1]
  const y = makeScale({ scale: "linear", domain: domain[0] === domain[1] ? [0, 1] : domain, range: [height, 18], target: 6, nice: true })
  const items = series.map(({ name }, index) => {
    const box = { x: 6, y: 0, width: 22, height: 14 }
    const texture = brush.texture(index)
    return {
      name,
      sample:
        element("rect", { ...box, ...brush.paint({ fill: seriesColour(index) }) }) +
        (texture === undefined ? "" : element("rect", { ...box, fill: texture }))
    }
  })
  const key = series.length > 1 ? legend(brush, items, Math.max(320, layout.width)) : undefined
  const zero = element("path", {
    d: `M0 ${coordinate(y.at(0))}H${coordinate(layout.width)}`,
    ...brush.paint({ fill: "none", stroke: "axis" })
  })
  const inside = [
    referenceLines(brush, reference, y, layout.width),
    ...series.map((each, index) => bars(brush, figure, each, index, layout, y)),
    zero,
    referenceNames(brush, reference, y, layout.width),
    categoryLabels(brush, figure, layout)
  ].join("")
  const { width, below } = layout
  const right = Math.max(layout.right, referenceRoom(reference))
  return plot(brush, {
    width,
    height,
    y,
    below,
    right,
    xTitle: figure.x.label,
    yTitle: axisTitle(figure.y),
    inside,
    ...(key === undefined ? {} : { legend: key })
  })
}
