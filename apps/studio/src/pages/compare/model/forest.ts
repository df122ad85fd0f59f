/**
 * A forest plot: every metric a line, its difference a mark, its interval a bar, zero a line through all of them. Pure geometry, so that
 * where a mark lies can be tested. Sharp edge: all lines share one scale, and a metric on another scale (a count beside shares) would squeeze
 * the rest to nothing, so rows are grouped by the order of magnitude of what they reach.
 */
import type { ComparedMetric } from "@feagi-trainer/control-api/comparison"

export interface ForestRow {
  readonly name: string
  readonly metric: ComparedMetric
}

export interface ForestMark {
  readonly name: string
  readonly verdict: ComparedMetric["verdict"]
  /** From 0, the left edge, to 1; null where there is no difference to show. */
  readonly at: number | null
  readonly low: number | null
  readonly high: number | null
}

export interface ForestPanel {
  readonly low: number
  readonly high: number
  readonly zero: number
  readonly ticks: ReadonlyArray<{ readonly value: number; readonly at: number }>
  readonly marks: ReadonlyArray<ForestMark>
}

const reach = ({ metric }: ForestRow): number => {
  const values = [
    typeof metric.diff === "number" ? metric.diff : 0,
    ...("insufficient" in metric.interval ? [] : [metric.interval.low, metric.interval.high])
  ]
  return Math.max(...values.map(Math.abs))
}

/** A round step, so that there are about four ticks between the ends. */
export const stepOf = (span: number): number => {
  if (!(span > 0)) return 1
  const raw = span / 4
  const power = 10 ** Math.floor(Math.log10(raw))
  const part = raw / power
  return (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power
}

const panelOf = (rows: ReadonlyArray<ForestRow>): ForestPanel => {
  const ends = rows.flatMap(({ metric }) => [
    ...(typeof metric.diff === "number" ? [metric.diff] : []),
    ...("insufficient" in metric.interval ? [] : [metric.interval.low, metric.interval.high])
  ])
  const least = Math.min(0, ...ends)
  const most = Math.max(0, ...ends)
  const step = stepOf(most - least)
  // Multiples of a decimal step carry digits that nobody meant.
  const round = (value: number): number => Number(value.toPrecision(12))
  const [first, last] = most === least ? [-1, 1] : [Math.floor(round(least / step)), Math.ceil(round(most / step))]
  const [low, high] = [round(first * step), round(last * step)]
  const place = (value: number): number => (value - low) / (high - low)
  return {
    low,
    high,
    zero: place(0),
    // Counted and not summed up, as a sum of steps misses 0 by a hair.
    ticks: Array.from({ length: last - first + 1 }, (_, index) => {
      const value = round((first + index) * step)
      return { value, at: place(value) }
    }),
    marks: rows.map(({ name, metric }) => ({
      name,
      verdict: metric.verdict,
      at: typeof metric.diff === "number" ? place(metric.diff) : null,
      low: "insufficient" in metric.interval ? null : place(metric.interval.low),
      high: "insufficient" in metric.interval ? null : place(metric.interval.high)
    }))
  }
}

/** The metrics in panels of one scale each: those that reach at most 2 to either side (shares, correlations), and each power of ten above. */
export const forestOf = (rows: ReadonlyArray<ForestRow>): ReadonlyArray<ForestPanel> => {
  const panels = new Map<number, Array<ForestRow>>()
  for (const row of rows) {
    const far = reach(row)
    const size = far <= 2 ? 0 : Math.ceil(Math.log10(far))
    panels.set(size, [...(panels.get(size) ?? []), row])
  }
  return [...panels].sort(([left], [right]) => left - right).map(([, each]) => panelOf(each))
}

/** `recall/setosa`, `support/…`: a value of one class, or a count. Left out until they are asked for, as the terminal does. */
export const detail = (name: string, classes: ReadonlySet<string>): boolean =>
  name.startsWith("support/") || classes.has(name.slice(name.lastIndexOf("/") + 1))

/** The same in both runs, in every resample. */
export const isEqual = ({ diff, interval }: ComparedMetric): boolean =>
  diff === 0 && !("insufficient" in interval) && interval.low === 0 && interval.high === 0
