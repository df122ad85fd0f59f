/**
 * What every effect of the trainer fails with: why, and every finding at once.
 *
 * The reason decides the exit code and whether a retry can help; the diagnostics say what to do. A defect (a bug of ours) is
 * never a TrainerError.
 */
import * as Schema from "effect/Schema"
import { Diagnostic } from "./Diagnostic.ts"

export const Reason = Schema.Literals([
  /** The work itself failed: a run, a plugin, the engine. */
  "failed",
  /** The caller asked for something that cannot be understood. */
  "usage",
  /** Configuration, dataset, plugin or capabilities do not fit. */
  "invalid",
  /** Two results that must not be compared. */
  "incomparable",
  /** A bar that was asked for was missed. */
  "gate",
  /** Bytes are not what they were, or were written by a newer version. */
  "integrity",
  /** Something that has to be installed or reachable is not. */
  "missing",
  /** Another process holds it. */
  "locked"
])
export type Reason = typeof Reason.Type

export class TrainerError extends Schema.TaggedError<TrainerError>()("TrainerError", {
  reason: Reason,
  diagnostics: Schema.NonEmptyArray(Diagnostic)
}) {
  override get message(): string {
    return this.diagnostics.map((each) => `${each.code} ${each.message}`).join("\n")
  }
}

/** A failure with one finding. */
export const trainerError = (reason: Reason, diagnostic: Omit<Diagnostic, "severity">): TrainerError =>
  new TrainerError({ reason, diagnostics: [{ severity: "error", ...diagnostic }] })

/** A failure with all findings; a list without an error in it is a mistake of the caller. */
export const trainerErrors = (reason: Reason, diagnostics: ReadonlyArray<Diagnostic>): TrainerError => {
  const [first, ...rest] = diagnostics
  if (first === undefined) throw new RangeError("trainerErrors() needs at least one diagnostic")
  return new TrainerError({ reason, diagnostics: [first, ...rest] })
}
