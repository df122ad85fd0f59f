/** How far a scan is, on stderr: one line that is rewritten on a terminal, a plain line every ten seconds elsewhere. */
import { Progress } from "@feagi-trainer/contracts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Out } from "./Out.ts"

const everyMillis = { terminal: 100, plain: 10_000 } as const

/** Of its line at the bottom of the terminal. */
const key = "scan"

const size = (value: number): string => (value >= 10_000_000 ? `${(value / 1_000_000).toFixed(0)}M` : String(value))

export const scanProgress: Layer.Layer<Progress, never, Out> = Layer.effect(
  Progress,
  Effect.gen(function* () {
    const out = yield* Out
    let last = yield* Clock.currentTimeMillis
    yield* Effect.addFinalizer(() => (out.interactive ? out.status(key, "") : Effect.void))
    return {
      report: (done, total, note) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          if (now - last < (out.interactive ? everyMillis.terminal : everyMillis.plain)) return
          last = now
          const share =
            total === undefined || total === 0 ? size(done) : `${size(done)}/${size(total)}  ${Math.floor((100 * done) / total)}%`
          const text = `${note}  ${share}`
          yield* out.interactive ? out.status(key, text) : out.stderr(`${text}\n`)
        })
    }
  })
)
