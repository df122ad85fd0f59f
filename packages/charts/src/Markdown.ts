/**
 * A figure as Markdown: title, description and its table. Sharp edge: numbers are rounded to six significant digits for reading; the exact
 * ones are in `toTable`.
 */
import { assertFigure } from "./Check.ts"
import type { Cell, Figure, TableColumn } from "./Figure.ts"
import { formatValue } from "./Format.ts"
import { tableOf } from "./Table.ts"
import { cleaned } from "./Text.ts"

export interface MarkdownOptions {
  /** Whole number of rows to write at most; a line then says how many are left out. Without it every row is written. */
  readonly maxRows?: number
}

/** Nothing in a label can start markup: HTML is escaped as entities, Markdown by backslash. */
const plain = (text: string): string =>
  cleaned(text)
    .replace(/[\\`*_[\]|~#$!]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .trim()

const cellText = (cell: Cell): string => {
  if (cell === null) return "no data"
  return typeof cell === "number" ? formatValue(cell, 6) : plain(cell)
}

const heading = ({ label, unit }: TableColumn): string => plain(unit === undefined ? label : `${label} (${unit})`)
const rules = { left: ":--", right: "--:", center: ":-:" } as const
const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

/**
 * The table twin of a figure as GitHub-flavoured Markdown, ending with a line break.
 *
 * @throws FigureError when the figure cannot be drawn.
 * @throws RangeError when `maxRows` is no whole number of zero or more.
 */
export const toMarkdown = (figure: Figure, options: MarkdownOptions = {}): string => {
  assertFigure(figure)
  const { maxRows } = options
  if (maxRows !== undefined && !(Number.isSafeInteger(maxRows) && maxRows >= 0)) {
    throw new RangeError(`maxRows must be a whole number of zero or more, or left out for all rows; got ${maxRows}`)
  }
  const { columns, rows } = tableOf(figure)
  const shown = maxRows === undefined ? rows : rows.slice(0, maxRows)
  const references = figure.kind === "curve" || figure.kind === "bars" ? (figure.reference ?? []) : []
  const parts = [
    `**${plain(figure.title)}**`,
    // At the start of a paragraph these would open a list or underline a heading.
    plain(figure.description).replace(/^(\d*)([-+=.)])/, "$1\\$2"),
    columns.length === 0 || rows.length === 0
      ? "no data"
      : [line(columns.map(heading)), line(columns.map(({ align }) => rules[align])), ...shown.map((row) => line(row.map(cellText)))].join(
          "\n"
        ),
    rows.length > shown.length ? `${rows.length - shown.length} of ${rows.length} rows left out` : "",
    references.map(({ label, y }) => `Reference line: ${plain(label)} = ${formatValue(y, 6)}`).join("\n\n")
  ]
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`
}
