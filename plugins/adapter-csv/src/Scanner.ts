/**
 * Cuts bytes into records and cells, as RFC 4180 says it: a cell is bare, or quoted as a whole with quotation marks doubled inside. LF,
 * CR and CR LF end a record, also mixed; a blank line is a record of one empty cell.
 *
 * Nothing is decoded and nothing is made per cell: a row is a view of the bytes that were handed in. Sharp edge: there is one row,
 * written anew for every record, so that who needs a cell later has to take its text.
 */
import { type Dialect, MAX_RECORD_BYTES } from "./Dialect.ts"

/** A record, valid until the next one. */
export interface Row {
  /** What the cells are views of. */
  bytes: Buffer
  /** First byte of each cell and the byte after it, quotation marks left out. */
  starts: Int32Array
  ends: Int32Array
  /** First byte of each cell as it was written, its quotation mark included, from the beginning of the record. */
  places: Int32Array
  /** Cells. */
  count: number
  /** First byte of the record in the file, and its bytes without the line break. */
  offset: number
  length: number
  /** From 1. */
  line: number
  /** Whether a cell holds what JSON text has to escape, or what is not ASCII. */
  escapes: boolean
  wide: boolean
}

/** Where the cutting ended, as places in the bytes that were handed in. */
export interface Cut {
  /** First byte of the record that is not whole, or of none. */
  readonly at: number
  /** The quotation mark that is still open there. */
  readonly open?: number
  /** A quotation mark where none can be. */
  readonly stray?: number
  /** The record is whole and too long. */
  readonly long?: true
  /** The receiver wants no more. */
  readonly ended?: true
}

export interface Scanner {
  /**
   * Cuts `bytes` from `from` to `end`. `base` is the place in the file of the first byte of `bytes`; `last` says that nothing follows.
   * The receiver returns false when it wants no more.
   */
  readonly cut: (bytes: Buffer, from: number, end: number, last: boolean, base: number, receive: (row: Row) => boolean) => Cut
  /** Line of the record that comes next, from 1. */
  readonly line: () => number
}

const LF = 10
const CR = 13

const STRUCTURE = 1
const ESCAPE = 2
const WIDE = 4

/** What each byte is to a cell. */
const kinds = (delimiter: number, quote: number): Uint8Array => {
  const table = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte++) {
    const structure = byte === delimiter || byte === quote || byte === LF || byte === CR
    const escaped = byte < 0x20 || byte === 0x22 || byte === 0x5c
    table[byte] = (structure ? STRUCTURE : 0) | (escaped ? ESCAPE : 0) | (byte >= 0x80 ? WIDE : 0)
  }
  return table
}

const grown = (numbers: Int32Array): Int32Array => {
  const larger = new Int32Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}

export const scanner = (dialect: Dialect): Scanner => {
  const delimiter = dialect.delimiter.charCodeAt(0)
  const quote = dialect.quote === "none" ? -1 : dialect.quote.charCodeAt(0)
  const table = kinds(delimiter, quote)
  const row: Row = {
    bytes: Buffer.alloc(0),
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    places: new Int32Array(64),
    count: 0,
    offset: 0,
    length: 0,
    line: 1,
    escapes: false,
    wide: false
  }
  let spare = Buffer.alloc(0)
  let line = 1

  /** Copies the cells with each pair of quotation marks made one. */
  const undouble = (bytes: Buffer): void => {
    const { starts, ends, count } = row
    const size = (ends[count - 1] ?? 0) - (starts[0] ?? 0)
    if (spare.length < size) spare = Buffer.alloc(size * 2)
    let to = 0
    for (let cell = 0; cell < count; cell++) {
      const quoted = bytes[(starts[cell] ?? 0) - 1] === quote && (starts[cell] ?? 0) > 0
      const end = ends[cell] ?? 0
      let at = starts[cell] ?? 0
      starts[cell] = to
      while (at < end) {
        const byte = bytes[at] ?? 0
        spare[to++] = byte
        at += quoted && byte === quote ? 2 : 1
      }
      ends[cell] = to
    }
    row.bytes = spare
  }

  const cut: Scanner["cut"] = (bytes, from, end, last, base, receive) => {
    let begin = from
    while (begin < end) {
      let { starts, ends, places } = row
      let at = begin
      let count = 0
      let flags = 0
      let breaks = 0
      let doubled = false
      let next = end
      for (;;) {
        if (count === starts.length) {
          starts = row.starts = grown(starts)
          ends = row.ends = grown(ends)
          places = row.places = grown(places)
        }
        places[count] = at - begin
        let closing = -1
        if (at < end && bytes[at] === quote) {
          const open = at
          at++
          starts[count] = at
          for (;;) {
            if (at >= end) return { at: begin, open }
            const byte = bytes[at] ?? 0
            if (byte === quote) {
              if (at + 1 >= end && !last) return { at: begin, open }
              if (at + 1 >= end || bytes[at + 1] !== quote) break
              doubled = true
              at++
            } else if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) breaks++
            flags |= table[byte] ?? 0
            at++
          }
          closing = at
          ends[count] = at
          at++
        } else {
          starts[count] = at
          while (at < end) {
            const kind = table[bytes[at] ?? 0] ?? 0
            if ((kind & STRUCTURE) !== 0) break
            flags |= kind
            at++
          }
          ends[count] = at
        }
        count++
        if (at >= end) {
          if (!last) return { at: begin }
          break
        }
        const byte = bytes[at]
        if (byte === delimiter) {
          at++
          continue
        }
        if (byte === CR && at + 1 >= end && !last) return { at: begin }
        next = byte === CR && at + 1 < end && bytes[at + 1] === LF ? at + 2 : at + 1
        if (byte === LF || byte === CR) break
        return { at: begin, stray: closing === -1 ? at : closing }
      }
      if (next - begin > MAX_RECORD_BYTES) return { at: begin, long: true }
      row.bytes = bytes
      row.count = count
      row.offset = base + begin
      row.length = at - begin
      row.line = line
      row.escapes = (flags & ESCAPE) !== 0
      row.wide = (flags & WIDE) !== 0
      if (doubled) undouble(bytes)
      line += 1 + breaks
      begin = next
      if (!receive(row)) return { at: begin, ended: true }
    }
    return { at: begin }
  }
  return { cut, line: () => line }
}

/** A line without a character is no record. */
export const isBlank = (row: Row): boolean => row.count === 1 && row.starts[0] === row.ends[0]

/** The text of a cell; a cell that is not there is empty. */
export const textAt = (row: Row, cell: number): string =>
  cell < row.count ? row.bytes.toString(row.wide ? "utf8" : "latin1", row.starts[cell] ?? 0, row.ends[cell] ?? 0) : ""

export const textsOf = (row: Row): ReadonlyArray<string> => Array.from({ length: row.count }, (_, cell) => textAt(row, cell))

/** Which of these texts, given as bytes, the cell is exactly; −1 when it is none. */
export const placeOf = (row: Row, cell: number, texts: ReadonlyArray<Uint8Array>): number => {
  const start = row.starts[cell] ?? 0
  const length = (row.ends[cell] ?? 0) - start
  for (let place = 0; place < texts.length; place++) {
    const text = texts[place]
    if (text === undefined || text.length !== length) continue
    let at = 0
    while (at < length && row.bytes[start + at] === text[at]) at++
    if (at === length) return place
  }
  return -1
}

export const isOneOf = (row: Row, cell: number, texts: ReadonlyArray<Uint8Array>): boolean => placeOf(row, cell, texts) !== -1
