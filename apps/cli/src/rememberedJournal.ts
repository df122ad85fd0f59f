/**
 * A journal that remembers what it has read and checked, for a host that reads the same runs again and again: of a run that goes on only
 * what is new is read.
 *
 * Events are only ever added, and answers and rewards come in one transaction with an event: as long as there is no new event there is
 * nothing new of them. Sharp edge: rows that are altered on the disk behind its back are found by `artifact verify`, not by a second read.
 */
import type { PredictionRow, RewardRow, RunJournal, StoredEvent } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"

type Journal = typeof RunJournal.Service

interface Remembered {
  events: ReadonlyArray<StoredEvent>
  /** By the number of events that they were read with. */
  predictions: { readonly at: number; readonly rows: ReadonlyArray<PredictionRow> } | undefined
  rewards: { readonly at: number; readonly rows: ReadonlyArray<RewardRow> } | undefined
}

/** Rows of all runs together that may be remembered: about 200 MB of lines at the most. */
const mostRows = 400_000

const weightOf = (run: Remembered): number => run.events.length + (run.predictions?.rows.length ?? 0) + (run.rewards?.rows.length ?? 0)

/** @param most rows that may be remembered; the runs that were asked for longest ago are forgotten first */
export const rememberedJournal = (journal: Journal, most = mostRows): Journal => {
  const runs = new Map<string, Remembered>()
  const keep = (run_id: string, run: Remembered): void => {
    runs.delete(run_id)
    runs.set(run_id, run)
    let total = 0
    for (const each of runs.values()) total += weightOf(each)
    for (const [id, each] of runs) {
      if (total <= most || id === run_id) break
      runs.delete(id)
      total -= weightOf(each)
    }
  }
  const current = (run_id: string) =>
    Effect.gen(function* () {
      const known = runs.get(run_id)
      const from = known?.events.length ?? 0
      const fresh = yield* journal.events(run_id, from)
      const run = known ?? { events: [], predictions: undefined, rewards: undefined }
      // Another call may have read the same rows meanwhile.
      if (run.events.length === from && fresh.length > 0) run.events = [...run.events, ...fresh]
      keep(run_id, run)
      return run
    })
  return {
    ...journal,
    events: (run_id, from = 0) => Effect.map(current(run_id), ({ events }) => (from === 0 ? events : events.slice(from))),
    predictions: (run_id, phase) =>
      Effect.gen(function* () {
        const run = yield* current(run_id)
        const at = run.events.length
        if (run.predictions?.at !== at) run.predictions = { at, rows: yield* journal.predictions(run_id) }
        keep(run_id, run)
        return phase === undefined ? run.predictions.rows : run.predictions.rows.filter((row) => row.phase === phase)
      }),
    rewards: (run_id, phase) =>
      Effect.gen(function* () {
        const run = yield* current(run_id)
        const at = run.events.length
        if (run.rewards?.at !== at) run.rewards = { at, rows: yield* journal.rewards(run_id) }
        keep(run_id, run)
        return phase === undefined ? run.rewards.rows : run.rewards.rows.filter((row) => row.phase === phase)
      })
  }
}
