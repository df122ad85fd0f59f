/**
 * What errors look like: answers over targets, how often errors of which size occur, and, for vectors, which output is at fault.
 *
 * Sharp edge: a scatter shows at most 200 points, taken at even ranks of the sorted rows and therefore the same for every order of
 * arrival; it leaves out, it never averages.
 */
import { type Figure, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import type { ErrorValues } from "./Errors.ts"
import type { Columns } from "./Rows.ts"

const mostPoints = 200
const mostSeries = 8
const bins = 20

/** At most `most` places of `count`, first and last among them. */
const evenly = (count: number, most: number): ReadonlyArray<number> =>
  count <= most
    ? Array.from({ length: count }, (_, index) => index)
    : Array.from({ length: most }, (_, index) => Math.floor((index * (count - 1)) / (most - 1)))

export const scatterFigure = ({ count, columns }: Columns): Figure => {
  const shown = columns.slice(0, mostSeries)
  const places = evenly(count, Math.floor(mostPoints / shown.length))
  const ends = shown.flatMap(({ target }) => [target[0] ?? 0, ...places.map((place) => target[place] ?? 0)])
  const low = ends.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY)
  const high = ends.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY)
  return {
    kind: "curve",
    id: "prediction-over-target",
    title: "Answers over targets",
    description: `One point per answered sample (${places.length} of ${count} shown); points on the line are right.`,
    x: { label: "target", scale: "linear" },
    y: { label: "prediction", scale: "linear" },
    series: [
      ...shown.map(({ target, prediction }, output) => ({
        name: columns.length === 1 ? "answers" : `output ${output}`,
        points: places.map((place) => [target[place] ?? 0, prediction[place] ?? 0] as const),
        style: "points" as const
      })),
      {
        name: "right",
        points: [
          [low, low],
          [high, high]
        ],
        style: "line"
      }
    ]
  }
}

/** How often errors of which size occur, in 20 bins of one width; nothing where the errors span more than a double holds. */
export const residualFigure = ({ columns }: Columns): ReadonlyArray<Figure> => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  const errors = columns.map(({ target, prediction }) => prediction.map((each, row) => each - (target[row] ?? 0)))
  for (const output of errors)
    for (const error of output) {
      if (error < low) low = error
      if (error > high) high = error
    }
  if (!Number.isFinite(high - low)) return []
  const edges = Array.from({ length: bins + 1 }, (_, index) => low + (index * (high - low)) / bins)
  edges[bins] = high
  const ascending = edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? edge))
  const half = Math.max(Math.abs(low), 1) / 2
  const counts = Array.from({ length: ascending ? bins : 1 }, () => 0)
  for (const output of errors)
    for (const error of output) {
      const bin = ascending ? Math.min(bins - 1, Math.floor(((error - low) / (high - low)) * bins)) : 0
      counts[bin] = (counts[bin] ?? 0) + 1
    }
  return [
    {
      kind: "histogram",
      id: "errors",
      title: "Errors",
      description: "How often an error (prediction minus target) of which size occurs, over all answered samples and outputs.",
      label: "prediction − target",
      edges: ascending ? edges : [low - half, high + half],
      counts
    }
  ]
}

const orGap = (value: MetricValue): number | null => (isInsufficient(value) ? null : value)

const mostOutputs = 64

/** MAE and RMSE of each output of a vector. */
export const outputsFigure = (outputs: ReadonlyArray<ErrorValues>): Figure => ({
  kind: "bars",
  id: "outputs",
  title: "Errors per output",
  description: `MAE and RMSE of each output${outputs.length > mostOutputs ? `, the first ${mostOutputs} of ${outputs.length}` : ""}; a missing bar is a value that is undefined, not zero.`,
  x: { label: "output" },
  y: { label: "error" },
  categories: outputs.slice(0, mostOutputs).map((_, output) => String(output)),
  series: (["mae", "rmse"] as const).map((name) => ({
    name,
    values: outputs.slice(0, mostOutputs).map((each) => orGap(each[name]))
  }))
})
