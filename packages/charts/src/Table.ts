/**
 * The table twin: every figure as columns and rows, for readers who do not see the drawing and for programs. `null` stays null, "no data";
 * an empty text marks a cell that does not apply, such as the width of a keypoint.
 */
import { assertFigure } from "./Check.ts"
import type {
  BarsFigure,
  Cell,
  CurveFigure,
  CurveSeries,
  Figure,
  GridFigure,
  HistogramFigure,
  MatrixFigure,
  OverlayFigure,
  OverlayShape,
  RasterFigure,
  SeriesFigure,
  TableColumn
} from "./Figure.ts"

export interface Table {
  readonly columns: ReadonlyArray<TableColumn>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
}

const column = (key: string, label: string, align: "left" | "right", unit?: string): TableColumn =>
  unit === undefined ? { key, label, align } : { key, label, unit, align }

const matrixTable = ({ rows, columns, values, unit }: MatrixFigure): Table => ({
  columns: [
    column("row", `${rows.label} \\ ${columns.label}`, "left"),
    ...columns.categories.map((name, index) => column(`column-${index}`, name, "right", unit))
  ],
  rows: rows.categories.map((name, index) => [name, ...(values[index] ?? [])])
})

const repeatsX = ({ points, band }: CurveSeries): boolean =>
  [points, band ?? []].some((list) => new Set(list.map(([x]) => x)).size < list.length)

/** One row per x, one column per series (and its band). */
const wideCurve = ({ x, y, series }: CurveFigure): Table => {
  const places = new Map(series.flatMap(({ points, band }) => [...points, ...(band ?? [])]).map(([at]) => [at, at]))
  const found = series.map(({ points, band }) => ({
    points: new Map(points.map(([at, value]) => [at, value])),
    band: band === undefined ? undefined : new Map(band.map(([at, low, high]) => [at, [low, high] as const]))
  }))
  return {
    columns: [
      column("x", x.label, "right", x.unit),
      ...series.flatMap(({ name, band }, index) => [
        column(`series-${index}`, name, "right", y.unit),
        ...(band === undefined
          ? []
          : [column(`low-${index}`, `${name}, low`, "right", y.unit), column(`high-${index}`, `${name}, high`, "right", y.unit)])
      ])
    ],
    rows: [...places.keys()]
      .sort((left, right) => left - right)
      .map((at) => [
        at,
        ...found.flatMap(({ points, band }) => [
          points.get(at) ?? null,
          ...(band === undefined ? [] : [band.get(at)?.[0] ?? null, band.get(at)?.[1] ?? null])
        ])
      ])
  }
}

/** One row per point in drawing order, for curves that come back to an x, as a ROC curve does. */
const longCurve = ({ x, y, series }: CurveFigure): Table => {
  const banded = series.some(({ band }) => band !== undefined)
  const rest = (low: Cell, high: Cell): ReadonlyArray<Cell> => (banded ? [low, high] : [])
  return {
    columns: [
      column("series", "series", "left"),
      column("x", x.label, "right", x.unit),
      column("y", y.label, "right", y.unit),
      ...(banded ? [column("low", "low", "right", y.unit), column("high", "high", "right", y.unit)] : [])
    ],
    rows: series.flatMap(({ name, points, band }) => [
      ...points.map(([at, value]) => [name, at, value, ...rest("", "")]),
      ...(band ?? []).map(([at, low, high]) => [name, at, "", ...rest(low, high)])
    ])
  }
}

const barsTable = ({ x, y, categories, series }: BarsFigure): Table => ({
  columns: [
    column("category", x.label, "left"),
    ...series.flatMap(({ name, low }, index) => [
      column(`series-${index}`, name, "right", y.unit),
      ...(low === undefined
        ? []
        : [column(`low-${index}`, `${name}, low`, "right", y.unit), column(`high-${index}`, `${name}, high`, "right", y.unit)])
    ])
  ],
  rows: categories.map((category, at) => [
    category,
    ...series.flatMap(({ values, low, high }) => [values[at] ?? null, ...(low === undefined ? [] : [low[at] ?? null, high?.[at] ?? null])])
  ])
})

const histogramTable = ({ label, unit, edges, counts }: HistogramFigure): Table => ({
  columns: [column("from", `${label} from`, "right", unit), column("to", `${label} to`, "right", unit), column("count", "count", "right")],
  rows: counts.map((count, index) => [edges[index] ?? null, edges[index + 1] ?? null, count])
})

