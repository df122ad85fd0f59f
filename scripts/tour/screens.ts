/**
 * What stands on the screen behind every event of a recording, as a terminal emulator shows it: lines that scrolled away included, styles
 * as names, the cursor. Redrawn lines are resolved by the emulator and not by us.
 */
import xterm from "@xterm/headless"
import type { Cast } from "./cast.ts"

/** Letters of one style. The style is empty, or names separated by blanks: `bold`, `dim`, `c0` to `c15`. */
export interface Span {
  readonly text: string
  readonly style: string
}

export interface Line {
  readonly spans: ReadonlyArray<Span>
  /** Whether it is the line before it, gone on. */
  readonly wrapped: boolean
}

export interface Screen {
  /** Seconds since the begin. */
  readonly at: number
  /** From the first line on. */
  readonly lines: ReadonlyArray<Line>
  readonly cursor: { readonly row: number; readonly column: number }
}

type Buffer = xterm.IBuffer
type Cell = xterm.IBufferCell

const styleOf = (cell: Cell): string =>
  [...(cell.isBold() ? ["bold"] : []), ...(cell.isDim() ? ["dim"] : []), ...(cell.isFgPalette() ? [`c${cell.getFgColor()}`] : [])].join(" ")

const lineAt = (buffer: Buffer, row: number): Line => {
  const line = buffer.getLine(row)
  const spans: Array<Span> = []
  for (let column = 0; line !== undefined && column < line.length; column += 1) {
    const cell = line.getCell(column)
    if (cell === undefined || cell.getWidth() === 0) continue
    const [text, style] = [cell.getChars() === "" ? " " : cell.getChars(), styleOf(cell)]
    const last = spans.at(-1)
    if (last?.style === style) spans[spans.length - 1] = { text: last.text + text, style }
    else spans.push({ text, style })
  }
  const last = spans.at(-1)
  const ended = last?.style === "" ? [...spans.slice(0, -1), { text: last.text.trimEnd(), style: "" }] : spans
  return { spans: ended.filter(({ text }) => text !== ""), wrapped: line?.isWrapped === true }
}

export const screensOf = async ({ header, events }: Cast): Promise<ReadonlyArray<Screen>> => {
  const terminal = new xterm.Terminal({ cols: header.width, rows: header.height, scrollback: 10_000, allowProposedApi: true })
  const screens: Array<Screen> = []
  try {
    for (const [at, , data] of events) {
      await new Promise<void>((resolve) => terminal.write(data, resolve))
      const buffer = terminal.buffer.active
      const cursor = { row: buffer.baseY + buffer.cursorY, column: buffer.cursorX }
      const before = screens.at(-1)
      // What scrolled away stays as it was.
      const above = before?.lines.slice(0, Math.max(0, before.cursor.row + 1 - header.height)) ?? []
      const lines = [...above, ...Array.from({ length: cursor.row + 1 - above.length }, (_, row) => lineAt(buffer, above.length + row))]
      // What is written at once is seen at once.
      if (screens.at(-1)?.at === at) screens.pop()
      screens.push({ at, lines, cursor })
    }
  } finally {
    terminal.dispose()
  }
  return screens
}

export const textOf = ({ spans }: Line): string => spans.map(({ text }) => text).join("")

/** All that was shown to the end, a line of the program in a line of its own. */
export const transcript = (screens: ReadonlyArray<Screen>): string =>
  (screens.at(-1)?.lines ?? [])
    .map((line) => `${line.wrapped ? "" : "\n"}${textOf(line)}`)
    .join("")
    .slice(1)
    .replace(/\n\$ *$/, "\n")
