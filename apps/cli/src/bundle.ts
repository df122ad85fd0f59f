/**
 * A run as a bundle, a folder or one zip file, that can be replayed and imported elsewhere: the run document, everything it pins, and
 * everything that was recorded.
 *
 * The plugins are not inside; they are pinned by the hashes of their files and resolved from the project that replays. Sharp edge: what was
 * opened is in memory, and its data are read from there, so that nothing can change between the check and the use.
 */
import { resolve } from "node:path"
import { type Diagnostic, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import {
  BlobStore,
  type PhaseState,
  type PredictionRow,
  type Recording,
  Registry,
  type RewardRow,
  Roots,
  type RunDocument,
  type RunView,
  readDocument,
  type StoredDataset,
  specHash
} from "@feagi-trainer/core"
import { fromCanonical, fromUtf8, sha256Hex } from "@feagi-trainer/determinism"
import { type BundleManifest, memoryRoots, readBundle, writeBundle, writeBundleArchive } from "@feagi-trainer/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { bundleEntries, bundleFacts } from "./bundle/bundleEntries.ts"
import { manifestFile, required, rewardsFile, rowsOf } from "./bundle/layout.ts"
import { contentOfRun } from "./bundle/RunContent.ts"

/** Whether a path names the archive form. */
export const isArchiveName = (path: string): boolean => path.toLowerCase().endsWith(".zip")

/** Writes a bundle to a path that must not exist: one zip file when its name ends in `.zip`, a folder otherwise. */
export const writeRunBundle = (view: RunView, document: RunDocument, path: string) =>
  Effect.gen(function* () {
    const content = yield* contentOfRun(view, document)
    const write = isArchiveName(path) ? writeBundleArchive : writeBundle
    const entries = yield* Effect.promise(() => bundleEntries(content))
    return yield* write(resolve(path), entries, bundleFacts(content))
  })

export interface OpenedBundle {
  readonly manifest: BundleManifest
  readonly recording: Recording
  /** `location.root` is no folder; the files are under `data/` among `files`. */
  readonly dataset: StoredDataset
  /** Every file but `bundle.json`, by path, as the manifest says. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** The stores that a replay reads from, made of the bundle alone. */
  readonly layer: Layer.Layer<BlobStore | Registry | Roots>
}

export type ReadRunBundle =
  | { readonly ok: true; readonly bundle: OpenedBundle }
  | { readonly ok: false; readonly problems: ReadonlyArray<Diagnostic> }

/** A bundle as a folder or a zip file: every altered, missing or extra file by name, or the recording ready to be replayed. */
export const readRunBundle = (path: string): Effect.Effect<ReadRunBundle, TrainerError> =>
  Effect.gen(function* () {
    const { manifest, files, problems } = yield* readBundle(resolve(path))
    if (problems.length > 0) return { ok: false, problems }
    const absent = Object.values(required).filter((name) => !files.has(name))
    if (absent.length > 0)
      return {
        ok: false,
        problems: absent.map((file): Diagnostic => ({ code: "FT3106", severity: "error", file, message: "is not in the bundle" }))
      }
    return yield* Effect.sync(() => readable(manifest, files))
  })

const unreadable = (code: string, file: string, message: string, sides: { readonly expected?: string; readonly actual?: string } = {}) =>
  ({ ok: false, problems: [{ code, severity: "error", file, message, ...sides }] }) as const

/** Who made a bundle may have sealed any bytes: what is no recording is a problem of the bundle. */
const readable = (manifest: BundleManifest, files: ReadonlyMap<string, Uint8Array>): ReadRunBundle => {
  try {
    return recorded(manifest, files)
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    return unreadable("FT3118", manifestFile, `the bundle cannot be read as a run: ${cause.message}`)
  }
}

const recorded = (manifest: BundleManifest, files: ReadonlyMap<string, Uint8Array>): ReadRunBundle => {
  const bytes = (name: string): Uint8Array => files.get(name) ?? new Uint8Array()
  const document = readDocument(bytes(required.document))
  if (specHash(document) !== manifest.spec_sha256)
    return unreadable("FT3107", required.document, "the run document is not the one that the bundle names", {
      expected: String(manifest.spec_sha256),
      actual: specHash(document)
    })
  const said = fromCanonical(fromUtf8(bytes(required.recording))) as unknown as {
    readonly run_id: string
    readonly phases: ReadonlyArray<PhaseState>
    readonly steps: Recording["steps"]
    /** Absent in a bundle of the first release, where nothing of the kind could happen. */
    readonly continued_not_identical?: boolean
    readonly brain_mutated?: Recording["brain_mutated"]
  }
  const rewardBytes = files.get(rewardsFile)
  const { path, ...record } = fromCanonical(fromUtf8(bytes(required.dataset))) as unknown as Omit<StoredDataset, "location"> & {
    readonly path: string
  }
  const dataset: StoredDataset = { ...record, location: { root: "data", path } }
  const recording: Recording = {
    run_id: said.run_id,
    phases: said.phases,
    steps: said.steps,
    document,
    predictions: rowsOf<PredictionRow>(bytes(required.predictions)),
    rewards: rewardBytes === undefined ? undefined : rowsOf<RewardRow>(rewardBytes),
    continued_not_identical: said.continued_not_identical === true,
    brain_mutated: said.brain_mutated
  }
  return { ok: true, bundle: { manifest, recording, dataset, files, layer: bundleLayer(files, dataset) } }
}

/** A bundle as a folder or a zip file. Fails with reason `integrity` and every problem at once unless it is whole. */
export const openRunBundle = (path: string): Effect.Effect<OpenedBundle, TrainerError> =>
  Effect.flatMap(readRunBundle(path), (read) =>
    read.ok ? Effect.succeed(read.bundle) : Effect.fail(trainerErrors("integrity", read.problems))
  )

const refuseWriting = () => Effect.fail(trainerError("failed", { code: "FT3108", message: "a bundle is read only" }))

const blobOf = (files: ReadonlyMap<string, Uint8Array>, sha256: string): Effect.Effect<Uint8Array, TrainerError> => {
  const found = files.get(`blobs/${sha256}`)
  return found !== undefined && sha256Hex(found) === sha256
    ? Effect.succeed(found)
    : Effect.fail(
        trainerError("integrity", {
          code: "FT3109",
          message: `the blob ${sha256} is ${found === undefined ? "not in the bundle" : "altered"}`,
          file: `blobs/${sha256}`,
          expected: sha256,
          ...(found === undefined ? {} : { actual: sha256Hex(found) })
        })
      )
}

/** The files below a folder of the bundle, by their path in it. */
export const filesUnder = (files: ReadonlyMap<string, Uint8Array>, folder: string): ReadonlyMap<string, Uint8Array> =>
  new Map([...files].flatMap(([name, bytes]) => (name.startsWith(`${folder}/`) ? [[name.slice(folder.length + 1), bytes]] : [])))

const bundleLayer = (files: ReadonlyMap<string, Uint8Array>, dataset: StoredDataset): Layer.Layer<BlobStore | Registry | Roots> =>
  Layer.mergeAll(
    Layer.succeed(Roots, { open: () => Effect.succeed(memoryRoots(filesUnder(files, "data"))) }),
    Layer.succeed(BlobStore, {
      put: refuseWriting,
      putPieces: refuseWriting,
      get: (sha256) => blobOf(files, sha256),
      read: (sha256, use) => Effect.map(blobOf(files, sha256), use),
      has: (sha256) => Effect.succeed(files.has(`blobs/${sha256}`)),
      list: Effect.succeed([...filesUnder(files, "blobs")].map(([sha256, bytes]) => ({ sha256, bytes: bytes.length })))
    }),
    Layer.succeed(Registry, {
      addDataset: refuseWriting,
      datasets: Effect.succeed([dataset]),
      addBrain: refuseWriting,
      brains: Effect.succeed([])
    })
  )
