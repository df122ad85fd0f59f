/**
 * Scans and reads the layouts that are made of lines: each part is read once from end to end, record by record.
 *
 * A record is found again by its part and its bytes. Its hash is that of its lines without their breaks, joined by LF. Sharp edge: the
 * rows of a series in the long form that is larger than `MAX_RECORD_BYTES` are refused, because a series is decoded as a whole.
 */
import { createHash } from "node:crypto"
import {
  ApprovedRoots,
  contentChanged,
  type FileInfo,
  type IndexEntry,
  type IndexedScan,
  type Progress,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { BlockReader } from "./Blocks.ts"
import type { Collector } from "./Collector.ts"
import { noRecords } from "./Collector.ts"
import { type Findings, findings } from "./Findings.ts"
import type { Classes } from "./Labels.ts"
import { linesIn, MAX_RECORD_BYTES, placeOf, readLines, type TextLine } from "./Lines.ts"
import { longPart } from "./LongPart.ts"
import type { LineOptions, Part } from "./Options.ts"
import type { Agreement, PartReader } from "./PartReader.ts"
import { joinPath } from "./Parts.ts"
import { ROW_CHANNEL, rowPart } from "./RowPart.ts"
import type { SeriesRecord } from "./Series.ts"
import { tsPart } from "./TsPart.ts"

export interface ScannedFile {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

const partReader = (file: string, options: LineOptions, agreement: Agreement, found: Findings): PartReader => {
  if (options.layout === "ts") return tsPart(file, options, agreement, found)
  return options.form === "row" ? rowPart(file, options, found) : longPart(file, options, found)
}

const channelNames = (options: LineOptions, channels: number): ReadonlyArray<string> => {
  if (options.layout === "ts") return Array.from({ length: channels }, (_, dimension) => `dim_${dimension}`)
  return options.form === "row" ? [ROW_CHANNEL] : options.value_columns
}

const hashOf = (lines: ReadonlyArray<TextLine>): string => {
  const sha = createHash("sha256")
  for (const [at, { text }] of lines.entries()) sha.update(at === 0 ? text : `\n${text}`)
  return sha.digest("hex")
}

export interface Scanning {
  readonly folder: string
  readonly parts: ReadonlyArray<Part>
  readonly found: Findings
  readonly classes: Classes
  readonly collected: Collector
  readonly progress: Progress["Service"]
}

/** Every part, in order. Fails only when a file cannot be read. */
export const scanLines = (
  options: LineOptions,
  scanning: Scanning
): Effect.Effect<{ readonly files: ReadonlyArray<ScannedFile>; readonly channels: ReadonlyArray<string> }, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const { folder, parts, found, collected } = scanning
    const roots = yield* ApprovedRoots
    const agreement: Agreement = { channels: undefined, classes: undefined }
    const files: Array<ScannedFile> = []
    for (const [at, part] of parts.entries()) {
      const file = yield* roots.info(joinPath(folder, part.path))
      const before = { count: collected.count(), errors: found.errors() }
      const sha256 = yield* scanPart(options, scanning, file, at, part, agreement)
      if (collected.count() === before.count && found.errors() === before.errors) noRecords(found, file.path, "series")
      files.push({ path: file.path, bytes: file.bytes, sha256: sha256 ?? "" })
    }
    return { files, channels: channelNames(options, agreement.channels ?? 1) }
  })

/** One file: lines of one key that stand together are one record. Its SHA-256; absent when it could not be read to its end. */
const scanPart = (
  options: LineOptions,
  { found, classes, collected, progress }: Scanning,
  file: FileInfo,
  part: number,
  { given_split = null }: Part,
  agreement: Agreement
): Effect.Effect<string | undefined, TrainerError, ApprovedRoots> => {
  const reader = partReader(file.path, options, agreement, found)
  let lines: Array<TextLine> = []
  let key: string | number | undefined
  let ended = false
  const close = (): void => {
    const [first] = lines
    const end = lines.at(-1)?.end ?? 0
    const record = first === undefined ? undefined : reader.decode(lines)
    if (first !== undefined && record !== undefined) {
      const label = options.layout === "ts" ? first.text.lastIndexOf(":") + 1 : 0
      const place = () => placeOf(file.path, first, label)
      const content_hash = hashOf(lines)
      collected.add(record, { content_hash, at: [part, first.start, end], file: file.path, line: first.line, given_split, place })
    }
    lines = []
  }
  const tooLong = (line: number, start: number): void => {
    ended = true
    found.error("RECORD-TOO-LONG", undefined, () => ({
      message: `a series of more than ${MAX_RECORD_BYTES} bytes; the scan of this file ends here`,
      file: file.path,
      line,
      byte_offset: start,
      help: "check the line breaks of the file, or cut the series into windows"
    }))
  }
  const take = (line: TextLine): void => {
    const next = ended ? undefined : reader.take(line)
    if (next === undefined) return
    if (key === undefined) classes.declare(reader.classes())
    if (next !== key) close()
    key = next
    lines.push(line)
    const [first] = lines
    if (first !== undefined && line.end - first.start > MAX_RECORD_BYTES) tooLong(first.line, first.start)
  }
  const notUtf8 = (line: number, start: number): void =>
    found.error("NOT-UTF-8", undefined, () => ({
      message: "a line that is not UTF-8",
      file: file.path,
      line,
      byte_offset: start,
      help: "save the file as UTF-8"
    }))
  const afterBlock = (done: number) => Effect.andThen(collected.flush, progress.report(done, file.bytes, `scan ${file.path}`))
  return Effect.gen(function* () {
    const sha256 = yield* readLines(file, { take, notUtf8, tooLong, afterBlock })
    if (!ended) close()
    yield* collected.flush
    reader.end()
    return sha256
  })
}

/** Reads records of a scan again, each compared with its hash. */
export const lineReader = (
  options: LineOptions,
  scan: IndexedScan,
  blocks: BlockReader
): Effect.Effect<(entry: IndexEntry) => Effect.Effect<SeriesRecord, TrainerError>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const found = findings()
    const agreement: Agreement = {
      channels: scan.shape.kind === "time_series" ? scan.shape.channels.length : undefined,
      classes: undefined
    }
    const readers: Array<PartReader> = []
    for (const file of scan.files) {
      const reader = partReader(file.path, options, agreement, found)
      let inHead = true
      yield* readLines(file, {
        take: (line) => {
          if (inHead) inHead = reader.take(line) === undefined
        },
        notUtf8: () => undefined,
        tooLong: () => undefined,
        afterBlock: () => Effect.void
      })
      readers.push(reader)
    }
    return (entry) =>
      Effect.gen(function* () {
        const [part = -1, start = 0, end = 0] = entry.at ?? []
        const reader = readers[part]
        const path = scan.files[part]?.path ?? ""
        const lines = linesIn(yield* blocks(path, start, end), start)
        const got = hashOf(lines)
        if (got !== entry.content_hash)
          return yield* contentChanged({ path, expected: entry.content_hash, got, sample_id: entry.sample_id })
        const record = reader?.decode(lines)
        return record ?? (yield* otherOptions(path))
      })
  })

export const otherOptions = (file: string): TrainerError =>
  trainerError("invalid", {
    code: "time-series/OTHER-OPTIONS",
    message: "the options are not those that the files were scanned with",
    file,
    help: "use the options of the registered version, or register the files again with the new ones"
  })
