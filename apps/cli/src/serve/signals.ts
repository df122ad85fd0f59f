/** The first SIGINT or SIGTERM that a server gets; the second one ends the process at once. */
import * as Effect from "effect/Effect"
import { stoppedBy } from "../exitCode.ts"

type EndSignal = keyof typeof stoppedBy

/** A terminal signals the whole group and whoever started us passes it on: what comes so soon is one wish, not two. */
const echoMillis = 500

export const firstSignal: Effect.Effect<EndSignal> = Effect.callback<EndSignal>((resume) => {
  let receivedAt: number | undefined
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      const now = performance.now()
      if (receivedAt === undefined) {
        receivedAt = now
        resume(Effect.succeed(signal))
      } else if (now - receivedAt > echoMillis) process.exit(stoppedBy[signal])
    })
})
