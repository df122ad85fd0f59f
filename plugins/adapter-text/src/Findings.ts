/**
 * Collects what is wrong: everything is counted, the first findings are kept.
 *
 * Sharp edge: the first finding of a kind (same code, same field) carries the number of all of its kind, so that a corpus in the
 * wrong encoding is one number and not a million messages.
 */
import type { Diagnostic } from "@feagi-trainer/contracts"

/** Errors, and as many warnings, that a report holds in full. */
export const MAX_FINDINGS = 20

export type Finding = Omit<Diagnostic, "severity" | "count">

export interface Findings {
  readonly error: (finding: Finding) => void
  /** `times`: how many it stands for, 1 if not said. */
  readonly warn: (finding: Finding, times?: number) => void
  /** Whether a finding is only counted from now on, so that its place need not be worked out. */
  readonly full: (severity: Diagnostic["severity"]) => boolean
  readonly errors: () => number
  readonly warnings: () => number
  /** In the order in which they were found, which is that of the files. */
  readonly diagnostics: () => ReadonlyArray<Diagnostic>
}

const kindOf = ({ code, field }: Finding): string => `${code} ${field ?? ""}`

export const findings = (): Findings => {
  const kept: Array<Diagnostic> = []
  const counts = { error: 0, warning: 0 }
  const held = { error: 0, warning: 0 }
  const kinds = new Map<string, number>()
  const add = (severity: Diagnostic["severity"], finding: Finding, times: number): void => {
    counts[severity] += times
    // What is not kept has a kind that is kept, or none: fields and codes come from options and sources, not from the data.
    kinds.set(kindOf(finding), (kinds.get(kindOf(finding)) ?? 0) + times)
    if (held[severity]++ < MAX_FINDINGS) kept.push({ severity, ...finding })
  }
  return {
    error: (finding) => add("error", finding, 1),
    warn: (finding, times = 1) => add("warning", finding, times),
    full: (severity) => held[severity] >= MAX_FINDINGS,
    errors: () => counts.error,
    warnings: () => counts.warning,
    diagnostics: () => {
      const told = new Set<string>()
      return kept.map((each) => {
        const kind = kindOf(each)
        const count = kinds.get(kind) ?? 1
        const first = !told.has(kind)
        told.add(kind)
        return first && count > 1 ? { ...each, count } : each
      })
    }
  }
}
