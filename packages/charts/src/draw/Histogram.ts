/** A histogram: touching bars between edges on a numeric axis. Height is the count, also when bins differ in width. */
import { type Brush, type Drawing, element, noData } from "../Brush.ts"
import type { HistogramFigure } from "../Figure.ts"
import { formatValue } from "../Format.ts"
import { makeScale } from "../Scale.ts"
import { axisTitle, plot } from "./Plot.ts"

const width = 520
const height = 280

export const drawHistogram = (brush: Brush, figure: HistogramFigure): Drawing => {
  const { edges, counts } = figure
  const [low, high] = [edges[0], edges.at(-1)]
  if (counts.length === 0 || low === undefined || high === undefined) return { width, height: 200, body: noData(brush, 0, 0, width, 200) }
  const most = counts.reduce((left, right) => Math.max(left, right), 0)
  const x = makeScale({ scale: "linear", domain: [low, high], range: [0, width], target: 8, nice: false })
  const y = makeScale({
    scale: "linear",
    domain: [0, most === 0 ? 1 : most],
    range: [height, 0],
    target: Math.min(6, Math.max(1, most)),
    nice: true
  })
  const bars = counts.map((count, index) => {
    const [from, to] = [edges[index] ?? low, edges[index + 1] ?? high]
    const box = { x: x.at(from), y: y.at(count), width: x.at(to) - x.at(from), height: height - y.at(count) }
    return element("rect", box, element("title", {}, `${formatValue(from)} to ${formatValue(to)}: ${formatValue(count)}`))
  })
  const inside = element("g", brush.paint({ fill: "s0", stroke: "surface" }), bars.join(""))
  return plot(brush, { width, height, x, y, xTitle: axisTitle(figure), yTitle: "count", inside })
}
