/**
 * The process: runs the command tree, prints what went wrong in one form, ends with an exit code that means something.
 *
 * Usage errors are 2, whatever the command library says; a defect shows its stack only under `--debug`.
 */
import { Socket } from "node:net"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { formatDiagnostic, TrainerError } from "@feagi-trainer/contracts"
import { trainerVersion } from "@feagi-trainer/core"
import { Cause, Console, Effect, Exit, Layer } from "effect"
import { Command } from "effect/cli"
import { exitCodes } from "./exitCode.ts"
import { jsonText } from "./jsonText.ts"
import { Out } from "./Out.ts"
import { Project } from "./Project.ts"
import { program } from "./program.ts"
import { Stopped } from "./Stopped.ts"

// Whoever started us may hold the other end of a pipe: when it dies, however it dies, so do we, and a run can be resumed at once.
const lifeline = process.env.FEAGI_TRAINER_LIFELINE
if (lifeline !== undefined) {
  delete process.env.FEAGI_TRAINER_LIFELINE
  const end = () => process.kill(process.pid, "SIGKILL")
  new Socket({ fd: Number(lifeline) }).on("end", end).on("error", end).resume().unref()
}

const debug = process.argv.includes("--debug")
const argv = process.argv.slice(2).filter((argument) => argument !== "--debug")
const json = argv.includes("--json")
/** Findings that are printed; all of them are counted. */
const maxShown = 20

const report = (error: TrainerError): number => {
  const helped = new Set<string>()
  for (const diagnostic of error.diagnostics.slice(0, maxShown)) {
    // The way out of forty wrong cells of one column is said once.
    const kind = `${diagnostic.code} ${diagnostic.field ?? ""}`
    const { help, ...rest } = diagnostic
    process.stderr.write(`${formatDiagnostic(help === undefined || helped.has(kind) ? rest : diagnostic)}\n`)
    helped.add(kind)
  }
  if (error.diagnostics.length > maxShown) process.stderr.write(`… and ${error.diagnostics.length - maxShown} more\n`)
  if (json)
    process.stdout.write(
      `${jsonText({ schema_version: 1, kind: "error", data: { reason: error.reason, diagnostics: error.diagnostics }, warnings: [] })}\n`
    )
  return exitCodes[error.reason]
}

/** How the command library says that it printed help: because it was asked, or because of mistakes. */
const isHelp = (error: unknown): error is { readonly errors: ReadonlyArray<unknown> } =>
  typeof error === "object" &&
  error !== null &&
  "_tag" in error &&
  error._tag === "ShowHelp" &&
  "errors" in error &&
  Array.isArray(error.errors)

const exitCodeOf = (cause: Cause.Cause<unknown>): number => {
  const error = Cause.squash(cause)
  if (error instanceof Stopped) return error.exitCode
  if (error instanceof TrainerError) return report(error)
  if (isHelp(error)) return error.errors.length > 0 ? exitCodes.usage : 0
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(
    `error[FT9001] this is a bug of feagi-trainer: ${message}\n  help: report it with the output of  feagi-trainer env --json\n`
  )
  if (debug) process.stderr.write(`${Cause.pretty(cause)}\n`)
  return exitCodes.failed
}

/** Help is data when it was asked for and a message when it answers a mistake, which is known only at the end. */
const said: Array<string> = []
const helpConsole: Console.Console = Object.assign(Object.create(console), {
  log: (...parts: ReadonlyArray<unknown>) => void said.push(`${parts.join(" ")}\n`),
  error: (...parts: ReadonlyArray<unknown>) => void said.push(`${parts.join(" ")}\n`)
})

const live = Layer.mergeAll(NodeServices.layer, Out.live, Project.live)

const exit = await Effect.runPromiseExit(
  Command.runWith(program, { version: trainerVersion })(argv).pipe(
    Effect.provideService(Console.Console, helpConsole),
    Effect.provide(live)
  )
)
const code = Exit.isSuccess(exit) ? 0 : exitCodeOf(exit.cause)
for (const text of said) (code === exitCodes.usage ? process.stderr : process.stdout).write(text)
// Set, not called: what was written to a pipe has to drain first.
process.exitCode = code
