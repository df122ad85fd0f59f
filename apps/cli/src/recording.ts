/** What was recorded of a run, from its journal: what a replay is held against. */
import type { TrainerError } from "@feagi-trainer/contracts"
import {
  type EventPayloads,
  knowsRewards,
  type PredictionRow,
  type Recording,
  type RewardRow,
  type RunDocument,
  RunJournal,
  type RunView,
  type StoredEvent,
  stateOf
} from "@feagi-trainer/core"
import * as Effect from "effect/Effect"

/** The record of a run as its journal holds it. */
export interface Journalled {
  readonly run_id: string
  readonly events: ReadonlyArray<Pick<StoredEvent, "type" | "payload">>
  readonly predictions: ReadonlyArray<PredictionRow>
  readonly rewards: ReadonlyArray<RewardRow>
}

export const recordingFrom = ({ run_id, events, predictions, rewards }: Journalled, document: RunDocument): Recording => {
  const state = stateOf(events)
  const steps = events.flatMap((event) => (event.type === "step" ? [event.payload as unknown as EventPayloads["step"]] : []))
  return {
    run_id,
    document,
    phases: state.phases,
    predictions,
    // A journal that the first release began does not have all rewards, which is not the same as a run that had none.
    rewards: knowsRewards(events) ? rewards : undefined,
    continued_not_identical: state.continued.length > 0,
    brain_mutated: state.brain_mutated,
    steps: steps.map(({ phase, cursor, full_hash, measures }) => ({
      ...{ phase, epoch: cursor.epoch, next: cursor.next, full_hash },
      ...(measures === undefined ? {} : { measures })
    }))
  }
}

export const recordingOf = (view: RunView, document: RunDocument): Effect.Effect<Recording, TrainerError, RunJournal> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const { run_id } = view.row
    return recordingFrom(
      {
        run_id,
        events: yield* journal.events(run_id),
        predictions: yield* journal.predictions(run_id),
        rewards: yield* journal.rewards(run_id)
      },
      document
    )
  })
