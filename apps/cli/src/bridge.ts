/**
 * The program's verbs for a host in the same process: words in, the document that `--json` prints out.
 *
 * Every call has streams of its own and touches nothing of the process, so that calls may run side by side. The plugins and the store are
 * opened once. Sharp edge: a verb that works for minutes holds the thread for as long as each of its steps does; run those as processes.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Scope from "effect/Scope"
import { wholeProgram } from "./assemble.ts"
import { parseJsonText } from "./jsonText.ts"
import { Out } from "./Out.ts"
import { Project, type ProjectShape } from "./Project.ts"
import { runVerb } from "./runVerb.ts"
import { makeSharedServices, SharedServices, type SharedServicesShape } from "./sharedServices.ts"
import { givenText, StdinText } from "./stdinText.ts"
import { errorDocument } from "./tellFailure.ts"

/** What `--json` prints; integers beyond 2^53 are bigints in it. */
export interface Envelope {
  readonly schema_version: 1
  readonly kind: string
  readonly data: unknown
  readonly warnings: ReadonlyArray<unknown>
}

export interface Answer {
  readonly envelope: Envelope
  /** The document as the program prints it, byte for byte. */
  readonly text: string
  readonly exitCode: number
  /** What the program says beside its document. */
  readonly said: string
}

export interface Bridge {
  /** @param argv words behind the program's name, without `--json`; `stdin` is what is read for `-` */
  readonly callVerb: (argv: ReadonlyArray<string>, stdin?: string) => Promise<Answer>
  readonly services: SharedServicesShape
  readonly close: () => Promise<void>
}

const noDocument = (argv: ReadonlyArray<string>): TrainerError =>
  trainerError("usage", { code: "FT1352", message: `"${argv.join(" ")}" gives no JSON document`, help: "run it in a terminal" })

/** @param project found once, when the host begins */
export const makeBridge = async (project: ProjectShape): Promise<Bridge> => {
  const found = Effect.succeed(project)
  // All of it, now: a host lives longer than the files that it was started from.
  const program = await wholeProgram()
  const scope = await Effect.runPromise(Scope.make())
  const services = await Effect.runPromise(makeSharedServices(found).pipe(Scope.provide(scope)))
  const runtime = ManagedRuntime.make(
    Layer.mergeAll(NodeServices.layer, Layer.succeed(Project, found), Layer.succeed(SharedServices, services))
  )
  const callVerb = async (argv: ReadonlyArray<string>, stdin?: string): Promise<Answer> => {
    const stdout: Array<string> = []
    const stderr: Array<string> = []
    const out: typeof Out.Service = {
      interactive: false,
      stdout: (text) => Effect.sync(() => void stdout.push(text)),
      stderr: (text) => Effect.sync(() => void stderr.push(text)),
      status: () => Effect.void,
      settle: () => Effect.void,
      noStatus: Effect.void
    }
    const none = trainerError("usage", { code: "FT1351", message: "- reads a document that was not handed over" })
    const exitCode = await runtime.runPromise(
      runVerb(program, [...argv, "--json"]).pipe(
        Effect.provideService(Out, out),
        Effect.provideService(StdinText, stdin === undefined ? Effect.fail(none) : givenText(stdin))
      )
    )
    const text = stdout.join("")
    const said = stderr.join("")
    const envelope = readEnvelope(text)
    if (envelope !== undefined) return { envelope, text, exitCode, said }
    const error = errorDocument(noDocument(argv))
    return { envelope: error as Envelope, text: `${JSON.stringify(error, undefined, 2)}\n`, exitCode: exitCode === 0 ? 2 : exitCode, said }
  }
  return {
    callVerb,
    services,
    close: async () => {
      await runtime.dispose()
      await Effect.runPromise(Scope.close(scope, Exit.void))
    }
  }
}

/** One document `{schema_version, kind, data, warnings}`, or nothing of the kind. */
export const readEnvelope = (text: string): Envelope | undefined => {
  try {
    const found = parseJsonText(text)
    return typeof found === "object" && found !== null && "kind" in found && "data" in found ? (found as Envelope) : undefined
  } catch {
    return undefined
  }
}
