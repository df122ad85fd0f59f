/**
 * Reads samples in any order, once the file has proved to be the one that was scanned.
 *
 * Opening reads the file once and compares its SHA-256. Small tables are decoded in that pass and served from memory; of larger
 * ones the place of every record is kept (8 bytes each), and blocks of the file are kept up to a bound. Sharp edge: a record that
 * is read later is compared with the hash of the scan again, because a file may change while a run is under way.
 */
import {
  type AdapterSession,
  ApprovedRoots,
  type DatasetScan,
  type FileInfo,
  type IRSample,
  type RawSample,
  type RootFiles,
  type Source,
  type Split,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { parse } from "csv-parse/sync"
import { Effect, Option, type Scope, Stream } from "effect"
import { isBlank } from "./Delimiter.ts"
import type { Options } from "./Options.ts"
import { fingerprintOf, type Plan, planOf, recordHash } from "./Plan.ts"
import { BLOCK_BYTES, csvOptions, type Dialect, readRecords } from "./Records.ts"
import { featureValue, resolveDelimiter } from "./Validate.ts"

/** Bytes of decoded numbers, or else of blocks of the file, that a session keeps. */
export const CACHE_BYTES = 64 * 1024 * 1024
/** Samples that a stream hands over at once. */
const PAGE = 1024

/** What a raw sample holds before it is an IRSample. */
export interface CsvRow {
  readonly features: ReadonlyArray<number>
  readonly class_id: number
  readonly label: string
}

const isRow = (data: unknown): data is CsvRow => typeof data === "object" && data !== null && "features" in data && "class_id" in data

/** The limit on what is kept is a parameter, so that both ways of reading can be shown to agree. */
export const openWith =
  (cacheBytes: number) =>
  (
    source: Source,
    options: Options,
    scan: DatasetScan,
    datasetVersionId: string
  ): Effect.Effect<AdapterSession, TrainerError, ApprovedRoots | Scope.Scope> =>
    Effect.gen(function* () {
      const roots = yield* ApprovedRoots
      const file = yield* roots.info(source.path)
      const delimiter = yield* resolveDelimiter(file, options)
      const dialect: Dialect = { delimiter: delimiter ?? ",", quote: options.quote }
      const width = scan.shape.kind === "tabular" ? scan.shape.features.length : 0
      const decodeAll = scan.index.length * width * 8 <= cacheBytes
      const table = yield* readTable(file, dialect, options, scan, decodeAll ? width : undefined)
      yield* Effect.addFinalizer(() => Effect.sync(table.forget))
      const rowAt = decodeAll ? rowsFromMemory(table, scan, width) : rowsFromFile(roots, file, dialect, options, table, scan, cacheBytes)
      return {
        stream: (order, from) =>
          Stream.paginate(from, (at: number) =>
            Effect.gen(function* () {
              const page: Array<RawSample> = []
              const end = Math.min(order.length, at + PAGE)
              for (let k = at; k < end; k++) {
                const position = order[k] ?? -1
                const row = rowAt(position)
                page.push(Effect.isEffect(row) ? yield* row : row)
              }
              return [page, end < order.length ? Option.some(end) : Option.none<number>()] as const
            })
          ),
        mapToIr: (raw, split) => toIr(raw, split, datasetVersionId)
      }
    })

export const open = openWith(CACHE_BYTES)

const toIr = (raw: RawSample, split: Split, dataset_version_id: string): IRSample => {
  if (!isRow(raw.data)) throw new TypeError(`sample ${raw.sample_id} was not read by the adapter csv`)
  const { features, class_id, label } = raw.data
  return {
    schema_version: 1,
    sample_id: raw.sample_id,
    dataset_version_id,
    split,
    modality: "tabular",
    payload: { tabular: features },
    target: { class: { class_id, label } },
    output_type: "class",
    coordinate_frame: null,
    timestamp: null,
    metadata: {}
  }
}

const changed = (file: FileInfo, expected: string, actual: string, sample: string | undefined): TrainerError =>
  trainerError("integrity", {
    code: "csv/CONTENT-CHANGED",
    message: "the file is not the one that was registered",
    file: file.path,
    ...(sample === undefined ? {} : { sample_id: sample }),
    expected,
    actual,
    help: "restore the file, or register it again as a new version of the dataset"
  })

interface Table {
  readonly plan: Plan
  /** First byte of every record, and the end of the last one; empty when the values are in memory. */
  readonly starts: Float64Array
  /** Row by row; empty when they are not kept. */
  readonly values: Float64Array
  readonly forget: () => void
}

/** One pass: the hash of the file, and either the numbers of every record or its place. */
const readTable = (
  file: FileInfo,
  dialect: Dialect,
  options: Options,
  scan: DatasetScan,
  width: number | undefined
): Effect.Effect<Table, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const rows = scan.index.length
    let values = new Float64Array(width === undefined ? 0 : rows * width)
    let starts = new Float64Array(width === undefined ? rows + 1 : 0)
    let plan: Plan | undefined
    let broken = false
    let row = 0
    let differs: number | undefined
    const reading = yield* readRecords(file, {
      dialect,
      hashAll: true,
      onProgress: () => Effect.void,
      onRecord: ({ cells, start, end }) => {
        if (isBlank(cells)) return true
        if (plan === undefined) {
          const planned = planOf(cells, options, start)
          if (planned.ok) plan = planned.plan
          broken = !planned.ok
          return planned.ok
        }
        if (row >= rows) return false
        if (width === undefined) {
          starts[row] = start
          starts[row + 1] = end
        }
        plan.features.forEach((feature, at) => {
          const value = featureValue(cells[feature.cell] ?? "", feature, options.decimal)
          if (typeof value !== "number") broken = true
          else if (width !== undefined) values[row * width + at] = value
        })
        row++
        return true
      }
    })
    const classes = scan.classes.map(({ label }) => label)
    if (reading.sha256 !== scan.content_hash) {
      differs = yield* firstDifference(file, dialect, scan)
      const sample = differs === undefined ? undefined : scan.index[differs]?.sample_id
      return yield* changed(file, scan.content_hash, reading.sha256 ?? "", sample)
    }
    if (plan === undefined || broken || row !== rows || fingerprintOf(plan, classes) !== scan.schema_fingerprint)
      return yield* trainerError("invalid", {
        code: "csv/OTHER-OPTIONS",
        message: "the options are not those that the file was scanned with",
        file: file.path,
        expected: scan.schema_fingerprint,
        ...(plan === undefined ? {} : { actual: fingerprintOf(plan, classes) }),
        help: "use the options of the registered version, or register the file again with the new ones"
      })
    const forget = (): void => {
      values = new Float64Array(0)
      starts = new Float64Array(0)
    }
    return {
      plan,
      get starts() {
        return starts
      },
      get values() {
        return values
      },
      forget
    }
  })

