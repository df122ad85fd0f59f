/**
 * Where the facts of runs are kept between two programs. Everything in it can be made again from journal, documents and costs.
 *
 * Sharp edge: what is kept is of one version of the facts and one head of the journal. A reader takes nothing else, so a cache is never
 * wrong; and one that cannot be written is no failure.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Cell } from "../query/RunColumn.ts"
import type { RunRow } from "./RunJournal.ts"

/** A run and where its journal ends. */
export interface RunHead {
  readonly row: RunRow
  readonly head_sha256: string
}

export interface KeptFacts {
  readonly run_id: string
  readonly head_sha256: string
  /** Columns; runs that have the same ones may share the list. */
  readonly names: ReadonlyArray<string>
  /** Of the same length. */
  readonly cells: ReadonlyArray<NonNullable<Cell>>
}

export class FactsCache extends Context.Service<
  FactsCache,
  {
    /** Another text after every run that was added or went on, and after every mark; cheap. */
    readonly stamp: Effect.Effect<string, TrainerError>
    /** All runs in order of creation. */
    readonly heads: Effect.Effect<ReadonlyArray<RunHead>, TrainerError>
    /** What is kept of this version of the facts and not damaged: of all runs, or of these. */
    readonly read: (version: number, run_ids?: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<KeptFacts>, TrainerError>
    /** Takes the place of what was kept of these runs. */
    readonly write: (version: number, facts: ReadonlyArray<KeptFacts>) => Effect.Effect<void, TrainerError>
  }
>()("@feagi-trainer/core/FactsCache") {}
