/**
 * The samples of a pinned dataset, by id. Opening it verifies that the files are those of the scan; a sample is read again for
 * every visit, and its id is checked against the index.
 */
import {
  type AdapterSession,
  ApprovedRoots,
  type DatasetScan,
  type IndexEntry,
  type IRSample,
  type LoadedEntry,
  type Split,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { fromCanonical, fromUtf8 } from "@feagi-trainer/determinism"
import { Effect, type Scope, Stream } from "effect"
import { contained } from "../catalogue/contained.ts"
import { BlobStore } from "../port/BlobStore.ts"
import type { StoredDataset } from "../port/Registry.ts"
import { Roots } from "../port/Roots.ts"

export interface DatasetReader {
  readonly scan: DatasetScan
  /** Position in the index, by sample id. */
  readonly positions: ReadonlyMap<string, number>
  /** The samples of these ids, in this order, with their part named in them. */
  readonly read: (ids: ReadonlyArray<string>, part: string) => Effect.Effect<ReadonlyArray<IRSample>, TrainerError>
  readonly entry: (sample_id: string) => IndexEntry | undefined
}

const splitName = (part: string): Split => (part === "train" || part === "val" || part === "test" ? part : { custom: part })

export const readScan = Effect.fnUntraced(function* (scan_sha256: string) {
  const blobs = yield* BlobStore
  return fromCanonical(fromUtf8(yield* blobs.get(scan_sha256))) as unknown as DatasetScan
})

/** @param adapter the loaded adapter that registered the dataset */
export const openDataset = (
  dataset: StoredDataset,
  adapter: LoadedEntry<"adapter">
): Effect.Effect<DatasetReader, TrainerError, BlobStore | Roots | Scope.Scope> =>
  Effect.gen(function* () {
    const roots = yield* Roots
    const scan = yield* readScan(dataset.scan_sha256)
    const files = yield* roots.open(dataset.location.root)
    const { entry } = adapter
    const options = entry.decodeOptions(fromCanonical(dataset.adapter_options))
    if (!options.ok)
      return yield* trainerErrors(
        "integrity",
        options.mistakes.map((each) => ({
          code: "FT2101",
          severity: "error",
          message: `${adapter.ref.id} ${adapter.ref.version} does not understand the options that ${dataset.dataset_version_id} was registered with: ${each.message}`,
          field: each.path.join("."),
          help: "register the dataset again with this version of the adapter"
        }))
      )
    const session: AdapterSession = yield* entry
      .open({ path: dataset.location.path }, options.value, scan, dataset.dataset_version_id)
      .pipe(Effect.provideService(ApprovedRoots, files))
    const positions = new Map(scan.index.map((each, position) => [each.sample_id, position]))

    const read = (ids: ReadonlyArray<string>, part: string): Effect.Effect<ReadonlyArray<IRSample>, TrainerError> =>
      Effect.gen(function* () {
        const order = ids.map((id) => positions.get(id) ?? -1)
        const raw = yield* Stream.runCollect(session.stream(order, 0))
        const samples = yield* contained(adapter.ref, () => raw.map((each) => session.mapToIr(each, splitName(part))))
        const wrong = samples.findIndex((sample, index) => sample.sample_id !== ids[index])
        if (samples.length !== ids.length || wrong >= 0)
          return yield* trainerError("failed", {
            code: "FT2102",
            message: `adapter ${adapter.ref.id} did not give the samples that were asked for`,
            expected: wrong >= 0 ? `sample ${ids[wrong]}` : `${ids.length} samples`,
            actual: wrong >= 0 ? `sample ${samples[wrong]?.sample_id}` : `${samples.length}`
          })
        return samples
      })
    return { scan, positions, read, entry: (id) => scan.index[positions.get(id) ?? -1] }
  })
