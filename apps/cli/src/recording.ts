/** What was recorded of a run, from the store: what a replay is held against. */
import type { TrainerError } from "@feagi-trainer/contracts"
import { type EventPayloads, knowsRewards, type Recording, type RunDocument, RunJournal, type RunView } from "@feagi-trainer/core"
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
      // A journal that the first release began does not have all rewards, which is not the same as a run that had none.
      rewards: knowsRewards(events) ? yield* journal.rewards(view.row.run_id) : undefined,
      continued_not_identical: view.state.continued.length > 0,
      brain_mutated: view.state.brain_mutated,
      steps: steps.map(({ phase, cursor, full_hash }) => ({ phase, epoch: cursor.epoch, next: cursor.next, full_hash }))
    }
  })
