/**
 * Reads samples in any order, once the files have proved to be those that were scanned.
 *
 * Opening reads every file once and compares its SHA-256. Small tables are decoded in that pass and served from memory; the records of
 * larger ones are read where the index says that they stand, through blocks that are kept up to a bound. Sharp edge: a record that is
 * read later is compared with the hash of the scan again, because a file may change while a run is under way.
 */
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
  type TypedTarget,
  trainerError
} from "@feagi-trainer/contracts"
import { Effect, Option, type Scope, Stream } from "effect"
import { resolveDelimiter } from "./Delimiter.ts"
import { BLOCK_BYTES, type Dialect } from "./Dialect.ts"
import { fingerprintOf, type Hasher, hasher } from "./Identity.ts"
import { type Feature, featuresOf, type InputReader, inputReader } from "./InputReader.ts"
import type { Options } from "./Options.ts"
import { type Plan, planOf } from "./Plan.ts"
import { type Row, type Scanner, scanner, textsOf } from "./Scanner.ts"
import { readTable, type Table, tablesOf } from "./Tables.ts"

/** Bytes of decoded numbers, or else of blocks of the files, that a session keeps. */
export const CACHE_BYTES = 64 * 1024 * 1024
/** Samples that a stream hands over at once. */
const PAGE = 1024

/** What a raw sample holds before it is an IRSample. */
export interface CsvRow {
  readonly features: ReadonlyArray<number>
  readonly target: TypedTarget | null
  readonly timestamp: bigint | null
}

const isRow = (data: unknown): data is CsvRow => typeof data === "object" && data !== null && "features" in data && "target" in data

/** The limit on what is kept is a parameter, so that both ways of reading can be shown to agree. */
export const openWith =
  (cacheBytes: number) =>
  (
    source: Source,
    options: Options,
    scan: IndexedScan,
    datasetVersionId: string
  ): Effect.Effect<AdapterSession, TrainerError, ApprovedRoots | Scope.Scope> =>
    Effect.gen(function* () {
      const roots = yield* ApprovedRoots
      const tables = yield* tablesOf(source, options).pipe(
        Effect.catch((failure) => Effect.flatMap(missingFile(roots, scan), () => failure))
      )
      const delimiter = yield* resolveDelimiter(tables[0].info, options)
      const dialect: Dialect = { delimiter: delimiter ?? ",", quote: options.quote }
      const width = (scan.shape.kind === "tabular" ? scan.shape.features.length : 0) + 1
      const inMemory = scan.index.length * width * 8 <= cacheBytes
      const data = yield* verify(tables, dialect, options, scan, inMemory)
      yield* Effect.addFinalizer(() => Effect.sync(data.close))
      const make = sampleOf(data, options, scan)
      const rowAt = inMemory
        ? fromMemory(data, scan, make)
        : fromFiles(roots, tables, scanner(dialect), data, scan, make, Math.max(2, Math.floor(cacheBytes / BLOCK_BYTES)))
      return {
        stream: (order, from) =>
          Stream.paginate(from, (at: number) =>
            Effect.gen(function* () {
              const page: Array<RawSample> = []
              const end = Math.min(order.length, at + PAGE)
              for (let k = at; k < end; k++) {
                const row = rowAt(order[k] ?? -1)
                page.push(Effect.isEffect(row) ? yield* row : row)
              }
              return [page, end < order.length ? Option.some(end) : Option.none<number>()] as const
            })
          ),
        mapToIr: (raw, split) => toIr(raw, split, datasetVersionId, scan)
      }
    })

export const open = openWith(CACHE_BYTES)

const toIr = (raw: RawSample, split: Split, dataset_version_id: string, { output_type }: IndexedScan): IRSample => {
  if (!isRow(raw.data)) throw new TypeError(`sample ${raw.sample_id} was not read by the adapter csv`)
  const { features, target, timestamp } = raw.data
  return {
    schema_version: 1,
    sample_id: raw.sample_id,
    dataset_version_id,
    split,
    modality: "tabular",
    payload: { tabular: features },
    target,
    output_type,
    coordinate_frame: null,
    timestamp,
    metadata: {}
  }
}

/** Fails when a file of the scan is no longer there; what else may be wrong with it is for the host to say. */
const missingFile = (roots: RootFiles, scan: IndexedScan): Effect.Effect<void, TrainerError> =>
  Effect.gen(function* () {
    for (const { path, sha256 } of scan.files) {
      const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ""
      const [listed] = yield* Effect.partition([folder], (each) => roots.list(each))
      if (!(listed[0] ?? []).some((each) => each.path === path)) return yield* contentChanged({ path, expected: sha256, got: "no file" })
    }
  })

interface Data {
  readonly plan: Plan
  readonly reader: InputReader
  readonly hashes: Hasher
  /** Doubles of every record: its inputs, then its target. Empty when they are not kept. */
  readonly values: () => Float64Array
  readonly width: number
  readonly closed: () => boolean
  readonly close: () => void
}

