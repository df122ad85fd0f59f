/**
 * The closed union of figures: plain JSON data, no function, no class, so a figure can be stored beside the run that made it and
 * drawn years later. Sharp edge: `null` is the only way to say "no data"; NaN and infinities are refused when the figure is
 * read, and a missing value never becomes a zero.
 */

/** What every figure carries. */
export interface FigureHead {
  /** Stable name of the figure inside its report; also the seed of the ids inside the SVG. Not empty. */
  readonly id: string
  readonly title: string
  /** One sentence that says what the figure shows, for people who do not see it. */
  readonly description: string
}

/** A numeric axis. A log axis takes values above zero only. */
export interface Axis {
  readonly label: string
  readonly unit?: string
  readonly scale: "linear" | "log"
  /** Values that the axis reaches at least, such as 0 and 1 for a share: how far apart two curves look must not depend on how good they are. */
  readonly reaches?: readonly [low: number, high: number]
}

/** A horizontal line with a name, such as the score of chance. */
export interface ReferenceLine {
  readonly label: string
  readonly y: number
}

/** One side of a matrix: what its categories are, and their names. */
export interface MatrixSide {
  readonly label: string
  readonly categories: ReadonlyArray<string>
}

/**
 * A matrix of values at least zero, shaded by each row's share. For a confusion matrix rows are the truth and columns the prediction;
 * columns may hold more than the rows do, such as "abstained". `values[row][column]`; `null` is no data.
 */
export interface MatrixFigure extends FigureHead {
  readonly kind: "matrix"
  readonly rows: MatrixSide
  readonly columns: MatrixSide
  readonly values: ReadonlyArray<ReadonlyArray<number | null>>
  readonly unit?: string
  /** Cells are shaded by their share of this and show it before the value. Left out: the value first, shaded by the share of the row. */
  readonly normalised?: "row" | "column"
}

/** One line of a curve figure. */
export interface CurveSeries {
  readonly name: string
  /** `[x, y]` in drawing order; `y` null breaks the line there. */
  readonly points: ReadonlyArray<readonly [x: number, y: number | null]>
  /** `[x, low, high]` in drawing order, such as a confidence interval. */
  readonly band?: ReadonlyArray<readonly [x: number, low: number, high: number]>
  /** `step` holds each y until the next x. Left out means `line`. */
  readonly style?: "line" | "step" | "points"
}

/** Values over a numeric x: learning curve, precision–recall, ROC. */
export interface CurveFigure extends FigureHead {
  readonly kind: "curve"
  readonly x: Axis
  readonly y: Axis
  readonly series: ReadonlyArray<CurveSeries>
  readonly reference?: ReadonlyArray<ReferenceLine>
}

/** One bar per category; `low` and `high` are the ends of an interval around the value, given together. */
export interface BarSeries {
  readonly name: string
  readonly values: ReadonlyArray<number | null>
  readonly low?: ReadonlyArray<number | null>
  readonly high?: ReadonlyArray<number | null>
}

/** Grouped bars over named categories, always drawn from zero. */
export interface BarsFigure extends FigureHead {
  readonly kind: "bars"
  readonly x: { readonly label: string }
  readonly y: { readonly label: string; readonly unit?: string }
  readonly categories: ReadonlyArray<string>
  readonly series: ReadonlyArray<BarSeries>
  readonly reference?: ReadonlyArray<ReferenceLine>
}

/** A cell of a table; `null` is no data. */
export type Cell = string | number | null

export interface TableColumn {
  readonly key: string
  readonly label: string
  readonly unit?: string
  readonly align: "left" | "right" | "center"
}

/** Rows under named columns; every row is as long as `columns`. */
export interface TableFigure extends FigureHead {
  readonly kind: "table"
  readonly columns: ReadonlyArray<TableColumn>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
}

/** Counts between ascending edges: bin `i` is `[edges[i], edges[i + 1])`, the last one closed, so there is one edge more than counts. */
export interface HistogramFigure extends FigureHead {
  readonly kind: "histogram"
  /** What is counted: the title of the x axis. */
  readonly label: string
  readonly unit?: string
  readonly edges: ReadonlyArray<number>
  readonly counts: ReadonlyArray<number>
}

/** One channel of a recording, one value per sample; `null` is a gap. */
export interface Channel {
  readonly name: string
  readonly unit?: string
  readonly values: ReadonlyArray<number | null>
}

