/**
 * Collects what is wrong with a file: everything is counted, the first findings are kept and located.
 *
 * Sharp edge: the first finding of a kind (same code, same column) carries the number of all of its kind, so that a column of a
 * million bad cells is one number and not a million messages.
 */
import type { ApprovedRoots, Diagnostic, FileInfo, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { locate, type Spot } from "./Locate.ts"
import { type Dialect, MAX_RECORD_BYTES } from "./Records.ts"

/** Errors, and as many warnings, that a report holds in full. All are counted. */
export const MAX_FINDINGS = 20

export interface Finding extends Omit<Diagnostic, "file" | "line" | "column" | "byte_offset" | "excerpt" | "count"> {
  /** Absent when the finding is about the file as a whole. */
  readonly spot?: Spot
  /** First byte of another record that the message has to name by its line, as `{line}`. */
  readonly other?: number
}

interface Kept {
  readonly finding: Finding
  readonly kind: string
}

export interface Findings {
  /** `times`: how many findings of this kind it stands for, 1 if not said. */
  readonly add: (finding: Finding, times?: number) => void
  /** Whether an error found now is only counted, so that its message need not be worked out. */
  readonly full: () => boolean
  readonly errors: () => number
  readonly warnings: () => number
  /** The kept findings as diagnostics, in the order of the file. */
  readonly diagnostics: (
    file: FileInfo,
    breaks: ReadonlyArray<number>,
    dialect: Dialect
  ) => Effect.Effect<ReadonlyArray<Diagnostic>, TrainerError, ApprovedRoots>
}

export const findings = (): Findings => {
  const kept: { readonly [S in Diagnostic["severity"]]: Array<Kept> } = { error: [], warning: [] }
  const counts = { error: 0, warning: 0 }
  const kinds = new Map<string, number>()
  return {
    add: (finding, times = 1) => {
      const kind = `${finding.code} ${finding.field ?? ""}`
      counts[finding.severity] += times
      kinds.set(kind, (kinds.get(kind) ?? 0) + times)
      if (kept[finding.severity].length < MAX_FINDINGS) kept[finding.severity].push({ finding, kind })
    },
    full: () => kept.error.length >= MAX_FINDINGS,
    errors: () => counts.error,
    warnings: () => counts.warning,
    diagnostics: (file, breaks, dialect) =>
      Effect.gen(function* () {
        const told = new Set<string>()
        const out: Array<Diagnostic> = []
        for (const { finding, kind } of [...kept.error, ...kept.warning]) {
          const { spot, other, ...rest } = finding
          const place = spot === undefined ? undefined : yield* locate(file, breaks, dialect, spot)
          const otherLine = other === undefined ? undefined : (yield* locate(file, breaks, dialect, { record: other })).line
          const count = kinds.get(kind) ?? 1
          const { quote, ...at } = place ?? {}
          out.push({
            ...rest,
            ...(quote === "unclosed" ? unclosed : {}),
            ...(otherLine === undefined ? {} : { message: rest.message.replace("{line}", String(otherLine)) }),
            file: file.path,
            ...at,
            ...(count > 1 && !told.has(kind) ? { count } : {})
          })
          told.add(kind)
        }
        // A stable sort: what has no place of its own stands first, errors before warnings of the same place.
        return out.sort((left, right) => (left.byte_offset ?? -1) - (right.byte_offset ?? -1))
      })
  }
}

/** A record that never ends is told from its opening quotation mark. */
const unclosed = {
  code: "csv/UNCLOSED-QUOTE",
  message: `a quotation mark opens a cell and nothing closes it; a record has at most ${MAX_RECORD_BYTES} bytes`,
  help: 'close the quotation mark, double it if it belongs to the text, or set quote = "none" if this file quotes nothing'
}
