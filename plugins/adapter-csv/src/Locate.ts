/**
 * From a record and the number of a cell to line, column, byte offset and excerpt: what a person needs to find the spot.
 *
 * Only the few findings that are kept are located, after the scan, by reading their records once more. Sharp edge: columns count
 * UTF-16 code units from 1, as editors do; bytes count from 0.
 */
import { ApprovedRoots, type FileInfo, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { BLOCK_BYTES, breakCounter, type Dialect, MAX_RECORD_BYTES } from "./Records.ts"

/** The spot that a finding is about: a cell of a record, a byte of it, or the quote in it that is wrong. */
export interface Spot {
  /** First byte of the record. */
  readonly record: number
  readonly cell?: number
  readonly byte?: number
  /** Looks for the quotation mark at which the record stops making sense. */
  readonly quote?: boolean
}

export interface Place {
  readonly line: number
  readonly column: number
  readonly byte_offset: number
  readonly excerpt?: string
  /** With `quote`: what was found. */
  readonly quote?: "unclosed" | "stray" | "none"
}

/** Longest piece of a line that is shown; a mark beyond it is given without an excerpt. */
const EXCERPT = 2000

const isBreak = (byte: number | undefined): boolean => byte === 10 || byte === 13

/** First bytes of the cells of the record at the beginning of `bytes`, and the quotation mark that breaks it, if one does. */
export const cellsOf = (
  bytes: Uint8Array,
  dialect: Dialect
): { readonly starts: ReadonlyArray<number>; readonly wrong?: { readonly at: number; readonly how: "unclosed" | "stray" } } => {
  const delimiter = dialect.delimiter.charCodeAt(0)
  const quote = dialect.quote === "none" ? -1 : dialect.quote.charCodeAt(0)
  const starts = [0]
  let at = 0
  const isEnd = (byte: number | undefined): boolean => byte === undefined || byte === delimiter || isBreak(byte)
  while (true) {
    if (bytes[at] === quote) {
      const open = at
      at++
      while (at < bytes.length && !(bytes[at] === quote && bytes[at + 1] !== quote)) at += bytes[at] === quote ? 2 : 1
      if (at >= bytes.length) return { starts, wrong: { at: open, how: "unclosed" } }
      at++
      if (!isEnd(bytes[at])) return { starts, wrong: { at: at - 1, how: "stray" } }
    }
    while (!isEnd(bytes[at])) {
      if (bytes[at] === quote) return { starts, wrong: { at, how: "stray" } }
      at++
    }
    if (bytes[at] !== delimiter) return { starts }
    at++
    starts.push(at)
  }
}

/** Line number, from 1, of the byte `at`. */
const lineOf = (file: FileInfo, breaks: ReadonlyArray<number>, at: number): Effect.Effect<number, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const block = Math.min(Math.floor(at / BLOCK_BYTES), Math.max(0, breaks.length - 1))
    const from = Math.max(0, block * BLOCK_BYTES - 1)
    const bytes = yield* roots.read(file.path, from, Math.max(0, at - from))
    const counter = breakCounter()
    // The byte before the block only tells whether a line feed at its beginning belongs to a carriage return.
    const before = block === 0 ? 0 : counter.feed(bytes.subarray(0, 1))
    return (breaks[block] ?? 0) + counter.feed(bytes.subarray(block === 0 ? 0 : 1)) - before + 1
  })

/** Reads the record of the spot again and says where it is. */
export const locate = (
  file: FileInfo,
  breaks: ReadonlyArray<number>,
  dialect: Dialect,
  spot: Spot
): Effect.Effect<Place, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const bytes = yield* roots.read(file.path, spot.record, Math.min(MAX_RECORD_BYTES, Math.max(0, file.bytes - spot.record)))
    const wrong = spot.quote === true ? cellsOf(bytes, dialect).wrong : undefined
    const inRecord =
      wrong?.at ?? (spot.byte === undefined ? (cellsOf(bytes, dialect).starts[spot.cell ?? 0] ?? 0) : spot.byte - spot.record)
    let lineStart = inRecord
    while (lineStart > 0 && !isBreak(bytes[lineStart - 1])) lineStart--
    let lineEnd = inRecord
    while (lineEnd < bytes.length && !isBreak(bytes[lineEnd])) lineEnd++
    const text = Buffer.from(bytes.subarray(lineStart, lineEnd)).toString("utf8")
    const column = Buffer.from(bytes.subarray(lineStart, inRecord)).toString("utf8").length + 1
    return {
      line: yield* lineOf(file, breaks, spot.record + lineStart),
      column,
      byte_offset: spot.record + inRecord,
      ...(column < EXCERPT - 100 ? { excerpt: text.slice(0, EXCERPT) } : {}),
      ...(spot.quote === true ? { quote: wrong?.how ?? "none" } : {})
    }
  })
