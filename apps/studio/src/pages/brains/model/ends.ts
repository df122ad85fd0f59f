/**
 * What a brain was when its run began and when it ended, by hash: whether the snapshot is what the run really learnt. Sharp edge: a hash that
 * nobody recorded is null and equals nothing.
 */
import type { BrainRow } from "./brain.ts"

export interface RunEnds {
  /** What the run began with. */
  readonly start: string | null
  /** What it was at the end of the phase. */
  readonly end: string | null
}

type Row = Readonly<Record<string, unknown>>
const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value)
const text = (value: unknown): string | null => (typeof value === "string" ? value : null)

/** From `run.show` with its document. */
export const endsOf = (run: unknown, phase: string): RunEnds => {
  if (!isRow(run)) return { start: null, end: null }
  const learner = isRow(run.document) && isRow(run.document.learner) ? run.document.learner : {}
  const phases = Array.isArray(run.phases) ? run.phases.filter(isRow) : []
  const found = phases.find((each) => each.phase === phase)
  return { start: text(learner.initial_hash), end: text(found?.connectome_hash) }
}

/** Whether the snapshot has the hash that its run recorded; null where the run did not say. */
export const isFaithful = ({ connectome }: Pick<BrainRow, "connectome">, { end }: RunEnds): boolean | null =>
  end === null || connectome === null ? null : connectome.learned_hash === end
