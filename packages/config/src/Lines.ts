/** Offsets of a text as lines and columns. `\n`, `\r\n` and a lone `\r` end a line; columns count UTF-16 code units, as editors do. */
import type { Diagnostic } from "@feagi-trainer/contracts"

/** A place in a file; `line` and `column` from 1, `excerpt` the text of that line. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly excerpt: string
}

/** An excerpt is for eyes: what lies this far behind its column is left out. */
const excerptTail = 160

export class Lines {
  readonly #text: string
  #known: ReadonlyArray<number> | undefined

  constructor(text: string) {
    this.#text = text
  }

  /** Offsets at which lines start, found when they are first asked for. */
  get #starts(): ReadonlyArray<number> {
    this.#known ??= startsOf(this.#text)
    return this.#known
  }

  /** Every line without its end. */
  all(): ReadonlyArray<string> {
    return this.#starts.map((_, index) => this.#line(index))
  }

  #line(index: number): string {
    const start = this.#starts[index] ?? 0
    const end = this.#starts[index + 1] ?? this.#text.length
    return this.#text.slice(start, end).replace(/\r?\n$|\r$/, "")
  }

  at(offset: number): Position {
    let low = 0
    let high = this.#starts.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    const column = offset - (this.#starts[low] ?? 0) + 1
    return { line: low + 1, column, excerpt: this.#line(low).slice(0, column + excerptTail) }
  }

  /** The offset of a line and column, both from 1. */
  offsetOf(line: number, column: number): number {
    return (this.#starts[line - 1] ?? 0) + column - 1
  }
}

const startsOf = (text: string): ReadonlyArray<number> => {
  const starts = [0]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) starts.push(at + 1)
  }
  return starts
}

/** A problem found while reading a text, placed by offset. */
export interface Problem {
  readonly offset: number
  readonly code: string
  readonly message: string
  readonly help?: string
}

/** Problems as diagnostics in the order of the text. */
export const locate = (file: string, lines: Lines, problems: ReadonlyArray<Problem>): ReadonlyArray<Diagnostic> =>
  [...problems]
    .sort((left, right) => left.offset - right.offset)
    .map(({ offset, ...rest }) => ({ severity: "error", file, ...lines.at(offset), ...rest }))
