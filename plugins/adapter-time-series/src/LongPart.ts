/**
 * Tables with one point in time per row: series_column, values, label. The rows of a series stand together.
 *
 * Sharp edge: a sample has one rate and no times of its own, so that `time` is checked and not kept: every time has to be within half a
 * period of its place at `sample_rate_hz`. A row that is missing, twice or out of order is found by it; without `time` it is not.
 */
import { showValue } from "@feagi-trainer/contracts"
import { cellPlace, cellsOf, columnAt, headerOf, splitCells } from "./Cells.ts"
import type { Findings } from "./Findings.ts"
import type { TextLine } from "./Lines.ts"
import type { Column, LongOptions } from "./Options.ts"
import { cellValue, complete, type PartReader, scalarTarget } from "./PartReader.ts"
import type { SeriesRecord } from "./Series.ts"

interface Row {
  readonly line: TextLine
  readonly cells: ReadonlyArray<string>
}

export const longPart = (file: string, options: LongOptions, found: Findings): PartReader => {
  const { time, value_columns, sample_rate_hz } = options
  let names: ReadonlyArray<string> | undefined
  let state: "head" | "data" | "broken" = "head"
  const at = (column: Column): number => columnAt(names, column) ?? -1
  const cell = (row: Row, column: Column): string => row.cells[at(column)] ?? ""
  const place = (row: Row, column: Column) => cellPlace(file, row.line, row.cells, at(column))

  /** A text that is the same in all rows of a series. */
  const constant = (rows: ReadonlyArray<Row>, column: string): string | undefined => {
    const [first] = rows
    const said = first === undefined ? "" : cell(first, column)
    if (first !== undefined && said === "") {
      found.error("EMPTY-CELL", column, () => ({ message: "the cell is empty", ...place(first, column), help: "fill it in" }))
      return undefined
    }
    const other = rows.find((row) => cell(row, column) !== said)
    if (other === undefined) return said
    found.error("CHANGES-WITHIN-SERIES", column, () => ({
      message: "the rows of one series differ in what is said of the series",
      ...place(other, column),
      expected: showValue(said),
      actual: showValue(cell(other, column)),
      help: "correct the row; series of one name that follow each other need names of their own"
    }))
    return undefined
  }

  /** Milliseconds of the first row; absent when nothing says them, `false` after a finding. */
  const checkTimes = (rows: ReadonlyArray<Row>): number | false | undefined => {
    if (time === null || time === undefined) return undefined
    const perSecond = { s: 1, ms: 1000, sample: sample_rate_hz }[time.unit]
    const period = perSecond / sample_rate_hz
    let first = 0
    for (const [step, row] of rows.entries()) {
      const value = scalarTime(row, time.column)
      if (value === undefined) return false
      if (step === 0) first = value
      const expected = first + step * period
      if (Math.abs(value - expected) <= period / 2) continue
      found.error("UNEVEN-TIME", time.column, () => ({
        message: `the time is not that of row ${step + 1} of a series of ${sample_rate_hz} Hz`,
        ...place(row, time.column),
        expected: `${expected} ± ${period / 2} ${time.unit}`,
        actual: cell(row, time.column),
        help: "a row is missing, twice or out of order, or sample_rate_hz or time.unit is another one; uneven series have to be resampled first"
      }))
      return false
    }
    return time.unit === "sample" ? undefined : Math.round((first * 1000) / perSecond)
  }
  const scalarTime = (row: Row, column: string): number | undefined => {
    const value = cellValue(found, cell(row, column), column, () => place(row, column))
    if (value === undefined || !Number.isNaN(value)) return value
    found.error("EMPTY-CELL", column, () => ({ message: "the row has no time", ...place(row, column), help: "fill it in" }))
    return undefined
  }

  const rowsOf = (lines: ReadonlyArray<TextLine>): ReadonlyArray<Row> | undefined => {
    const width = names?.length ?? 0
    const rows = lines.flatMap((line): ReadonlyArray<Row> => {
      const cells = cellsOf(file, line, options.delimiter, found)
      if (cells === undefined) return []
      if (cells.length === width) return [{ line, cells }]
      found.error("RAGGED", undefined, () => ({
        message: "the row has another number of cells than the header",
        ...cellPlace(file, line, cells, Math.min(cells.length - 1, width)),
        expected: `${width} cells`,
        actual: String(cells.length),
        help: "complete or correct the row; a cell that holds the delimiter has to be quoted"
      }))
      return []
    })
    return rows.length === lines.length ? rows : undefined
  }

  const decode = (lines: ReadonlyArray<TextLine>): SeriesRecord | undefined => {
    const rows = rowsOf(lines)
    const [first] = rows ?? []
    if (rows === undefined || first === undefined) return undefined
    const channels = value_columns.length
    const values = new Float64Array(rows.length * channels)
    let sound = true
    rows.forEach((row, step) => {
      value_columns.forEach((column, channel) => {
        const value = cellValue(found, cell(row, column), column, () => place(row, column))
        if (value === undefined) sound = false
        else values[step * channels + channel] = value
      })
    })
    const id = constant(rows, options.series_column)
    const label = constant(rows, options.label_column)
    const { group_column } = options
    const group = group_column === null || group_column === undefined ? undefined : constant(rows, group_column)
    const begin = checkTimes(rows)
    const target =
      label === undefined || options.target === "class" ? label : scalarTarget(found, label, () => place(first, options.label_column))
    if (!sound || id === undefined || target === undefined || begin === false) return undefined
    if (group === undefined && typeof group_column === "string") return undefined
    const series = { channels, values }
    const fieldOf = (channel: number): string => value_columns[channel] ?? ""
    const placeAt = (value: number) => place(rows[Math.floor(value / channels)] ?? first, fieldOf(value % channels))
    if (!complete(found, series, options.missing, fieldOf, placeAt)) return undefined
    return { ...series, target, id, ...(group === undefined ? {} : { group }), ...(begin === undefined ? {} : { time: begin }) }
  }

  return {
    take: (line) => {
      if (state === "data") {
        // What cannot be cut is a record of its own, so that decoding it says why.
        return splitCells(line.text, options.delimiter)?.[at(options.series_column)] ?? ""
      }
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
