/**
 * Collects what is wrong with a source: everything is counted, the first findings of each severity are kept.
 *
 * Sharp edge: the details of a finding are a function, called only when it is kept, and the first of a kind (same code, same field)
 * carries the number of all of its kind.
 */
import type { Diagnostic } from "@feagi-trainer/contracts"

/** Errors, and as many warnings, that a report holds in full. All are counted. */
export const MAX_FINDINGS = 20

export type Details = Omit<Diagnostic, "code" | "severity" | "field" | "count">

export interface Findings {
  readonly error: (code: string, field: string | undefined, details: () => Details) => void
  readonly warning: (code: string, field: string | undefined, details: () => Details) => void
  readonly errors: () => number
  readonly warnings: () => number
  readonly diagnostics: () => ReadonlyArray<Diagnostic>
}

export const findings = (): Findings => {
  const counts = { error: 0, warning: 0 }
  const kinds = new Map<string, number>()
  const kept: Array<{ readonly diagnostic: Diagnostic; readonly kind: string }> = []
  const add = (severity: Diagnostic["severity"], code: string, field: string | undefined, details: () => Details): void => {
    const kind = `${code} ${field ?? ""}`
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    counts[severity]++
    if (counts[severity] > MAX_FINDINGS) return
    const diagnostic = { code: `time-series/${code}`, severity, ...(field === undefined ? {} : { field }), ...details() }
    kept.push({ diagnostic, kind })
  }
  return {
    error: (code, field, details) => add("error", code, field, details),
    warning: (code, field, details) => add("warning", code, field, details),
    errors: () => counts.error,
    warnings: () => counts.warning,
    diagnostics: () => {
      const told = new Set<string>()
      return kept.map(({ diagnostic, kind }) => {
        const count = kinds.get(kind) ?? 1
        const first = !told.has(kind)
        told.add(kind)
        return first && count > 1 ? { ...diagnostic, count } : diagnostic
      })
    }
  }
}
