/**
 * Reads the records of a file from end to end in bounded memory: blocks come in, cells go out, nothing is kept.
 *
 * csv-parse does the splitting; around it stand the SHA-256, the check for UTF-8 and NUL bytes, a count of line breaks per block
 * (for the lines of messages) and a bound on the bytes of one record. Sharp edge: csv-parse counts neither delimiters nor empty
 * cells against its own bound, so that a line of a billion commas would fill the memory; the bound here counts bytes.
 */
import { createHash } from "node:crypto"
import { ApprovedRoots, type FileInfo, type TrainerError } from "@feagi-trainer/contracts"
import { CsvError, type Options as CsvOptions, Parser } from "csv-parse"
import { Effect } from "effect"
import type { Quote } from "./Options.ts"
import { utf8Check } from "./Utf8.ts"

/** Bytes that are read at once. */
export const BLOCK_BYTES = 256 * 1024
/** Bytes of the longest record. A million columns do not fit, and neither does the rest of a file behind an unclosed quote. */
export const MAX_RECORD_BYTES = 1024 * 1024

/** How a file is cut into cells. */
export interface Dialect {
  readonly delimiter: string
  readonly quote: Quote
}

/** A record: its cells, its first byte, and the byte after its line break. */
export interface CsvRecord {
  readonly cells: ReadonlyArray<string>
  readonly start: number
  readonly end: number
}

/** Why the file cannot be read on. `at` is the byte it is about; `record` is the first byte of the record it stands in. */
export interface Stop {
  readonly why: "nul" | "utf8" | "utf16" | "quote" | "too-long"
  readonly at: number
  readonly record: number
}

export interface Reading {
  readonly bytes: number
  /** Of all bytes; absent when the reading stopped early and was not asked to go on for the hash. */
  readonly sha256?: string
  readonly stop?: Stop
  /** Line breaks before each block. */
  readonly breaks: ReadonlyArray<number>
}

/**
 * The options of csv-parse. All line endings are accepted, also mixed; a blank line is a record of one empty cell. Records of
 * unequal length are let through, because csv-parse would end at the first one, and every one is to be reported.
 */
export const csvOptions = (dialect: Dialect, onRecord: (cells: ReadonlyArray<string>) => void): CsvOptions => ({
  bom: true,
  columns: false,
  delimiter: dialect.delimiter,
  quote: dialect.quote === "none" ? null : dialect.quote,
  escape: dialect.quote === "none" ? null : dialect.quote,
  encoding: "utf8",
  record_delimiter: ["\r\n", "\n", "\r"],
  max_record_size: MAX_RECORD_BYTES,
  relax_column_count: true,
  relax_quotes: false,
  skip_empty_lines: false,
  trim: false,
  on_record: (cells: ReadonlyArray<string>) => {
    onRecord(cells)
    return null
  }
})

/** Counts line breaks (LF, CR, CR LF as one) over blocks. */
export const breakCounter = (): { readonly feed: (bytes: Uint8Array) => number } => {
  let count = 0
  let previous = 0
  return {
    feed: (bytes) => {
      for (const byte of bytes) {
        if (byte === 13 || (byte === 10 && previous !== 13)) count++
        previous = byte
      }
      return count
    }
  }
}

const stopOf = (error: Error, at: number): Stop => {
  const tooLong = error instanceof CsvError && error.code === "CSV_MAX_RECORD_SIZE"
  return { why: tooLong ? "too-long" : "quote", at, record: at }
}

const write = (parser: Parser, block: Uint8Array): Effect.Effect<Error | undefined> =>
  Effect.callback<Error | undefined>((resume) => {
    parser.write(Buffer.from(block.buffer, block.byteOffset, block.byteLength), (error) => resume(Effect.succeed(error ?? undefined)))
  })

const finish = (parser: Parser): Effect.Effect<Error | undefined> =>
  Effect.callback<Error | undefined>((resume) => {
    parser.once("error", (error) => resume(Effect.succeed(error)))
    parser.once("finish", () => resume(Effect.succeed(undefined)))
    parser.end()
  })

export interface ReadRequest {
  readonly dialect: Dialect
  /** Called for every record in the order of the file; `false` ends the reading. */
  readonly onRecord: (record: CsvRecord) => boolean
  /** Whether the rest of the file is hashed when its records cannot be read on. */
  readonly hashAll: boolean
  readonly onProgress: (done: number, total: number) => Effect.Effect<void>
}

/** Reads a file once. Fails only when the file itself cannot be read; what is wrong inside it is a `Stop`. */
export const readRecords = (file: FileInfo, request: ReadRequest): Effect.Effect<Reading, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const sha = createHash("sha256")
    const utf8 = utf8Check()
    const lines = breakCounter()
    const breaks: Array<number> = []
    let broken = 0
    let start = 0
    let ended = false
    let stop: Stop | undefined
    const parser: Parser = new Parser(
      csvOptions(request.dialect, (cells) => {
        const end = parser.info.bytes
        if (stop === undefined && end - start > MAX_RECORD_BYTES) stop = { why: "too-long", at: start, record: start }
        if (stop === undefined && !ended) ended = !request.onRecord({ cells, start, end })
        start = end
      })
    )
    // The error of a write arrives at its callback; without a listener it would end the process as well.
    parser.on("error", () => undefined)

    const parse = (block: Uint8Array, offset: number, last: boolean): Effect.Effect<Stop | undefined> =>
      Effect.gen(function* () {
        if (offset === 0 && block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf) start = 3
        const nul = block.indexOf(0)
        const invalid = utf8.feed(block, last)
        const bad = Math.min(nul === -1 ? Number.POSITIVE_INFINITY : offset + nul, invalid ?? Number.POSITIVE_INFINITY)
        const error = yield* write(parser, block.subarray(0, Math.max(0, Math.min(block.length, bad - offset))))
        if (error !== undefined) return stopOf(error, start)
        if (bad !== Number.POSITIVE_INFINITY) {
          const utf16 = offset === 0 && ((block[0] === 0xff && block[1] === 0xfe) || (block[0] === 0xfe && block[1] === 0xff))
          return { why: utf16 ? "utf16" : bad === invalid ? "utf8" : "nul", at: bad, record: Math.min(start, bad) }
        }
        if (offset + block.length - start > MAX_RECORD_BYTES) return { why: "too-long", at: start, record: start }
        if (!last) return undefined
        const unfinished = yield* finish(parser)
        return unfinished === undefined ? undefined : stopOf(unfinished, start)
      })

    for (let offset = 0; offset < file.bytes; offset += BLOCK_BYTES) {
      const block = yield* roots.read(file.path, offset, Math.min(BLOCK_BYTES, file.bytes - offset))
      sha.update(block)
      breaks.push(broken)
      broken = lines.feed(block)
      if (stop === undefined && !ended) {
        const ending = yield* parse(block, offset, offset + BLOCK_BYTES >= file.bytes)
        stop ??= ending
      }
      yield* request.onProgress(Math.min(file.bytes, offset + BLOCK_BYTES), file.bytes)
      if ((stop !== undefined || ended) && !request.hashAll) {
        parser.destroy()
        return { bytes: file.bytes, breaks, ...(stop === undefined ? {} : { stop }) }
      }
    }
    parser.destroy()
    return { bytes: file.bytes, sha256: sha.digest("hex"), breaks, ...(stop === undefined ? {} : { stop }) }
  })
