/**
 * SIGINT and SIGTERM as a question that a run can ask: the first one asks it to pause behind the current sample, a second one ends
 * the process at once.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { stoppedBy } from "./exitCode.ts"
import { Out } from "./Out.ts"

/** A terminal signals the whole group and whoever started us passes it on: what comes so soon is one wish, not two. */
const echoMillis = 500

export class Signals extends Context.Service<
  Signals,
  {
    readonly asked: Effect.Effect<"pause" | undefined>
    readonly received: Effect.Effect<"SIGINT" | "SIGTERM" | undefined>
    /** One Int32 that becomes 1 with the first signal: the same question for worker threads. */
    readonly shared: SharedArrayBuffer
  }
>()("@feagi-trainer/cli/Signals") {
  static readonly live = Layer.effect(
    Signals,
    Effect.gen(function* () {
      const out = yield* Out
      let received: "SIGINT" | "SIGTERM" | undefined
      let receivedAt = 0
      const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
      const on = (signal: "SIGINT" | "SIGTERM") => () => {
        const now = performance.now()
        if (received !== undefined) {
          if (now - receivedAt <= echoMillis) return
          Effect.runSync(out.noStatus)
          process.exit(stoppedBy[signal])
        }
        received = signal
        Atomics.store(new Int32Array(shared), 0, 1)
        receivedAt = now
        Effect.runSync(out.stderr("\nstopping behind the current sample; once more to stop at once\n"))
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
        received: Effect.sync(() => received),
        shared
      }
    })
  )
}