const otherOptions = (file: string, expected: string, actual?: string): TrainerError =>
  trainerError("invalid", {
    code: "csv/OTHER-OPTIONS",
    message: "the options are not those that the file was scanned with",
    file,
    expected,
    ...(actual === undefined ? {} : { actual }),
    help: "use the options of the registered version, or register the file again with the new ones"
  })

/**
 * One pass over every file: its hash, and the doubles of its records when they are kept. Otherwise only the records of the first block
 * are held against the index, unless categories have to be found.
 */
const verify = (
  tables: readonly [Table, ...Array<Table>],
  dialect: Dialect,
  options: Options,
  scan: IndexedScan,
  inMemory: boolean
): Effect.Effect<Data, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const hashes = hasher()
    const rows = scan.index.length
    let values = new Float64Array(0)
    let plan: Plan | undefined
    let reader: InputReader | undefined
    let scratch = new Float64Array(0)
    let all = inMemory
    let broken = false
    let closed = false
    let row = 0

    const header = (names: ReadonlyArray<string>): boolean => {
      if (plan !== undefined) return all
      const planned = planOf(names, options, { file: 0, record: 0, line: 1 })
      broken = !planned.ok
      if (!planned.ok) return false
      plan = planned.plan
      reader = inputReader(plan, options)
      scratch = new Float64Array(plan.inputs.length + 1)
      if (inMemory) values = new Float64Array(rows * scratch.length)
      all ||= plan.inputs.some(({ column }) => column.type === "category" && column.values === "scan")
      return true
    }
    const record = (each: Row, file: number): boolean => {
      if (plan === undefined || reader === undefined || broken) return false
      const head = file === 0 && each.offset < BLOCK_BYTES
      if (!head && !all) return false
      if (each.count === plan.names.length && reader.dropped(each) !== undefined) return true
      if (row >= rows) broken = true
      // The hash is compared for the head only; that the file is the one of the scan is told by its own hash.
      if (head && hashes.record(each) !== scan.index[row]?.content_hash) broken = true
      decode(each, file, plan, reader, scratch)
      if (scratch.some((value) => Number.isNaN(value))) broken = true
      if (inMemory && !broken) values.set(scratch, row * scratch.length)
      row++
      return !broken
    }

    const paths = tables.map(({ info }) => info.path)
    if (JSON.stringify(paths) !== JSON.stringify(scan.files.map(({ path }) => path)))
      return yield* otherOptions(tables[0].info.path, scan.files.map(({ path }) => path).join(", "), paths.join(", "))
    for (const [file, table] of tables.entries()) {
      const reading = yield* readTable(table, {
        dialect,
        hashAll: true,
        onBlock: () => Effect.void,
        onHeader: (each) => header(textsOf(each)),
        onRecord: (each) => record(each, file)
      })
      const { sha256 } = scan.files[file] ?? { sha256: "no file" }
      if (reading.sha256 !== sha256) {
        const sample = yield* firstDifference(table, file, tables.length, dialect, options, scan)
        const sample_id = sample === undefined ? {} : { sample_id: sample.sample_id }
        return yield* contentChanged({ path: table.info.path, expected: sha256, got: reading.sha256 ?? "nothing", ...sample_id })
      }
    }
    if (plan === undefined || reader === undefined || broken || (all && row !== rows))
      return yield* otherOptions(tables[0].info.path, scan.schema_fingerprint)
    const known = reader
    const fingerprint = fingerprintOf(
      plan,
      options,
      scan.classes.map(({ label }) => label),
      (input) => known.vocabulary(input)?.sorted().texts ?? []
    )
    if (fingerprint !== scan.schema_fingerprint) return yield* otherOptions(tables[0].info.path, scan.schema_fingerprint, fingerprint)
    return {
      plan,
      reader,
      hashes,
      values: () => values,
      width: scratch.length,
      closed: () => closed,
      close: () => {
        closed = true
        values = new Float64Array(0)
      }
    }
  })

/** The doubles of one record: its inputs, then its target or 0. */
const decode = (row: Row, file: number, plan: Plan, reader: InputReader, into: Float64Array): void => {
  reader.read(row, file, into, 0)
  into[plan.inputs.length] = plan.target === undefined ? 0 : reader.number(row, plan.target)
}

