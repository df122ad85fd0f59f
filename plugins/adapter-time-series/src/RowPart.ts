/**
 * Tables with one series per row: a label, and the values in order. The `.tsv` form of the UCR archive is one, without a header.
 *
 * Sharp edge: without a header a row may have any number of values; with one it has as many cells as the header. A value that is
 * missing at the end of a row is a missing value, never the end of the series.
 */
import { cellPlace, cellsOf, columnAt, headerOf } from "./Cells.ts"
import type { Findings } from "./Findings.ts"
import type { TextLine } from "./Lines.ts"
import type { Column, RowOptions } from "./Options.ts"
import { cellValue, complete, emptySeries, type PartReader, scalarTarget } from "./PartReader.ts"
import type { SeriesRecord } from "./Series.ts"

/** The one channel of a row. */
export const ROW_CHANNEL = "value"

export const rowPart = (file: string, options: RowOptions, found: Findings): PartReader => {
  let names: ReadonlyArray<string> | undefined
  let state: "head" | "data" | "broken" = options.header ? "head" : "data"

  const decode = ([line]: ReadonlyArray<TextLine>): SeriesRecord | undefined => {
    const cells = line === undefined ? undefined : cellsOf(file, line, options.delimiter, found)
    if (line === undefined || cells === undefined) return undefined
    if (names !== undefined && cells.length !== names.length) {
      found.error("RAGGED", undefined, () => ({
        message: "the row has another number of cells than the header",
        ...cellPlace(file, line, cells, Math.min(cells.length - 1, names?.length ?? 0)),
        expected: `${names?.length ?? 0} cells`,
        actual: String(cells.length),
        help: "complete or correct the row; series of different lengths are written without a header"
      }))
      return undefined
    }
    const roles = new Set<number>()
    let sound = true
    const text = (role: string, column: Column | null | undefined): string | undefined => {
      if (column === null || column === undefined) return undefined
      const at = columnAt(names ?? cells, column) ?? cells.length
      roles.add(at)
      const cell = cells[at] ?? ""
      if (cell !== "") return cell
      sound = false
      found.error("EMPTY-CELL", role, () => ({
        message: `the ${role} of the row is empty`,
        ...cellPlace(file, line, cells, at),
        help: "fill it in"
      }))
      return undefined
    }
    const label = text("label_column", options.label_column)
    const id = text("id_column", options.id_column)
    const group = text("group_column", options.group_column)
    const places = cells.flatMap((_, at) => (roles.has(at) ? [] : [at]))
    if (places.length === 0) {
      emptySeries(found, file, line)
      return undefined
    }
    const values = new Float64Array(places.length)
    places.forEach((cell, at) => {
      const value = cellValue(found, cells[cell] ?? "", ROW_CHANNEL, () => cellPlace(file, line, cells, cell))
      if (value === undefined) sound = false
      else values[at] = value
    })
    const place = () => cellPlace(file, line, cells, columnAt(names, options.label_column) ?? 0)
    const target = label === undefined || options.target === "class" ? label : scalarTarget(found, label, place)
    if (!sound || target === undefined) return undefined
    const series = { channels: 1, values }
    const whole = complete(
      found,
      series,
      options.missing,
      () => ROW_CHANNEL,
      (at) => cellPlace(file, line, cells, places[at] ?? 0)
    )
    if (!whole) return undefined
    return { ...series, target, ...(id === undefined ? {} : { id }), ...(group === undefined ? {} : { group }) }
  }

  return {
    take: (line) => {
      if (state === "data") return line.line
      if (state === "head") {
        names = headerOf(file, line, options, found)
        state = names === undefined ? "broken" : "data"
      }
      return undefined
    },
    decode,
    classes: () => undefined,
    end: () => undefined
  }
}
