/**
 * One call of the program, from its words to its exit code: what went wrong is said in one form, wherever the streams lead.
 *
 * Usage errors are 2, whatever the command library says. Nothing here touches the process, and nothing is imported that help does not need:
 * of Effect, too, the modules by their own names and not the index that has all of them.
 */
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import packageJson from "../package.json" with { type: "json" }
import { asksForJson } from "./asksForJson.ts"
import type { Program } from "./assemble.ts"
import { helpText } from "./helpText.ts"
import type { Misuse } from "./misuse.ts"
import { Out } from "./Out.ts"
import { presenter } from "./presenter.ts"
import { helpLook } from "./terminal.ts"

/** Questions one after the other are what the Studio is for. */
const builtIns = GlobalFlag.BuiltIns.filter((flag) => flag !== GlobalFlag.Wizard)

/** How the command library says that it showed help: because it was asked, or because of mistakes. */
const isHelp = (error: unknown): error is Misuse =>
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
        const misused = isHelp(error) ? error : undefined
        if (misused?.errors.length === 0) return 0
        const { tellFailure } = yield* Effect.promise(() => import("./tellFailure.ts"))
        return yield* tellFailure(cause, misused, { json: asksForJson(argv), debug })
      })

    const said: Array<string> = []
    const note = (...parts: ReadonlyArray<unknown>) => void said.push(`${parts.join(" ")}\n`)
    const noting: Console.Console = Object.assign(Object.create(console), { log: note, error: note })

    const exit = yield* Command.runWith(program, { version: packageJson.version })([...argv]).pipe(
      Effect.provideService(Console.Console, noting),
      Effect.provideService(CliConfig.CliConfig, { builtIns }),
      Effect.provideService(
        CliOutput.Presenter,
        presenter(note, (help) => helpText(help, helpLook()))
      ),
      Effect.exit
    )
    for (const text of said) yield* out.stdout(text)
    return Exit.isSuccess(exit) ? 0 : yield* exitCodeOf(exit.cause)
  })
