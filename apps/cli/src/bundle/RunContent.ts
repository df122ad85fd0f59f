/**
 * Everything that a bundle says of a run, as values: taken from a store to be written, or from a bundle to be imported.
 *
 * Sharp edge: `blobs` holds what the run and its data pin and the brain at the end of each phase; the checkpoints in between are left out,
 * because a run that is over is never resumed.
 */
import { join } from "node:path"
import { type GenomeEvaluation, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import {
  applyMark,
  BlobStore,
  blobsOf,
  type Catalogue,
  type EventPayloads,
  isReplayable,
  noMarks,
  type PredictionRow,
  pinnedDataset,
  type RegisteredScan,
  type Registry,
  type RewardRow,
  type RunDocument,
  RunJournal,
  type RunRow,
  type RunView,
  readGenomeEvaluation,
  readScan,
  type SaidOfRun,
  type ScorecardRow,
  Scorecards,
  type StoredDataset,
  type StoredEvent,
  type Supersession,
  stateOf,
  type TelemetryRow,
  UserMarks,
  type VerifiedScorecardRow
} from "@feagi-trainer/core"
import { sha256Hex } from "@feagi-trainer/determinism"
import { readFileLimited, Store } from "@feagi-trainer/store"
import * as Effect from "effect/Effect"

export interface RunContent {
  readonly row: RunRow
  /** The store that executed the run. */
  readonly origin: string
  readonly document: RunDocument
  readonly events: ReadonlyArray<Pick<StoredEvent, "type" | "payload" | "at_wall">>
  readonly predictions: ReadonlyArray<PredictionRow>
  readonly rewards: ReadonlyArray<RewardRow>
  readonly telemetry: ReadonlyArray<TelemetryRow>
  readonly dataset: StoredDataset
  /** The files of the dataset by path under its root. */
  readonly data: ReadonlyMap<string, Uint8Array>
  readonly blobs: ReadonlyMap<string, Uint8Array>
  readonly scorecards: ReadonlyArray<ScorecardRow>
  readonly verified: ReadonlyArray<VerifiedScorecardRow>
  readonly supersessions: ReadonlyArray<Supersession>
  /** Undefined in a run without a brain or a Scorecard. */
  readonly evaluation: GenomeEvaluation | undefined
  readonly marks: SaidOfRun
}

export const nothingSaid: SaidOfRun = { tags: [], note: null, starred: false }

/** The checkpoint behind the last step of each phase: the brain as the phase left it. */
const lastCheckpoints = (events: RunContent["events"]): ReadonlyArray<string> => {
  const found = new Map<string, string>()
  for (const { type, payload } of events) {
    if (type !== "step") continue
    const { phase, checkpoint_sha256 } = payload as unknown as EventPayloads["step"]
    found.set(phase, checkpoint_sha256)
  }
  return [...found.values()]
}

/** Every blob that a bundle of the run holds, by hash. */
export const blobsOfRun = (
  { document, events, dataset, verified }: Pick<RunContent, "document" | "events" | "dataset" | "verified">,
  scan: RegisteredScan
): ReadonlyArray<string> => [
  ...new Set([
    dataset.scan_sha256,
    ...blobsOf(scan),
    ...document.transforms.flatMap((node) => (node.fit === null ? [] : [node.fit.fitted_sha256])),
    ...document.split.parts.map((part) => part.ids_sha256),
    ...(document.brain === null ? [] : [document.brain.genome_sha256]),
    ...(document.brain?.connectome === undefined ? [] : [document.brain.connectome.sha256]),
    ...stateOf(events).phases.flatMap((phase) => (phase.scorecard_sha256 === undefined ? [] : [phase.scorecard_sha256])),
    ...verified.map((card) => card.document_sha256),
    ...lastCheckpoints(events)
  ])
]

/** A supersession that names a Scorecard of the run at either end. */
export const isAbout = (cards: ReadonlyArray<ScorecardRow>, { old_id, new_id }: Supersession): boolean =>
  cards.some(({ scorecard_id }) => scorecard_id === old_id || scorecard_id === new_id)

/** What one buffer holds everywhere. */
const MOST_BYTES = 2 ** 31 - 1

const dataOf = (dataset: StoredDataset, scan: RegisteredScan): Effect.Effect<ReadonlyMap<string, Uint8Array>, TrainerError> =>
  Effect.gen(function* () {
    const data = new Map<string, Uint8Array>()
    for (const file of scan.files) {
      const bytes = yield* readFileLimited(join(dataset.location.root, file.path), MOST_BYTES)
      if (sha256Hex(bytes) !== file.sha256)
        return yield* trainerError("integrity", {
          code: "FT3105",
          file: file.path,
          message: "the file is not the one that was registered, so that a bundle of it could not be replayed",
          expected: file.sha256
        })
      data.set(file.path, bytes)
    }
    return data
  })

/** What the store in the context holds of a run that came to its end: FT3202 for any other. */
export const contentOfRun = (
  view: RunView,
  document: RunDocument
): Effect.Effect<RunContent, TrainerError, BlobStore | Catalogue | Registry | RunJournal | Scorecards | Store | UserMarks> =>
  Effect.gen(function* () {
    const { run_id } = view.row
    if (!isReplayable(view.state))
      return yield* trainerError("invalid", {
        code: "FT3202",
        message: `run ${run_id} is ${view.status}; only a run that came to its end can be replayed from a bundle`,
        help: `feagi-trainer run resume ${run_id}`
      })
    const [blobs, journal, scorecards, store] = [yield* BlobStore, yield* RunJournal, yield* Scorecards, yield* Store]
    const { tags, note, starred } = (yield* (yield* UserMarks).history(run_id)).reduce(applyMark, noMarks)
    const dataset = yield* pinnedDataset(document)
    if (dataset === undefined)
      return yield* trainerError("integrity", {
        code: "FT3101",
        message: `the dataset of the run, ${document.dataset.dataset_version_id}, is not registered any more`
      })
    const scan = yield* readScan(dataset.scan_sha256)
    const events = yield* journal.events(run_id)
    const ofRun = <Row extends { readonly run_id: string }>(rows: ReadonlyArray<Row>) => rows.filter((row) => row.run_id === run_id)
    const cards = ofRun(yield* scorecards.list)
    const verified = ofRun(yield* scorecards.verified)
    const stored = new Map<string, Uint8Array>()
    for (const sha256 of blobsOfRun({ document, events, dataset, verified }, scan)) stored.set(sha256, yield* blobs.get(sha256))
    return {
      row: view.row,
      origin: yield* store.originOf(run_id),
      document,
      events,
      predictions: yield* journal.predictions(run_id),
      rewards: yield* journal.rewards(run_id),
      telemetry: yield* journal.telemetry(run_id),
      dataset,
      data: yield* dataOf(dataset, scan),
      blobs: stored,
      scorecards: cards,
      verified,
      supersessions: (yield* scorecards.supersessions).filter((link) => isAbout([...cards, ...verified], link)),
      marks: { tags, note, starred },
      evaluation: yield* readGenomeEvaluation(document, view.state.phases)
    }
  })
