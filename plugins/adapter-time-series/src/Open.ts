/**
 * Reads samples in any order, once every file has proved to be the one that was scanned.
 *
 * Opening reads all files once and compares their SHA-256; each record is compared with its own hash again when it is read, because a
 * file may change while a run is under way. Sharp edge: what is kept is blocks of the files up to a bound, never the series.
 */
import { createHash } from "node:crypto"
import {
  type AdapterSession,
  ApprovedRoots,
  contentChanged,
  type FileInfo,
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
import { blockReader } from "./Blocks.ts"
import { lineReader, otherOptions, type ScannedFile } from "./LinedScan.ts"
import { BLOCK_BYTES } from "./Lines.ts"
import type { Options } from "./Options.ts"
import type { SeriesRecord } from "./Series.ts"
import { fingerprintOf } from "./Validate.ts"
import { wfdbReader } from "./Wfdb.ts"

/** Samples and numbers that a stream hands over at once, whichever comes first. */
const PAGE_SAMPLES = 256
const PAGE_VALUES = 256 * 1024

/** What a raw sample holds before it is an IRSample. */
interface SeriesData {
  readonly samples: ReadonlyArray<number>
  readonly channel_ids: ReadonlyArray<string>
  readonly sample_rate_hz: number
  readonly target: { readonly class_id: number; readonly label: string } | number
  readonly metadata: Readonly<Record<string, string | number>>
}

const isSeries = (data: unknown): data is SeriesData =>
  typeof data === "object" && data !== null && "samples" in data && "channel_ids" in data

const verify = (roots: RootFiles, { path, bytes, sha256 }: ScannedFile): Effect.Effect<void, TrainerError> =>
  Effect.gen(function* () {
    const info: Effect.Effect<FileInfo | undefined, TrainerError> = roots.info(path)
    const file = yield* Effect.catch(info, () => Effect.succeed(undefined))
    if (file === undefined) return yield* contentChanged({ path, expected: sha256, got: "no file" })
    if (file.bytes !== bytes) return yield* contentChanged({ path, expected: `${bytes} bytes`, got: `${file.bytes} bytes` })
    const sha = createHash("sha256")
    for (let offset = 0; offset < bytes; offset += BLOCK_BYTES)
      sha.update(yield* roots.read(path, offset, Math.min(BLOCK_BYTES, bytes - offset)))
    const got = sha.digest("hex")
    if (got !== sha256) return yield* contentChanged({ path, expected: sha256, got })
  })

export const open = (
  _source: Source,
  options: Options,
  scan: IndexedScan,
  datasetVersionId: string
): Effect.Effect<AdapterSession, TrainerError, ApprovedRoots | Scope.Scope> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    yield* Effect.forEach(scan.files, (file) => verify(roots, file), { discard: true })
    const { shape } = scan
    const channel_ids = shape.kind === "time_series" ? shape.channels.map(({ name }) => name) : []
    const sample_rate_hz = shape.kind === "time_series" ? shape.sample_rate_hz : 0
    const labels = scan.classes.map(({ label }) => label)
    if (fingerprintOf(options, channel_ids, sample_rate_hz, labels) !== scan.schema_fingerprint)
      return yield* otherOptions(scan.files[0]?.path ?? "")
    const blocks = blockReader(roots)
    const read = options.layout === "wfdb" ? yield* wfdbReader(options, scan, blocks) : yield* lineReader(options, scan, blocks)

    const dataOf = ({ values, target }: SeriesRecord, { class_id, group, values: told }: IndexEntry): SeriesData => ({
      samples: Array.from(values),
      channel_ids,
      sample_rate_hz,
      target: typeof target === "number" ? target : { class_id: class_id ?? -1, label: target },
      metadata: group === undefined || told?.sample_index === undefined ? {} : { episode_id: group, event_sample_index: told.sample_index }
    })
    const rawAt = (position: number): Effect.Effect<RawSample, TrainerError> =>
      Effect.gen(function* () {
        const entry = scan.index[position]
        if (entry === undefined) return yield* outside(position, scan.index.length)
        const record = yield* read(entry)
        return { position, sample_id: entry.sample_id, data: dataOf(record, entry) }
      })
    return {
      stream: (order, from) =>
        Stream.paginate(from, (begin: number) =>
          Effect.gen(function* () {
            const page: Array<RawSample> = []
            let values = 0
            let at = begin
            while (at < order.length && page.length < PAGE_SAMPLES && values < PAGE_VALUES) {
              const raw = yield* rawAt(order[at++] ?? -1)
              page.push(raw)
              if (isSeries(raw.data)) values += raw.data.samples.length
            }
            return [page, at < order.length ? Option.some(at) : Option.none<number>()] as const
          })
        ),
      mapToIr: (raw, split) => toIr(raw, split, datasetVersionId)
    }
  })

const outside = (position: number, count: number): TrainerError =>
  trainerError("failed", {
    code: "time-series/NO-SAMPLE",
    message: "the order names a position that the dataset does not have",
    expected: `a whole number from 0 to ${count - 1}`,
    actual: String(position)
  })

const toIr = (raw: RawSample, split: Split, dataset_version_id: string): IRSample => {
  if (!isSeries(raw.data)) throw new TypeError(`sample ${raw.sample_id} was not read by the adapter time-series`)
  const { samples, channel_ids, sample_rate_hz, target, metadata } = raw.data
  return {
    schema_version: 1,
    sample_id: raw.sample_id,
    dataset_version_id,
    split,
    modality: "time_series",
    payload: { time_series: { sample_rate_hz, channel_ids, samples } },
    target: typeof target === "number" ? { scalar: target } : { class: target },
    output_type: typeof target === "number" ? "scalar" : "class",
    coordinate_frame: null,
    // Times of these files count from a beginning of their own, and this field is Unix time.
    timestamp: null,
    metadata
  }
}
