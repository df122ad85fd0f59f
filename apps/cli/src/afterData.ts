/** A failure behind data that is out already: `--json` promises one document, so the reasons go to stderr alone and the exit code stays. */
import { formatDiagnostic, type TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { exitCodes } from "./exitCode.ts"
import { type Out, say } from "./Out.ts"
import { Stopped } from "./Stopped.ts"

export const failAfterData = (error: TrainerError): Effect.Effect<never, Stopped, Out> =>
  Effect.gen(function* () {
    for (const diagnostic of error.diagnostics) yield* say(formatDiagnostic(diagnostic))
    return yield* Effect.fail(new Stopped(exitCodes[error.reason]))
  })
