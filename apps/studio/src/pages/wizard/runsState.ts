/**
 * How the runs of a group stand together: which have ended with something to look at, which have failed.
 *
 * Sharp edge: a run that was cancelled has ended, and has a result where a phase of it was scored before.
 */
import type { RunState } from "./steps.ts"

/** What is known of one run; `scored` says whether a phase of it has a scorecard. */
export interface RunNow {
  readonly status: string
  readonly scored: boolean
}

/** @param runs by id; one of which nothing is known yet is left out */
export const runsState = (ids: ReadonlyArray<string>, runs: Readonly<Record<string, RunNow>>): RunState => {
  const known = ids.flatMap((id) => runs[id] ?? [])
  return {
    total: ids.length,
    finished: known.filter(({ status, scored }) => status === "completed" || status === "skipped" || (status === "cancelled" && scored))
      .length,
    failed: known.filter(({ status }) => status === "failed").length
  }
}

/** `runs` with what was said of one of them; the same object where nothing is new, so that nothing is drawn again. */
export const withRun = (runs: Readonly<Record<string, RunNow>>, id: string, now: RunNow): Readonly<Record<string, RunNow>> =>
  runs[id]?.status === now.status && runs[id].scored === now.scored ? runs : { ...runs, [id]: now }
