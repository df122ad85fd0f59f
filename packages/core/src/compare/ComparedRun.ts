/**
 * A run as one side of a comparison, wherever it lies: in this store, or in a bundle that came from another one.
 *
 * Sharp edge: a bundle of an older program does not say what the learner said of itself when it was opened; then the preconditions of its
 * plan count.
 */
import { type Precondition, type Scored, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type { BlobStore } from "../port/BlobStore.ts"
import { type PredictionRow, RunJournal, type RunRow } from "../port/RunJournal.ts"
import type { Recording } from "../replay/replayRun.ts"
import { type RunDocument, specHash } from "../run/RunDocument.ts"
import { documentOf, viewRun } from "../run/runs.ts"
import { readAnswer, scoredAnswer } from "../run/storedAnswer.ts"
import type { Execution } from "./comparand.ts"

export interface ComparedRun extends Execution {
  readonly run_id: string
  readonly spec_sha256: string
  readonly document: RunDocument
  /** In visiting order. */
  readonly predictions: (phase: string) => Effect.Effect<ReadonlyArray<PredictionRow>, TrainerError>
}

export const storedRun = (row: RunRow): Effect.Effect<ComparedRun, TrainerError, BlobStore | RunJournal> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const document = yield* documentOf(row)
    const { state } = yield* viewRun(row)
    return {
      run_id: row.run_id,
      spec_sha256: row.spec_sha256,
      document,
      phases: state.phases,
      continued: state.continued.length > 0,
      preconditions: state.opened?.preconditions,
      predictions: (phase) => journal.predictions(row.run_id, phase)
    }
  })

/** @param preconditions as the learner said them when it was opened, where the bundle knows */
export const recordedRun = (recording: Recording, preconditions?: ReadonlyArray<Precondition>): ComparedRun => ({
  run_id: recording.run_id,
  spec_sha256: specHash(recording.document),
  document: recording.document,
  phases: recording.phases,
  continued: recording.continued_not_identical,
  preconditions,
  predictions: (phase) => Effect.succeed(recording.predictions.filter((each) => each.phase === phase))
})

/** What a run answered in a phase, as evaluation reads it; never nothing. */
export const scoredAnswers = (run: ComparedRun, phase: string): Effect.Effect<ReadonlyArray<Scored>, TrainerError> =>
  Effect.gen(function* () {
    const rows = yield* run.predictions(phase)
    if (rows.length === 0)
      return yield* trainerError("invalid", {
        code: "FT3301",
        message: `run ${run.run_id} has no predictions of phase "${phase}" to compare`,
        help: `feagi-trainer run resume ${run.run_id}`
      })
    return rows.flatMap((each) => scoredAnswer(readAnswer(each.line)) ?? [])
  })
