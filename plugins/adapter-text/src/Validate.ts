/**
 * The full scan: every document is read once, every problem is counted, and the entries go on to the host as they are found.
 *
 * What is kept is one document, a batch of entries, the classes and the names of the files. Sharp edge: a document that is too long
 * ends its file, because nobody knows where the next one begins; the files behind it are read all the same.
 */
import { hash } from "node:crypto"
import {
  ApprovedRoots,
  contentChanged,
  type DatasetScan,
  IndexSink,
  Progress,
  type ScannedEntry,
  type Source,
  showValue,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { boundaryOf } from "./Boundary.ts"
import { classReader } from "./Classes.ts"
import { type Document, decodedHash, document, type Fault, isEmpty, lengthOf, nearKey, type RecordReader } from "./Document.ts"
import { type Decoding, decode, type Encoding, markOf } from "./Encoding.ts"
import { encodingWatch } from "./EncodingWatch.ts"
import { type Finding, findings } from "./Findings.ts"
import { fieldsOf, type Options, type RecordOptions, resolved } from "./Options.ts"
import { readerOf } from "./Readers.ts"
import { MAX_DOCUMENT_BYTES, placeInText, placeOf, type RawRecord, readRecords } from "./Records.ts"
import { resolveSource, type SourceFile } from "./Sources.ts"
import { TOKEN_LABELS } from "./TokenLabels.ts"

/** Entries that the host gets at once. */
const BATCH = 256

/** The whole of a file is the document. */
export const wholeFile: RecordReader = (text) => document({ text })

export const validate = Effect.fnUntraced(function* (
  source: Source,
  options: Options
): Effect.fn.Return<ValidationReport, TrainerError, ApprovedRoots | IndexSink | Progress> {
  const roots = yield* ApprovedRoots
  const sink = yield* IndexSink
  const progress = yield* Progress
  const { encoding } = options
  const found = findings()
  const files = yield* resolveSource(source, options, found)
  const watch = encodingWatch(encoding)
  const classes = classReader(options.classes, found)
  const kinds = new Map<string | number, string>()
  const read: Array<DatasetScan["files"][number]> = []
  const batch: Array<ScannedEntry> = []
  const length = { min: Number.POSITIVE_INFINITY, max: 0 }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let documents = 0
  let done = 0

  const flush = (atLeast: number) =>
    Effect.gen(function* () {
      while (batch.length >= atLeast && batch.length > 0) yield* sink.add(batch.splice(0, BATCH))
    })

  /** Takes what a record says into the index, or reports why it cannot; true when the record is a document, if a faulty one. */
  const take = (
    file: SourceFile,
    record: RawRecord,
    reader: RecordReader,
    entry: Pick<ScannedEntry, "sample_id" | "content_hash" | "at">
  ): boolean => {
    const decoding = decode(record.bytes, encoding)
    const looks = watch.record(file.path, record.bytes, decoding)
    const at = { file: file.path }
    if (!decoding.ok) {
      found.error({ ...at, ...placeOf(record, decoding.at, encoding), ...undecoded(decoding, record, encoding, looks) })
      return true
    }
    const { text } = decoding
    const place = (index: number, severity: "error" | "warning" = "error"): Pick<Finding, "file" | "line"> =>
      found.full(severity) ? at : { ...at, ...placeInText(record, text, index, encoding) }
    if (encoding === "latin1") {
      const control = text.search(/[\u0080-\u009f]/)
      if (control !== -1) found.warn({ ...place(control, "warning"), ...c1Control })
    }
    const said = reader(text)
    if (said.kind === "faults") for (const fault of said.faults) found.error({ ...place(fault.index), ...findingOf(fault) })
    if (said.kind !== "document") return said.kind === "faults"
    const told = said.document
    if (isEmpty(told.text)) {
      found.error({ ...place(0), ...emptyDocument, ...(told.id === undefined ? {} : { sample_id: told.id }) })
      return true
    }
    const label = told.label ?? file.label
    const sound =
      told.tokens === undefined
        ? label === undefined || classes.read(label, () => place(0))
        : told.tokens.tags.map((tag, token) => classes.read(tag, () => ({ ...at, line: record.line + token }))).every((each) => each)
    if (!sound) return true
    const points = lengthOf(told.text)
    length.min = Math.min(length.min, points)
    length.max = Math.max(length.max, points)
    documents++
    batch.push({ ...entry, ...entryOf(told, file, label), values: { length: points }, file: file.path, line: record.line })
    return true
  }

  const scanWhole = (file: SourceFile, index: number) =>
    Effect.gen(function* () {
      if (file.bytes > MAX_DOCUMENT_BYTES) return found.error({ ...tooLong, file: file.path, actual: `${file.bytes} bytes` })
      const bytes = yield* roots.read(file.path, 0, file.bytes)
      if (bytes.length !== file.bytes)
        return yield* contentChanged({ path: file.path, expected: `${file.bytes} bytes`, got: `${bytes.length} bytes` })
      const sha256 = hash("sha256", bytes)
      read.push({ path: file.path, bytes: file.bytes, sha256 })
      const mark = markOf(bytes)
      if (mark !== undefined && mark.encoding !== encoding) return found.error({ ...wrongMark(encoding, mark.encoding), file: file.path })
      const start = mark?.bytes ?? 0
      take(file, { start, line: 1, bytes: bytes.subarray(start) }, wholeFile, { sample_id: file.name, content_hash: sha256, at: [index] })
    })

  const scanRecords = (file: SourceFile, index: number, options: RecordOptions) =>
    Effect.gen(function* () {
      const mark = markOf(yield* roots.read(file.path, 0, 3))
      if (mark !== undefined && mark.encoding !== encoding) return found.error({ ...wrongMark(encoding, mark.encoding), file: file.path })
      const reader = readerOf(options, kinds)
      let some = false
      let blanks: { readonly line: number; count: number } | undefined
      const onRecord = (record: RawRecord): void => {
        if (record.bytes.length === 0 && options.layout !== "lines") {
          if (blanks === undefined) blanks = { line: record.line, count: 0 }
          blanks.count++
          return
        }
        // Between sequences blank lines are what they should be; elsewhere they are skipped, and at the end of a file they are fine.
        if (blanks !== undefined && options.layout !== "conll")
          found.warn({ ...blankLine, file: file.path, line: blanks.line }, blanks.count)
        blanks = undefined
        const { start, bytes } = record
        const content_hash = hash("sha256", bytes)
        some = take(file, record, reader, { content_hash, at: [index, start, bytes.length] }) || some
      }
      const reading = yield* readRecords(file, {
        encoding,
        boundary: boundaryOf(options),
        onRecord,
        onBlock: (bytes) => Effect.andThen(flush(BATCH), progress.report(done + bytes, total, `scan ${file.path}`))
      })
      if (reading.sha256 !== undefined) read.push({ path: file.path, bytes: file.bytes, sha256: reading.sha256 })
      if (reading.tooLong !== undefined) {
        const { record, quote } = reading.tooLong
        found.error({ ...placeOf(record, quote ?? 0, encoding), ...(quote === undefined ? tooLong : unclosed), file: file.path })
      } else if (!some) found.error({ ...emptyFile, file: file.path })
    })

  for (const [index, file] of files.entries()) {
    yield* options.layout === "class-folders" ? scanWhole(file, index) : scanRecords(file, index, options)
    done += file.bytes
    yield* flush(BATCH)
    yield* progress.report(done, total, `scan ${file.path}`)
  }
  yield* flush(0)
  watch.end(found)
  const counted = { diagnostics: found.diagnostics(), error_count: found.errors(), warning_count: found.warnings() }
  if (found.errors() > 0 || documents === 0) return counted
  const names = classes.all()
  return {
    ...counted,
    scan: {
      content_hash: contentOf(read, files),
      schema_fingerprint: fingerprintOf(options, names),
      modality: "text",
      output_type: options.layout === "conll" ? { custom: TOKEN_LABELS } : "class",
      shape: { kind: "text", length: [length.min, length.max] },
      classes: names.map((label, class_id) => ({ class_id, label })),
      files: read
    },
    resolved_options: resolved(options, names)
  }
})

const entryOf = (told: Document, file: SourceFile, label: string | undefined): Omit<ScannedEntry, "content_hash"> => {
  const given_split = told.split ?? file.split
  return {
    decoded_hash: decodedHash(told.text),
    near: { key: nearKey(told.text) },
    ...(told.id === undefined ? {} : { sample_id: told.id }),
    ...(label === undefined ? {} : { label }),
    ...(told.group === undefined ? {} : { group: told.group }),
    ...(given_split === undefined ? {} : { given_split }),
    ...(told.time === undefined ? {} : { time: told.time })
  }
}

/** One file alone is its bytes, whatever its name; of several, names count as well, because folders are labels. */
const contentOf = (read: DatasetScan["files"], files: ReadonlyArray<SourceFile>): string => {
  const [only, ...more] = read
  if (only !== undefined && more.length === 0) return only.sha256
  return hash("sha256", JSON.stringify(read.map(({ sha256 }, at) => [files[at]?.name, sha256])))
}

/** SHA-256 of what code that reads the samples depends on: what is said by which field, and the classes. */
const fingerprintOf = (options: Options, classes: ReadonlyArray<string>): string => {
  const fields = options.layout === "jsonl" || options.layout === "csv" ? fieldsOf(options) : {}
  const content = ["text", options.layout === "conll" ? TOKEN_LABELS : "class", Object.entries(fields), classes]
  return hash("sha256", JSON.stringify(content))
}

const findingOf = ({ index: _index, code, ...rest }: Fault): Finding => ({ ...rest, code: `text/${code}` })

const emptyDocument = {
  code: "text/EMPTY-DOCUMENT",
  message: "the document holds no character, or white space only",
  help: "delete it, or fill it in"
}
const emptyFile = { code: "text/EMPTY-FILE", message: "the file holds no document", help: "check how it was made" }
const blankLine = {
  code: "text/BLANK-LINE",
  message: "a blank line between records is skipped",
  help: "delete it; blank lines at the end of a file are fine"
}
const tooLong = {
  code: "text/TOO-LONG",
  message: `a document of more than ${MAX_DOCUMENT_BYTES} bytes; its file is not read on`,
  expected: `at most ${MAX_DOCUMENT_BYTES} bytes`,
  help: "check the line endings and the layout; split the document"
}
const unclosed = {
  code: "text/UNCLOSED-QUOTE",
  message: `a quotation mark opens a cell and nothing closes it within ${MAX_DOCUMENT_BYTES} bytes`,
  help: 'close it, double it if it belongs to the text, or set quote = "none"'
}
const c1Control = {
  code: "text/C1-CONTROL",
  message: "a control character from U+0080 to U+009F, which text hardly holds",
  help: 'encoding = "windows-1252" reads quotation marks and dashes here'
}
const wrongMark = (declared: Encoding, marked: Encoding) => ({
  code: "text/BOM",
  message: `the byte order mark is that of ${marked}`,
  line: 1,
  column: 1,
  byte_offset: 0,
  expected: declared,
  actual: marked,
  help: `encoding = "${marked}" if all files are, else convert the file`
})

const undecoded = ({ why, at }: Exclude<Decoding, { ok: true }>, { bytes }: RawRecord, encoding: Encoding, looks: Encoding | undefined) => {
  const help =
    looks === undefined
      ? "export the file again"
      : `it looks like ${looks}: encoding = ${showValue(looks)} if all files are, else convert the file to ${encoding}`
  if (why === "nul") return { code: "text/NUL", message: "a NUL character: this is no text, or it was cut by a crash", help }
  if (why === "surrogate") return { code: "text/LONE-SURROGATE", message: "half of a character is missing", expected: encoding, help }
  const byte = `byte ${(bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, "0")}`
  return { code: "text/BAD-BYTES", message: `${byte} begins no character of ${encoding}`, expected: encoding, actual: byte, help }
}
