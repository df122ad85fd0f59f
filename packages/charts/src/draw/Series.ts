/**
 * Channels over one clock, one row each with its own y axis. Long recordings keep the first, least, greatest and last value of each pixel
 * column, so that no spike is lost; a gap in the data is hatched.
 */
import { type Brush, type Drawing, element, label, noData, seriesColour } from "../Brush.ts"
import type { Channel, SeriesFigure, SeriesMark } from "../Figure.ts"
import { coordinate } from "../Format.ts"
import { extent, makeScale, type Scale } from "../Scale.ts"
import { textWidth, truncated } from "../Text.ts"
import { axisTitle } from "./Plot.ts"

const width = 600

/** Indices to draw of the run from `from` to `to` (exclusive), at most four per pixel column. */
const kept = (values: ReadonlyArray<number | null>, from: number, to: number, perPixel: number): ReadonlyArray<number> => {
  if (perPixel <= 4) return Array.from({ length: to - from }, (_, index) => from + index)
  const indices: Array<number> = []
  for (let start = from; start < to; start += perPixel) {
    const end = Math.min(to, start + perPixel)
    let [least, most] = [start, start]
    for (let index = start; index < end; index++) {
      const value = values[index] ?? 0
      if (value < (values[least] ?? 0)) least = index
      if (value > (values[most] ?? 0)) most = index
    }
    indices.push(...[...new Set([start, Math.min(least, most), Math.max(least, most), end - 1])])
  }
  return indices
}

type Run = readonly [from: number, to: number]

/** Stretches with and without data. */
const runsOf = (
  values: ReadonlyArray<number | null>,
  length: number
): { readonly known: ReadonlyArray<Run>; readonly missing: ReadonlyArray<Run> } => {
  const known: Array<Run> = []
  const missing: Array<Run> = []
  for (let from = 0; from < length; ) {
    const gap = (values[from] ?? null) === null
    let to = from + 1
    while (to < length && ((values[to] ?? null) === null) === gap) to++
    ;(gap ? missing : known).push([from, to])
    from = to
  }
  return { known, missing }
}

const row = (brush: Brush, channel: Channel, index: number, length: number, x: Scale, height: number): string => {
  const { values } = channel
  const domain = extent(values.filter((value) => value !== null))
  if (domain === undefined) return noData(brush, 0, 2, width, height - 4)
  const y = makeScale({ scale: "linear", domain, range: [height - 5, 5], target: height >= 48 ? 3 : 1, nice: height >= 48 })
  const perPixel = Math.ceil(length / width)
  const { known, missing } = runsOf(values, length)
  const last = Math.max(0, length - 1)
  const gaps = missing.map(([from, to]) => {
    const [left, right] = [x.at(Math.max(0, from - 0.5)), x.at(Math.min(last, to - 0.5))]
    return element(
      "rect",
      { x: left, y: 0, width: Math.max(1, right - left), height, fill: brush.hatch() },
      element("title", {}, "no data")
    )
  })
  const lines = known.map(([from, to]) => {
    const places = kept(values, from, to, perPixel).map((at) => `${coordinate(x.at(at))} ${coordinate(y.at(values[at] ?? 0))}`)
    return places.length === 1 ? `M${places[0]}h0` : `M${places.join("L")}`
  })
  const ticks = y.ticks.map(({ value }) => `M-4 ${coordinate(y.at(value))}H0`).join("")
  return (
    gaps.join("") +
    element("path", { d: `${ticks}M0 0V${coordinate(height)}`, ...brush.paint({ fill: "none", stroke: "axis" }) }) +
    element("path", {
      d: lines.join(""),
      "stroke-width": 1.5,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
      ...brush.paint({ fill: "none", stroke: seriesColour(index % 2) })
    }) +
    y.ticks.map((tick) => label(brush, -7, y.at(tick.value) + 3.5, tick.label, { anchor: "end", size: 10, colour: "muted" })).join("")
  )
}

interface PlacedMark extends SeriesMark {
  readonly lane: number
  readonly text: string
  readonly textWide: number
}

