/**
 * What is stored of the full scan of a dataset: one document, and the blobs that it names by their hash. The hash of the document
 * therefore pins all of it.
 */
import type { ClassLabel, DatasetScan, IndexEntry, TrainerError } from "@feagi-trainer/contracts"
import { fromCanonical, fromUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type { DatasetFacts } from "../dataset/checkCompatibility.ts"
import { type Duplicates, isDuplicates } from "../dataset/Duplicates.ts"
import type { Leakage } from "../dataset/leakage.ts"
import { BlobStore } from "../port/BlobStore.ts"
import type { IndexSummary } from "../port/Indexer.ts"

/** `classes` and the counts are those after the label map, if there is one. */
export interface RegisteredScan extends DatasetScan {
  readonly summary: IndexSummary
  /** The classes as the adapter knows them, and the fingerprint of its own schema. */
  readonly source_classes: ReadonlyArray<ClassLabel>
  readonly source_fingerprint: string
  readonly label_map: {
    readonly name: string
    readonly version: number
    /** Blob: the canonical mapping. */
    readonly sha256: string
    /** Class id of every class of the source. */
    readonly rank: ReadonlyArray<number>
  } | null
  /** What the parts that the source itself declares give away of each other; null when it declares none. */
  readonly given_leakage: Leakage | null
  /** Blob: one canonical IndexEntry per line, with the class ids of the source. */
  readonly index_sha256: string
  /** Blob: equal and near content. */
  readonly duplicates_sha256: string
  /** Blob: the hash registry of the files. */
  readonly hashes_sha256: string
}

export const readScan = (scan_sha256: string): Effect.Effect<RegisteredScan, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    return fromCanonical(fromUtf8(yield* blobs.get(scan_sha256))) as unknown as RegisteredScan
  })

/** What a plan can ask of a dataset without its samples. */
export const factsOf = ({
  modality,
  output_type,
  shape,
  summary
}: Pick<RegisteredScan, "modality" | "output_type" | "shape" | "summary">): DatasetFacts => ({
  modality,
  output_type,
  shape: shape.kind,
  stream_schema: {
    fields: [
      ...(summary.class_counts.reduce((sum, count) => sum + count, 0) === summary.sample_count ? ["class_id"] : []),
      ...(summary.grouped_count === summary.sample_count ? ["group"] : []),
      ...(summary.time_count === summary.sample_count ? ["time"] : []),
      ...summary.values.map((name) => `values.${name}`)
    ]
  }
})

/** Every blob that a scan names. */
export const blobsOf = (scan: RegisteredScan): ReadonlyArray<string> => [
  scan.index_sha256,
  scan.duplicates_sha256,
  scan.hashes_sha256,
  ...(scan.label_map === null ? [] : [scan.label_map.sha256])
]

/** The index as the adapter knows it, by position. */
export const readSourceIndex = (scan: RegisteredScan): Effect.Effect<ReadonlyArray<IndexEntry>, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const entries: Array<IndexEntry> = []
    const lines = lineReader((line) => entries.push(fromCanonical(line) as unknown as IndexEntry))
    yield* blobs.read(scan.index_sha256, lines)
    return entries
  })

/** The same entries under the class ids of the label map. */
export const relabelled = (scan: RegisteredScan, index: ReadonlyArray<IndexEntry>): ReadonlyArray<IndexEntry> => {
  const rank = scan.label_map?.rank
  if (rank === undefined) return index
  return index.map((entry) => {
    const class_id = entry.class_id === undefined ? undefined : rank[entry.class_id]
    return class_id === undefined ? entry : { ...entry, class_id }
  })
}

export const readIndex = (scan: RegisteredScan): Effect.Effect<ReadonlyArray<IndexEntry>, TrainerError, BlobStore> =>
  Effect.map(readSourceIndex(scan), (index) => relabelled(scan, index))

export const readDuplicates = (scan: RegisteredScan): Effect.Effect<Duplicates, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const value: unknown = fromCanonical(fromUtf8(yield* blobs.get(scan.duplicates_sha256)))
    if (!isDuplicates(value)) throw new Error(`blob ${scan.duplicates_sha256} is no list of duplicates`)
    return value
  })

/** Cuts pieces of UTF-8 into lines; a character or a line may be torn between two pieces. */
const lineReader = (onLine: (line: string) => void): ((piece: Uint8Array) => void) => {
  let rest: Uint8Array = new Uint8Array(0)
  return (piece) => {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    let start = 0
    for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
      onLine(fromUtf8(bytes.subarray(start, end)))
      start = end + 1
    }
    rest = bytes.subarray(start)
  }
}
