/** Markdown tables whose columns stand below each other, for people who read the text itself; what a renderer makes of it stays the same. */
import { stdoutColumns } from "./terminal.ts"
import { textTable } from "./textTable.ts"
import { textWidth } from "./textWidth.ts"

const cellsOf = (line: string): ReadonlyArray<string> =>
  line
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())

const isRule = (cell: string): boolean => /^:?-+:?$/.test(cell)

const even = (rows: ReadonlyArray<string>): ReadonlyArray<string> => {
  const cells = rows.map(cellsOf)
  const rules = cells[1] ?? []
  const widths = rules.map((rule, index) => Math.max(3, ...cells.map((row, at) => (at === 1 ? rule.length : textWidth(row[index] ?? "")))))
  return cells.map((row) => {
    const padded = row.map((cell, index) => {
      const width = widths[index] ?? 0
      if (isRule(cell)) return `${cell.startsWith(":") ? ":" : "-"}${"-".repeat(width - 2)}${cell.endsWith(":") ? ":" : "-"}`
      const fill = " ".repeat(Math.max(0, width - textWidth(cell)))
      return rules[index]?.endsWith(":") === true ? fill + cell : cell + fill
    })
    return `| ${padded.join(" | ")} |`
  })
}

/** A table that is too wide for the terminal loses what makes it Markdown, and not its look. */
const fitting = (rows: ReadonlyArray<string>, width: number): string => {
  const made = even(rows)
  if (textWidth(made[0] ?? "") <= width) return made.join("\n")
  const [titles = [], rules = [], ...cells] = rows.map(cellsOf)
  const plain = (cell: string) => cell.replace(/\\(.)/g, "$1")
  const columns = titles.map((title, index) => ({
    title: plain(title),
    cell: (row: ReadonlyArray<string>) => plain(row[index] ?? ""),
    right: rules[index]?.endsWith(":") === true
  }))
  return textTable(columns, cells, made.join("\n"), width).trimEnd()
}

/** @param width columns of the terminal */
export const evenMarkdown = (text: string, width: number = stdoutColumns()): string =>
  text.replace(/^\|.*\|\n\|(?:[ :-]+\|)+(?:\n\|.*\|)*$/gm, (table) => fitting(table.split("\n"), width))
