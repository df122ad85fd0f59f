/**
 * The brain of a run as a checkpoint holds it: the genome, what was learnt until the end of a phase, and the seed it developed with.
 */
import { readSnapshot } from "@feagi-trainer/brain"
import { type BrainInput, type LoadedEntry, type PluginRef, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import {
  BlobStore,
  brainInput,
  Catalogue,
  documentOf,
  type EventPayloads,
  engineSeed,
  fromHex,
  type RunDocument,
  RunJournal,
  type RunRow
} from "@feagi-trainer/core"
import { sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type { ChosenBackend } from "./grow.ts"

/** The name of what a run begins with, before its first phase. */
export const beginning = "initial"

export interface RunBrain {
  readonly row: RunRow
  readonly document: RunDocument
  readonly phase: string
  readonly brain: BrainInput
  /** 32 bytes. */
  readonly seed: Uint8Array
  /** What the run recorded of synapses and constants at the end of the phase. */
  readonly learned_hash: string
  readonly chosen: ChosenBackend
}

/** The backend of a run with the options that it pinned. */
const backendOf = (document: RunDocument): Effect.Effect<ChosenBackend, TrainerError, Catalogue> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const { section, plugins } = document.learner.resolved as {
      readonly section: { readonly backend: { readonly options: Readonly<Record<string, unknown>> } }
      readonly plugins: { readonly backend: PluginRef }
    }
    const loaded: LoadedEntry<"brain-backend"> = yield* catalogue.lookup("brain-backend", plugins.backend.id)
    return { loaded, options: section.backend.options }
  })

const missing = (row: RunRow, message: string, phases: ReadonlyArray<string>) =>
  trainerError("invalid", {
    code: "FT2605",
    message: `run ${row.run_id} ${message}`,
    expected: phases.length === 0 ? "a completed phase with a checkpoint" : `one of ${[...phases, beginning].join(", ")}`,
    help: `feagi-trainer run show ${row.run_id}`
  })

/** @param phase left out: the last completed phase that learns; `initial`: what the run began with */
export const runBrain = (
  row: RunRow,
  phase: string | undefined
): Effect.Effect<RunBrain, TrainerError, RunJournal | BlobStore | Catalogue> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const blobs = yield* BlobStore
    const document = yield* documentOf(row)
    if (document.brain === null || document.learner.kind !== "brain")
      return yield* trainerError("invalid", {
        code: "FT2604",
        message: `run ${row.run_id} has no brain: its learner is of kind "${document.learner.kind}"`
      })
    const began = yield* brainInput(document.brain)
    const seed = document.brain.connectome === undefined ? engineSeed(BigInt(document.seed)) : fromHex(document.brain.connectome.seed)
    const chosen = yield* backendOf(document)
    const base = { row, document, seed, chosen }
    if (phase === beginning && !document.protocol.phases.some(({ name }) => name === beginning))
      return { ...base, phase: beginning, brain: began, learned_hash: document.learner.initial_hash }
    const checkpoints = new Map<string, string>()
    const learned = new Map<string, string>()
    for (const { type, payload } of yield* journal.events(row.run_id)) {
      if (type === "step") {
        const step = payload as unknown as EventPayloads["step"]
        checkpoints.set(step.phase, step.checkpoint_sha256)
      }
      if (type === "phase-completed") {
        const completed = payload as unknown as EventPayloads["phase-completed"]
        learned.set(completed.phase, completed.learned_hash)
      }
    }
    const phases = document.protocol.phases.filter(({ name }) => checkpoints.has(name) && learned.has(name))
    const wanted = phase ?? phases.findLast(({ learns }) => learns)?.name
    const names = phases.map(({ name }) => name)
    if (wanted === undefined) return yield* missing(row, "has completed no phase that learns", names)
    const checkpoint = checkpoints.get(wanted)
    const learned_hash = learned.get(wanted)
    if (checkpoint === undefined || learned_hash === undefined) return yield* missing(row, `has completed no phase "${wanted}"`, names)
    const { brain: bytes } = yield* readSnapshot(yield* blobs.get(checkpoint))
    const brain: BrainInput = { json: began.json, sha256: began.sha256, connectome: { bytes, sha256: sha256Hex(bytes), seed } }
    return { ...base, phase: wanted, brain, learned_hash }
  })
