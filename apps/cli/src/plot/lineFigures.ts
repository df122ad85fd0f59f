/**
 * Lines of a run as figures: those of one kind and unit share an axis, so that a loss of 2 does not flatten an accuracy of 0.9. What an
 * optimiser tells beside them has no common scale, and each of it a figure of its own.
 */
import type { Figure } from "@feagi-trainer/charts"
import { type Axis, lineOf, type Series } from "../series.ts"

/** 600 pixels wide, and four points of each column. */
const drawnPoints = 2400

const axisLabels: Readonly<Record<Axis, { readonly label: string; readonly unit?: string }>> = {
  step: { label: "step" },
  sample: { label: "sample" },
  wall: { label: "time since the beginning", unit: "s" },
  epoch: { label: "epoch" }
}

interface Drawn {
  readonly run_id: string
  readonly x: Axis
  readonly log: boolean
  /** Points of one line at the most. */
  readonly points?: number
}

/** One figure for every group and unit, in the order of the lines; on a logarithmic axis what is not above 0 is no data. */
export const lineFigures = (lines: ReadonlyArray<Series>, { run_id, x, log, points = drawnPoints }: Drawn): ReadonlyArray<Figure> =>
  [...Map.groupBy(lines, ({ group, unit, name }) => (group === "measure" ? name : `${group} ${unit}`)).values()].map((of) => {
    const [first] = of
    const unit = first?.unit ?? "1"
    const group = first?.group ?? "metric"
    const title = first?.title ?? group
    // A line that stands alone is called by its name.
    const what = of.length === 1 ? title : group
    return {
      kind: "curve",
      id: `lines/${run_id}/${group === "measure" ? title : group}/${unit}`,
      title: `${what} of ${run_id}`,
      description: `${of.map(({ title }) => title).join("; ")}; ${of.reduce((sum, each) => sum + each.y.length, 0)} points as they were recorded.`,
      x: { ...axisLabels[x], scale: "linear" },
      y: { label: what, ...(unit === "1" ? {} : { unit }), scale: log ? "log" : "linear" },
      series: of.map((each) => {
        const line = lineOf(each, x, points)
        return {
          name: each.title,
          points: line.x.map((at, index) => {
            const y = line.y[index] ?? null
            return [at, log && y !== null && y <= 0 ? null : y] as const
          })
        }
      })
    }
  })
