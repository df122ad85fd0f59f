/**
 * How every run stands, asked again and again: from the table of runs, which follows the journal, so that a look at a store of thousands costs
 * what changed in it.
 *
 * Sharp edge: events are looked up for runs that go on or that changed. One that was over when it was first seen has `seq` -1: it is what a
 * later look is held against, and is never told.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import type { RunChange } from "@feagi-trainer/control-api"
import { type BlobStore, type Cell, type FactsCache, openRunTable, RunJournal, type UserMarks } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"

const over: ReadonlySet<string> = new Set(["completed", "skipped", "failed", "cancelled"])

const columns = ["run_id", "status", "phase", "updated"] as const

interface Seen {
  readonly cells: string
  readonly change: RunChange
}

/** A look that remembers the one before it. */
export const makeRunChanges = (): Effect.Effect<
  ReadonlyArray<RunChange>,
  TrainerError,
  RunJournal | BlobStore | FactsCache | UserMarks
> => {
  const seen = new Map<string, Seen>()
  const changeOf = (run_id: string, [, status, phase, updated]: ReadonlyArray<Cell>) =>
    Effect.gen(function* () {
      const before = seen.get(run_id)
      const cells = `${status} ${phase} ${updated}`
      if (before?.cells === cells) return before.change
      const journal = yield* RunJournal
      const known = before === undefined && over.has(String(status))
      const change: RunChange = {
        run_id,
        status: String(status),
        phase: phase === null ? null : String(phase),
        seq: known ? -1 : ((yield* journal.events(run_id)).at(-1)?.seq ?? -1)
      }
      seen.set(run_id, { cells, change })
      return change
    })
  return Effect.gen(function* () {
    const table = yield* openRunTable
    const page = yield* table.select({ where: "", sort: [], columns: [...columns], offset: 0, limit: undefined, archived: true })
    return yield* Effect.forEach(page.rows, (row) => changeOf(row.run_id, row.cells))
  })
}
