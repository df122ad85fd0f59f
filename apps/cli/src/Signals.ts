/**
 * SIGINT and SIGTERM as a question that a run can ask: the first one asks it to pause behind the current sample, a second one ends
 * the process at once.
 */
import { Context, Effect, Layer } from "effect"
import { stoppedBy } from "./exitCode.ts"

/** A terminal signals the whole group and whoever started us passes it on: what comes so soon is one wish, not two. */
const echoMillis = 500

export class Signals extends Context.Service<
  Signals,
  { readonly asked: Effect.Effect<"pause" | undefined>; readonly received: Effect.Effect<"SIGINT" | "SIGTERM" | undefined> }
>()("@feagi-trainer/cli/Signals") {
  static readonly live = Layer.effect(
    Signals,
    Effect.gen(function* () {
      let received: "SIGINT" | "SIGTERM" | undefined
      let receivedAt = 0
      const on = (signal: "SIGINT" | "SIGTERM") => () => {
        const now = performance.now()
        if (received !== undefined) {
          if (now - receivedAt > echoMillis) process.exit(stoppedBy[signal])
          return
        }
        received = signal
        receivedAt = now
        process.stderr.write("\nstopping behind the current sample; once more to stop at once\n")
      }
      const handlers = { SIGINT: on("SIGINT"), SIGTERM: on("SIGTERM") }
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          process.on("SIGINT", handlers.SIGINT)
          process.on("SIGTERM", handlers.SIGTERM)
        }),
        () =>
          Effect.sync(() => {
            process.off("SIGINT", handlers.SIGINT)
            process.off("SIGTERM", handlers.SIGTERM)
          })
      )
      return {
        asked: Effect.sync(() => (received === undefined ? undefined : "pause")),
        received: Effect.sync(() => received)
      }
    })
  )
}
