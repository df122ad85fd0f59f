/**
 * Figures of several runs beside and over each other: curves of the same figure become one figure, matrices stay apart. Sharp edge: figures
 * belong together by kind and id; what only one run has is shown of that run alone.
 */
import type { BarsFigure, CurveFigure, CurveSeries, Figure, MatrixFigure } from "@feagi-trainer/charts"

export interface RunFigures {
  /** `A`, `B`, … */
  readonly label: string
  readonly figures: ReadonlyArray<Figure>
}

export interface FigureRow {
  readonly id: string
  readonly kind: Figure["kind"]
  readonly title: string
  /** In the order of the runs; those without such a figure are not in it. */
  readonly sides: ReadonlyArray<{ readonly label: string; readonly figure: Figure }>
}

/** Figures of the same id and kind, in the order in which they first appear. */
export const rowsOf = (runs: ReadonlyArray<RunFigures>): ReadonlyArray<FigureRow> => {
  const rows = new Map<string, { id: string; kind: Figure["kind"]; title: string; sides: Array<{ label: string; figure: Figure }> }>()
  for (const { label, figures } of runs)
    for (const figure of figures) {
      const key = `${figure.kind} ${figure.id}`
      const row = rows.get(key) ?? { id: figure.id, kind: figure.kind, title: figure.title, sides: [] }
      row.sides.push({ label, figure })
      rows.set(key, row)
    }
  return [...rows.values()]
}

/** The names of the curves or bars of a row, each once. */
export const seriesNames = ({ sides }: FigureRow): ReadonlyArray<string> => [
  ...new Set(
    sides.flatMap(({ figure }) => (figure.kind === "curve" || figure.kind === "bars" ? figure.series.map(({ name }) => name) : []))
  )
]

/** A name of at most so many characters. */
const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text)

/**
 * One figure with the curves of all runs, of the series that are named; a curve that several runs share, such as that of chance, is drawn
 * once under all of their names. Undefined where no run has such a curve.
 */
export const overlaid = ({ id, title, sides }: FigureRow, names: ReadonlyArray<string>): CurveFigure | undefined => {
  const curves = sides.flatMap(({ label, figure }) => (figure.kind === "curve" ? [{ label, figure }] : []))
  const same = new Map<string, { readonly labels: Array<string>; readonly series: CurveSeries }>()
  for (const { label, figure } of curves)
    for (const series of figure.series.filter(({ name }) => names.includes(name))) {
      const known = same.get(JSON.stringify(series))
      if (known === undefined) same.set(JSON.stringify(series), { labels: [label], series })
      else known.labels.push(label)
    }
  const series = [...same.values()].map(
    ({ labels, series: each }): CurveSeries => ({ ...each, name: `${labels.join(", ")} · ${cut(each.name, 40)}` })
  )
  const [first] = curves
  if (first === undefined || series.length === 0) return undefined
  const { x, y, reference } = first.figure
  return {
    kind: "curve",
    id: `compare-${id}`,
    title,
    description: `${curves.map(({ label }) => label).join(" and ")} over each other. ${first.figure.description}`,
    x,
    y,
    series,
    ...(reference === undefined ? {} : { reference })
  }
}

/** One figure with a bar of each run in every category, of one series: side by side on one scale. Undefined where no run has it. */
export const beside = ({ id, title, sides }: FigureRow, name: string): BarsFigure | undefined => {
  const all = sides.flatMap(({ label, figure }) => {
    const series = figure.kind === "bars" ? figure.series.find((each) => each.name === name) : undefined
    return figure.kind === "bars" && series !== undefined ? [{ label, figure, series }] : []
  })
  const [first] = all
  if (first === undefined) return undefined
  const categories = [...new Set(all.flatMap(({ figure }) => figure.categories))]
  const whiskers = all.every(({ series }) => series.low !== undefined && series.high !== undefined)
  const placed = (figure: BarsFigure, values: ReadonlyArray<number | null>): ReadonlyArray<number | null> =>
    categories.map((category) => values[figure.categories.indexOf(category)] ?? null)
  const { x, y, reference } = first.figure
  return {
    kind: "bars",
    id: `compare-${id}`,
    title: `${title}: ${name}`,
    description: `${all.map(({ label }) => label).join(" and ")} beside each other. ${first.figure.description}`,
    x,
    y,
    categories,
    series: all.map(({ label, figure, series }) => ({
      name: label,
      values: placed(figure, series.values),
      ...(whiskers ? { low: placed(figure, series.low ?? []), high: placed(figure, series.high ?? []) } : {})
    })),
    ...(reference === undefined ? {} : { reference })
  }
}

export interface ConfusionCell {
  readonly count: number | null
  /** Of its row or column, from 0 to 1; null where that is empty, and for no data. */
  readonly share: number | null
}

/** The cells of a confusion matrix with their share of the row, "how often is X taken for Y", or of the column, "how often is Y right". */
export const confusionCells = ({ values, normalised }: MatrixFigure): ReadonlyArray<ReadonlyArray<ConfusionCell>> => {
  const sum = (list: ReadonlyArray<number | null>) => list.reduce<number>((total, value) => total + (value ?? 0), 0)
  return values.map((row) =>
    row.map((count, column) => {
      const whole = sum(normalised === "column" ? values.map((each) => each[column] ?? null) : row)
      return { count, share: count === null || whole === 0 ? null : count / whole }
    })
  )
}

/** A cell of a matrix in the address: run, truth and prediction. Names may hold anything, so the parts are encoded. */
export const cellText = (label: string, truth: string, predicted: string): string =>
  [label, truth, predicted].map((part) => encodeURIComponent(part).replaceAll("~", "%7E")).join("~")

/** Undefined where the text is no cell. */
export const readCell = (text: string): { readonly label: string; readonly truth: string; readonly predicted: string } | undefined => {
  const parts = text.split("~")
  if (parts.length !== 3) return undefined
  try {
    const [label, truth, predicted] = parts.map(decodeURIComponent)
    return label === undefined || truth === undefined || predicted === undefined ? undefined : { label, truth, predicted }
  } catch {
    return undefined
  }
}

/** What an overlay has of each kind, in words: shapes are told by line style and by name, never by colour alone. */
export const shapeCounts = (figure: Extract<Figure, { readonly kind: "overlay" }>): string => {
  const of = (test: (shape: (typeof figure.shapes)[number]) => boolean) => figure.shapes.filter(test).length
  const wrong = of(({ role, label }) => role === "prediction" && (label ?? "").endsWith("wrong"))
  const missed = of(({ role, label }) => role === "truth" && (label ?? "").endsWith("missed"))
  const truths = of(({ role }) => role === "truth")
  const predictions = of(({ role }) => role === "prediction")
  return `${truths} of the truth (solid)${missed === 0 ? "" : `, ${missed} of them missed`}; ${predictions} predicted (dashed)${wrong === 0 ? "" : `, ${wrong} of them wrong`}`
}
