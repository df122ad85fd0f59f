/**
 * Reads a file line by line in bounded memory, with the place of every line and the SHA-256 of all bytes.
 *
 * Lines end in LF or CR LF. Sharp edge: a line of more than `MAX_RECORD_BYTES` ends the reading, because the rest of a file behind a
 * lost line break would fill the memory; a line that is not UTF-8 is reported and the next one is read on.
 */
import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"
import { ApprovedRoots, type FileInfo, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Details } from "./Findings.ts"

/** Bytes that are read at once. */
export const BLOCK_BYTES = 256 * 1024
/** Bytes of the longest record: of a line, or of the rows of one series. */
export const MAX_RECORD_BYTES = 32 * 1024 * 1024
/** Longest piece of a line that a message shows. */
const EXCERPT = 2000

export interface TextLine {
  readonly text: string
  /** From 1. */
  readonly line: number
  /** First byte, and the byte after the last one, without the line break. */
  readonly start: number
  readonly end: number
}

/** Where in a line, `offset` UTF-16 code units after its beginning, something is. */
export const placeOf = (file: string, { text, line, start }: TextLine, offset: number): Omit<Details, "message"> => ({
  file,
  line,
  column: offset + 1,
  byte_offset: start + Buffer.byteLength(text.slice(0, offset)),
  ...(offset < EXCERPT - 100 ? { excerpt: text.slice(0, EXCERPT) } : {})
})

/** The lines in these bytes, which begin at byte `from` and hold whole lines; blank ones are left out. */
export const linesIn = (bytes: Uint8Array, from: number): ReadonlyArray<TextLine> => {
  const lines: Array<TextLine> = []
  let at = 0
  for (let line = 1; at <= bytes.length; line++) {
    const found = bytes.indexOf(10, at)
    const end = found === -1 ? bytes.length : found
    const read = lineOf(bytes.subarray(at, end), line, from + at)
    if (read !== undefined && read.text.trim() !== "") lines.push(read)
    at = end + 1
  }
  return lines
}

const lineOf = (bytes: Uint8Array, line: number, start: number): TextLine | undefined => {
  const mark = start === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const content = bytes.subarray(mark, bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length)
  if (!isUtf8(content)) return undefined
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("utf8")
  return { text, line, start: start + mark, end: start + mark + content.length }
}

export interface LineTaker {
  /** A line that is not blank. */
  readonly take: (line: TextLine) => void
  readonly notUtf8: (line: number, start: number) => void
  readonly tooLong: (line: number, start: number) => void
  /** After each block: what was taken can be handed on. */
  readonly afterBlock: (done: number) => Effect.Effect<void, TrainerError>
}

/** SHA-256 of the file; absent when a line was too long. */
export const readLines = (file: FileInfo, taker: LineTaker): Effect.Effect<string | undefined, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const sha = createHash("sha256")
    let pieces: Array<Uint8Array> = []
    let start = 0
    let line = 1
    const emit = (next: number): void => {
      const bytes = pieces.length === 1 ? (pieces[0] ?? new Uint8Array(0)) : Buffer.concat(pieces)
      const read = lineOf(bytes, line, start)
      if (read === undefined) taker.notUtf8(line, start)
      else if (read.text.trim() !== "") taker.take(read)
      pieces = []
      start = next
      line++
    }
    for (let offset = 0; offset < file.bytes; offset += BLOCK_BYTES) {
      const block = yield* roots.read(file.path, offset, Math.min(BLOCK_BYTES, file.bytes - offset))
      sha.update(block)
      let from = 0
      for (let at = block.indexOf(10); at !== -1; at = block.indexOf(10, from)) {
        pieces.push(block.subarray(from, at))
        from = at + 1
        emit(offset + from)
      }
      if (from < block.length) pieces.push(block.subarray(from))
      if (offset + block.length - start > MAX_RECORD_BYTES) {
        taker.tooLong(line, start)
        return undefined
      }
      yield* taker.afterBlock(offset + block.length)
    }
    if (pieces.length > 0) emit(file.bytes)
    yield* taker.afterBlock(file.bytes)
    return sha.digest("hex")
  })
