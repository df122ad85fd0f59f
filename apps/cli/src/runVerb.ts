/**
 * One call of the program, from its words to its exit code: what went wrong is said in one form, wherever the streams lead.
 *
 * Usage errors are 2, whatever the command library says. Nothing here touches the process, and nothing is imported that help does not need:
 * of Effect, too, the modules by their own names and not the index that has all of them.
 */
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import packageJson from "../package.json" with { type: "json" }
import type { Program } from "./assemble.ts"
import { exitCodes } from "./exitCode.ts"
import { Out } from "./Out.ts"

/** How the command library says that it printed help: because it was asked, or because of mistakes. */
const isHelp = (error: unknown): error is { readonly errors: ReadonlyArray<{ readonly message: string }> } =>
  typeof error === "object" &&
  error !== null &&
  "_tag" in error &&
  error._tag === "ShowHelp" &&
  "errors" in error &&
  Array.isArray(error.errors)

/**
 * Runs `argv`, the words behind the program's name, and gives its exit code. Out receives everything that is said.
 *
 * @param program knows at least the commands that `argv` could mean
 * @param debug shows the stack of a defect
 */
export const runVerb = (program: Program, argv: ReadonlyArray<string>, debug = false) =>
  Effect.gen(function* () {
    const out = yield* Out

    const exitCodeOf = (cause: Cause.Cause<unknown>) =>
      Effect.gen(function* () {
        const error = Cause.squash(cause)
        const misused = isHelp(error) ? error.errors : undefined
        if (misused?.length === 0) return 0
        const { tellFailure } = yield* Effect.promise(() => import("./tellFailure.ts"))
        return yield* tellFailure(cause, misused, { json: argv.includes("--json"), debug })
      })

    // Help is data when it was asked for and a message when it answers a mistake, which is known only at the end.
    const said: Array<string> = []
    const note = (...parts: ReadonlyArray<unknown>) => void said.push(`${parts.join(" ")}\n`)
    const helpConsole: Console.Console = Object.assign(Object.create(console), { log: note, error: note })

    const exit = yield* Command.runWith(program, { version: packageJson.version })([...argv]).pipe(
      Effect.provideService(Console.Console, helpConsole),
      Effect.exit
    )
    const code = Exit.isSuccess(exit) ? 0 : yield* exitCodeOf(exit.cause)
    for (const text of said) yield* code === exitCodes.usage ? out.stderr(text) : out.stdout(text)
    return code
  })