/** The first sample of the scan that is no longer in its place; undefined when only what stands between records differs. */
const firstDifference = (
  file: FileInfo,
  dialect: Dialect,
  scan: DatasetScan
): Effect.Effect<number | undefined, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    let header = true
    let row = 0
    let found: number | undefined
    yield* readRecords(file, {
      dialect,
      hashAll: false,
      onProgress: () => Effect.void,
      onRecord: ({ cells }) => {
        if (isBlank(cells)) return true
        if (header) header = false
        else if (row >= scan.index.length) return false
        else if (recordHash(cells) !== scan.index[row]?.content_hash) found = row
        else row++
        return found === undefined
      }
    })
    return found ?? (row < scan.index.length ? row : undefined)
  })

type RowAt = (position: number) => RawSample | Effect.Effect<RawSample, TrainerError>

const outside = (position: number, scan: DatasetScan): TrainerError =>
  trainerError("failed", {
    code: "csv/NO-SAMPLE",
    message: "the order names a position that the dataset does not have",
    expected: `a whole number from 0 to ${scan.index.length - 1}`,
    actual: String(position)
  })

const rowsFromMemory =
  (table: Table, scan: DatasetScan, width: number): RowAt =>
  (position) => {
    const entry = scan.index[position]
    if (entry === undefined || table.values.length < (position + 1) * width) return Effect.fail(outside(position, scan))
    const features = Array.from(table.values.subarray(position * width, (position + 1) * width))
    return { position, sample_id: entry.sample_id, data: rowOf(features, entry.class_id ?? -1, scan) }
  }

