/**
 * What is wrong with the files of a score, gathered before any of it is said.
 *
 * Sharp edge: a hundred findings are told one by one and the rest is counted, because a file with a wrong column has as many as it has
 * rows.
 */
import type { Diagnostic } from "../error/Diagnostic.ts"
import type { ScoreText } from "./scoreText.ts"

/** A finding in one file, before its line is counted. */
export interface ScoreMistake {
  /** `<id of the pack>/<CODE>`. */
  readonly code: string
  readonly message: string
  /** In UTF-16 code units from the start of the text; left out where it is about the file as a whole. */
  readonly offset?: number
  readonly sample_id?: string
  readonly field?: string
  readonly expected?: string
  readonly actual?: string
  readonly help?: string
}

const most = 100

/** At most a hundred findings, and one more under the code `more` that counts the others. */
export const cappedDiagnostics = (diagnostics: ReadonlyArray<Diagnostic>, more: string): ReadonlyArray<Diagnostic> => {
  const count = diagnostics.length - most
  if (count <= 0) return diagnostics
  const rest: Diagnostic = {
    code: more,
    severity: "error",
    message: `and ${count} more`,
    count,
    help: "mend the first ones and score again"
  }
  return [...diagnostics.slice(0, most), rest]
}

/** All mistakes in the order of the file, with line and column; those of one place in the order in which they were found. */
export const scoreDiagnostics = ({ name, placeOf }: ScoreText, mistakes: ReadonlyArray<ScoreMistake>): ReadonlyArray<Diagnostic> =>
  mistakes
    .toSorted((left, right) => (left.offset ?? -1) - (right.offset ?? -1))
    .map(
      ({ code, message, offset, ...rest }): Diagnostic => ({
        code,
        severity: "error",
        message,
        file: name,
        ...(offset === undefined ? {} : placeOf(offset)),
        ...rest
      })
    )
