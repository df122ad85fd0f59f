/** A mistake in options as a diagnostic whose field is the full dotted path in the document. Where that stands is added by who has the document. */

import type { Diagnostic } from "./Diagnostic.ts"
import type { Mistake } from "./decodeStrict.ts"

const codes = { "unknown-key": "FT1002", missing: "FT1003", invalid: "FT1004" } as const

/** @param base path of the options within the document, `""` when they are the document */
export const mistakeDiagnostic = (base: string, mistake: Mistake): Diagnostic => {
  const field = [...(base === "" ? [] : [base]), ...mistake.path].join(".")
  return {
    code: codes[mistake.problem],
    severity: "error",
    message: mistake.message,
    ...(field === "" ? {} : { field }),
    ...(mistake.expected === undefined ? {} : { expected: mistake.expected }),
    ...(mistake.actual === undefined ? {} : { actual: mistake.actual }),
    ...(mistake.suggestion === undefined ? {} : { help: `did you mean "${mistake.suggestion}"?` })
  }
}
