/**
 * From a record and the number of a cell to line, column, byte offset and excerpt: what a person needs to find the spot.
 *
 * Only the few findings that are kept are located, after the scan, by reading their records once more. Sharp edge: columns count
 * UTF-16 code units from 1, as editors do; bytes count from 0.
 */
import { ApprovedRoots, type FileInfo, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Dialect, MAX_RECORD_BYTES } from "./Dialect.ts"
import type { Spot } from "./Findings.ts"
import { scanner } from "./Scanner.ts"

export interface Place {
  readonly line: number
  readonly column: number
  readonly byte_offset: number
  readonly excerpt?: string
}

/** Longest piece of a line that is shown; a mark beyond it is given without an excerpt. */
const EXCERPT = 2000

const isBreak = (byte: number | undefined): boolean => byte === 10 || byte === 13

/** First byte of a cell of the record at the beginning of `bytes`. */
const placeOf = (bytes: Buffer, dialect: Dialect, cell: number): number => {
  let place = 0
  scanner(dialect).cut(bytes, 0, bytes.length, true, 0, (row) => {
    place = cell < row.count ? (row.places[cell] ?? 0) : 0
    return false
  })
  return place
}

/** Reads the record of the spot again and says where it is. */
export const locate = (file: FileInfo, dialect: Dialect, spot: Spot): Effect.Effect<Place, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const read = yield* roots.read(file.path, spot.record, Math.min(MAX_RECORD_BYTES, Math.max(0, file.bytes - spot.record)))
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength)
    const inRecord = spot.byte === undefined ? placeOf(bytes, dialect, spot.cell ?? 0) : spot.byte - spot.record
    let lineStart = inRecord
    while (lineStart > 0 && !isBreak(bytes[lineStart - 1])) lineStart--
    let lineEnd = inRecord
    while (lineEnd < bytes.length && !isBreak(bytes[lineEnd])) lineEnd++
    let line = spot.line
    for (let at = 0; at < lineStart; at++) if (bytes[at] === 10 || (bytes[at] === 13 && bytes[at + 1] !== 10)) line++
    const text = bytes.toString("utf8", lineStart, lineEnd)
    const column = bytes.toString("utf8", lineStart, inRecord).length + 1
    return {
      line,
      column,
      byte_offset: spot.record + inRecord,
      ...(column < EXCERPT - 100 ? { excerpt: text.slice(0, EXCERPT) } : {})
    }
  })
