/** What every phase of one execution works with. Opened once, closed with the scope. */
import type { IRSample, LearnerSession, TrainerError } from "@feagi-trainer/contracts"
import type { SeedTree } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type { PartIds } from "./checkPins.ts"
import type { DatasetReader } from "./DatasetReader.ts"
import type { ExperienceSource } from "./ExperienceSource.ts"
import type { LoadedPack } from "./loadPack.ts"
import type { RunDocument } from "./RunDocument.ts"
import type { Answered, RunningMetric } from "./RunningMetric.ts"
import type { Cursor, RunSink } from "./RunSink.ts"
import type { PartialPhase, Validation } from "./RunState.ts"

export interface RunContext {
  readonly run_id: string
  readonly document: RunDocument
  readonly seeds: SeedTree
  readonly reader: DatasetReader
  /** The samples of these ids as the learner sees them. */
  readonly read: (
    ids: ReadonlyArray<string>,
    part: string,
    phase: "train" | "measure",
    epoch: number
  ) => Effect.Effect<ReadonlyArray<IRSample>, TrainerError>
  /** Sample ids of each part of the split, in canonical order. */
  readonly parts: PartIds
  readonly session: LearnerSession
  readonly pack: LoadedPack
  readonly sink: RunSink
  readonly source: ExperienceSource
  readonly steering: Steering
  /** What was measured between the epochs so far, that before a resume included. */
  readonly validations: Array<Validation>
  /** Tells people how far the run is. */
  readonly watch: (at: Cursor, answers: ReadonlyArray<Answered>) => Effect.Effect<void>
  /** The protocol's primary metric over the answers of the epoch so far. */
  readonly metric: RunningMetric
  /** What makes a result of this execution less than it would be otherwise, as it is known so far. */
  readonly marks: RunMarks
}

export interface RunMarks {
  /** Phases that were ended early, up to now. */
  readonly partial: ReadonlyArray<PartialPhase>
  /** The run went on from a checkpoint of a learner that does not promise to go on as it would have. */
  readonly continued_not_identical: boolean
}

/** Ends the phase that runs, or leaves out what follows as well. */
export type SkipRequest = "skip" | "skip-rest"

/** How somebody outside has a say in where a run goes. */
export interface Steering {
  /** A phase begins from its start: what was asked of the one before is answered. */
  readonly phaseBegins: Effect.Effect<void, TrainerError>
  /** Looks whether somebody wants the run to stop, and fails with an Interruption when so. */
  readonly look: Effect.Effect<void, TrainerError | Interruption>
  /** Whether the phase is to end here, in front of the sample under the cursor. Asked once something of the phase was met. */
  readonly skipAt: (cursor: Cursor) => Effect.Effect<SkipRequest | undefined, TrainerError>
}

/** Nobody steers. */
export const unsteered: Steering = { phaseBegins: Effect.void, look: Effect.void, skipAt: () => Effect.succeed(undefined) }

/** The run was asked to stop. What was not committed is discarded; a resume executes it again. */
export class Interruption {
  readonly _tag = "Interruption"
  readonly request: "pause" | "stop"
  constructor(request: "pause" | "stop") {
    this.request = request
  }
}
