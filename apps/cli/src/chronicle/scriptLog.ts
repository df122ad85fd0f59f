/**
 * What a script says while it works: JSON lines where nobody watches, words on a terminal. stdout is never touched.
 *
 * Every line bears the wall clock and the monotonic one, so that lines of several processes can be put in order.
 */
import { type Diagnostic, formatDiagnostic } from "@feagi-trainer/contracts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { canonicalTime } from "../canonicalTime.ts"
import { jsonText } from "../jsonText.ts"
import { Out } from "../Out.ts"

export type LogFormat = "auto" | "json" | "pretty"
type Level = "info" | "warn" | "error"

export interface ScriptLog {
  /** @param human what a person reads in place of it */
  readonly tell: (level: Level, event: string, fields: Readonly<Record<string, unknown>>, human: string) => Effect.Effect<void>
  readonly finding: (diagnostic: Diagnostic) => Effect.Effect<void>
  /** Text that a verb said: one line of the log for each of its lines. */
  readonly said: (text: string) => Effect.Effect<void>
}

export const scriptLog = (script: string, format: LogFormat): Effect.Effect<ScriptLog, never, Out> =>
  Effect.gen(function* () {
    const out = yield* Out
    const json = format === "json" || (format === "auto" && !out.interactive)
    const tell: ScriptLog["tell"] = (level, event, fields, human) =>
      Effect.gen(function* () {
        if (!json) return yield* out.stderr(`${human}\n`)
        const time = canonicalTime(yield* Clock.currentTimeMillis)
        const monotonic_ns = yield* Effect.sync(() => process.hrtime.bigint())
        yield* out.stderr(`${jsonText({ time, monotonic_ns, level, script, event, ...fields }, 0)}\n`)
      })
    return {
      tell,
      finding: (diagnostic) =>
        tell(diagnostic.severity === "error" ? "error" : "warn", "finding", { diagnostic }, formatDiagnostic(diagnostic)),
      said: (text) =>
        Effect.forEach(
          text.split("\n").filter((line) => line !== ""),
          (line) => tell("info", "message", { message: line }, line),
          { discard: true }
        )
    }
  })
