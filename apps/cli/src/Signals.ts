/**
 * SIGINT and SIGTERM as a question that a run can ask: the first one asks it to pause behind the current sample, a second one ends
 * the process at once.
 */
import { Context, Effect, Layer } from "effect"
import { stoppedBy } from "./exitCode.ts"

export class Signals extends Context.Service<
  Signals,
  { readonly asked: Effect.Effect<"pause" | undefined>; readonly received: Effect.Effect<"SIGINT" | "SIGTERM" | undefined> }
>()("@feagi-trainer/cli/Signals") {
  static readonly live = Layer.effect(
    Signals,
    Effect.gen(function* () {
      let received: "SIGINT" | "SIGTERM" | undefined
      const on = (signal: "SIGINT" | "SIGTERM") => () => {
        if (received !== undefined) process.exit(stoppedBy[signal])
        received = signal
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
