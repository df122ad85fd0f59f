/**
 * What is wrong with files, all of it at once: at most a hundred findings, and how many more there are.
 *
 * Sharp edge: no more than a hundred are kept, because a wrong file of a detector has hundreds of thousands.
 */
import type { Diagnostic, ScoreText } from "@feagi-trainer/contracts"
import { type Code, codes } from "./Codes.ts"

const LIMIT = 100

/** A finding as the readers know it: `at` is an offset in the text, in UTF-16 code units. */
export interface Finding {
  readonly code: Code
  readonly message: string
  readonly at?: number
  readonly field?: string
  readonly image?: number | string
  readonly expected?: string
  readonly actual?: string
  readonly help?: string
}

export interface Findings {
  readonly add: (finding: Finding) => void
  readonly count: () => number
  /** The first ones, with their places. */
  readonly first: (limit: number) => ReadonlyArray<Diagnostic>
}

/** @param told what is known to be wrong before the first finding */
export const findingsOf = ({ name, placeOf }: ScoreText, told: ReadonlyArray<Diagnostic> = []): Findings => {
  const kept: Array<Finding> = []
  let count = told.length
  return {
    add: (finding) => {
      count += 1
      if (kept.length < LIMIT) kept.push(finding)
    },
    count: () => count,
    first: (limit) =>
      [
        ...told,
        ...kept.map(
          ({ code, message, at, field, image, expected, actual, help }): Diagnostic => ({
            code,
            severity: "error",
            message,
            file: name,
            ...(at === undefined ? {} : placeOf(at)),
            ...(field === undefined || field === "" ? {} : { field }),
            ...(image === undefined ? {} : { sample_id: String(image) }),
            ...(expected === undefined ? {} : { expected }),
            ...(actual === undefined ? {} : { actual }),
            ...(help === undefined ? {} : { help })
          })
        )
      ].slice(0, limit)
  }
}

/** The findings of all files; each file gets a share of the hundred, so that none hides another. */
export const diagnosticsOf = (files: ReadonlyArray<Findings>): ReadonlyArray<Diagnostic> => {
  const total = files.reduce((sum, each) => sum + each.count(), 0)
  const share = Math.floor(LIMIT / files.length)
  const spare = files.reduce((sum, each) => sum + Math.max(0, share - each.count()), 0)
  const told = files.flatMap((each) => each.first(share + spare)).slice(0, LIMIT)
  return total <= LIMIT
    ? told
    : [
        ...told,
        {
          code: codes.more,
          severity: "error",
          message: `and ${total - told.length} more`,
          count: total - told.length,
          help: "mend the first ones and score again"
        }
      ]
}
