/**
 * A run as a folder that can be replayed elsewhere: the run document, everything it pins, and everything that was recorded.
 *
 * The plugins are not inside; they are pinned by the hashes of their files and resolved from the project that replays.
 */
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { type Diagnostic, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import {
  BlobStore,
  blobsOf,
  documentBytes,
  isReplayable,
  type PhaseState,
  type PredictionRow,
  pinnedDataset,
  type Recording,
  Registry,
  type RewardRow,
  type RunDocument,
  type RunView,
  readDocument,
  readScan,
  type StoredDataset,
  specHash,
  trainerVersion
} from "@feagi-trainer/core"
import { canonical, canonicalBytes, fromCanonical, fromUtf8, sha256Hex, toUtf8 } from "@feagi-trainer/determinism"
import { type BundleEntry, readBundle, writeBundle } from "@feagi-trainer/store"
import { Effect, Layer } from "effect"
import { recordingOf } from "./recording.ts"

/** Name of an input for people, and the file of the bundle that holds it. */
const inputs = {
  document: "run.json",
  recording: "recording.json",
  predictions: "predictions.ndjson",
  dataset: "dataset.json"
} as const

/** Missing in a bundle of the first release, which knew no rewards. */
const rewardsFile = "rewards.jsonl"

const linesOf = (rows: ReadonlyArray<PredictionRow | RewardRow>): Uint8Array => toUtf8(rows.map((row) => `${canonical(row)}\n`).join(""))

const rowsOf = <Row extends PredictionRow | RewardRow>(bytes: Uint8Array): ReadonlyArray<Row> =>
  fromUtf8(bytes)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => fromCanonical(line) as unknown as Row)

export const writeRunBundle = (view: RunView, document: RunDocument, folder: string) =>
  Effect.gen(function* () {
    if (!isReplayable(view.state))
      return yield* trainerError("invalid", {
        code: "FT3202",
        message: `run ${view.row.run_id} is ${view.status}; only a run that came to its end can be replayed from a bundle`,
        help: `feagi-trainer run resume ${view.row.run_id}`
      })
    const blobs = yield* BlobStore
    const dataset = yield* pinnedDataset(document)
    if (dataset === undefined)
      return yield* trainerError("integrity", {
        code: "FT3101",
        message: `the dataset of the run, ${document.dataset.dataset_version_id}, is not registered any more`
      })
    const recording = yield* recordingOf(view, document)
    const scan = yield* readScan(dataset.scan_sha256)
    const hashes = [
      dataset.scan_sha256,
      ...blobsOf(scan),
      ...document.transforms.flatMap((node) => (node.fit === null ? [] : [node.fit.fitted_sha256])),
      ...document.split.parts.map((part) => part.ids_sha256),
      ...(document.brain === null ? [] : [document.brain.genome_sha256]),
      ...(document.brain?.connectome === undefined ? [] : [document.brain.connectome.sha256]),
      ...view.state.phases.flatMap((phase) => (phase.scorecard_sha256 === undefined ? [] : [phase.scorecard_sha256]))
    ]
    const stored: Array<BundleEntry> = []
    for (const sha256 of new Set(hashes)) stored.push({ name: `blobs/${sha256}`, bytes: yield* blobs.get(sha256) })
    const { location, ...record } = dataset
    const data = scan.files.map((file): BundleEntry => {
      const bytes = readFileSync(join(location.root, file.path))
      return { name: `data/${file.path}`, bytes: new Uint8Array(bytes) }
    })
    const changed = scan.files.find((file, index) => sha256Hex(data[index]?.bytes ?? "") !== file.sha256)
    if (changed !== undefined)
      return yield* trainerError("integrity", {
        code: "FT3105",
        file: changed.path,
        message: "the file is not the one that was registered, so that a bundle of it could not be replayed",
        expected: changed.sha256
      })
    yield* writeBundle(
      resolve(folder),
      [
        { name: inputs.document, bytes: documentBytes(document) },
        {
          name: inputs.recording,
          bytes: canonicalBytes({
            run_id: recording.run_id,
            status: view.status,
            phases: recording.phases,
            steps: recording.steps,
            continued_not_identical: recording.continued_not_identical,
            brain_mutated: recording.brain_mutated
          })
        },
        { name: inputs.predictions, bytes: linesOf(recording.predictions) },
        ...(recording.rewards === undefined ? [] : [{ name: rewardsFile, bytes: linesOf(recording.rewards) }]),
        { name: inputs.dataset, bytes: canonicalBytes({ ...record, path: location.path }) },
        ...data,
        ...stored
      ],
      { run_id: view.row.run_id, spec_sha256: view.row.spec_sha256, trainer_version: trainerVersion }
    )
  })

