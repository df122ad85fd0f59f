/**
 * Reads the records of a file from end to end in bounded memory: blocks come in, rows go out, nothing is kept but the record that is
 * not whole yet.
 *
 * Around the scanner stand the SHA-256 and the check for UTF-8 and NUL bytes. Sharp edge: a byte that is no text ends the reading, and
 * the record that it stands in is not told.
 */
import { createHash } from "node:crypto"
import { ApprovedRoots, type FileInfo, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { BLOCK_BYTES, type Dialect, MAX_RECORD_BYTES } from "./Dialect.ts"
import { type Cut, type Row, scanner } from "./Scanner.ts"
import { utf8Check } from "./Utf8.ts"

/** Why the file cannot be read on. `at` is the byte it is about; `record` and `line` are where the record begins that it stands in. */
export interface Stop {
  readonly why: "nul" | "utf8" | "utf16" | "stray-quote" | "unclosed-quote" | "too-long"
  readonly at: number
  readonly record: number
  readonly line: number
}

export interface Reading {
  /** Of all bytes; absent when the reading stopped early and was not asked to go on for the hash. */
  readonly sha256?: string
  readonly stop?: Stop
}

export interface ReadRequest<R> {
  readonly dialect: Dialect
  /** Called for every record in the order of the file; `false` ends the reading. */
  readonly onRow: (row: Row) => boolean
  /** Whether the rest of the file is hashed when its records are not read on. */
  readonly hashAll: boolean
  /** Called after every block, with the bytes that were read so far. */
  readonly onBlock: (done: number) => Effect.Effect<void, TrainerError, R>
}

const startsWith = (bytes: Uint8Array, ...mark: ReadonlyArray<number>): boolean => mark.every((byte, at) => bytes[at] === byte)

/** Bytes of the byte order mark at the beginning of a file. */
export const markBytes = (head: Uint8Array): number => (startsWith(head, 0xef, 0xbb, 0xbf) ? 3 : 0)

const stopOf = (cut: Cut, base: number, waiting: number, last: boolean, line: number): Stop | undefined => {
  const record = base + cut.at
  if (cut.stray !== undefined) return { why: "stray-quote", at: base + cut.stray, record, line }
  const long = cut.long === true || waiting > MAX_RECORD_BYTES
  if (cut.open !== undefined && (last || long)) return { why: "unclosed-quote", at: base + cut.open, record, line }
  return long ? { why: "too-long", at: record, record, line } : undefined
}

/** Reads a file once. Fails only when the file itself cannot be read; what is wrong inside it is a `Stop`. */
export const readRecords = <R>(
  file: FileInfo,
  { dialect, onRow, hashAll, onBlock }: ReadRequest<R>
): Effect.Effect<Reading, TrainerError, ApprovedRoots | R> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const sha = createHash("sha256")
    const utf8 = utf8Check()
    const cutter = scanner(dialect)
    const work = Buffer.alloc(Math.min(file.bytes, MAX_RECORD_BYTES + BLOCK_BYTES))
    let waiting = 0
    let ended = false
    let stop: Stop | undefined

    const read = (block: Uint8Array, offset: number, last: boolean): void => {
      const nul = block.indexOf(0)
      const invalid = utf8.feed(block, last) ?? Number.POSITIVE_INFINITY
      const bad = Math.min(nul === -1 ? Number.POSITIVE_INFINITY : offset + nul, invalid)
      // A character that is not UTF-8 may have begun in the block before.
      const sound = bad === Number.POSITIVE_INFINITY ? block.length : Math.max(-waiting, bad - offset)
      const base = offset - waiting
      work.set(block, waiting)
      const end = waiting + sound
      const cut = cutter.cut(work, offset === 0 ? Math.min(end, markBytes(block)) : 0, end, last && sound === block.length, base, onRow)
      ended = cut.ended === true
      stop = ended ? undefined : stopOf(cut, base, end - cut.at, last && sound === block.length, cutter.line())
      if (stop === undefined && !ended && bad !== Number.POSITIVE_INFINITY) {
        const utf16 = offset === 0 && (startsWith(block, 0xff, 0xfe) || startsWith(block, 0xfe, 0xff))
        stop = { why: utf16 ? "utf16" : bad === invalid ? "utf8" : "nul", at: bad, record: base + cut.at, line: cutter.line() }
      }
      work.copyWithin(0, cut.at, end)
      waiting = end - cut.at
    }

    for (let offset = 0; offset < file.bytes; offset += BLOCK_BYTES) {
      const block = yield* roots.read(file.path, offset, Math.min(BLOCK_BYTES, file.bytes - offset))
      sha.update(block)
      if (stop === undefined && !ended) read(block, offset, offset + BLOCK_BYTES >= file.bytes)
      yield* onBlock(Math.min(file.bytes, offset + BLOCK_BYTES))
      if ((stop !== undefined || ended) && !hashAll) return stop === undefined ? {} : { stop }
    }
    return { sha256: sha.digest("hex"), ...(stop === undefined ? {} : { stop }) }
  })
