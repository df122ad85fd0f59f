/**
 * What the program says: data on stdout, everything else on stderr, never mixed.
 *
 * With `--json` stdout carries exactly one document `{schema_version, kind, data, warnings}`.
 */
import type { Diagnostic } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { jsonText } from "./jsonText.ts"
import { StatusBlock } from "./StatusBlock.ts"
import { stdoutColumns } from "./terminal.ts"
import { folded } from "./textWidth.ts"

export interface OutShape {
  /** Whether stderr is a terminal that a person watches. */
  readonly interactive: boolean
  readonly stdout: (text: string) => Effect.Effect<void>
  readonly stderr: (text: string) => Effect.Effect<void>
  /** Sets one of the lines at the bottom of the terminal, an empty one to hide it; for `interactive` only. */
  readonly status: (key: string, line: string) => Effect.Effect<void>
  /** Says a line in place of the one at the bottom that `key` names; for `interactive` only. */
  readonly settle: (key: string, line: string) => Effect.Effect<void>
  /** Takes the lines at the bottom away. */
  readonly noStatus: Effect.Effect<void>
}

/** What a terminal that does not say its size is taken for. */
const usual = { columns: 80, rows: 24 }

export class Out extends Context.Service<Out, OutShape>()("@feagi-trainer/cli/Out") {
  static readonly live = Layer.sync(Out, () => {
    const { stdout, stderr } = process
    const block = new StatusBlock({
      write: (text) => void stderr.write(text),
      size: () => ({ columns: stderr.columns ?? usual.columns, rows: stderr.rows ?? usual.rows })
    })
    return {
      interactive: stderr.isTTY === true && process.env.TERM !== "dumb" && process.env.CI === undefined,
      stdout: (text) => Effect.sync(() => block.above(() => void stdout.write(text))),
      stderr: (text) => Effect.sync(() => block.above(() => void stderr.write(text))),
      status: (key, line) => Effect.sync(() => block.set(key, line)),
      settle: (key, line) => Effect.sync(() => block.settle(key, line)),
      noStatus: Effect.sync(() => block.clear())
    }
  })
}

export interface Emission {
  readonly kind: string
  readonly data: unknown
  readonly human: string
  readonly warnings?: ReadonlyArray<Diagnostic>
  /** The document is one line, so that it is the last line of a longer output. */
  readonly oneLine?: boolean
  /** The text for people is a file, a command or a drawing: a terminal gets it as a pipe does. Else its long lines are wrapped. */
  readonly verbatim?: boolean
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

/** Text for people in which nothing moves their cursor, whatever somebody named a class or wrote into a note. */
const harmless = (text: string): Effect.Effect<string> =>
  controls.test(text)
    ? Effect.map(
        Effect.promise(() => import("@feagi-trainer/contracts")),
        ({ escapeControl }) => text.split("\n").map(escapeControl).join("\n")
      )
    : Effect.succeed(text)

export const emit = (
  json: boolean,
  { kind, data, human, warnings = [], oneLine = false, verbatim = false }: Emission
): Effect.Effect<void, never, Out> =>
  Effect.gen(function* () {
    const out = yield* Out
    if (json) return yield* out.stdout(`${jsonText({ schema_version: 1, kind, data, warnings }, oneLine ? 0 : 2)}\n`)
    const text = verbatim ? human : folded(yield* harmless(human), stdoutColumns())
    yield* out.stdout(text === "" || text.endsWith("\n") ? text : `${text}\n`)
    if (warnings.length === 0) return
    const { formatDiagnostic } = yield* Effect.promise(() => import("@feagi-trainer/contracts"))
    for (const warning of warnings) yield* out.stderr(`${formatDiagnostic(warning)}\n`)
  })

export const say = (message: string): Effect.Effect<void, never, Out> =>
  Effect.gen(function* () {
    const out = yield* Out
    yield* out.stderr(`${yield* harmless(message)}\n`)
  })

/** The command that most people want next; shown to people only. */
export const next = (command: string): Effect.Effect<void, never, Out> =>
  Effect.flatMap(Out, (out) => (out.interactive ? out.stderr(`Next: ${command}\n`) : Effect.void))