/** A named place in a recording, in samples from the start, no further than the longest channel; with `until` it is a span. */
export interface SeriesMark {
  readonly label: string
  readonly at: number
  readonly until?: number
}

/** Channels over the same clock, one under the other. Without a sample rate the x axis counts samples, with one it counts seconds. */
export interface SeriesFigure extends FigureHead {
  readonly kind: "series"
  readonly sample_rate_hz?: number
  readonly channels: ReadonlyArray<Channel>
  readonly marks?: ReadonlyArray<SeriesMark>
}

/** What every shape of an overlay may say about itself. */
export interface ShapeHead {
  readonly label?: string
  /** Confidence of a prediction, usually 0 to 1. */
  readonly score?: number
  /** Truth is drawn solid, prediction dashed. */
  readonly role?: "truth" | "prediction"
}

/** Upper left corner and size, in pixels of the image. */
export interface BoxShape extends ShapeHead {
  readonly shape: "box"
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Named points in pixels; `edges` are pairs of indices into `points`. A point with null coordinates is not labelled and not drawn. */
export interface KeypointsShape extends ShapeHead {
  readonly shape: "keypoints"
  readonly points: ReadonlyArray<{ readonly name: string; readonly x: number | null; readonly y: number | null }>
  readonly edges?: ReadonlyArray<readonly [from: number, to: number]>
}

/** The outline of a mask: closed rings in pixels, filled by the even–odd rule so that an inner ring is a hole. */
export interface OutlineShape extends ShapeHead {
  readonly shape: "outline"
  readonly rings: ReadonlyArray<ReadonlyArray<readonly [x: number, y: number]>>
}

export type OverlayShape = BoxShape | KeypointsShape | OutlineShape

/**
 * What an overlay lies over. `href` is a `data:image/(png|jpeg|gif|webp);base64,` address, an `http(s)` address or a relative path; without it
 * the place of the image is hatched. `sample_id` and `file` say which picture belongs there, for whoever has the pictures.
 */
export interface OverlayImage {
  readonly width: number
  readonly height: number
  readonly href?: string
  /** The sample whose picture it is. */
  readonly sample_id?: string
  /** The name of the picture where the samples were described. */
  readonly file?: string
}

/** Shapes over an image. */
export interface OverlayFigure extends FigureHead {
  readonly kind: "overlay"
  readonly image: OverlayImage
  readonly shapes: ReadonlyArray<OverlayShape>
}

/** One sheet of numbers: `values[row][column]`, row 0 on top; `null` is no data. */
export interface GridPanel {
  readonly title: string
  readonly values: ReadonlyArray<ReadonlyArray<number | null>>
}

/**
 * Sheets of numbers side by side under one scale of colours: a tensor, the slices of a cortical area, power over time and frequency.
 * `sequential` shades from the least to the greatest value of all panels, `diverging` from zero to both sides alike.
 */
export interface GridFigure extends FigureHead {
  readonly kind: "grid"
  readonly x: { readonly label: string }
  readonly y: { readonly label: string }
  readonly colours: "sequential" | "diverging"
  readonly unit?: string
  /** Values that the scale reaches at least, such as 0 for counts: figures that are looked at together need one scale. */
  readonly reaches?: readonly [low: number, high: number]
  readonly panels: ReadonlyArray<GridPanel>
}

/** Events of many units over one clock, such as spikes of cortical areas by burst. */
export interface RasterFigure extends FigureHead {
  readonly kind: "raster"
  readonly x: { readonly label: string; readonly unit?: string }
  /** The clock runs from 0 to `length`; it is above 0 where there are rows. */
  readonly length: number
  readonly rows: { readonly label: string; readonly categories: ReadonlyArray<string> }
  /** For each row where its events lie, ascending, from 0 to below `length`. */
  readonly events: ReadonlyArray<ReadonlyArray<number>>
}

/** Every figure there is. */
export type Figure =
  | MatrixFigure
  | CurveFigure
  | BarsFigure
  | TableFigure
  | HistogramFigure
  | SeriesFigure
  | OverlayFigure
  | GridFigure
  | RasterFigure

/** The kinds of figure, in the order of the documentation. */
export const figureKinds = [
  "matrix",
  "curve",
  "bars",
  "table",
  "histogram",
  "series",
  "overlay",
  "grid",
  "raster"
] as const satisfies ReadonlyArray<Figure["kind"]>
