/** What every phase of one execution works with. Opened once, closed with the scope. */
import type { IRSample, LearnerSession, TrainerError } from "@feagi-trainer/contracts"
import type { SeedTree } from "@feagi-trainer/determinism"
import type { Effect } from "effect"
import type { PartIds } from "./checkPins.ts"
import type { DatasetReader } from "./DatasetReader.ts"
import type { LoadedPack } from "./loadPack.ts"
import type { RunDocument } from "./RunDocument.ts"
import type { Answered } from "./RunningMetric.ts"
import type { Cursor, RunSink } from "./RunSink.ts"

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
  /** Looks whether somebody wants the run to stop; fails with an Interruption when so. */
  readonly checkpointOrStop: Effect.Effect<void, TrainerError | Interruption>
  /** Tells people how far the run is. */
  readonly watch: (at: Cursor, answers: ReadonlyArray<Answered>) => Effect.Effect<void>
}

/** The run was asked to stop. What was not committed is discarded; a resume executes it again. */
export class Interruption {
  readonly _tag = "Interruption"
  readonly request: "pause" | "stop"
  constructor(request: "pause" | "stop") {
    this.request = request
  }
}
