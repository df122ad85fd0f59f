/**
 * Lines of a table, cut into cells, and the columns that the options name.
 *
 * A cell may be enclosed in `"`, doubled inside it. Sharp edge: a quoted cell ends in the line in which it begins; one that does not is
 * an error, so that a line stays a record, or a row of one.
 */
import { didYouMean, showValue } from "@feagi-trainer/contracts"
import { parse } from "csv-parse/sync"
import type { Findings } from "./Findings.ts"
import { placeOf, type TextLine } from "./Lines.ts"
import { type Column, type Delimiter, type LongOptions, type RowOptions, rolesOf } from "./Options.ts"

/** Absent when a quotation mark is where none can be. Only lines with one need more than a cut at the delimiter. */
export const splitCells = (text: string, delimiter: Delimiter): ReadonlyArray<string> | undefined => {
  if (!text.includes('"')) return text.split(delimiter)
  try {
    const records: ReadonlyArray<ReadonlyArray<string>> = parse(text, {
      delimiter,
      quote: '"',
      escape: '"',
      relax_column_count: true,
      trim: false,
      max_record_size: 0
    })
    return records.length === 1 ? records[0] : undefined
  } catch {
    return undefined
  }
}

/** Where a cell begins: exact in a line without quotes, else the beginning of the line. */
export const cellPlace = (file: string, line: TextLine, cells: ReadonlyArray<string>, cell: number) =>
  placeOf(file, line, line.text.includes('"') ? 0 : cells.slice(0, cell).reduce((sum, text) => sum + text.length + 1, 0))

export const cellsOf = (file: string, line: TextLine, delimiter: Delimiter, found: Findings): ReadonlyArray<string> | undefined => {
  const cells = splitCells(line.text, delimiter)
  if (cells === undefined)
    found.error("STRAY-QUOTE", undefined, () => ({
      message: "a quotation mark opens a cell that the line does not close, or stands in the middle of one",
      ...placeOf(file, line, Math.max(0, line.text.indexOf('"'))),
      help: "quote the whole cell and double the mark inside it"
    }))
  return cells
}

/** The header, checked: no name twice, every column of the options there. */
export const headerOf = (
  file: string,
  line: TextLine,
  options: RowOptions | LongOptions,
  found: Findings
): ReadonlyArray<string> | undefined => {
  const names = cellsOf(file, line, options.delimiter, found)
  if (names === undefined) return undefined
  const before = found.errors()
  names.forEach((name, at) => {
    if (names.indexOf(name) === at) return
    found.error("DUPLICATE-HEADER", name, () => ({
      message: "two columns have the same name",
      ...cellPlace(file, line, names, at),
      help: "give each column a name of its own"
    }))
  })
  for (const [role, column] of rolesOf(options)) if (columnAt(names, column) === undefined) noColumn(file, line, role, column, names, found)
  return found.errors() === before ? names : undefined
}

/** Index of a column, from 0, by its name or its number from 1. */
export const columnAt = (names: ReadonlyArray<string> | undefined, column: Column): number | undefined => {
  if (typeof column === "number") return names === undefined || column <= names.length ? column - 1 : undefined
  const at = names?.indexOf(column) ?? -1
  return at === -1 ? undefined : at
}

const noColumn = (file: string, line: TextLine, role: string, column: Column, names: ReadonlyArray<string>, found: Findings): void =>
  found.error("NO-COLUMN", String(column), () => {
    const near = typeof column === "string" ? didYouMean(column, names) : undefined
    const shown = names.slice(0, 12).map((name) => showValue(name))
    return {
      message: `${role} is not a column of the file`,
      ...placeOf(file, line, 0),
      expected: `one of ${shown.join(", ")}${names.length > 12 ? ` and ${names.length - 12} more` : ""}`,
      actual: showValue(column),
      help: near === undefined ? "use a name of the first line, or another delimiter" : `did you mean ${showValue(near)}?`
    }
  })
