/** Curves over a numeric axis. Series differ by colour, dash and marker; a null breaks its line, and a lone curve shows the gap hatched. */
import { type Brush, type Drawing, element, label, noData, seriesColour } from "../Brush.ts"
import type { Axis, CurveFigure, CurveSeries } from "../Figure.ts"
import { coordinate } from "../Format.ts"
import { extent, type Interval, makeScale, type Scale } from "../Scale.ts"
import { axisTitle, legend, lineOf, markersAt, plot, referenceLines, referenceNames, referenceRoom } from "./Plot.ts"

const width = 560
const height = 320

type Place = readonly [x: number, y: number]

/** Points in pixels, split where a value is missing. */
const runsOf = ({ points }: CurveSeries, x: Scale, y: Scale): ReadonlyArray<ReadonlyArray<Place>> => {
  const runs: Array<Array<Place>> = [[]]
  for (const [at, value] of points) {
    if (value === null) runs.push([])
    else runs.at(-1)?.push([x.at(at), y.at(value)])
  }
  return runs.filter((run) => run.length > 0)
}

const pathOf = (run: ReadonlyArray<Place>, step: boolean): string => {
  const [first, ...rest] = run.map(([x, y]) => [coordinate(x), coordinate(y)] as const)
  if (first === undefined) return ""
  const lines = rest.map(([x, y]) => (step ? `H${x}V${y}` : `L${x} ${y}`)).join("")
  return `M${first[0]} ${first[1]}${lines === "" ? "h0" : lines}`
}

const bandOf = (brush: Brush, index: number, { band = [] }: CurveSeries, x: Scale, y: Scale): string => {
  if (band.length === 0) return ""
  const high = band.map(([at, , value]) => `${coordinate(x.at(at))} ${coordinate(y.at(value))}`)
  const low = band.map(([at, value]) => `${coordinate(x.at(at))} ${coordinate(y.at(value))}`).reverse()
  return element("path", { d: `M${[...high, ...low].join("L")}Z`, "fill-opacity": "0.16", ...brush.paint({ fill: seriesColour(index) }) })
}

/** Strips between the neighbours of missing values. */
const gapsOf = (brush: Brush, { points }: CurveSeries, x: Scale): string => {
  const strips: Array<string> = []
  for (let start = 0; start < points.length; start++) {
    if (points[start]?.[1] !== null) continue
    let end = start
    while (end + 1 < points.length && points[end + 1]?.[1] === null) end++
    const from = x.at((points[start - 1] ?? points[start])?.[0] ?? 0)
    const to = x.at((points[end + 1] ?? points[end])?.[0] ?? 0)
    const [left, right] = [Math.min(from, to), Math.max(from, to)]
    const strip = { x: left - (left === right ? 3 : 0), y: 0, width: left === right ? 6 : right - left, height, fill: brush.hatch() }
    const words = label(brush, (left + right) / 2, height / 2 + 4, "no data", { anchor: "middle", size: 11, colour: "muted", halo: true })
    strips.push(element("rect", strip, element("title", {}, "no data")) + (right - left >= 60 ? words : ""))
    start = end
  }
  return strips.join("")
}

const drawSeries = (brush: Brush, series: CurveSeries, index: number, many: boolean, x: Scale, y: Scale): string => {
  const runs = runsOf(series, x, y)
  const places = runs.flat()
  const dots = series.style === "points"
  const every = dots || places.length <= 30 ? 1 : Math.ceil(places.length / 8)
  const marked = dots || many || places.length <= 30 ? places.filter((_, at) => at % every === 0) : []
  const line = dots ? "" : lineOf(brush, index, runs.map((run) => pathOf(run, series.style === "step")).join(""))
  return (runs.length === 0 ? "" : line) + markersAt(brush, index, marked)
}

const reaching = ([low, high]: Interval, { reaches }: Axis): Interval =>
  reaches === undefined ? [low, high] : [Math.min(low, reaches[0]), Math.max(high, reaches[1])]

export const drawCurve = (brush: Brush, figure: CurveFigure): Drawing => {
  const { series, reference = [] } = figure
  const across = extent(series.flatMap(({ points, band = [] }) => [...points.map(([x]) => x), ...band.map(([x]) => x)]))
  const known = series.flatMap(({ points, band = [] }) => [
    ...points.flatMap(([, y]) => (y === null ? [] : [y])),
    ...band.flatMap(([, low, high]) => [low, high])
  ])
  if (across === undefined || known.length === 0) return { width, height: 200, body: noData(brush, 0, 0, width, 200) }
  const x = makeScale({ scale: figure.x.scale, domain: reaching(across, figure.x), range: [0, width], target: 7, nice: false })
  const up = extent([...known, ...reference.map((line) => line.y)]) ?? [0, 1]
  const y = makeScale({ scale: figure.y.scale, domain: reaching(up, figure.y), range: [height, 0], target: 6, nice: true })
  const many = series.length > 1
  const items = series.map(({ name, style }, index) => ({
    name,
    sample: (style === "points" ? "" : lineOf(brush, index, "M1 7H29")) + markersAt(brush, index, [[15, 7]])
  }))
  const key = many || series.some(({ band }) => band !== undefined) ? legend(brush, items, width) : undefined
  const inside = [
    many ? "" : series.map((each) => gapsOf(brush, each, x)).join(""),
    ...series.map((each, index) => bandOf(brush, index, each, x, y)),
    referenceLines(brush, reference, y, width),
    ...series.map((each, index) => drawSeries(brush, each, index, many, x, y)),
    referenceNames(brush, reference, y, width)
  ].join("")
  return plot(brush, {
    width,
    height,
    x,
    y,
    xTitle: axisTitle(figure.x),
    yTitle: axisTitle(figure.y),
    right: Math.max(16, referenceRoom(reference)),
    inside,
    ...(key === undefined ? {} : { legend: key })
  })
}
