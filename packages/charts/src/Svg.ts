/**
 * A figure as one self-contained SVG: title, drawing, style. Sharp edge: a style sheet inside an SVG reaches the whole page it is put into, so
 * every rule and every id begins with a name made from the figure's id; two figures of one page need different ids.
 */
import { Brush, type Drawing, element, label, type Theme } from "./Brush.ts"
import { assertFigure } from "./Check.ts"
import { drawBars } from "./draw/Bars.ts"
import { drawCurve } from "./draw/Curve.ts"
import { drawGrid } from "./draw/Grid.ts"
import { drawHistogram } from "./draw/Histogram.ts"
import { drawMatrix } from "./draw/Matrix.ts"
import { drawOverlay } from "./draw/Overlay.ts"
import { drawRaster } from "./draw/Raster.ts"
import { drawSeries } from "./draw/Series.ts"
import { drawTable } from "./draw/TableDrawing.ts"
import type { Figure } from "./Figure.ts"
import { coordinate } from "./Format.ts"
import { escaped, textWidth, wrapped } from "./Text.ts"

export interface SvgOptions {
  /** `auto`, the default, follows the reader's colour scheme and is light where the renderer knows none. */
  readonly theme?: Theme
}

const margin = 16
const titleSize = 15
const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

/** A name for ids and style rules: the letters of the id and a hash (FNV-1a) of all of it, as two ids may have the same letters. */
const scopeOf = (id: string): string => {
  let hash = 0x811c9dc5
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193)
  const letters = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40)
  return ["figure", letters, (hash >>> 0).toString(16).padStart(8, "0")].filter((part) => part !== "").join("-")
}

const drawingOf = (brush: Brush, figure: Figure): Drawing => {
  switch (figure.kind) {
    case "matrix":
      return drawMatrix(brush, figure)
    case "curve":
      return drawCurve(brush, figure)
    case "bars":
      return drawBars(brush, figure)
    case "table":
      return drawTable(brush, figure)
    case "histogram":
      return drawHistogram(brush, figure)
    case "series":
      return drawSeries(brush, figure)
    case "overlay":
      return drawOverlay(brush, figure)
    case "grid":
      return drawGrid(brush, figure)
    case "raster":
      return drawRaster(brush, figure)
  }
}

/**
 * Draws a figure. Equal figures and options give equal bytes, in Node and in a browser.
 *
 * The size comes from the content: `width` and `height` say it in pixels, `viewBox` lets a page scale it. Colours can be overridden
 * with custom properties: `--figure-surface`, `--figure-ink`, `--figure-s0` and so on.
 *
 * @throws FigureError with every problem of the figure.
 * @throws RangeError when the theme is none of light, dark, auto.
 */
export const toSvg = (figure: Figure, options: SvgOptions = {}): string => {
  assertFigure(figure)
  const { theme = "auto" } = options
  if (!["light", "dark", "auto"].includes(theme))
    throw new RangeError(`theme must be "light", "dark" or "auto", got ${JSON.stringify(theme)}`)
  const brush = new Brush(scopeOf(figure.id), theme)
  const drawing = drawingOf(brush, figure)
  const inner = Math.max(drawing.width, Math.min(360, textWidth(figure.title, titleSize * 1.08)))
  const lines = wrapped(figure.title, titleSize * 1.08, inner, 2)
  const top = margin + lines.length * 20 + 8
  const [width, height] = [Math.ceil(inner + 2 * margin), Math.ceil(top + drawing.height + margin)]
  const title = lines.map((line, index) =>
    label(brush, margin, margin + 14 + index * 20, line, {
      size: titleSize,
      weight: 600,
      ...(line.endsWith("…") ? { full: figure.title } : {})
    })
  )
  const body =
    element("rect", { width, height, ...brush.paint({ fill: "surface" }) }) +
    element(
      "g",
      { "font-family": fonts, ...brush.paint({ fill: "ink" }) },
      title.join("") + element("g", { transform: `translate(${margin} ${coordinate(top)})` }, drawing.body)
    )
  const [titleId, descriptionId] = [`${brush.scope}-title`, `${brush.scope}-description`]
  const told =
    element("title", { id: titleId }, escaped(figure.title)) + element("desc", { id: descriptionId }, escaped(figure.description))
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      id: brush.scope,
      role: "img",
      "aria-labelledby": titleId,
      "aria-describedby": descriptionId,
      width,
      height,
      viewBox: `0 0 ${width} ${height}`
    },
    told + brush.head() + body
  )}\n`
}