const rowOf = (features: ReadonlyArray<number>, class_id: number, scan: DatasetScan): CsvRow => ({
  features,
  class_id,
  label: scan.classes[class_id]?.label ?? ""
})

const rowsFromFile = (
  roots: RootFiles,
  file: FileInfo,
  dialect: Dialect,
  options: Options,
  table: Table,
  scan: DatasetScan,
  cacheBytes: number
): RowAt => {
  const read = blockReader(roots, file, Math.max(2, Math.floor(cacheBytes / BLOCK_BYTES)))
  return (position) =>
    Effect.gen(function* () {
      const entry = scan.index[position]
      const start = table.starts[position]
      const end = table.starts[position + 1]
      if (entry === undefined || start === undefined || end === undefined) return yield* outside(position, scan)
      const cells = cellsIn(yield* read(start, end), dialect)
      const hash = cells === undefined ? "no record" : recordHash(cells)
      if (cells === undefined || hash !== entry.content_hash) return yield* changed(file, entry.content_hash, hash, entry.sample_id)
      const features = table.plan.features.map((feature) => {
        const value = featureValue(cells[feature.cell] ?? "", feature, options.decimal)
        // The hash of the record is that of the scan, in which this cell was a number.
        if (typeof value !== "number") throw new RangeError(`sample ${entry.sample_id}: column ${feature.name} is no number`)
        return value
      })
      return { position, sample_id: entry.sample_id, data: rowOf(features, entry.class_id ?? -1, scan) }
    })
}

/** The cells of the one record in these bytes; between it and the end only blank lines may stand. */
const cellsIn = (bytes: Uint8Array, dialect: Dialect): ReadonlyArray<string> | undefined => {
  const records: Array<ReadonlyArray<string>> = []
  try {
    parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      ...csvOptions(dialect, (cells) => void (isBlank(cells) ? 0 : records.push(cells))),
      bom: false
    })
  } catch {
    return undefined
  }
  return records.length === 1 ? records[0] : undefined
}

/** Reads ranges of a file through the most recently used blocks. */
const blockReader = (
  roots: RootFiles,
  file: FileInfo,
  limit: number
): ((start: number, end: number) => Effect.Effect<Uint8Array, TrainerError>) => {
  const blocks = new Map<number, Uint8Array>()
  const blockAt = (at: number): Effect.Effect<Uint8Array, TrainerError> =>
    Effect.gen(function* () {
      const known = blocks.get(at)
      const block = known ?? (yield* roots.read(file.path, at * BLOCK_BYTES, BLOCK_BYTES))
      blocks.delete(at)
      blocks.set(at, block)
      const oldest = blocks.keys().next().value
      if (blocks.size > limit && oldest !== undefined) blocks.delete(oldest)
      return block
    })
  return (start, end) =>
    Effect.gen(function* () {
      const parts: Array<Uint8Array> = []
      for (let at = Math.floor(start / BLOCK_BYTES); at * BLOCK_BYTES < end; at++) {
        const block = yield* blockAt(at)
        const base = at * BLOCK_BYTES
        parts.push(block.subarray(Math.max(0, start - base), Math.max(0, end - base)))
      }
      return parts.length === 1 ? (parts[0] ?? new Uint8Array(0)) : Buffer.concat(parts)
    })
}
