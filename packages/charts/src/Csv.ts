/**
 * The table of a figure as CSV (RFC 4180), numbers unrounded. Sharp edge: a spreadsheet takes a text that begins with = + - @ or a control
 * character for a formula, so such a text gets an apostrophe in front; numbers stay as they are, and no data is an empty cell.
 */
import type { Cell, Figure } from "./Figure.ts"
import { toTable } from "./Table.ts"

const formula = /^[=+\-@\t\r\n\0]/

/** A text as one cell. */
export const csvText = (text: string): string => {
  const inert = formula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

const cellText = (cell: Cell): string => (cell === null ? "" : typeof cell === "number" ? String(cell) : csvText(cell))

/**
 * One line for the columns, with units behind their names, and one for every row of the figure's table, each ended by CR LF.
 *
 * @throws FigureError when the figure cannot be drawn.
 */
export const toCsv = (figure: Figure): string => {
  const { columns, rows } = toTable(figure)
  const head = columns.map(({ label, unit }) => csvText(unit === undefined ? label : `${label} (${unit})`))
  return [head, ...rows.map((row) => row.map(cellText))].map((line) => `${line.join(",")}\r\n`).join("")
}
