/**
 * What a registered brain has learnt from already: the samples of every learning phase in the run that it was taken from, in the run
 * which that one's brain was taken from, and so on. A run that measures such a brain on one of these samples measures what it remembers.
 *
 * Samples are told by their ids, which are made of their content. Sharp edge: runs are read from the store; a brain that learnt
 * elsewhere and came as a bare genome has no lineage, and nothing is known of it.
 */
import type { Diagnostic, TrainerError } from "@feagi-trainer/contracts"
import { fromCanonical, fromUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { BlobStore } from "../port/BlobStore.ts"
import type { BrainLineage, BrainRecord } from "../port/Registry.ts"
import { part, readDocument } from "../run/RunDocument.ts"

/** Sample ids, each with the run that the brain learnt it in, the latest of several. */
type LearntBefore = ReadonlyMap<string, string>

/** The sample ids of the phases that learn, up to and with the one at whose end the brain was taken. */
const learntIn = ({ spec_sha256, phase }: BrainLineage): Effect.Effect<ReadonlyArray<string>, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const document = readDocument(yield* blobs.get(spec_sha256))
    const { phases } = document.protocol
    const last = phases.findIndex(({ name }) => name === phase)
    const splits = new Set(phases.slice(0, last + 1).flatMap(({ learns, split }) => (learns ? [split] : [])))
    const ids: Array<string> = []
    for (const split of splits) {
      const bytes = yield* blobs.get(part(document, split).ids_sha256)
      for (const id of fromCanonical(fromUtf8(bytes)) as ReadonlyArray<string>) ids.push(id)
    }
    return ids
  })

/** Follows the lineage to its beginning. A brain is always younger than the one that its run began with, so that this ends. */
export const learntBefore = (
  brain: BrainRecord,
  brains: ReadonlyArray<BrainRecord>
): Effect.Effect<LearntBefore, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const runs = new Map<string, string>()
    let at: BrainLineage | null = brain.lineage
    while (at !== null) {
      for (const id of yield* learntIn(at)) if (!runs.has(id)) runs.set(id, at.run_id)
      const { parent }: BrainLineage = at
      at = brains.find(({ name, version }) => `${name}@${version}` === parent)?.lineage ?? null
    }
    return runs
  })

const named = 3

/** One diagnostic for every part that is scored and holds samples which the brain knows. */
export const learntBeforeDiagnostics = (
  reference: string,
  learnt: LearntBefore,
  scored: ReadonlyArray<{ readonly name: string; readonly ids: ReadonlyArray<string> }>
): ReadonlyArray<Diagnostic> =>
  scored.flatMap(({ name, ids }): ReadonlyArray<Diagnostic> => {
    const known = ids.filter((id) => learnt.has(id))
    const [first] = known
    if (first === undefined) return []
    const more = known.length > named ? `, and ${known.length - named} more` : ""
    return [
      {
        code: "FT2408",
        severity: "error",
        field: "brain.registered",
        message: `${reference} has learnt from ${known.length} of the ${ids.length} samples in part "${name}", on which it would be measured, in run ${learnt.get(first)}: ${known.slice(0, named).join(", ")}${more}`,
        help: "take the seed and the split of that run, or begin with a brain that learnt from other samples"
      }
    ]
  })
