/**
 * Lines that stay at the bottom of a terminal, below everything else that is said, each rewritten in its place until it is taken away.
 *
 * It knows where its lines are by having written them, so that everything else has to go through `above`. Sharp edge: a line is cut to
 * the width and the block to the height of the terminal, for what wraps or scrolls away could not be erased.
 */
import { cut } from "./textWidth.ts"

export interface Terminal {
  readonly write: (text: string) => void
  /** As they are now: a window changes its size while it is written to. */
  readonly size: () => { readonly columns: number; readonly rows: number }
}

/** No line goes on in the next one, not even one of characters that are two columns wide. */
const noWrap = "\x1b[?7l"
const wrap = "\x1b[?7h"

export class StatusBlock {
  readonly #terminal: Terminal
  readonly #lines = new Map<string, string>()
  /** Lines on the screen. */
  #drawn = 0

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** Sets the line of a key, in the place where the key was first; an empty text hides it and keeps the place. */
  set(key: string, line: string): void {
    if (this.#lines.get(key) === line) return
    this.#lines.set(key, line)
    this.#redraw("")
  }

  /** Hides every line and forgets the places. */
  clear(): void {
    this.#lines.clear()
    this.#redraw("")
  }

  /** Lets `write` write where the block is; the block moves below it. Without a block nothing but `write` writes. */
  above(write: () => void): void {
    if (this.#drawn > 0) this.#terminal.write(this.#erase())
    this.#drawn = 0
    write()
    this.#redraw("")
  }

  /** Says a whole line above the block and hides the line of `key` at once, so that the two are never seen together. */
  settle(key: string, text: string): void {
    this.#lines.set(key, "")
    this.#redraw(`${text}\n`)
  }

  #redraw(above: string): void {
    const erased = this.#drawn > 0 ? this.#erase() : ""
    const lines = this.#fitting()
    this.#drawn = lines.length
    const block = lines.length > 0 ? `${noWrap}${lines.join("\n")}${wrap}` : ""
    if (erased + above + block !== "") this.#terminal.write(erased + above + block)
  }

  #erase(): string {
    return `\r${this.#drawn > 1 ? `\x1b[${this.#drawn - 1}A` : ""}\x1b[J`
  }

  #fitting(): ReadonlyArray<string> {
    const { columns, rows } = this.#terminal.size()
    const lines = [...this.#lines.values()].flatMap((line) => (line === "" ? [] : [cut(line, Math.max(1, columns - 1))]))
    const most = Math.max(2, rows - 1)
    return lines.length <= most ? lines : [...lines.slice(0, most - 1), `… and ${lines.length - most + 1} more`]
  }
}
