/**
 * Diagnostics as an input: what a part outside of the trainer says of a training, step by step: errors that it tracks, and how continuous
 * what it watches has been. The trainer reads a record of it, which a hash names, and never a live source: a replay is told the same.
 *
 * Sharp edge: a metric that is not defined at a step has no event there. An absent event says nothing, and never 0.
 */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"

const Text = Schema.String.check(Schema.isNonEmpty())
const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const said = {
  /** From 0, one more with every event: a gap means that events were lost. */
  sequence: count,
  /** Optimiser steps that were done when it was said: 0 before the first. Never less than that of the event before. */
  step: count,
  /** Who says it. */
  source: Text
} as const

/** Something that went wrong, and how badly. */
export const ErrorEvent = Schema.Struct({
  kind: Schema.Literal("error"),
  ...said,
  severity: Schema.Literals(["warning", "error", "fatal"]),
  message: Text
})
export type ErrorEvent = typeof ErrorEvent.Type

/** One value of a continuity metric; its source says what it means and in which unit. */
export const ContinuityEvent = Schema.Struct({ kind: Schema.Literal("continuity"), ...said, metric: Text, value: Schema.Finite })
export type ContinuityEvent = typeof ContinuityEvent.Type

export const DiagnosticsEvent = Schema.Union([ErrorEvent, ContinuityEvent])
export type DiagnosticsEvent = typeof DiagnosticsEvent.Type

export interface DiagnosticsRecord {
  /** SHA-256 (64 hex digits) of the record, for the run document: the same hash, the same events. */
  readonly sha256: string
  /** Every event, in its sequence. */
  readonly events: ReadonlyArray<DiagnosticsEvent>
  /** The events of one step, in their sequence; none when nothing was said of it. */
  readonly at: (step: number) => ReadonlyArray<DiagnosticsEvent>
}

export class Diagnostics extends Context.Service<Diagnostics, DiagnosticsRecord>()("@feagi-trainer/contracts/Diagnostics") {}
