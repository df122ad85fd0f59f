/** How far a run is, in samples of a phase over all its epochs: what people watch and what its events say. */
import type { ProtocolPhase } from "@feagi-trainer/contracts"
import { part, type RunDocument } from "./RunDocument.ts"
import type { Cursor } from "./RunSink.ts"

export interface PhaseProgress {
  readonly phase: string
  readonly epochs: number
  readonly done: number
  readonly total: number
}

/** How often a phase goes through its part. */
export const epochsOf = (document: RunDocument, phase: ProtocolPhase): number =>
  phase.learns && document.learner.own_steps === undefined ? document.training.epochs : 1

/** Samples of one epoch of a phase; of a training that goes its own way, its steps. */
const lengthOf = (document: RunDocument, phase: ProtocolPhase): number =>
  (phase.learns ? document.learner.own_steps : undefined) ?? part(document, phase.split).count

/** Samples that a phase visits from its beginning to its end. */
export const phaseTotal = (document: RunDocument, phase: ProtocolPhase): number => lengthOf(document, phase) * epochsOf(document, phase)

export const progressAt = (document: RunDocument, cursor: Cursor): PhaseProgress => {
  const phase = document.protocol.phases[cursor.phase]
  if (phase === undefined) throw new Error(`protocol ${document.protocol.id} has no phase ${cursor.phase}`)
  return {
    phase: phase.name,
    epochs: epochsOf(document, phase),
    done: cursor.epoch * lengthOf(document, phase) + cursor.next,
    total: phaseTotal(document, phase)
  }
}
