/**
 * Where a record ends, told unit by unit, so that a file is cut before it is decoded and a wrong byte spoils one record alone.
 *
 * Line breaks are LF and CR LF; no other character breaks a line, neither NEL nor U+2028. Sharp edge: a CR that stands alone is not
 * decided here, because one program takes it for a line break and the next one does not; the readers refuse it.
 */
import type { Options } from "./Options.ts"

export const LF = 10
export const CR = 13

export interface Boundary {
  /** True: the unit is the last one of a record. */
  readonly push: (unit: number) => boolean
  /** Units since the opening quotation mark of the cell that is not closed yet; undefined outside of one. */
  readonly open: () => number | undefined
  /** Whether all line breaks at the end of a record are dropped, or only the last one. */
  readonly dropBlankLines: boolean
}

const lines = (): Boundary => ({ push: (unit) => unit === LF, open: () => undefined, dropBlankLines: false })

/** A blank line ends a sequence. */
const sequences = (): Boundary => {
  let empty = true
  return {
    push: (unit) => {
      const ends = unit === LF && empty
      if (unit !== CR) empty = unit === LF
      return ends
    },
    open: () => undefined,
    dropBlankLines: true
  }
}

/** A line break outside of quotation marks. A mark opens a cell at its beginning only; in it, two of them are one character. */
const table = (delimiter: number, quote: number): Boundary => {
  let state: "start" | "plain" | "quoted" | "closed" = "start"
  let since = 0
  return {
    push: (unit) => {
      since++
      if (state === "quoted") {
        if (unit === quote) state = "closed"
        return false
      }
      if (unit === quote && state !== "plain") {
        if (state === "start") since = 1
        state = "quoted"
        return false
      }
      if (unit === LF || unit === delimiter) state = "start"
      else state = "plain"
      return unit === LF
    },
    open: () => (state === "quoted" ? since : undefined),
    dropBlankLines: false
  }
}

/** A boundary for one file: it remembers where it is. */
export const boundaryOf = (options: Options): Boundary => {
  if (options.layout === "conll") return sequences()
  if (options.layout !== "csv") return lines()
  return table(options.delimiter.charCodeAt(0), options.quote === "none" ? -1 : options.quote.charCodeAt(0))
}
