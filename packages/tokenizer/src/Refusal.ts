/**
 * How this package says no: a `Result` that carries a `TrainerError` with every finding, each with its place.
 *
 * Sharp edge: inside, a reader of tokens throws at the first token that is wrong, because nothing after it can be told apart; `attempt` is
 * the one place that turns this into a failure. Any other exception is a mistake of ours and goes through.
 */
import { type Diagnostic, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import * as Result from "effect/Result"

/** What is wrong, without its code. */
export type Finding = Omit<Diagnostic, "severity" | "code">

class Refused extends Error {
  readonly diagnostic: Diagnostic

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message)
    this.diagnostic = diagnostic
  }
}

/** Ends an `attempt` with one finding. */
export const refuse = (code: string, finding: Finding): never => {
  throw new Refused({ code, severity: "error", ...finding })
}

export const attempt = <A>(work: () => A): Result.Result<A, TrainerError> => {
  try {
    return Result.succeed(work())
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return Result.fail(trainerErrors("invalid", [error.diagnostic]))
  }
}

export const failed = (diagnostics: ReadonlyArray<Diagnostic>): Result.Result<never, TrainerError> =>
  Result.fail(trainerErrors("invalid", diagnostics))
