/**
 * A table of one kind of thing that a run recorded, and its text forms: CSV for whatever reads lines, JSON for whatever reads objects.
 *
 * Every cell is exact in every form. CSV is RFC 4180 (a header, CRLF, quotes where they are needed): null is an empty field, an empty text
 * is `""`, numbers have the shortest digits that read back to the same bits. Sharp edge: a text that begins with `=`, `+`, `-` or `@` is
 * written as it is, because another text would be another sample id; a spreadsheet may take it for a formula, so import it there as text.
 */
import { canonical } from "@feagi-trainer/determinism"

/** `json`: text that is canonical JSON. `integer`: a whole number of at most 64 bits. */
export type ColumnType = "text" | "integer" | "number" | "boolean" | "json"

export type Cell = string | number | boolean | null

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** Whether a cell may be null. */
  readonly nullable?: boolean
}

export interface Table {
  readonly columns: ReadonlyArray<Column>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
}

const isA: Readonly<Record<ColumnType, (cell: Cell) => boolean>> = {
  text: (cell) => typeof cell === "string",
  json: (cell) => typeof cell === "string",
  integer: (cell) => Number.isSafeInteger(cell),
  number: (cell) => typeof cell === "number",
  boolean: (cell) => typeof cell === "boolean"
}

/** The table itself. Throws RangeError naming the first cell that is not of its column's type: a mistake of the caller. */
export const checkTable = (table: Table): Table => {
  for (const [at, row] of table.rows.entries()) {
    if (row.length !== table.columns.length) throw new RangeError(`row ${at} has ${row.length} cells for ${table.columns.length} columns`)
    for (const [index, { name, type, nullable = false }] of table.columns.entries()) {
      const cell = row[index] ?? null
      if (cell === null ? !nullable : !isA[type](cell)) throw new RangeError(`row ${at}, column ${name}: ${String(cell)} is no ${type}`)
    }
  }
  return table
}

const csvText = (cell: Cell): string => {
  if (cell === null) return ""
  if (typeof cell === "number") return Object.is(cell, -0) ? "-0" : String(cell)
  if (typeof cell === "boolean") return String(cell)
  return cell === "" || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** A header and one line for each row, each ended by CRLF. */
export const tableCsv = (table: Table): string => {
  const { columns, rows } = checkTable(table)
  return [columns.map(({ name }) => name), ...rows].map((row) => `${row.map(csvText).join(",")}\r\n`).join("")
}

/** A list of objects, one line each; cells of type `json` are values and no text of values. Canonical, so NaN is `{"$number":"NaN"}`. */
export const tableJson = (table: Table): string => {
  const { columns, rows } = checkTable(table)
  // A cell that is canonical JSON already is put in as it is; its keys keep their order.
  const member = ({ name, type }: Column, cell: Cell): string =>
    `${canonical(name)}:${type === "json" && typeof cell === "string" ? cell : canonical(cell)}`
  const lines = rows.map((row) => `{${columns.map((column, index) => member(column, row[index] ?? null)).join(",")}}`)
  return lines.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`
}
