/**
 * A table for people: columns as wide as their widest cell, numbers to the right, control characters shown.
 *
 * A row is one line in a pipe. On a terminal that is too narrow the texts are wrapped within their cells, or the last column goes below its
 * row, whichever takes fewer lines; where neither fits, every row becomes a list of its cells. Nothing is cut, and no word is broken: what is
 * wider than the terminal is one word.
 */
import { escapeControl } from "@feagi-trainer/contracts"
import { stdoutColumns } from "./terminal.ts"
import { textWidth, wrapped } from "./textWidth.ts"

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string | number | null
  /** Puts texts to the right, as numbers are. */
  readonly right?: boolean
}

type Line = ReadonlyArray<string>

const gap = 2

/** A column of wrapped text that is narrower than this takes more lines than it is worth. */
const leastWrapped = 16

/** How far in a cell stands below its row. */
const below = "    "

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, each) => total + each, 0)

const padded = (text: string, width: number, right: boolean): string => {
  const fill = " ".repeat(Math.max(0, width - textWidth(text)))
  return right ? fill + text : text + fill
}

/**
 * Widths that fit into `room`, those of the widest columns taken down to one level; undefined where words, or what is left of a column, would
 * be too narrow.
 */
const fitting = (natural: ReadonlyArray<number>, least: ReadonlyArray<number>, room: number): ReadonlyArray<number> | undefined => {
  const at = (level: number) => natural.map((width, index) => Math.max(least[index] ?? 0, Math.min(width, level)))
  let level = Math.max(...natural)
  while (level > leastWrapped && sum(at(level)) > room) level -= 1
  const widths = at(level)
  return sum(widths) <= room ? widths : undefined
}

/** @param width columns of the terminal */
export const textTable = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
  whenEmpty: string,
  width: number = stdoutColumns()
): string => {
  if (rows.length === 0) return `${whenEmpty}\n`
  const cells = rows.map((row) => columns.map((column) => column.cell(row)))
  const texts = cells.map((row) => row.map((cell) => (cell === null ? "–" : escapeControl(String(cell)))))
  const titles = columns.map((column) => escapeControl(column.title))
  const all = [titles, ...texts]
  const numeric = columns.map(
    ({ right }, index) =>
      right === true || (cells.some((row) => typeof row[index] === "number") && cells.every((row) => typeof row[index] !== "string"))
  )
  const widest = (of: (text: string) => number) => columns.map((_, index) => Math.max(...all.map((row) => of(row[index] ?? ""))))
  const natural = widest(textWidth)
  const least = widest((text) => Math.max(...text.split(" ").map(textWidth)))

  /** Cells side by side, each wrapped into its width. */
  const lines = (row: Line, widths: ReadonlyArray<number>): ReadonlyArray<string> => {
    const blocks = widths.map((each, index) => wrapped(row[index] ?? "", each))
    return Array.from({ length: Math.max(...blocks.map((block) => block.length)) }, (_, at) =>
      blocks
        .map((block, index) => padded(block[at] ?? "", widths[index] ?? 0, numeric[index] === true))
        .join(" ".repeat(gap))
        .trimEnd()
    )
  }
  const records = (): ReadonlyArray<string> => {
    const column = Math.max(...titles.map(textWidth))
    return texts.flatMap((row, at) => [
      ...(at === 0 ? [] : [""]),
      ...row.flatMap((text, index) =>
        (text === "" ? [] : wrapped(text, Math.max(leastWrapped, width - column - gap))).map((line, first) =>
          `${padded(first === 0 ? (titles[index] ?? "") : "", column, false)}${" ".repeat(gap)}${line}`.trimEnd()
        )
      )
    ])
  }
  const laidOut = (): ReadonlyArray<string> => {
    const gaps = gap * (columns.length - 1)
    if (sum(natural) + gaps <= width) return all.flatMap((row) => lines(row, natural))
    const side = fitting(natural, least, width - gaps)
    const last = columns.length - 1
    const others =
      last < 1 || numeric[last] === true ? undefined : fitting(natural.slice(0, last), least.slice(0, last), width - gaps + gap)
    const found = [
      ...(side === undefined ? [] : [all.flatMap((row) => lines(row, side))]),
      ...(others === undefined
        ? []
        : [all.flatMap((row) => [...lines(row, others), ...wrapped(row[last] ?? "", width - below.length).map((line) => below + line)])])
    ]
    return found.toSorted((a, b) => a.length - b.length)[0] ?? records()
  }
  return `${laidOut().join("\n")}\n`
}
