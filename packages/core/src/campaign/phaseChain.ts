/**
 * One run as the record of a protocol that was carried out: its phases in order, each with what the learner was when it began and ended,
 * chained by hash from the run document on.
 *
 * A phase has to begin with what the one before it ended with, and one that does not learn has to end as it began; what the journal says
 * is checked against both. Sharp edge: the chain proves that the record is of one piece, and a replay proves that it is true.
 */
import type { Diagnostic } from "@feagi-trainer/contracts"
import { canonical, sha256Hex } from "@feagi-trainer/determinism"
import { part, type RunDocument } from "../run/RunDocument.ts"
import type { RunState } from "../run/RunState.ts"

/** One link; the hashes of a phase that has not ended are null. */
export interface PhaseRecord {
  readonly phase: string
  /** The part of the split, as `<part>@<12 hex>`. */
  readonly split_id: string
  readonly learns: boolean
  readonly scored: boolean
  readonly samples: number
  readonly learned_hash_before: string
  readonly learned_hash_after: string | null
  readonly predictions_sha256: string | null
  readonly scorecard_id: string | null
  /**
   * SHA-256 over the 64 digits of the link before (the first one follows `spec_sha256`) and the canonical JSON of `{phase, split_id, learns,
   * samples, learned_hash_before, learned_hash_after, predictions_sha256}`.
   */
  readonly chain_sha256: string | null
}

export interface PhaseChain {
  readonly phases: ReadonlyArray<PhaseRecord>
  /** Every link that does not hold; empty when all do. */
  readonly breaks: ReadonlyArray<Diagnostic>
}

/** @param spec_sha256 hash of the document, which the first link follows */
export const phaseChain = (document: RunDocument, spec_sha256: string, state: Pick<RunState, "phases">): PhaseChain => {
  const breaks: Array<Diagnostic> = []
  const phases: Array<PhaseRecord> = []
  let learned = document.learner.initial_hash
  let from = "the learner that the plan pins"
  let previous: string | null = spec_sha256
  for (const [index, planned] of document.protocol.phases.entries()) {
    const recorded = state.phases[index]
    if (recorded === undefined) break
    if (recorded.phase !== planned.name)
      breaks.push(broken(index, `is "${recorded.phase}", where the protocol has "${planned.name}"`, planned.name, recorded.phase))
    const { learned_hash_before } = recorded
    const learned_hash_after = recorded.learned_hash ?? null
    const predictions_sha256 = recorded.predictions_sha256 ?? null
    if (learned_hash_before !== learned)
      breaks.push(broken(index, `"${planned.name}" does not begin with ${from}`, learned, learned_hash_before))
    if (!planned.learns && learned_hash_after !== null && learned_hash_after !== learned_hash_before)
      breaks.push(broken(index, `"${planned.name}" must not learn, and did`, learned_hash_before, learned_hash_after))
    const link = {
      phase: planned.name,
      split_id: part(document, planned.split).split_id,
      learns: planned.learns,
      samples: recorded.samples,
      learned_hash_before,
      learned_hash_after,
      predictions_sha256
    }
    const chain_sha256: string | null = previous === null || learned_hash_after === null ? null : sha256Hex(previous + canonical(link))
    phases.push({ ...link, scored: planned.scored, scorecard_id: recorded.scorecard_id ?? null, chain_sha256 })
    previous = chain_sha256
    if (learned_hash_after === null) break
    learned = learned_hash_after
    from = `what "${planned.name}" ended with`
  }
  return { phases, breaks }
}

const broken = (index: number, message: string, expected: string, actual: string): Diagnostic => ({
  code: "FT3112",
  severity: "error",
  field: `phases[${index}]`,
  message: `phase ${message}`,
  expected,
  actual,
  help: "feagi-trainer artifact verify   looks for damage; a run whose phases do not follow each other is no result"
})