export interface OpenedBundle {
  readonly recording: Recording
  /** The stores that a replay reads from, made of the bundle alone. */
  readonly layer: Layer.Layer<BlobStore | Registry>
}

export type ReadRunBundle =
  | { readonly ok: true; readonly bundle: OpenedBundle }
  | { readonly ok: false; readonly problems: ReadonlyArray<Diagnostic> }

/** Every altered, missing or extra file by name, or the recording ready to be replayed. */
export const readRunBundle = (folder: string): Effect.Effect<ReadRunBundle, TrainerError> =>
  Effect.gen(function* () {
    const root = resolve(folder)
    const { manifest, files, problems } = yield* readBundle(root)
    if (problems.length > 0) return { ok: false, problems }
    const bytes = (name: string): Uint8Array => files.get(name) ?? new Uint8Array()
    const absent = Object.values(inputs).filter((name) => !files.has(name))
    if (absent.length > 0)
      return {
        ok: false,
        problems: absent.map((file): Diagnostic => ({ code: "FT3106", severity: "error", file, message: "is not in the bundle" }))
      }
    const document = readDocument(bytes(inputs.document))
    if (specHash(document) !== manifest.spec_sha256)
      return {
        ok: false,
        problems: [
          {
            code: "FT3107",
            severity: "error",
            file: inputs.document,
            message: "the run document is not the one that the bundle names",
            expected: String(manifest.spec_sha256),
            actual: specHash(document)
          }
        ]
      }
    const recorded = fromCanonical(fromUtf8(bytes(inputs.recording))) as unknown as {
      readonly run_id: string
      readonly phases: ReadonlyArray<PhaseState>
      readonly steps: Recording["steps"]
      /** Absent in a bundle of the first release, where nothing of the kind could happen. */
      readonly continued_not_identical?: boolean
      readonly brain_mutated?: Recording["brain_mutated"]
    }
    const predictions = rowsOf<PredictionRow>(bytes(inputs.predictions))
    const rewardBytes = files.get(rewardsFile)
    const { path, ...record } = fromCanonical(fromUtf8(bytes(inputs.dataset))) as unknown as Omit<StoredDataset, "location"> & {
      readonly path: string
    }
    const dataset: StoredDataset = { ...record, location: { root: join(root, "data"), path } }
    const recording: Recording = {
      ...recorded,
      document,
      predictions,
      rewards: rewardBytes === undefined ? undefined : rowsOf<RewardRow>(rewardBytes),
      continued_not_identical: recorded.continued_not_identical === true,
      brain_mutated: recorded.brain_mutated
    }
    return { ok: true, bundle: { recording, layer: bundleLayer(files, dataset) } }
  })

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

const bundleLayer = (files: ReadonlyMap<string, Uint8Array>, dataset: StoredDataset): Layer.Layer<BlobStore | Registry> =>
  Layer.merge(
    Layer.succeed(BlobStore, {
      put: refuseWriting,
      putPieces: refuseWriting,
      get: (sha256) => blobOf(files, sha256),
      read: (sha256, use) => Effect.map(blobOf(files, sha256), use),
      has: (sha256) => Effect.succeed(files.has(`blobs/${sha256}`)),
      list: Effect.succeed(
        [...files].flatMap(([name, bytes]) => (name.startsWith("blobs/") ? [{ sha256: name.slice(6), bytes: bytes.length }] : []))
      )
    }),
    Layer.succeed(Registry, {
      addDataset: refuseWriting,
      datasets: Effect.succeed([dataset]),
      addBrain: refuseWriting,
      brains: Effect.succeed([])
    })
  )
