/**
 * With which runs that are there a planned one will be comparable, by the very fields that decide when they are compared.
 *
 * Sharp edge: it looks at the newest runs alone, as a plan is made at every stroke of somebody's keys.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import { type Comparand, compareIdentity } from "@feagi-trainer/evaluation"
import * as Effect from "effect/Effect"
import type { BlobStore } from "../port/BlobStore.ts"
import { RunJournal } from "../port/RunJournal.ts"
import type { RunDocument } from "../run/RunDocument.ts"
import { documentOf, viewRun } from "../run/runs.ts"
import { comparandOf } from "./comparand.ts"

/** Runs that are looked at, newest first; ids that are listed for each way to be comparable. */
const most = { runs: 100, listed: 10 } as const

export interface RunsAlike {
  /** Treatment fields that `run compare --across` would have to name; none where nothing differs. */
  readonly across: ReadonlyArray<string>
  readonly count: number
  /** Newest first, at most ten. */
  readonly run_ids: ReadonlyArray<string>
}

export interface ComparableRuns {
  /** Runs of the same benchmark, those that differ in least first. */
  readonly alike: ReadonlyArray<RunsAlike>
  /** How many runs with a score were looked at, the newest of them. */
  readonly looked_at: number
}

interface Known {
  readonly run_id: string
  readonly comparand: Comparand
}

/** As planned: what a learner said when it was opened is not known yet. */
const asPlanned = { phases: [], continued: false, preconditions: undefined } as const

/** The newest runs that have something to compare. */
export const knownComparands: Effect.Effect<ReadonlyArray<Known>, TrainerError, RunJournal | BlobStore> = Effect.gen(function* () {
  const rows = yield* Effect.flatMap(RunJournal, (journal) => journal.runs)
  return (yield* Effect.forEach(rows.slice(-most.runs).toReversed(), (row) =>
    Effect.gen(function* () {
      const { state } = yield* viewRun(row)
      if (!state.phases.some(({ metrics }) => metrics !== undefined)) return []
      const execution = { ...asPlanned, phases: state.phases, continued: state.continued.length > 0 }
      return [{ run_id: row.run_id, comparand: comparandOf(yield* documentOf(row), execution) }]
    })
  )).flat()
})

/** The fewest fields that have to be declared; undefined of another benchmark. The kind of the learner covers what only one of two has. */
const acrossOf = (planned: Comparand, other: Comparand, declared: ReadonlyArray<string> = []): ReadonlyArray<string> | undefined => {
  const compared = compareIdentity([planned, other], { across: declared, exploratory: true })
  if (!compared.ok || compared.identity_differences.length > 0) return undefined
  return compared.undeclared.includes("learner") ? acrossOf(planned, other, ["learner"]) : [...declared, ...compared.undeclared]
}

export const comparableRuns = (document: RunDocument, known: ReadonlyArray<Known>): ComparableRuns => {
  const planned = comparandOf(document, asPlanned)
  const found = known.flatMap(({ run_id, comparand }) => {
    const across = acrossOf(planned, comparand)
    return across === undefined ? [] : [{ run_id, across }]
  })
  const groups = [...Map.groupBy(found, ({ across }) => across.join()).values()].map((runs): RunsAlike => {
    const run_ids = runs.map(({ run_id }) => run_id)
    return { across: runs[0]?.across ?? [], count: runs.length, run_ids: run_ids.slice(0, most.listed) }
  })
  return { alike: groups.sort((one, other) => one.across.length - other.across.length), looked_at: known.length }
}
