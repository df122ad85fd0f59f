/** The one error of this package: a report whose parts contradict each other or cannot be shown. It lists every problem found. */

import { cleaned } from "./Text.ts"

/** One wrong place in a report: where, what was expected, what came. */
export interface ReportProblem {
  readonly path: string
  readonly expected: string
  readonly actual: string
}

const shown = 20

/** Raised by every function that reads a report; `message` shows the first 20 problems, `problems` holds all. */
export class ReportError extends Error {
  override readonly name = "ReportError"
  readonly problems: ReadonlyArray<ReportProblem>

  constructor(problems: ReadonlyArray<ReportProblem>) {
    const lines = problems
      .slice(0, shown)
      .map(({ path, expected, actual }) => `\n  ${cleaned(`${path}: expected ${expected}, got ${actual}`)}`)
    const rest = problems.length > shown ? `\n  and ${problems.length - shown} more` : ""
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`
    super(`The group cannot be reported, ${count} (say {"insufficient": reason} for a value that is not known):${lines.join("")}${rest}`)
    this.problems = problems
  }
}
