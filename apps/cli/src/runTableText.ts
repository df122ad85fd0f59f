/** A page of the runs table as text that other programs read: CSV, TSV, one JSON object a line, Markdown. */
import { escapeControl } from "@feagi-trainer/contracts"
import { cellText, type RunTable, runTableCsv, sheetOf, sheetText } from "@feagi-trainer/control-api/run-table"
import type { Cell, CellType, RunTablePage } from "@feagi-trainer/core"
import { jsonText } from "./jsonText.ts"

export const tableFormats = ["csv", "tsv", "ndjson", "md"] as const
export type TableFormat = (typeof tableFormats)[number]

/** As scripts see a cell: a time is ISO 8601 in UTC, a list stays one. */
export const cellData = (cell: Cell, type: CellType): Cell =>
  type === "time" && typeof cell === "number" ? new Date(cell).toISOString() : cell

/** Each cell beside its column, times as ISO 8601. */
export const runTableData = ({ total, matched, hidden, offset, columns, rows }: RunTablePage) => ({
  total,
  matched,
  archived_hidden: hidden,
  offset,
  columns,
  rows: rows.map(({ run_id, cells }) => ({ run_id, cells: columns.map(({ type }, index) => cellData(cells[index] ?? null, type)) }))
})

const tabbed = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r")

/** Nothing in a cell is markup: not of Markdown, not of HTML, not a new row. */
const inMarkdown = (text: string): string =>
  escapeControl(text)
    .replace(/[\\`*_[\]|#~]/g, (each) => `\\${each}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")

export const runTableText = (page: RunTablePage, format: TableFormat, raw: boolean): string => {
  const data: RunTable = runTableData(page)
  const { head, rows } = sheetOf(data)
  switch (format) {
    case "csv":
      return runTableCsv(data, raw)
    case "tsv":
      return [head, ...rows.map((row) => row.map((cell) => sheetText(cell, raw)))].map((row) => `${row.map(tabbed).join("\t")}\n`).join("")
    case "ndjson":
      return rows.map((row) => `${jsonText(Object.fromEntries(head.map((key, index) => [key, row[index] ?? null])), 0)}\n`).join("")
    case "md": {
      const types = new Map(page.columns.map(({ key, type }) => [key, type]))
      const right = (key: string): boolean => ["number", "integer"].includes(types.get(key) ?? "text")
      const line = (row: ReadonlyArray<string>): string => `| ${row.join(" | ")} |\n`
      return [
        line(head.map(inMarkdown)),
        line(head.map((key) => (right(key) ? "--:" : "---"))),
        ...rows.map((row) => line(row.map((cell) => inMarkdown(cellText(cell)))))
      ].join("")
    }
  }
}
