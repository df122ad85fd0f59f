/**
 * A page of the runs table as CSV, and how its parts are named and written: what `run ls --format csv` prints and what the web interface
 * saves, made by the same code from the same data.
 *
 * Sharp edge: a spreadsheet takes a text that begins with `=`, `+`, `-` or `@` for a formula and computes it, whoever wrote it. Such a text
 * gets an apostrophe in front, as spreadsheets themselves write it; numbers stay numbers. `raw` leaves it out, for programs.
 */

export type Cell = string | number | bigint | boolean | ReadonlyArray<string> | null

export interface RunTable {
  readonly columns: ReadonlyArray<{ readonly key: string }>
  /** Times are ISO 8601; the cell at a position belongs to the column at that position. */
  readonly rows: ReadonlyArray<{ readonly run_id: string; readonly cells: ReadonlyArray<Cell> }>
}

/** What begins a formula, in half and in full width, and what a spreadsheet skips in front of one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const beginsFormula = /^'*[=+\-@\t\r\n\u0000\uff1d\uff0b\uff0d\uff20]/

/** A text that no spreadsheet computes. Taking one apostrophe off in front of what begins a formula gives the text back. */
export const withoutFormula = (text: string): string => (beginsFormula.test(text) ? `'${text}` : text)

/** A cell as text: nothing for no value, words of a list with a space between them. */
export const cellText = (cell: Cell): string => (cell === null ? "" : typeof cell === "object" ? cell.join(" ") : String(cell))

/** The same for sheets: no text is a formula, unless it is wanted `raw`. */
export const sheetText = (cell: Cell, raw: boolean): string =>
  raw || typeof cell === "number" || typeof cell === "bigint" ? cellText(cell) : withoutFormula(cellText(cell))

/** Heads and rows, with the id of the run first, whether or not it was asked for. */
export const sheetOf = ({
  columns,
  rows
}: RunTable): { readonly head: ReadonlyArray<string>; readonly rows: ReadonlyArray<ReadonlyArray<Cell>> } => {
  const at = columns.flatMap(({ key }, index) => (key === "run_id" ? [] : [index]))
  return {
    head: ["run_id", ...at.map((index) => columns[index]?.key ?? "")],
    rows: rows.map(({ run_id, cells }) => [run_id, ...at.map((index) => cells[index] ?? null)])
  }
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** As RFC 4180 has it: lines end with CR LF. */
export const runTableCsv = (table: RunTable, raw = false): string => {
  const { head, rows } = sheetOf(table)
  return [head, ...rows.map((row) => row.map((cell) => sheetText(cell, raw)))].map((row) => `${row.map(quoted).join(",")}\r\n`).join("")
}

/** Columns as `--columns` and `--sort` take them: a name that they would take apart or trim stands in quotes. */
export const columnList = (keys: ReadonlyArray<string>): string =>
  keys.map((key) => (/[",\\]|^\s|\s$/.test(key) ? `"${key.replace(/[\\"]/g, (each) => `\\${each}`)}"` : key)).join(",")
