/**
 * Executes a run document: a fold over the phases of its protocol, from a cursor to the end, into a sink.
 *
 * The same function runs, resumes and replays; what differs is the sink and where it begins.
 */
import { type LearnerFamily, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { fromUtf8, SeedTree } from "@feagi-trainer/determinism"
import { openGraph } from "@feagi-trainer/transforms"
import { Effect } from "effect"
import { Catalogue } from "../catalogue/Catalogue.ts"
import { BlobStore } from "../port/BlobStore.ts"
import type { Registry } from "../port/Registry.ts"
import type { Roots } from "../port/Roots.ts"
import { RunObserver } from "../port/RunObserver.ts"
import { pinnedDataset, readParts } from "./checkPins.ts"
import { openDataset } from "./DatasetReader.ts"
import { type LoadedPack, loadPack } from "./loadPack.ts"
import { evaluatePhase } from "./phase/evaluatePhase.ts"
import { predictPhase } from "./phase/predictPhase.ts"
import { trainPhase } from "./phase/trainPhase.ts"
import { progressAt } from "./phaseProgress.ts"
import type { Interruption, RunContext } from "./RunContext.ts"
import { type RunDocument, streams } from "./RunDocument.ts"
import { runningMetric } from "./RunningMetric.ts"
import type { Cursor, RunSink } from "./RunSink.ts"
import { readFitted, readTransformed } from "./transformed.ts"

/** Where a run goes on: behind the last committed step. */
export interface ResumePoint {
  readonly cursor: Cursor
  readonly checkpoint: Uint8Array
  readonly full_hash: string
  /** The last event was the end of a phase's samples, not a step in the middle. */
  readonly phaseCompleted: boolean
  /** What was learnt when the phase under the cursor began. */
  readonly learned_hash_before: string
}

export interface ExecuteRequest {
  readonly run_id: string
  readonly document: RunDocument
  readonly families: ReadonlyArray<LearnerFamily>
  readonly sink: RunSink
  readonly resume: ResumePoint | undefined
  readonly checkpointOrStop: RunContext["checkpointOrStop"]
}

export type ExecuteServices = Catalogue | BlobStore | Registry | Roots | RunObserver

export const executeRun = (request: ExecuteRequest): Effect.Effect<void, TrainerError | Interruption, ExecuteServices> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { document, resume, sink } = request
      const context = yield* openContext(request)
      const start = resume?.cursor ?? { phase: 0, epoch: 0, next: 0 }
      for (const [index, phase] of document.protocol.phases.entries()) {
        if (index < start.phase) continue
        const resumed = resume !== undefined && index === start.phase
        const from: Cursor = resumed ? start : { phase: index, epoch: 0, next: 0 }
        if (!(resumed && resume.phaseCompleted)) {
          if (!resumed) yield* sink.phaseStarted(phase.name, index, yield* context.session.learnedHash)
          yield* phase.learns
            ? trainPhase(context, phase, from)
            : predictPhase(context, phase, from, resumed ? resume.learned_hash_before : undefined)
          yield* sink.phaseCompleted(phase.name, yield* context.session.learnedHash)
        }
        if (phase.scored) yield* sink.scored(phase.name, yield* evaluatePhase(context, phase))
      }
    })
  )

const openContext = Effect.fnUntraced(function* (request: ExecuteRequest) {
  const { document, resume } = request
  const catalogue = yield* Catalogue
  const observer = yield* RunObserver
  const dataset = yield* pinnedDataset(document)
  if (dataset === undefined)
    return yield* trainerError("integrity", {
      code: "FT3101",
      message: `no registered dataset has the content that the run pins for ${document.dataset.dataset_version_id}`,
      expected: document.dataset.content_hash,
      help: "register the dataset again; the same bytes give the same content hash"
    })
  const adapter = yield* catalogue.lookup("adapter", document.dataset.adapter.plugin.id)
  const reader = yield* openDataset(dataset, adapter)
  const graph = yield* openGraph({
    pinned: document.transforms,
    shape: document.dataset.shape,
    lookup: catalogue.lookup,
    fitted: readFitted(yield* BlobStore)
  })
  const parts = yield* readParts(document)
  const pack = yield* loadPack(document)
  const seeds = SeedTree.root(BigInt(document.seed))
  const family = request.families.find((each) => each.kind === document.learner.kind)
  if (family === undefined)
    return yield* trainerError("missing", { code: "FT2005", message: `this program has no learner of kind "${document.learner.kind}"` })
  const genome = document.brain === null ? undefined : yield* genomeOf(document.brain.genome_sha256)
  const session = yield* family.open({
    pins: document.learner,
    ...(genome === undefined ? {} : { genome }),
    shape: document.input_shape,
    output_type: document.dataset.output_type,
    classes: document.dataset.classes,
    seed: seeds.child(streams.engine).seed(),
    controls: { silent_reward: document.controls.silent_reward },
    lookup: catalogue.lookup
  })
  if (resume !== undefined) {
    yield* session.restore(resume.checkpoint)
    const full = yield* session.fullHash
    if (full !== resume.full_hash)
      return yield* trainerError("integrity", {
        code: "FT3102",
        message: "the restored checkpoint is not the state that was committed",
        expected: resume.full_hash,
        actual: full
      })
  }
  const watch = makeWatch(request.run_id, document, pack, observer)
  return { ...request, seeds, reader, read: readTransformed(reader, graph, seeds), parts, session, pack, watch } satisfies RunContext
})

const genomeOf = Effect.fnUntraced(function* (sha256: string) {
  const blobs = yield* BlobStore
  return fromUtf8(yield* blobs.get(sha256))
})

/** Tells whoever watches how far the run is. */
const makeWatch = (run_id: string, document: RunDocument, pack: LoadedPack, observer: typeof RunObserver.Service): RunContext["watch"] => {
  const metric = runningMetric(pack, document.protocol.primary_metric)
  return (cursor, answers) => {
    metric.see(`${cursor.phase}/${cursor.epoch}`, answers)
    return observer.progress({
      run_id,
      seed: document.seed,
      epoch: cursor.epoch,
      ...progressAt(document, cursor),
      metric: metric.value
    })
  }
}