/** The first sample of a file that is no longer in its place; undefined when only what stands between records differs. */
const firstDifference = (
  table: Table,
  file: number,
  count: number,
  dialect: Dialect,
  options: Options,
  scan: IndexedScan
): Effect.Effect<IndexEntry | undefined, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const entries = scan.index.filter(({ at }) => count === 1 || at?.[0] === file)
    const hashes = hasher()
    let reader: InputReader | undefined
    let row = 0
    let differs = false
    yield* readTable(table, {
      dialect,
      hashAll: false,
      onBlock: () => Effect.void,
      onHeader: (each) => {
        const planned = planOf(textsOf(each), options, { file, record: 0, line: 1 })
        reader = planned.ok ? inputReader(planned.plan, options) : undefined
        return true
      },
      onRecord: (each) => {
        if (reader?.dropped(each) !== undefined) return true
        if (row >= entries.length) return false
        differs = hashes.record(each) !== entries[row]?.content_hash
        if (!differs) row++
        return !differs
      }
    })
    return entries[row]
  })

type Make = (entry: IndexEntry, position: number, values: Float64Array, at: number) => RawSample
type RowAt = (position: number) => RawSample | Effect.Effect<RawSample, TrainerError>

const sampleOf = ({ reader, width }: Data, options: Options, scan: IndexedScan): Make => {
  const features: ReadonlyArray<Feature> = featuresOf(reader)
  const scalar = typeof options.target_column === "string"
  const targetOf = ({ class_id }: IndexEntry, value: number): TypedTarget | null => {
    if (scalar) return { scalar: value }
    return class_id === undefined ? null : { class: { class_id, label: scan.classes[class_id]?.label ?? "" } }
  }
  return (entry, position, values, at) => {
    const data: CsvRow = {
      features: features.map(({ of }) => of(values, at)),
      target: targetOf(entry, values[at + width - 1] ?? 0),
      timestamp: entry.time === undefined ? null : BigInt(entry.time)
    }
    return { position, sample_id: entry.sample_id, data }
  }
}

const noSample = (position: number, scan: IndexedScan): TrainerError =>
  trainerError("failed", {
    code: "csv/NO-SAMPLE",
    message: "the order names a position that the dataset does not have",
    expected: `a whole number from 0 to ${scan.index.length - 1}`,
    actual: String(position)
  })

const fromMemory =
  ({ values, width }: Data, scan: IndexedScan, make: Make): RowAt =>
  (position) => {
    const entry = scan.index[position]
    if (entry === undefined || values().length < (position + 1) * width) return Effect.fail(noSample(position, scan))
    return make(entry, position, values(), position * width)
  }

const fromFiles = (
  roots: RootFiles,
  tables: ReadonlyArray<Table>,
  cutter: Scanner,
  { plan, reader, hashes, width, closed }: Data,
  scan: IndexedScan,
  make: Make,
  blocks: number
): RowAt => {
  const read = blockReader(roots, tables, blocks)
  return (position) =>
    Effect.gen(function* () {
      const entry = closed() ? undefined : scan.index[position]
      const [offset, length] = entry?.at?.slice(-2) ?? []
      const file = tables.length > 1 ? (entry?.at?.[0] ?? -1) : 0
      const table = tables[file]
      if (entry === undefined || offset === undefined || length === undefined || table === undefined) return yield* noSample(position, scan)
      const bytes = yield* read(file, offset, offset + length)
      const values = new Float64Array(width)
      let got = "no record"
      const cut = cutter.cut(bytes, 0, bytes.length, true, offset, (row) => {
        got = row.length === length ? hashes.record(row) : got
        if (got === entry.content_hash) decode(row, file, plan, reader, values)
        return false
      })
      if (got !== entry.content_hash || cut.at !== length)
        return yield* contentChanged({ path: table.info.path, expected: entry.content_hash, got, sample_id: entry.sample_id })
      if (values.some((value) => Number.isNaN(value))) return yield* otherOptions(table.info.path, scan.schema_fingerprint)
      return make(entry, position, values, 0)
    })
}

/** Reads ranges of the files through the most recently used blocks. */
const blockReader = (
  roots: RootFiles,
  tables: ReadonlyArray<Table>,
  limit: number
): ((file: number, start: number, end: number) => Effect.Effect<Buffer, TrainerError>) => {
  const blocks = new Map<string, Uint8Array>()
  const blockAt = (file: number, at: number): Effect.Effect<Uint8Array, TrainerError> =>
    Effect.gen(function* () {
      const key = `${file} ${at}`
      const block = blocks.get(key) ?? (yield* roots.read(tables[file]?.info.path ?? "", at * BLOCK_BYTES, BLOCK_BYTES))
      blocks.delete(key)
      blocks.set(key, block)
      const oldest = blocks.keys().next().value
      if (blocks.size > limit && oldest !== undefined) blocks.delete(oldest)
      return block
    })
  return (file, start, end) =>
    Effect.gen(function* () {
      const parts: Array<Uint8Array> = []
      for (let at = Math.floor(start / BLOCK_BYTES); at * BLOCK_BYTES < end; at++) {
        const block = yield* blockAt(file, at)
        const base = at * BLOCK_BYTES
        parts.push(block.subarray(Math.max(0, start - base), Math.max(0, end - base)))
      }
      return Buffer.concat(parts)
    })
}
