/** What went wrong, in one form wherever the streams lead, and the exit code that belongs to it. Imported by the call that failed. */
import { type Diagnostic, formatDiagnostic, TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { exitCodes } from "./exitCode.ts"
import { jsonText } from "./jsonText.ts"
import { type Misuse, usageError } from "./misuse.ts"
import { Out } from "./Out.ts"
import { Stopped } from "./Stopped.ts"

/** Findings that are printed; all of them are counted. */
const maxShown = 20

/** A failure as the one document of a call with `--json`. */
export const errorDocument = (error: TrainerError) => ({
  schema_version: 1,
  kind: "error",
  data: { reason: error.reason, diagnostics: error.diagnostics },
  warnings: []
})

/**
 * Says why a call failed and gives its exit code.
 *
 * @param misused what the command library found wrong with the words, when that is what it was
 * @param debug shows the stack of a defect
 */
export const tellFailure = (
  cause: Cause.Cause<unknown>,
  misused: Misuse | undefined,
  { json, debug }: { readonly json: boolean; readonly debug: boolean }
): Effect.Effect<number, never, Out> =>
  Effect.gen(function* () {
    const out = yield* Out
    const document = (error: TrainerError) => (json ? out.stdout(`${jsonText(errorDocument(error))}\n`) : Effect.void)

    const report = (error: TrainerError) =>
      Effect.gen(function* () {
        const helped = new Set<string>()
        for (const diagnostic of error.diagnostics.slice(0, maxShown)) {
          // The way out of forty wrong cells of one column is said once.
          const kind = `${diagnostic.code} ${diagnostic.field ?? ""}`
          const { help, ...rest } = diagnostic
          yield* out.stderr(`${formatDiagnostic(help === undefined || helped.has(kind) ? rest : diagnostic)}\n`)
          helped.add(kind)
        }
        if (error.diagnostics.length > maxShown) yield* out.stderr(`… and ${error.diagnostics.length - maxShown} more\n`)
        yield* document(error)
        return exitCodes[error.reason]
      })

    if (misused !== undefined) return yield* report(usageError(misused))
    const error = Cause.squash(cause)
    if (error instanceof Stopped) return error.exitCode
    if (error instanceof TrainerError) return yield* report(error)
    const defect: Diagnostic = {
      code: "FT9001",
      severity: "error",
      message: `this is a bug of feagi-trainer: ${error instanceof Error ? error.message : String(error)}`,
      help: "report it with the output of  feagi-trainer env --json"
    }
    const code = yield* report(trainerErrors("failed", [defect]))
    if (debug) yield* out.stderr(`${Cause.pretty(cause)}\n`)
    return code
  })
