/**
 * What the program says: data on stdout, everything else on stderr, never mixed.
 *
 * With `--json` stdout carries exactly one document `{schema_version, kind, data, warnings}`.
 */
import { type Diagnostic, formatDiagnostic } from "@feagi-trainer/contracts"
import { Context, Effect, Layer } from "effect"
import { jsonText } from "./jsonText.ts"

export interface OutShape {
  /** Whether stderr is a terminal that a person watches. */
  readonly interactive: boolean
  readonly stdout: (text: string) => Effect.Effect<void>
  readonly stderr: (text: string) => Effect.Effect<void>
}

export class Out extends Context.Service<Out, OutShape>()("@feagi-trainer/cli/Out") {
  static readonly live = Layer.sync(Out, () => ({
    interactive: process.stderr.isTTY === true && process.env.TERM !== "dumb" && process.env.CI === undefined,
    stdout: (text) => Effect.sync(() => void process.stdout.write(text)),
    stderr: (text) => Effect.sync(() => void process.stderr.write(text))
  }))
}

export interface Emission {
  readonly kind: string
  readonly data: unknown
  readonly human: string
  readonly warnings?: ReadonlyArray<Diagnostic>
  /** The document is one line, so that it is the last line of a longer output. */
  readonly oneLine?: boolean
}

export const emit = (json: boolean, { kind, data, human, warnings = [], oneLine = false }: Emission): Effect.Effect<void, never, Out> =>
  Effect.gen(function* () {
    const out = yield* Out
    if (json) return yield* out.stdout(`${jsonText({ schema_version: 1, kind, data, warnings }, oneLine ? 0 : 2)}\n`)
    yield* out.stdout(human === "" || human.endsWith("\n") ? human : `${human}\n`)
    for (const warning of warnings) yield* out.stderr(`${formatDiagnostic(warning)}\n`)
  })

export const say = (message: string): Effect.Effect<void, never, Out> => Effect.flatMap(Out, (out) => out.stderr(`${message}\n`))

/** The command that most people want next; shown to people only. */
export const next = (command: string): Effect.Effect<void, never, Out> =>
  Effect.flatMap(Out, (out) => (out.interactive ? out.stderr(`Next: ${command}\n`) : Effect.void))
