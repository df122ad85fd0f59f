/**
 * Cuts a file into the bytes of its records, from end to end, block by block; what is kept at once is one record.
 *
 * Sharp edge: a record of more than `MAX_DOCUMENT_BYTES` ends the reading at once, because what follows it may be gigabytes of the
 * same line; only a file that was read to its end has a SHA-256.
 */
import { createHash } from "node:crypto"
import { ApprovedRoots, contentChanged, type FileInfo, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Boundary, CR, LF } from "./Boundary.ts"
import { bytesOfText, decode, type Encoding, markOf, unitAt, unitBytes } from "./Encoding.ts"

/** Bytes that are read at once. */
export const BLOCK_BYTES = 64 * 1024
/** Bytes of the longest document. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
/** Bytes of CR LF in UTF-16. */
const LONGEST_BREAK = 4

/** The bytes of a record, without the line break that ends it. */
export interface RawRecord {
  /** Offset of the first byte in the file. */
  readonly start: number
  /** Line of the first byte, from 1. */
  readonly line: number
  readonly bytes: Uint8Array
}

export interface Reading {
  /** Absent when the reading ended early. */
  readonly sha256?: string
  /** A record that is too long: its beginning, and the offset in it of a quotation mark that nothing closes. */
  readonly tooLong?: { readonly record: RawRecord; readonly quote: number | undefined }
}

export interface ReadRequest {
  readonly encoding: Encoding
  /** Left out: the file is hashed and not cut. */
  readonly boundary?: Boundary
  /** Called for every record in the order of the file; a record of no bytes comes too. */
  readonly onRecord: (record: RawRecord) => void
  /** Called after every block, with the bytes read so far. */
  readonly onBlock: (done: number) => Effect.Effect<void, TrainerError>
}

/** The bytes without the line breaks at their end: the last one, or all of them. */
const trimmed = (bytes: Uint8Array, encoding: Encoding, all: boolean): Uint8Array => {
  const unit = unitBytes(encoding)
  if (bytes.length % unit !== 0) return bytes
  let end = bytes.length
  const last = (): number => (end >= unit ? unitAt(bytes, end - unit, encoding) : 0)
  do {
    if (last() !== LF) break
    end -= unit
    if (last() === CR) end -= unit
  } while (all)
  return bytes.subarray(0, end)
}

/** Reads a file once. Fails only when the file itself cannot be read, or changes its length meanwhile. */
export const readRecords = Effect.fnUntraced(function* (
  file: FileInfo,
  { encoding, boundary, onRecord, onBlock }: ReadRequest
): Effect.fn.Return<Reading, TrainerError, ApprovedRoots> {
  const roots = yield* ApprovedRoots
  const sha = createHash("sha256")
  const unit = unitBytes(encoding)
  /** The record that is not complete yet, in pieces of blocks. */
  let held: Array<Uint8Array> = []
  let heldBytes = 0
  let start = 0
  let line = 1
  let nextLine = 1

  /** Hands over the held bytes as a record, or gives it back when it is too long. */
  const take = (boundary: Boundary): RawRecord | undefined => {
    const [first = new Uint8Array(0), ...more] = held
    const bytes = trimmed(more.length === 0 ? first : Buffer.concat(held), encoding, boundary.dropBlankLines)
    const record = { start, line, bytes }
    if (bytes.length > MAX_DOCUMENT_BYTES) return record
    onRecord(record)
    start += heldBytes
    line = nextLine
    held = []
    heldBytes = 0
    return undefined
  }
  const hold = (piece: Uint8Array): void => {
    if (piece.length > 0) held.push(piece)
    heldBytes += piece.length
  }
  /** Cuts off what is complete. Blocks hold whole units, so that only the last unit of a file can be half of one. */
  const cut = (boundary: Boundary, block: Uint8Array, last: boolean): Reading["tooLong"] => {
    let from = 0
    for (let at = 0; at + unit <= block.length; at += unit) {
      const value = unitAt(block, at, encoding)
      if (value === LF) nextLine++
      if (!boundary.push(value)) continue
      hold(block.subarray(from, at + unit))
      from = at + unit
      const record = take(boundary)
      if (record !== undefined) return { record, quote: undefined }
    }
    hold(block.subarray(from))
    const open = boundary.open()
    const quote = open === undefined ? undefined : heldBytes - open * unit
    if (heldBytes > MAX_DOCUMENT_BYTES + LONGEST_BREAK) return { record: { start, line, bytes: Buffer.concat(held) }, quote }
    const record = last && heldBytes > 0 ? take(boundary) : undefined
    return record === undefined ? undefined : { record, quote }
  }

  for (let offset = 0; offset < file.bytes; ) {
    const block = yield* roots.read(file.path, offset, Math.min(BLOCK_BYTES, file.bytes - offset))
    if (block.length === 0) return yield* contentChanged({ path: file.path, expected: `${file.bytes} bytes`, got: `${offset} bytes` })
    sha.update(block)
    if (offset === 0) {
      const mark = markOf(block)
      start = mark?.encoding === encoding ? mark.bytes : 0
    }
    const content = offset === 0 ? block.subarray(start) : block
    offset += block.length
    const tooLong = boundary === undefined ? undefined : cut(boundary, content, offset >= file.bytes)
    if (tooLong !== undefined) return { tooLong }
    yield* onBlock(offset)
  }
  return { sha256: sha.digest("hex") }
})

export interface Place {
  readonly line: number
  readonly byte_offset: number
  readonly column?: number
  readonly excerpt?: string
}

/** Longest piece of a line that is shown; a place beyond it is given without an excerpt. */
const EXCERPT = 2000

/** Line, column and excerpt of the byte `at` of a record. What cannot be decoded is not shown. */
export const placeOf = ({ start, line, bytes }: RawRecord, at: number, encoding: Encoding): Place => {
  const unit = unitBytes(encoding)
  let [number, from, end] = [line, 0, at]
  for (let each = 0; each + unit <= at; each += unit)
    if (unitAt(bytes, each, encoding) === LF) {
      number++
      from = each + unit
    }
  while (end + unit <= bytes.length && end - from <= 4 * EXCERPT && unitAt(bytes, end, encoding) !== LF) end += unit
  const before = at - from <= 4 * EXCERPT ? decode(bytes.subarray(from, at), encoding) : undefined
  const whole = decode(bytes.subarray(from, end), encoding)
  const column = before?.ok === true ? before.text.length + 1 : undefined
  return {
    line: number,
    byte_offset: start + at,
    ...(column === undefined ? {} : { column }),
    ...(column !== undefined && column < EXCERPT && whole.ok ? { excerpt: whole.text.replace(/\r$/, "").slice(0, EXCERPT) } : {})
  }
}

/** The same for a place in the text of the record, by UTF-16 code unit. */
export const placeInText = (record: RawRecord, text: string, index: number, encoding: Encoding): Place =>
  placeOf(record, bytesOfText(text.slice(0, index), encoding), encoding)
