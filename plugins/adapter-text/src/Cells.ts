/**
 * Cuts one record of a table into its cells.
 *
 * Sharp edge: a quotation mark in the middle of a cell, or text behind a closed one, is an error and not a character: programs
 * disagree about it.
 */
export type Cut =
  | { readonly ok: true; readonly cells: ReadonlyArray<string>; readonly starts: ReadonlyArray<number> }
  /** `at`: the character that is wrong. */
  | { readonly ok: false; readonly why: "stray" | "unclosed" | "lone-cr"; readonly at: number }

/** `quote` is empty when nothing is quoted. */
export const cutCells = (record: string, delimiter: string, quote: string): Cut => {
  const cells: Array<string> = []
  const starts: Array<number> = []
  let at = 0
  while (true) {
    starts.push(at)
    if (quote !== "" && record[at] === quote) {
      const open = at
      let cell = ""
      let from = at + 1
      while (true) {
        const close = record.indexOf(quote, from)
        if (close === -1) return { ok: false, why: "unclosed", at: open }
        cell += record.slice(from, close)
        at = close + 1
        if (record[at] !== quote) break
        cell += quote
        from = at + 1
      }
      if (at < record.length && record[at] !== delimiter) return { ok: false, why: "stray", at: close(record, at, quote) }
      cells.push(cell)
    } else {
      const next = record.indexOf(delimiter, at)
      const cell = record.slice(at, next === -1 ? record.length : next)
      const stray = quote === "" ? -1 : cell.indexOf(quote)
      const lone = cell.indexOf("\r")
      if (stray !== -1 && (lone === -1 || stray < lone)) return { ok: false, why: "stray", at: at + stray }
      if (lone !== -1) return { ok: false, why: "lone-cr", at: at + lone }
      cells.push(cell)
      at += cell.length
    }
    if (at >= record.length) return { ok: true, cells, starts }
    at++
  }
}

/** The mark that closed the cell too early stands before the text that follows it. */
const close = (record: string, at: number, quote: string): number => (record[at - 1] === quote ? at - 1 : at)
