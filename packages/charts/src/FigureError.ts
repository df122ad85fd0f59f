/** The one error of this package: a figure that cannot be drawn. It lists every problem found, not only the first. */

/** One wrong place in a figure: where, what was expected, what came. */
export interface FigureProblem {
  readonly path: string
  readonly expected: string
  readonly actual: string
}

const shown = 20

/** Raised by every function that reads a figure; `message` shows the first 20 problems, `problems` holds all. */
export class FigureError extends Error {
  override readonly name = "FigureError"
  readonly figureId: string
  readonly problems: ReadonlyArray<FigureProblem>

  constructor(figureId: string, problems: ReadonlyArray<FigureProblem>) {
    const lines = problems.slice(0, shown).map(({ path, expected, actual }) => `\n  ${path}: expected ${expected}, got ${actual}`)
    const rest = problems.length > shown ? `\n  and ${problems.length - shown} more` : ""
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`
    super(
      `Figure ${JSON.stringify(figureId)} cannot be drawn, ${count} (write null for a value that is not known):${lines.join("")}${rest}`
    )
    this.figureId = figureId
    this.problems = problems
  }
}
