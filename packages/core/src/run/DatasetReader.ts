/**
 * The samples of a pinned dataset, by id. A sample is read again for every visit, and its id is checked against the index; a file that
 * is not the registered one is named when it is opened or read.
 */
import {
  type AdapterSession,
  ApprovedRoots,
  contentChanged,
  type IndexEntry,
  type IRSample,
  type LoadedEntry,
  type RootFiles,
  type Split,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { fromCanonical } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { contained } from "../catalogue/contained.ts"
import type { BlobStore } from "../port/BlobStore.ts"
import type { StoredDataset } from "../port/Registry.ts"
import { Roots } from "../port/Roots.ts"
import { type RegisteredScan, readScan, readSourceIndex, relabelled } from "../registry/RegisteredScan.ts"

export interface DatasetReader {
  readonly scan: RegisteredScan
  /** By position, under the class ids of the label map. */
  readonly index: ReadonlyArray<IndexEntry>
  /** The samples of these ids, in this order, with their part named in them. */
  readonly read: (ids: ReadonlyArray<string>, part: string) => Effect.Effect<ReadonlyArray<IRSample>, TrainerError>
  /** The same, page by page, for as many ids as there are. */
  readonly stream: (ids: ReadonlyArray<string>, part: string) => Stream.Stream<IRSample, TrainerError>
  readonly entry: (sample_id: string) => IndexEntry | undefined
}

/** Samples that are read ahead at most. */
const page = 64

const splitName = (part: string): Split => (part === "train" || part === "val" || part === "test" ? part : { custom: part })

/** The folder of a registered dataset. That it is gone is a change of the data like any other. */
export const openRoot = (
  roots: Roots["Service"],
  { location, dataset_version_id }: StoredDataset
): Effect.Effect<RootFiles, TrainerError> =>
  Effect.mapError(roots.open(location.root), (error) => {
    const [first] = error.diagnostics
    return error.reason === "invalid"
      ? contentChanged({
          path: location.path === "" ? "." : location.path,
          expected: `the folder of ${dataset_version_id}`,
          got: first.message
        })
      : error
  })

/** @param adapter the loaded adapter that registered the dataset */
export const openDataset = (
  dataset: StoredDataset,
  adapter: LoadedEntry<"adapter">
): Effect.Effect<DatasetReader, TrainerError, BlobStore | Roots | Scope.Scope> =>
  Effect.gen(function* () {
    const roots = yield* Roots
    const scan = yield* readScan(dataset.scan_sha256)
    const sourceIndex = yield* readSourceIndex(scan)
    const index = relabelled(scan, sourceIndex)
    const files = yield* openRoot(roots, dataset)
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
      .open(
        { path: dataset.location.path },
        options.value,
        { ...scan, classes: scan.source_classes, schema_fingerprint: scan.source_fingerprint, index: sourceIndex },
        dataset.dataset_version_id
      )
      .pipe(Effect.provideService(ApprovedRoots, files))
    const positions = new Map(index.map((each, position) => [each.sample_id, position]))

    const read = (ids: ReadonlyArray<string>, part: string): Effect.Effect<ReadonlyArray<IRSample>, TrainerError> =>
      Effect.gen(function* () {
        const order = ids.map((id) => positions.get(id) ?? -1)
        const raw = yield* Stream.runCollect(session.stream(order, 0))
        const samples = yield* contained(adapter.ref, () => raw.map((each) => session.mapToIr(each, splitName(part))))
        const wrong = samples.findIndex((sample, at) => sample.sample_id !== ids[at])
        if (samples.length !== ids.length || wrong >= 0)
          return yield* trainerError("failed", {
            code: "FT2102",
            message: `adapter ${adapter.ref.id} did not give the samples that were asked for`,
            expected: wrong >= 0 ? `sample ${ids[wrong]}` : `${ids.length} samples`,
            actual: wrong >= 0 ? `sample ${samples[wrong]?.sample_id}` : `${samples.length}`
          })
        return scan.label_map === null ? samples : samples.map((sample) => mapped(sample, scan))
      })
    const stream = (ids: ReadonlyArray<string>, part: string): Stream.Stream<IRSample, TrainerError> =>
      Stream.range(0, Math.max(0, Math.ceil(ids.length / page) - 1)).pipe(
        Stream.mapEffect((at) => read(ids.slice(at * page, (at + 1) * page), part)),
        Stream.flatMap((samples) => Stream.fromIterable(samples))
      )
    return { scan, index, read, stream, entry: (id) => index[positions.get(id) ?? -1] }
  })

/** The target of a sample under the label map. */
const mapped = (sample: IRSample, scan: RegisteredScan): IRSample => {
  if (sample.target === null || !("class" in sample.target)) return sample
  const class_id = scan.label_map?.rank[sample.target.class.class_id]
  const label = scan.classes.find((each) => each.class_id === class_id)?.label
  if (class_id === undefined || label === undefined)
    throw new Error(`sample ${sample.sample_id} has class ${sample.target.class.class_id}, which the label map does not know`)
  return { ...sample, target: { class: { class_id, label } } }
}
