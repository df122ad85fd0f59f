/**
 * Collects what is wrong with the files: everything is counted, the first findings are kept and located.
 *
 * Sharp edge: the first finding of a kind (same code, same column) carries the number of all of its kind, so that a column of a
 * million bad cells is one number and not a million messages. A finding that is only counted is never worked out.
 */
import type { ApprovedRoots, Diagnostic, FileInfo, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Dialect } from "./Dialect.ts"
import { locate } from "./Locate.ts"

/** Errors, and as many warnings, that a report holds in full. All are counted. */
export const MAX_FINDINGS = 20

/** What a finding is about: a cell of a record, or a byte of it; the cell is the first one when neither is said. */
export interface Spot {
  /** Number of the file, from 0. */
  readonly file: number
  /** First byte of the record. */
  readonly record: number
  /** Line of the record. */
  readonly line: number
  readonly cell?: number
  readonly byte?: number
}

export interface Finding extends Omit<Diagnostic, "file" | "line" | "column" | "byte_offset" | "excerpt" | "count"> {
  /** Absent when the finding is about a file as a whole. */
  readonly spot?: Spot
  /** Number of that file; absent: the source. */
  readonly file?: number
}

interface Kept {
  readonly finding: Finding
  readonly kind: string
}

export interface Findings {
  /** `severity` is that of the finding, "error" if not said; `times`: how many it stands for, 1 if not said. */
  readonly add: (code: string, field: string, finding: () => Finding, severity?: Diagnostic["severity"], times?: number) => void
  /** The same for a finding that is worked out already. */
  readonly tell: (finding: Finding, times?: number) => void
  readonly errors: () => number
  readonly warnings: () => number
  /** The kept findings as diagnostics, in the order of the files. */
  readonly diagnostics: (
    source: string,
    files: ReadonlyArray<FileInfo>,
    dialect: Dialect
  ) => Effect.Effect<ReadonlyArray<Diagnostic>, TrainerError, ApprovedRoots>
}

export const findings = (): Findings => {
  const kept: { readonly [S in Diagnostic["severity"]]: Array<Kept> } = { error: [], warning: [] }
  const counts = { error: 0, warning: 0 }
  const kinds = new Map<string, number>()
  const add: Findings["add"] = (code, field, finding, severity = "error", times = 1) => {
    const kind = `${code} ${field}`
    counts[severity] += times
    kinds.set(kind, (kinds.get(kind) ?? 0) + times)
    if (kept[severity].length < MAX_FINDINGS) kept[severity].push({ finding: finding(), kind })
  }
  return {
    add,
    tell: (finding, times) => add(finding.code, finding.field ?? "", () => finding, finding.severity, times),
    errors: () => counts.error,
    warnings: () => counts.warning,
    diagnostics: (source, files, dialect) =>
      Effect.gen(function* () {
        const told = new Set<string>()
        const out: Array<{ readonly order: number; readonly diagnostic: Diagnostic }> = []
        for (const { finding, kind } of [...kept.error, ...kept.warning]) {
          const { spot, file, ...rest } = finding
          const number = spot?.file ?? file
          const info = number === undefined ? undefined : files[number]
          const place = spot === undefined || info === undefined ? {} : yield* locate(info, dialect, spot)
          const count = told.has(kind) ? 1 : (kinds.get(kind) ?? 1)
          told.add(kind)
          const diagnostic = { ...rest, file: info?.path ?? source, ...place, ...(count > 1 ? { count } : {}) }
          out.push({ order: number ?? -1, diagnostic })
        }
        // A stable sort: what has no place of its own stands first, errors before warnings of the same place.
        return out
          .sort((left, right) => left.order - right.order || (left.diagnostic.byte_offset ?? -1) - (right.diagnostic.byte_offset ?? -1))
          .map(({ diagnostic }) => diagnostic)
      })
  }
}
