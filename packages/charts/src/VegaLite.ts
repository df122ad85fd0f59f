/**
 * A figure as a Vega-Lite specification with its data inside, for people who want to draw it their own way. Sharp edge: it is the same data,
 * not the same picture; hatches, reference bands and gaps are ours alone. Tables and overlays have no such form.
 */
import { assertFigure } from "./Check.ts"
import type { Axis, Figure } from "./Figure.ts"

const schema = "https://vega.github.io/schema/vega-lite/v6.json"

export type VegaLite = Readonly<Record<string, unknown>>

const titled = ({ label, unit }: { readonly label: string; readonly unit?: string }): string =>
  unit === undefined ? label : `${label} (${unit})`
const quantitative = (field: string, axis: Axis) => ({
  field,
  type: "quantitative",
  title: titled(axis),
  scale: {
    type: axis.scale,
    zero: false,
    ...(axis.reaches === undefined ? {} : { domainMin: axis.reaches[0], domainMax: axis.reaches[1] })
  }
})
const plain = (field: string, title: string, type: "quantitative" | "nominal" | "ordinal") => ({ field, type, title })

const bodyOf = (figure: Figure): VegaLite | undefined => {
  switch (figure.kind) {
    case "matrix": {
      const values = figure.rows.categories.flatMap((row, down) =>
        figure.columns.categories.map((column, across) => ({ row, column, value: figure.values[down]?.[across] ?? null }))
      )
      const sorted = (categories: ReadonlyArray<string>) => ({ sort: categories })
      return {
        data: { values },
        mark: "rect",
        encoding: {
          x: { ...plain("column", figure.columns.label, "nominal"), ...sorted(figure.columns.categories) },
          y: { ...plain("row", figure.rows.label, "nominal"), ...sorted(figure.rows.categories) },
          color: plain("value", figure.unit ?? "value", "quantitative")
        }
      }
    }
    case "curve": {
      const points = figure.series.flatMap(({ name, points: each }) => each.map(([x, y]) => ({ series: name, x, y })))
      const bands = figure.series.flatMap(({ name, band = [] }) => band.map(([x, low, high]) => ({ series: name, x, low, high })))
      const encoding = { x: quantitative("x", figure.x), color: { field: "series", type: "nominal", title: null } }
      const lines = {
        data: { values: points },
        mark: { type: "line", invalid: "break-paths-show-domains" },
        encoding: { ...encoding, y: quantitative("y", figure.y) }
      }
      const area = {
        data: { values: bands },
        mark: { type: "area", opacity: 0.2 },
        encoding: { ...encoding, y: quantitative("low", figure.y), y2: { field: "high" } }
      }
      const rules = (figure.reference ?? []).map(({ label, y }) => ({
        data: { values: [{ y, label }] },
        mark: { type: "rule", strokeDash: [4, 4] },
        encoding: { y: quantitative("y", figure.y), tooltip: { field: "label" } }
      }))
      return { layer: [...(bands.length === 0 ? [] : [area]), lines, ...rules] }
    }
    case "bars": {
      const values = figure.series.flatMap(({ name, values: each, low, high }) =>
        figure.categories.map((category, at) => ({
          series: name,
          category,
          value: each[at] ?? null,
          ...(low === undefined ? {} : { low: low[at] ?? null, high: high?.[at] ?? null })
        }))
      )
      const place = {
        x: { ...plain("category", figure.x.label, "nominal"), sort: figure.categories },
        xOffset: { field: "series" },
        color: { field: "series", type: "nominal", title: null }
      }
      const bars = { mark: "bar", encoding: { ...place, y: plain("value", titled(figure.y), "quantitative") } }
      const ends = { mark: "rule", encoding: { ...place, y: plain("low", titled(figure.y), "quantitative"), y2: { field: "high" } } }
      return { data: { values }, layer: figure.series.some(({ low }) => low !== undefined) ? [bars, ends] : [bars] }
    }
    case "histogram":
      return {
        data: { values: figure.counts.map((count, at) => ({ from: figure.edges[at] ?? null, to: figure.edges[at + 1] ?? null, count })) },
        mark: "bar",
        encoding: {
          x: { ...plain("from", titled(figure), "quantitative"), bin: { binned: true } },
          x2: { field: "to" },
          y: plain("count", "count", "quantitative")
        }
      }
    case "series": {
      const rate = figure.sample_rate_hz ?? 1
      return {
        data: {
          values: figure.channels.flatMap(({ name, values }) => values.map((value, at) => ({ channel: name, at: at / rate, value })))
        },
        mark: { type: "line", invalid: "break-paths-show-domains" },
        encoding: {
          x: plain("at", figure.sample_rate_hz === undefined ? "sample" : "time (s)", "quantitative"),
          y: plain("value", "", "quantitative"),
          row: { ...plain("channel", "", "nominal"), sort: figure.channels.map(({ name }) => name) }
        },
        resolve: { scale: { y: "independent" } }
      }
    }
    case "grid":
      return {
        data: {
          values: figure.panels.flatMap(({ title, values }) =>
            values.flatMap((row, y) => row.map((value, x) => ({ panel: title, x, y, value })))
          )
        },
        mark: "rect",
        encoding: {
          x: plain("x", figure.x.label, "ordinal"),
          y: plain("y", figure.y.label, "ordinal"),
          color: {
            ...plain("value", figure.unit ?? "value", "quantitative"),
            scale: figure.colours === "diverging" ? { domainMid: 0, scheme: "blueorange" } : {}
          },
          ...(figure.panels.length > 1 ? { facet: { field: "panel", columns: 6, sort: figure.panels.map(({ title }) => title) } } : {})
        }
      }
    case "raster":
      return {
        data: { values: figure.events.flatMap((places, at) => places.map((x) => ({ row: figure.rows.categories[at] ?? "", x }))) },
        mark: "tick",
        encoding: {
          x: plain("x", titled(figure.x), "quantitative"),
          y: { ...plain("row", figure.rows.label, "nominal"), sort: figure.rows.categories, scale: { domain: figure.rows.categories } }
        }
      }
    default:
      return undefined
  }
}

/**
 * The specification, or undefined for a table or an overlay.
 *
 * @throws FigureError when the figure cannot be drawn.
 */
export const toVegaLite = (figure: Figure): VegaLite | undefined => {
  assertFigure(figure)
  const body = bodyOf(figure)
  return body === undefined ? undefined : { $schema: schema, title: figure.title, description: figure.description, ...body }
}
