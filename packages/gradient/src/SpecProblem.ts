/**
 * What is wrong with the description of a model, an optimiser or a schedule, place by place: every mistake at once, each with the path
 * that leads to it. Sharp edge: behind a layer whose shape cannot be told, options are still judged, shapes are not.
 */
import { type Decoded, decodeStrict, type Mistake } from "@feagi-trainer/contracts"
import type * as Schema from "effect/Schema"

/** One mistake. `path` leads from the root of the description to the value; `help` says what to do. */
export interface SpecProblem {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
  readonly expected?: string
  readonly actual?: string
  readonly help?: string
}

/** A problem as one line of text: `layers.2.units: has the wrong value: expected …, found …; help`. */
export const showProblem = ({ path, message, expected, actual, help }: SpecProblem): string => {
  const place = path.length === 0 ? "the description" : path.join(".")
  const sides = expected === undefined ? "" : `: expected ${expected}${actual === undefined ? "" : `, found ${actual}`}`
  return `${place}: ${message}${sides}${help === undefined ? "" : `; ${help}`}`
}

/** Thrown where a description with mistakes was to be built. */
export class SpecError extends Error {
  override readonly name = "SpecError"
  readonly what: string
  readonly problems: ReadonlyArray<SpecProblem>

  /** `what` names the thing described: "model", "optimiser", … */
  constructor(what: string, problems: ReadonlyArray<SpecProblem>) {
    super(`this ${what} cannot be built:\n${problems.map((problem) => `  ${showProblem(problem)}`).join("\n")}`)
    this.what = what
    this.problems = problems
  }
}

/** Runs what judges the value of an option, and puts the option before the paths of its problems. */
export const within = <A>(option: string | number, run: () => A): A => {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    throw new SpecError(
      error.what,
      error.problems.map((problem) => ({ ...problem, path: [option, ...problem.path] }))
    )
  }
}

/** A mistake of a decode, seen from `at`. */
export const problemOf = (at: ReadonlyArray<string | number>, mistake: Mistake): SpecProblem => ({
  path: [...at, ...mistake.path],
  message: mistake.message,
  ...(mistake.expected === undefined ? {} : { expected: mistake.expected }),
  ...(mistake.actual === undefined ? {} : { actual: mistake.actual }),
  ...(mistake.suggestion === undefined ? {} : { help: `did you mean "${mistake.suggestion}"?` })
})

/** `value` decoded strictly, unknown keys refused, or a {@link SpecError} with every mistake. */
export const decodeOrThrow = <A>(what: string, schema: Schema.Codec<A, unknown>, value: unknown): A => {
  const decoded: Decoded<A> = decodeStrict(schema, value)
  if (decoded.ok) return decoded.value
  throw new SpecError(
    what,
    decoded.mistakes.map((mistake) => problemOf([], mistake))
  )
}