const seriesTable = ({ sample_rate_hz, channels, marks = [] }: SeriesFigure): Table => {
  const length = Math.max(
    channels.reduce((most, { values }) => Math.max(most, values.length), 0),
    marks.reduce((most, { at }) => Math.max(most, at + 1), 0)
  )
  const named = new Map<number, string>()
  for (const { at, until, label } of marks) {
    const text = until === undefined ? label : `${label} (to sample ${until})`
    named.set(at, named.has(at) ? `${named.get(at)}, ${text}` : text)
  }
  return {
    columns: [
      column("sample", "sample", "right"),
      ...(sample_rate_hz === undefined ? [] : [column("time", "time", "right", "s")]),
      ...channels.map(({ name, unit }, index) => column(`channel-${index}`, name, "right", unit)),
      ...(marks.length === 0 ? [] : [column("marks", "marks", "left")])
    ],
    rows: Array.from({ length }, (_, index) => [
      index,
      ...(sample_rate_hz === undefined ? [] : [index / sample_rate_hz]),
      ...channels.map(({ values }) => values[index] ?? null),
      ...(marks.length === 0 ? [] : [named.get(index) ?? ""])
    ])
  }
}

type Place = readonly [part: string, x: number | null, y: number | null, width: number | null | "", height: number | null | ""]

const placesOf = (shape: OverlayShape): ReadonlyArray<Place> => {
  if (shape.shape === "box") return [["", shape.x, shape.y, shape.width, shape.height]]
  if (shape.shape === "keypoints") return shape.points.map(({ name, x, y }) => [name, x, y, "", ""])
  return shape.rings.map((ring, index) => {
    const part = `ring ${index + 1}, ${ring.length} points`
    if (ring.length === 0) return [part, null, null, null, null]
    const least = (which: 0 | 1) => ring.reduce((low, point) => Math.min(low, point[which]), Number.POSITIVE_INFINITY)
    const most = (which: 0 | 1) => ring.reduce((high, point) => Math.max(high, point[which]), Number.NEGATIVE_INFINITY)
    return [part, least(0), least(1), most(0) - least(0), most(1) - least(1)]
  })
}

const overlayTable = ({ shapes }: OverlayFigure): Table => ({
  columns: [
    column("number", "#", "right"),
    column("shape", "shape", "left"),
    column("role", "role", "left"),
    column("label", "label", "left"),
    column("score", "score", "right"),
    column("part", "part", "left"),
    ...["x", "y", "width", "height"].map((key) => column(key, key, "right", "px"))
  ],
  rows: shapes.flatMap((shape, index) =>
    placesOf(shape).map(
      (place): ReadonlyArray<Cell> => [index + 1, shape.shape, shape.role ?? "", shape.label ?? "", shape.score ?? "", ...place]
    )
  )
})

/** One row per cell; the panel is named only where there are several. */
const gridTable = ({ x, y, unit, panels }: GridFigure): Table => {
  const several = panels.length > 1
  return {
    columns: [
      ...(several ? [column("panel", "panel", "left")] : []),
      column("y", y.label, "right"),
      column("x", x.label, "right"),
      column("value", "value", "right", unit)
    ],
    rows: panels.flatMap(({ title, values }) =>
      values.flatMap((row, down) => row.map((value, across): ReadonlyArray<Cell> => [...(several ? [title] : []), down, across, value]))
    )
  }
}

/** One row per event, so that a unit without one has none. */
const rasterTable = ({ x, rows, events }: RasterFigure): Table => ({
  columns: [column("row", rows.label, "left"), column("at", x.label, "right", x.unit)],
  rows: events.flatMap((places, index) => places.map((at): ReadonlyArray<Cell> => [rows.categories[index] ?? "", at]))
})

/** The table of a checked figure. */
export const tableOf = (figure: Figure): Table => {
  switch (figure.kind) {
    case "matrix":
      return matrixTable(figure)
    case "curve":
      return figure.series.some(repeatsX) ? longCurve(figure) : wideCurve(figure)
    case "bars":
      return barsTable(figure)
    case "table":
      return { columns: figure.columns, rows: figure.rows }
    case "histogram":
      return histogramTable(figure)
    case "series":
      return seriesTable(figure)
    case "overlay":
      return overlayTable(figure)
    case "grid":
      return gridTable(figure)
    case "raster":
      return rasterTable(figure)
  }
}

/**
 * A figure as columns and rows, values unrounded.
 *
 * A curve has one row per x and one column per series, or, when a series meets an x twice, one row per point. A series figure has one row
 * per sample. Keys of columns are unique within the table.
 *
 * @throws FigureError when the figure cannot be drawn.
 */
export const toTable = (figure: Figure): Table => {
  assertFigure(figure)
  return tableOf(figure)
}
