/**
 * One call of the program, from its words to its exit code: what went wrong is said in one form, wherever the streams lead.
 *
 * Usage errors are 2, whatever the command library says; a defect shows its stack only under `--debug`. Nothing here touches the process.
 */
import { type Diagnostic, formatDiagnostic, TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import { trainerVersion } from "@feagi-trainer/core"
import { Cause, Console, Effect, Exit } from "effect"
import { Command } from "effect/cli"
import { exitCodes } from "./exitCode.ts"
import { jsonText } from "./jsonText.ts"
import { Out } from "./Out.ts"
import { program } from "./program.ts"
import { Stopped } from "./Stopped.ts"

/** Findings that are printed; all of them are counted. */
const maxShown = 20

/** How the command library says that it printed help: because it was asked, or because of mistakes. */
const isHelp = (error: unknown): error is { readonly errors: ReadonlyArray<{ readonly message: string }> } =>
  typeof error === "object" &&
  error !== null &&
  "_tag" in error &&
  error._tag === "ShowHelp" &&
  "errors" in error &&
  Array.isArray(error.errors)

/** A failure as the one document of a call with `--json`. */
export const errorDocument = (error: TrainerError) => ({
  schema_version: 1,
  kind: "error",
  data: { reason: error.reason, diagnostics: error.diagnostics },
  warnings: []
})

const usageError = (errors: ReadonlyArray<{ readonly message: string }>): TrainerError =>
  trainerErrors(
    "usage",
    errors.map(({ message }): Diagnostic => {
      // What comes near stands below an empty line.
      const [what = message, ...near] = message.split(/\n\s*/).filter((line) => line !== "")
      return {
        code: "FT1350",
        severity: "error",
        message: what,
        help: near.length > 0 ? near.join(" ") : "put  --help  behind the command to see what it takes"
      }
    })
  )

/**
 * Runs `argv`, the words behind the program's name, and gives its exit code. Out receives everything that is said.
 *
 * @param debug shows the stack of a defect
 */
export const runVerb = (argv: ReadonlyArray<string>, debug = false) =>
  Effect.gen(function* () {
    const out = yield* Out
    const json = argv.includes("--json")
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

    const exitCodeOf = (cause: Cause.Cause<unknown>) =>
      Effect.gen(function* () {
        const error = Cause.squash(cause)
        if (error instanceof Stopped) return error.exitCode
        if (error instanceof TrainerError) return yield* report(error)
        if (isHelp(error)) {
          if (error.errors.length === 0) return 0
          yield* document(usageError(error.errors))
          return exitCodes.usage
        }
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

    // Help is data when it was asked for and a message when it answers a mistake, which is known only at the end.
    const said: Array<string> = []
    const note = (...parts: ReadonlyArray<unknown>) => void said.push(`${parts.join(" ")}\n`)
    const helpConsole: Console.Console = Object.assign(Object.create(console), { log: note, error: note })

    const exit = yield* Command.runWith(program, { version: trainerVersion })([...argv]).pipe(
      Effect.provideService(Console.Console, helpConsole),
      Effect.exit
    )
    const code = Exit.isSuccess(exit) ? 0 : yield* exitCodeOf(exit.cause)
    for (const text of said) yield* code === exitCodes.usage ? out.stderr(text) : out.stdout(text)
    return code
  })
