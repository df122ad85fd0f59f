/** What was recorded of a run, from the store: what a replay is held against. */

import type { TrainerError } from "@feagi-trainer/contracts"
import { type EventPayloads, type Recording, type RunDocument, RunJournal, type RunView } from "@feagi-trainer/core"
import { Effect } from "effect"

export const recordingOf = (view: RunView, document: RunDocument): Effect.Effect<Recording, TrainerError, RunJournal> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const events = yield* journal.events(view.row.run_id)
    const steps = events.flatMap((event) => (event.type === "step" ? [event.payload as unknown as EventPayloads["step"]] : []))
    return {
      run_id: view.row.run_id,
      document,
      phases: view.state.phases,
      predictions: yield* journal.predictions(view.row.run_id),
      steps: steps.map(({ phase, cursor, full_hash }) => ({ phase, epoch: cursor.epoch, next: cursor.next, full_hash }))
    }
  })
