/**
 * One side of a comparison as people name it: the id of a run in the store, or a bundle that was handed over from another one.
 *
 * Sharp edge: what is in the way of a bundle being read (a file that is altered, missing or extra) is an error here, because nothing that
 * stands in it can be compared.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { TrainerError } from "@feagi-trainer/contracts"
import {
  type BlobStore,
  type Catalogue,
  type ComparedRun,
  type FieldValues,
  fieldValues,
  type Registry,
  type Roots,
  RunJournal,
  recordedRun,
  type StoredEvent,
  stateOf,
  storedRun
} from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import { journal, rowsOf } from "./bundle/layout.ts"
import { isArchiveName, type OpenedBundle, openRunBundle } from "./bundle.ts"
import { byId } from "./ids.ts"

export interface ComparedSide {
  readonly run: ComparedRun
  /** The bundle as it was named; null for a run of the store. */
  readonly bundle: string | null
  /** Values of a field of its dataset, from where the run lies. */
  readonly fieldValues: (field: string, ids: ReadonlyArray<string>) => Effect.Effect<FieldValues, TrainerError, Catalogue>
}

/** A folder that holds a bundle, or a file that may be one. Ids of runs hold no dot. */
export const isBundle = (reference: string): boolean => isArchiveName(reference) || existsSync(join(reference, "bundle.json"))

/** What the learner said of itself when it was opened; the first release recorded no events. */
const openedIn = ({ files }: OpenedBundle) => {
  const events = files.get(journal.events)
  return events === undefined ? undefined : stateOf(rowsOf<Pick<StoredEvent, "type" | "payload">>(events)).opened
}

export const bundleSide = (path: string): Effect.Effect<ComparedSide, TrainerError> =>
  Effect.map(openRunBundle(path), (bundle) => {
    const run = recordedRun(bundle.recording, openedIn(bundle)?.preconditions)
    return { run, bundle: path, fieldValues: (field, ids) => Effect.provide(fieldValues(run.document, field, ids), bundle.layer) }
  })

export const storedSide = (reference: string): Effect.Effect<ComparedSide, TrainerError, RunJournal | BlobStore | Registry | Roots> =>
  Effect.gen(function* () {
    const { runs } = yield* RunJournal
    const run = yield* storedRun(yield* byId("run", reference, yield* runs, (each) => each.run_id))
    const services = yield* Effect.context<BlobStore | Registry | Roots>()
    return { run, bundle: null, fieldValues: (field, ids) => Effect.provide(fieldValues(run.document, field, ids), services) }
  })

export const sideOf = (reference: string) => (isBundle(reference) ? bundleSide(reference) : storedSide(reference))
