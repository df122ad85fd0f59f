/**
 * Reads samples in any order, each compared with the hash of the scan at every read.
 *
 * Nothing is kept between reads. Sharp edge: files with many records are read through once when they are opened, to compare their
 * SHA-256, because what lies between the records is in no record's hash; files that are a document each are compared as they are read.
 */
import { hash } from "node:crypto"
import {
  type AdapterSession,
  ApprovedRoots,
  contentChanged,
  type IndexEntry,
  type IndexedScan,
  type IRSample,
  type RawSample,
  type RootFiles,
  type Source,
  type Split,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { Effect, Option, type Scope, Stream } from "effect"
import { boundaryOf } from "./Boundary.ts"
import type { Document, RecordReader } from "./Document.ts"
import { decode, markOf } from "./Encoding.ts"
import type { Options, RecordOptions } from "./Options.ts"
import { readerOf } from "./Readers.ts"
import { type RawRecord, readRecords } from "./Records.ts"
import { TOKEN_LABELS, type TokenLabels } from "./TokenLabels.ts"
import { wholeFile } from "./Validate.ts"

/** Samples, and UTF-16 code units of text, after which a stream hands over what it has. */
const PAGE_SAMPLES = 256
const PAGE_UNITS = 1024 * 1024

type ScannedFile = IndexedScan["files"][number]

/** What a raw sample holds before it is an IRSample. */
export interface TextData {
  readonly text: string
  readonly class?: { readonly class_id: number; readonly label: string }
  readonly tokens?: TokenLabels
  readonly time?: number
}

const isTextData = (data: unknown): data is TextData =>
  typeof data === "object" && data !== null && "text" in data && typeof data.text === "string"

/** The failure to read a file that is not there any more says so; every other one passes as it is. */
const readFrom = (roots: RootFiles, { path }: ScannedFile, offset: number, length: number, expected: string, sample_id?: string) =>
  roots.read(path, offset, length).pipe(
    Effect.catch((failure) =>
      roots.list(path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "").pipe(
        Effect.match({ onFailure: () => false, onSuccess: (files) => files.every((file) => file.path !== path) }),
        Effect.flatMap((gone) =>
          Effect.fail(
            gone ? contentChanged({ path, expected, got: "no file", ...(sample_id === undefined ? {} : { sample_id }) }) : failure
          )
        )
      )
    )
  )

/** Compares a file with that of the scan and gives the reader of its records. */
const openFile = Effect.fnUntraced(function* (file: ScannedFile, options: RecordOptions) {
  const { path, sha256: expected } = file
  yield* readFrom(yield* ApprovedRoots, file, 0, 0, expected)
  const { bytes } = yield* (yield* ApprovedRoots).info(path)
  if (bytes !== file.bytes) return yield* contentChanged({ path, expected: `${file.bytes} bytes`, got: `${bytes} bytes` })
  const reader = readerOf(options, new Map())
  let ready = options.layout !== "csv"
  const onRecord = ({ bytes }: RawRecord): void => {
    if (ready || bytes.length === 0) return
    const decoding = decode(bytes, options.encoding)
    if (decoding.ok) reader(decoding.text)
    ready = true
  }
  const request = { encoding: options.encoding, onRecord, onBlock: () => Effect.void }
  const { sha256 } = yield* readRecords(file, options.layout === "csv" ? { ...request, boundary: boundaryOf(options) } : request)
  return sha256 === expected ? reader : yield* contentChanged({ path, expected, got: sha256 ?? "another file" })
})

export const open = Effect.fnUntraced(function* (
  _source: Source,
  options: Options,
  scan: IndexedScan,
  datasetVersionId: string
): Effect.fn.Return<AdapterSession, TrainerError, ApprovedRoots | Scope.Scope> {
  const roots = yield* ApprovedRoots
  const readers = options.layout === "class-folders" ? [] : yield* Effect.forEach(scan.files, (file) => openFile(file, options))
  const tags = new Map(scan.classes.map(({ class_id, label }) => [label, class_id]))

  const readAt = Effect.fnUntraced(function* (position: number): Effect.fn.Return<RawSample, TrainerError> {
    const entry = scan.index[position]
    const [index = -1, start, length] = entry?.at ?? []
    const file = scan.files[index]
    if (entry === undefined || file === undefined) return yield* noSample(position, scan)
    const { sample_id, content_hash: expected } = entry
    // One byte more than the file had, to notice that it has grown.
    const bytes = yield* readFrom(roots, file, start ?? 0, length ?? file.bytes + 1, expected, sample_id)
    const got = hash("sha256", bytes)
    if (got !== expected) return yield* contentChanged({ path: file.path, expected, got, sample_id })
    const record = start === undefined ? bytes.subarray(markOf(bytes)?.bytes ?? 0) : bytes
    const data = dataOf(documentIn(record, options, readers[index] ?? wholeFile, sample_id), entry, scan, tags)
    return { position, sample_id, data }
  })
  return {
    stream: (order, from) =>
      Stream.paginate(from, (at: number) =>
        Effect.gen(function* () {
          const page: Array<RawSample> = []
          let units = 0
          let next = at
          for (; next < order.length && page.length < PAGE_SAMPLES && units < PAGE_UNITS; next++) {
            const sample = yield* readAt(order[next] ?? -1)
            units += isTextData(sample.data) ? sample.data.text.length : 0
            page.push(sample)
          }
          return [page, next < order.length ? Option.some(next) : Option.none<number>()] as const
        })
      ),
    mapToIr: (raw, split) => toIr(raw, split, datasetVersionId)
  }
})

const noSample = (position: number, scan: IndexedScan): TrainerError =>
  trainerError("usage", {
    code: "text/NO-SAMPLE",
    message: "there is no sample at this position",
    expected: `a whole number from 0 to ${scan.index.length - 1}`,
    actual: String(position)
  })

/** The bytes are those of the scan, in which they were a document: anything else is a bug, or options of another scan. */
const documentIn = (bytes: Uint8Array, options: Options, reader: RecordReader, sample: string): Document => {
  const decoding = decode(bytes, options.encoding)
  const said = decoding.ok ? reader(decoding.text) : undefined
  if (said?.kind !== "document") throw new RangeError(`sample ${sample} is no document under these options`)
  return said.document
}

const dataOf = ({ text, tokens }: Document, entry: IndexEntry, scan: IndexedScan, tags: ReadonlyMap<string, number>): TextData => {
  const label = entry.class_id === undefined ? undefined : scan.classes[entry.class_id]
  return {
    text,
    ...(label === undefined ? {} : { class: { class_id: label.class_id, label: label.label } }),
    ...(tokens === undefined ? {} : { tokens: { spans: tokens.spans, labels: tokens.tags.map((tag) => tags.get(tag) ?? -1) } }),
    ...(entry.time === undefined ? {} : { time: entry.time })
  }
}

const targetOf = ({ class: label, tokens }: TextData): IRSample["target"] => {
  if (tokens !== undefined) return { custom: { type: TOKEN_LABELS, value: { spans: tokens.spans, labels: tokens.labels } } }
  return label === undefined ? null : { class: label }
}

const toIr = ({ data, sample_id }: RawSample, split: Split, dataset_version_id: string): IRSample => {
  if (!isTextData(data)) throw new TypeError(`sample ${sample_id} was not read by the adapter text`)
  return {
    schema_version: 1,
    sample_id,
    dataset_version_id,
    split,
    modality: "text",
    payload: { text: data.text },
    target: targetOf(data),
    output_type: data.tokens === undefined ? "class" : { custom: TOKEN_LABELS },
    coordinate_frame: null,
    timestamp: data.time === undefined ? null : BigInt(data.time),
    metadata: {}
  }
}
