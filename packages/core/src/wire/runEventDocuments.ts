/**
 * The journal of a run in upstream's vocabulary of events: one event of the journal is none, one or two RunEvents, numbered from 0 without
 * gaps. Whoever has number n asks for what comes after n, and notices when a number is missing.
 *
 * Sharp edge: the numbers hold for the journal as it stands, because it only grows; `paused` and `resumed` are words of ours, and a log
 * that holds one cannot be read upstream. An early end of a phase is a `warning`, because upstream's `skipped` ends the run.
 */
import { isInsufficient, type RunEvent, type RunEventKind } from "@feagi-trainer/contracts"
import type { StoredEvent } from "../port/RunJournal.ts"
import { phaseTotal, progressAt } from "../run/phaseProgress.ts"
import type { RunDocument } from "../run/RunDocument.ts"
import type { EventPayloads } from "../run/RunState.ts"

export interface RunEventOptions {
  /** `recorded`: when the journal was written, in Unix milliseconds; `none`: null, so that two exports of a run are the same bytes. */
  readonly timestamps: "recorded" | "none"
}

/** The numbers among metrics: the wire knows no other value. */
export const numbersOf = (metrics: EventPayloads["phase-scored"]["metrics"]): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(metrics).flatMap(([name, value]) => (isInsufficient(value) ? [] : [[name, value] as const])))

interface Told {
  readonly kind: RunEventKind
  readonly phase?: string
}

/** Takes the events of one journal, from its first on and in order, and gives what each of them says. */
export const runEventDocuments = (
  run_id: string,
  document: RunDocument,
  { timestamps }: RunEventOptions
): ((event: StoredEvent) => ReadonlyArray<RunEvent>) => {
  let number = 0
  /** Where the run stands, by its last step. */
  let before: EventPayloads["step"] | undefined
  let done = 0
  const planned = document.protocol.phases.reduce((sum, phase) => sum + phaseTotal(document, phase), 0)

  const counts = (cursor: EventPayloads["step"]["cursor"]) => {
    const at = progressAt(document, cursor)
    return { samples_done: BigInt(at.done), samples_total: BigInt(at.total) }
  }
  const stand = () => counts(before?.cursor ?? { phase: 0, epoch: 0, next: 0 })
  const inPhase = (kind: RunEventKind, phase = before?.phase): Told => (phase === undefined ? { kind } : { kind, phase })

  const told = (event: StoredEvent): ReadonlyArray<Told> => {
    const as = <T extends keyof EventPayloads>(_: T) => event.payload as unknown as EventPayloads[T]
    switch (event.type) {
      case "created":
      case "validating":
      case "completed":
        return [{ kind: { type: event.type } }]
      case "running":
        return as("running").resumed ? [inPhase({ type: "resumed", ...stand() })] : [{ kind: { type: "running" } }]
      case "continued":
        return [
          inPhase({
            type: "warning",
            message: "goes on from a checkpoint, and the learner does not promise to go on as it would have: continued-not-identical"
          })
        ]
      case "step": {
        before = as("step")
        done += before.samples
        const { phase, cursor, measures = [] } = before
        // Of the optimiser's steps the last one is told; the journal holds each.
        const metrics = { ...measures.at(-1)?.values, ...before.metrics }
        const progress: RunEventKind = {
          type: "progress",
          ...counts(cursor),
          repeat_index: 0,
          repeat_total: 1,
          sent_values: [],
          window_values: [],
          class_scores: []
        }
        const partial: RunEventKind = { type: "metric_update", scope: "partial", metrics, class_breakdown: [] }
        return [inPhase(progress, phase), ...(Object.keys(metrics).length === 0 ? [] : [inPhase(partial, phase)])]
      }
      case "validated": {
        const { phase, part, metrics } = as("validated")
        const named = Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${part}/${name}`, value]))
        return [inPhase({ type: "metric_update", scope: "partial", metrics: named, class_breakdown: [] }, phase)]
      }
      case "phase-skipped": {
        const { phase, samples_done, samples_planned, rest } = as("phase-skipped")
        const message = `phase "${phase}" was ended early, behind ${samples_done} of ${samples_planned} samples${rest ? "; what follows is left out" : ""}`
        return [inPhase({ type: "warning", message }, phase)]
      }
      case "brain-mutated": {
        const { phase, learned_hash_before, learned_hash } = as("brain-mutated")
        const message = `brain_mutated: phase "${phase}" must not learn, and changed the brain from ${learned_hash_before} to ${learned_hash}`
        return [inPhase({ type: "warning", message }, phase)]
      }
      case "phase-scored": {
        const { phase, metrics, scorecard_id } = as("phase-scored")
        return [
          inPhase({ type: "metric_update", scope: "aggregate", metrics: numbersOf(metrics), class_breakdown: [] }, phase),
          inPhase({ type: "scorecard_ready", scorecard_id }, phase)
        ]
      }
      case "skipped":
        return [{ kind: { type: "skipped", samples_done: BigInt(done), samples_total: BigInt(planned) } }]
      case "failed":
        return [{ kind: { type: "failed", message: as("failed").message } }]
      case "cancelled":
        return [{ kind: { type: "cancelled", message: "stopped on request" } }]
      case "paused":
        return [inPhase({ type: "paused", ...stand() })]
      default:
        return []
    }
  }

  return (event) =>
    told(event).map(({ kind, phase }) => {
      const sequence = BigInt(number)
      number += 1
      return {
        schema_version: 1,
        run_id,
        timestamp: timestamps === "recorded" ? BigInt(event.at_wall) : null,
        kind,
        x_feagi_trainer: { sequence, ...(phase === undefined ? {} : { phase }) }
      }
    })
}
