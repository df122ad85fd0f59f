/**
 * The one error of this package. `kind` is for programs, the message for people: what came, what was expected, the way out.
 * After a `trap` the brain is dead, but its module is not: develop another one and restore the last checkpoint.
 */
export type EngineErrorKind =
  | "genome-invalid"
  | "budget-exceeded"
  | "mapping-empty"
  | "payload-invalid"
  | "coder"
  | "snapshot-invalid"
  | "trap"
  | "disposed"
  | "module-invalid"

const kinds: ReadonlySet<string> = new Set<EngineErrorKind>([
  "genome-invalid",
  "budget-exceeded",
  "mapping-empty",
  "payload-invalid",
  "coder",
  "snapshot-invalid",
  "trap",
  "disposed",
  "module-invalid"
])

export const isEngineErrorKind = (text: string): text is EngineErrorKind => kinds.has(text)

export class EngineError extends Error {
  override readonly name = "EngineError"
  readonly kind: EngineErrorKind

  constructor(kind: EngineErrorKind, message: string) {
    super(message)
    this.kind = kind
  }
}
