/**
 * Collects what is wrong: everything is counted, the first findings are kept in the order in which they were found.
 *
 * Sharp edge: the first finding of a code carries the number of all with this code, so that ten thousand broken pictures are one
 * number and not as many messages.
 */
import type { Diagnostic, ValidationReport } from "@feagi-trainer/contracts"

/** Errors, and as many warnings, that a report holds in full. All are counted. */
const MAX_FINDINGS = 20

type Finding = Omit<Diagnostic, "code" | "severity" | "count">

export interface Findings {
  readonly error: (code: string, finding: Finding) => void
  /** `times`: how many findings it stands for, 1 if not said. */
  readonly warn: (code: string, finding: Finding, times?: number) => void
  readonly errors: () => number
  readonly report: () => Pick<ValidationReport, "diagnostics" | "error_count" | "warning_count">
}

export const findings = (): Findings => {
  const kept: Array<Diagnostic> = []
  const counts = { error: 0, warning: 0 }
  const room = { error: MAX_FINDINGS, warning: MAX_FINDINGS }
  const perCode = new Map<string, number>()
  const kind = ({ severity, code }: Pick<Diagnostic, "severity" | "code">): string => `${severity} ${code}`
  const add = (severity: Diagnostic["severity"], name: string, finding: Finding, times: number): void => {
    const code = `image-folder/${name}`
    counts[severity] += times
    perCode.set(kind({ severity, code }), (perCode.get(kind({ severity, code })) ?? 0) + times)
    if (room[severity]-- > 0) kept.push({ code, severity, ...finding })
  }
  return {
    error: (code, finding) => add("error", code, finding, 1),
    warn: (code, finding, times = 1) => add("warning", code, finding, times),
    errors: () => counts.error,
    report: () => {
      const told = new Set<string>()
      const diagnostics = kept.map((each) => {
        const count = told.has(kind(each)) ? 1 : (perCode.get(kind(each)) ?? 1)
        told.add(kind(each))
        return count > 1 ? { ...each, count } : each
      })
      return { diagnostics, error_count: counts.error, warning_count: counts.warning }
    }
  }
}
