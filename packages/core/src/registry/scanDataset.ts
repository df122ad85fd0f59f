/**
 * From files to everything that a registration stores: the adapter scans once, the index is made of its entries, the files are hashed in
 * pieces, equal and near content is found. Nothing is stored here; every problem comes back at once.
 */
import {
  ApprovedRoots,
  contentChanged,
  type DatasetScan,
  type Diagnostic,
  type IndexEntry,
  IndexSink,
  type LoadedEntry,
  type NearCheck,
  type PluginRef,
  Progress,
  type RootFiles,
  type Source,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { canonical, canonicalBytes, fromCanonical, fromUtf8, hashOf } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { chunkHasher, type HashRegistry, hashRegistry } from "../dataset/ChunkHashes.ts"
import type { Duplicates } from "../dataset/Duplicates.ts"
import { applyLabelMap, type ConfusionRow, confusion, type LabelMap } from "../dataset/labelMap.ts"
import { leakageOf } from "../dataset/leakage.ts"
import { eachNearPair } from "../dataset/nearPairs.ts"
import { modalityMismatch, sniff } from "../dataset/sniff.ts"
import { BlobStore } from "../port/BlobStore.ts"
import { type BuiltIndex, Indexer } from "../port/Indexer.ts"
import type { DatasetRecord } from "../port/Registry.ts"
import type { RegisteredScan } from "./RegisteredScan.ts"

export interface ScanRequest {
  readonly adapter: LoadedEntry<"adapter">
  /** Decoded by the adapter. */
  readonly options: unknown
  readonly source: Source
  readonly files: RootFiles
  readonly labelMap: LabelMap | undefined
}

/** A scan without errors, ready to be stored. */
export interface ScannedDataset {
  readonly scan: Omit<RegisteredScan, "index_sha256" | "duplicates_sha256" | "hashes_sha256">
  readonly index: BuiltIndex
  readonly duplicates: Duplicates
  readonly hashes: HashRegistry
  readonly labelMap: LabelMap | undefined
  /** What became of every class of the source; null without a label map. */
  readonly confusion: ReadonlyArray<ConfusionRow> | null
}

export interface ScanOutcome {
  readonly report: Omit<ValidationReport, "scan">
  /** Absent when there is an error. */
  readonly scanned?: ScannedDataset
}

/** Bytes that are read of a file at a time: the blocks of a large file would otherwise pile up faster than they are collected. */
const blockBytes = 1 << 16
/** Bytes at the beginning of a file that say what it is. */
const headBytes = 4096
/** Near pairs that are kept, and sketches of samples that are kept while pairs are looked at. */
const mostPairs = 1_000_000
const keptSketches = 32_768

export const scanDataset = (request: ScanRequest): Effect.Effect<ScanOutcome, TrainerError, Indexer | Progress | Scope.Scope> =>
  Effect.gen(function* () {
    const { adapter, options, source, files, labelMap } = request
    const builder = yield* (yield* Indexer).open
    const { scan, ...report } = yield* adapter.entry
      .validate(source, options)
      .pipe(Effect.provideService(ApprovedRoots, files), Effect.provideService(IndexSink, builder.sink))
    if (scan === undefined) return { report }
    const refuse = (found: ReadonlyArray<Diagnostic>, error_count = found.length): ScanOutcome => ({
      report: { ...report, diagnostics: [...report.diagnostics, ...found], error_count: report.error_count + error_count }
    })
    const finished = yield* builder.finish(scan.classes)
    const mapped = labelMap === undefined ? undefined : applyLabelMap(labelMap, scan.classes)
    const { hashes, mismatch } = yield* hashFiles(files, scan)
    const found = [...(finished.ok ? [] : finished.diagnostics), ...(mapped?.ok === false ? mapped.diagnostics : []), ...mismatch]
    if (!finished.ok || mapped?.ok === false || mismatch.length > 0)
      return refuse(found, found.length + (finished.ok ? 0 : finished.error_count - finished.diagnostics.length))
    const { index } = finished
    const duplicates = yield* findDuplicates(request, scan, index)
    const parts = Object.keys(index.summary.part_counts)
    const given_leakage = parts.length === 0 ? null : leakageOf({ ...givenParts(index), duplicates })
    const label_map =
      labelMap === undefined || mapped === undefined
        ? null
        : { name: labelMap.name, version: labelMap.version, sha256: hashOf(labelMap), rank: mapped.rank }
    const classes = mapped?.classes ?? scan.classes
    return {
      report,
      scanned: {
        scan: {
          ...scan,
          classes,
          source_classes: scan.classes,
          source_fingerprint: scan.schema_fingerprint,
          // Readers of another mapping see other classes, so that it is another schema.
          schema_fingerprint: label_map === null ? scan.schema_fingerprint : hashOf([scan.schema_fingerprint, label_map.sha256]),
          summary: { ...index.summary, class_counts: recounted(index.summary.class_counts, classes.length, mapped?.rank) },
          label_map,
          given_leakage
        },
        index,
        duplicates,
        hashes,
        labelMap,
        confusion: mapped === undefined ? null : confusion(index.summary.class_counts, scan.classes, mapped)
      }
    }
  })

const recounted = (counts: ReadonlyArray<number>, classes: number, rank: ReadonlyArray<number> | undefined): ReadonlyArray<number> => {
  if (rank === undefined) return counts
  const after = Array.from({ length: classes }, () => 0)
  for (const [class_id, count] of counts.entries()) {
    const to = rank[class_id]
    if (to !== undefined) after[to] = (after[to] ?? 0) + count
  }
  return after
}

/** Hashes every file of the scan in pieces, proves that it is still the one that was scanned, and looks at what its bytes say it is. */
const hashFiles = (
  files: RootFiles,
  scan: DatasetScan
): Effect.Effect<{ readonly hashes: HashRegistry; readonly mismatch: ReadonlyArray<Diagnostic> }, TrainerError, Progress> =>
  Effect.gen(function* () {
    const progress = yield* Progress
    const hashed: Array<{ readonly path: string } & ReturnType<ReturnType<typeof chunkHasher>["result"]>> = []
    const sniffed: Array<{ readonly path: string } & ReturnType<typeof sniff>> = []
    for (const [done, file] of scan.files.entries()) {
      const result = yield* hashFile(files, file.path, file.bytes, (head) => sniffed.push({ path: file.path, ...sniff(head, file.path) }))
      if (result.sha256 !== file.sha256) return yield* contentChanged({ path: file.path, expected: file.sha256, got: result.sha256 })
      hashed.push({ path: file.path, ...result })
      yield* progress.report(done + 1, scan.files.length, "hash files")
    }
    return { hashes: hashRegistry(hashed), mismatch: modalityMismatch(scan.modality, sniffed, scan.shape.kind !== "custom") }
  })

/** Hash and pieces of one file of this length; a file that became shorter is hashed as it is. */
export const hashFile = Effect.fnUntraced(function* (
  files: RootFiles,
  path: string,
  bytes: number,
  onHead: (head: Uint8Array) => void = () => {}
) {
  const hasher = chunkHasher()
  for (let at = 0; at < bytes || at === 0; at += blockBytes) {
    const piece = yield* files.read(path, at, blockBytes)
    if (at === 0) onHead(piece.subarray(0, headBytes))
    if (piece.length === 0) break
    hasher.update(piece)
  }
  return hasher.result()
})

const findDuplicates = (
  request: ScanRequest,
  scan: DatasetScan,
  index: BuiltIndex
): Effect.Effect<Duplicates, TrainerError, Progress | Scope.Scope> =>
  Effect.gen(function* () {
    const shared = index.hasKeys ? index.sharedKeys() : { pairs: [], truncated: false }
    const close = index.vectors === undefined ? { pairs: [], truncated: false } : yield* closePairs(request, scan, index, index.vectors)
    const seen = new Set<string>()
    const near = [...shared.pairs, ...close.pairs]
      .filter(([left, right]) => {
        const key = `${left},${right}`
        return seen.has(key) ? false : seen.add(key)
      })
      .sort(([a, b], [c, d]) => a - c || b - d)
    return {
      schema_version: 1,
      decoded: index.decoded(),
      near,
      near_checked: index.vectors === undefined ? (index.hasKeys ? "keys" : "none") : index.hasKeys ? "keys+vectors" : "vectors",
      near_truncated: shared.truncated || close.truncated
    }
  })

const entriesOf = (built: BuiltIndex): ReadonlyArray<IndexEntry> => {
  const entries: Array<IndexEntry> = []
  for (const piece of built.lines())
    for (const line of fromUtf8(piece).split("\n")) if (line !== "") entries.push(fromCanonical(line) as unknown as IndexEntry)
  return entries
}

/** The parts that the source declares. */
const givenParts = (built: BuiltIndex) => {
  const index = entriesOf(built)
  const parts = new Map<string, Array<string>>()
  for (const { sample_id, given_split } of index) {
    if (given_split === undefined) continue
    const ids = parts.get(given_split) ?? []
    parts.set(given_split, ids)
    ids.push(sample_id)
  }
  return { index, parts: [...parts].map(([name, ids]) => ({ name, ids })) }
}

/** Pairs of near vectors that the adapter confirms on the samples themselves. */
const closePairs = (
  { adapter, options, source, files }: ScanRequest,
  scan: DatasetScan,
  index: BuiltIndex,
  { values, dimensions }: { readonly values: Float32Array; readonly dimensions: number }
) =>
  Effect.gen(function* () {
    const progress = yield* Progress
    const entries = entriesOf(index)
    const session = yield* adapter.entry
      .open(source, options, { ...scan, index: entries }, "scan")
      .pipe(Effect.provideService(ApprovedRoots, files))
    const check = session.near
    const kept = new Map<number, { readonly sketch: unknown }>()
    const sketchOf = (position: number, { sketch }: NearCheck) =>
      Effect.gen(function* () {
        const [read] = yield* Stream.runCollect(session.stream([position], 0))
        if (read === undefined) throw new Error(`the adapter gave no sample at position ${position}`)
        const made = { sketch: yield* sketch(read) }
        kept.set(position, made)
        const oldest = kept.keys().next().value
        if (kept.size > keptSketches && oldest !== undefined) kept.delete(oldest)
        return made
      })
    const equal = (left: number, right: number): boolean => {
      const [a, b] = [entries[left], entries[right]]
      return a?.content_hash === b?.content_hash || (a?.decoded_hash !== undefined && a.decoded_hash === b?.decoded_hash)
    }
    const pairs: Array<readonly [number, number]> = []
    let looked = 0
    for (const [left, right] of eachNearPair(values, dimensions)) {
      if (++looked % 4096 === 0) yield* progress.report(looked, undefined, "compare near samples")
      if (equal(left, right)) continue
      if (check !== undefined) {
        const a = kept.get(left) ?? (yield* sketchOf(left, check))
        const b = kept.get(right) ?? (yield* sketchOf(right, check))
        if (!check.same(a.sketch, b.sketch)) continue
      }
      if (pairs.length >= mostPairs) return { pairs, truncated: true }
      pairs.push([Math.min(left, right), Math.max(left, right)])
    }
    return { pairs, truncated: false }
  })

/** What is registered of a scan under a name; `scan_sha256` is what `storeScan` returned. */
export const recordOf = (
  { scan }: ScannedDataset,
  registered: {
    readonly name: string
    readonly adapter: PluginRef
    readonly options: Readonly<Record<string, unknown>>
    readonly scan_sha256: string
  }
): Omit<DatasetRecord, "version" | "dataset_version_id"> => ({
  name: registered.name,
  dataset_asset_id: `ds-${scan.content_hash.slice(0, 12)}`,
  content_hash: scan.content_hash,
  schema_fingerprint: scan.schema_fingerprint,
  modality: scan.modality,
  output_type: typeof scan.output_type === "string" ? scan.output_type : canonical(scan.output_type),
  adapter: registered.adapter,
  adapter_options: canonical(registered.options),
  sample_count: scan.summary.sample_count,
  scan_sha256: registered.scan_sha256
})

/** Stores everything and returns the hash of the document that pins it. */
export const storeScan = (scanned: ScannedDataset): Effect.Effect<string, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const index_sha256 = yield* blobs.putPieces(scanned.index.lines())
    const duplicates_sha256 = yield* blobs.put(canonicalBytes(scanned.duplicates))
    const hashes_sha256 = yield* blobs.put(canonicalBytes(scanned.hashes))
    if (scanned.labelMap !== undefined) yield* blobs.put(canonicalBytes(scanned.labelMap))
    return yield* blobs.put(canonicalBytes({ ...scanned.scan, index_sha256, duplicates_sha256, hashes_sha256 } satisfies RegisteredScan))
  })
