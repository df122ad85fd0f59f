/** A plain table: columns as wide as their widest cell, numbers to the right, control characters shown. */
import { escapeControl } from "@feagi-trainer/contracts"

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string | number | null
}

/** Columns that a terminal gives a text: wide characters count twice, combining marks nothing. */
const width = (text: string): number => {
  let columns = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (/\p{Mark}/u.test(character)) continue
    columns +=
      (code >= 0x1100 && code <= 0x115f) ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      code >= 0x1f300
        ? 2
        : 1
  }
  return columns
}

export const textTable = <Row>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>, whenEmpty: string): string => {
  if (rows.length === 0) return `${whenEmpty}\n`
  const cells = rows.map((row) => columns.map((column) => column.cell(row)))
  const texts = cells.map((row) => row.map((cell) => (cell === null ? "–" : escapeControl(String(cell)))))
  const widths = columns.map((column, index) => Math.max(width(column.title), ...texts.map((row) => width(row[index] ?? ""))))
  const line = (row: ReadonlyArray<string>, right: (index: number) => boolean) =>
    row
      .map((text, index) => {
        const gap = " ".repeat(Math.max(0, (widths[index] ?? 0) - width(text)))
        return right(index) ? gap + text : text + gap
      })
      .join("  ")
      .trimEnd()
  const numeric = (index: number) =>
    cells.some((row) => typeof row[index] === "number") && cells.every((row) => typeof row[index] !== "string")
  return `${[columns.map((column) => column.title), ...texts].map((row) => line(row, numeric)).join("\n")}\n`
}