/** Labels of marks in as few lanes as keep them apart. */
const lanesOf = (marks: ReadonlyArray<SeriesMark>, x: Scale): ReadonlyArray<PlacedMark> => {
  const ends: Array<number> = []
  return [...marks]
    .sort((left, right) => left.at - right.at)
    .map((mark) => {
      const text = truncated(mark.label, 11, 180)
      const textWide = textWidth(text, 11)
      const start = Math.min(x.at(mark.at), width - textWide)
      const free = ends.findIndex((end) => end + 8 <= start)
      const lane = free < 0 ? ends.length : free
      ends[lane] = start + textWide
      return { ...mark, lane, text, textWide }
    })
}

const drawMarks = (brush: Brush, marks: ReadonlyArray<PlacedMark>, x: Scale, height: number, top: number): string =>
  marks
    .map(({ at, until, label: full, lane, text, textWide }) => {
      const left = x.at(at)
      const y = 12 + lane * 15 - top
      const span =
        until === undefined
          ? ""
          : element("rect", {
              x: left,
              y: 0,
              width: Math.max(1, x.at(until) - left),
              height,
              "fill-opacity": "0.14",
              ...brush.paint({ fill: "s4" })
            })
      const line = element("path", {
        d: `M${coordinate(left)} ${coordinate(y + 4)}V${coordinate(height)}`,
        "stroke-dasharray": "3 3",
        ...brush.paint({ fill: "none", stroke: "muted" })
      })
      return span + line + label(brush, Math.min(left, width - textWide), y, text, { size: 11, full, halo: true })
    })
    .join("")

const clock = (figure: SeriesFigure, last: number): { readonly axis: Scale; readonly title: string } => {
  const rate = figure.sample_rate_hz
  const domain = [0, rate === undefined ? Math.max(1, last) : Math.max(1, last) / rate] as const
  const axis = makeScale({ scale: "linear", domain, range: [0, width], target: 8, nice: false })
  return { axis, title: rate === undefined ? "sample" : "time (s)" }
}

export const drawSeries = (brush: Brush, figure: SeriesFigure): Drawing => {
  const { channels, marks = [] } = figure
  const length = channels.reduce((most, { values }) => Math.max(most, values.length), 0)
  if (length === 0) return { width, height: 160, body: noData(brush, 0, 0, width, 160) }
  const last = marks.reduce((most, { at, until }) => Math.max(most, until ?? at), length - 1)
  const { axis, title } = clock(figure, last)
  const x: Scale = { domain: [0, Math.max(1, last)], ticks: [], at: (value) => (value / Math.max(1, last)) * width }
  const high = channels.length <= 6 ? 72 : channels.length <= 16 ? 48 : 26
  const placed = lanesOf(marks, x)
  const top = placed.reduce((most, { lane }) => Math.max(most, lane + 1), 0) * 15 + 8
  const names = Math.min(160, Math.max(...channels.map((channel) => textWidth(axisTitle({ ...channel, label: channel.name }), 12))))
  const left = Math.ceil(names) + 56
  const height = channels.length * (high + 8) - 8
  const rows = channels.map((channel, index) => {
    const name = axisTitle({ ...channel, label: channel.name })
    const title = label(brush, -left, high / 2 + 4, truncated(name, 12, names), { size: 12, full: name })
    return element(
      "g",
      { transform: `translate(0 ${coordinate(index * (high + 8))})` },
      title + row(brush, channel, index, last + 1, x, high)
    )
  })
  const ticks = axis.ticks.map(({ value }) => `M${coordinate(axis.at(value))} ${coordinate(height)}v5`).join("")
  const foot =
    element("path", { d: `${ticks}M0 ${coordinate(height)}H${width}`, ...brush.paint({ fill: "none", stroke: "axis" }) }) +
    axis.ticks
      .map((tick) => label(brush, axis.at(tick.value), height + 18, tick.label, { anchor: "middle", size: 11, colour: "muted" }))
      .join("") +
    label(brush, width / 2, height + 38, title, { anchor: "middle", size: 12 })
  const body = element(
    "g",
    { transform: `translate(${coordinate(left)} ${coordinate(top)})` },
    drawMarks(brush, placed, x, height, top) + rows.join("") + foot
  )
  return { width: left + width + 16, height: top + height + 46, body }
}
