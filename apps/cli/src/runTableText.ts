/**
 * A page of the runs table as text that other programs read: CSV, TSV, one JSON object a line, Markdown.
 *
 * Sharp edge: a spreadsheet takes a text that begins with `=`, `+`, `-` or `@` for a formula and computes it, whoever wrote it. Such a text
 * gets an apostrophe in front, as spreadsheets themselves write it; numbers stay numbers. `raw` leaves it out, for programs.
 */
import { escapeControl } from "@feagi-trainer/contracts"
import type { Cell, CellType, RunTablePage } from "@feagi-trainer/core"
import { jsonText } from "./jsonText.ts"

export const tableFormats = ["csv", "tsv", "ndjson", "md"] as const
export type TableFormat = (typeof tableFormats)[number]

/** What begins a formula, in half and in full width, and what a spreadsheet skips in front of one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const beginsFormula = /^'*[=+\-@\t\r\n\u0000\uff1d\uff0b\uff0d\uff20]/

/** A text that no spreadsheet computes. Taking one apostrophe off in front of what begins a formula gives the text back. */
export const withoutFormula = (text: string): string => (beginsFormula.test(text) ? `'${text}` : text)

/** As scripts see a cell: a time is ISO 8601 in UTC, a list stays one. */
export const cellData = (cell: Cell, type: CellType): Cell =>
  type === "time" && typeof cell === "number" ? new Date(cell).toISOString() : cell

const cellText = (cell: Cell, type: CellType): string => {
  const value = cellData(cell, type)
  if (value === null) return ""
  return typeof value === "object" ? value.join(" ") : String(value)
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

const tabbed = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r")

/** Nothing in a cell is markup: not of Markdown, not of HTML, not a new row. */
const inMarkdown = (text: string): string =>
  escapeControl(text)
    .replace(/[\\`*_[\]|#~]/g, (each) => `\\${each}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")

const rowsOf = (page: RunTablePage, text: (cell: Cell, type: CellType) => string): ReadonlyArray<ReadonlyArray<string>> =>
  page.rows.map(({ run_id, cells }) => [text(run_id, "text"), ...page.columns.map(({ type }, index) => text(cells[index] ?? null, type))])

/** The columns of a page, with the id of the run first even where it was not asked for. */
const withId = (page: RunTablePage): RunTablePage => {
  const at = page.columns.findIndex(({ key }) => key === "run_id")
  if (at === -1) return page
  return {
    ...page,
    columns: page.columns.toSpliced(at, 1),
    rows: page.rows.map(({ run_id, cells }) => ({ run_id, cells: cells.toSpliced(at, 1) }))
  }
}

export const runTableText = (given: RunTablePage, format: TableFormat, raw: boolean): string => {
  const page = withId(given)
  const header = ["run_id", ...page.columns.map(({ key }) => key)]
  const guarded = (cell: Cell, type: CellType): string => {
    const text = cellText(cell, type)
    return raw || typeof cell === "number" || typeof cell === "bigint" ? text : withoutFormula(text)
  }
  switch (format) {
    case "csv":
      return [header, ...rowsOf(page, guarded)].map((row) => `${row.map(quoted).join(",")}\r\n`).join("")
    case "tsv":
      return [header, ...rowsOf(page, guarded)].map((row) => `${row.map(tabbed).join("\t")}\n`).join("")
    case "ndjson":
      return page.rows
        .map(({ run_id, cells }) => {
          const members = page.columns.map(({ key, type }, index) => [key, cellData(cells[index] ?? null, type)] as const)
          return `${jsonText(Object.fromEntries([["run_id", run_id], ...members]), 0)}\n`
        })
        .join("")
    case "md": {
      const numeric = page.columns.map(({ type }) => type === "number" || type === "integer")
      const line = (row: ReadonlyArray<string>): string => `| ${row.join(" | ")} |\n`
      return [
        line(header.map(inMarkdown)),
        line(["---", ...numeric.map((right) => (right ? "--:" : "---"))]),
        ...rowsOf(page, (cell, type) => inMarkdown(cellText(cell, type))).map(line)
      ].join("")
    }
  }
}
