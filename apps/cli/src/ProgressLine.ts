/**
 * How far a run is, on stderr: one line that is rewritten on a terminal, a plain line every ten seconds elsewhere.
 *
 * It shows phase, done/total, samples per second, time left and the last metric. It never ends up in a pipe that carries data.
 */
import { RunObserver, type RunProgress } from "@feagi-trainer/core"
import { Clock, Effect, Layer } from "effect"
import { Out } from "./Out.ts"

const everyMillis = { terminal: 100, plain: 10_000 } as const

const duration = (seconds: number): string => {
  if (seconds < 60) return `${Math.ceil(seconds)}s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? `${minutes}m${String(Math.ceil(seconds % 60)).padStart(2, "0")}s`
    : `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`
}

export const progressText = (progress: RunProgress, rate: number | undefined): string => {
  const epoch = progress.epochs > 1 ? ` epoch ${progress.epoch + 1}/${progress.epochs}` : ""
  const speed = rate === undefined || rate <= 0 ? "" : `  ${Math.round(rate)}/s  ETA ${duration((progress.total - progress.done) / rate)}`
  const shown = progress.metric()
  const metric = shown === undefined ? "" : `  ${shown.name} ${shown.value.toFixed(3)}`
  return `seed ${progress.seed}  ${progress.phase}${epoch}  ${progress.done}/${progress.total}${speed}${metric}`
}

export const progressLine = (shown: boolean): Layer.Layer<RunObserver, never, Out> =>
  Layer.effect(
    RunObserver,
    Effect.gen(function* () {
      const out = yield* Out
      let last = yield* Clock.currentTimeMillis
      let width = 0
      let began: { readonly phase: string; readonly at: number; readonly done: number } | undefined
      const clear = () => {
        const text = out.interactive && width > 0 ? `\r${" ".repeat(width)}\r` : ""
        width = 0
        return text
      }
      return {
        progress: (progress) =>
          Effect.gen(function* () {
            const now = yield* Clock.currentTimeMillis
            const key = `${progress.run_id}/${progress.phase}`
            if (began?.phase !== key) began = { phase: key, at: now, done: progress.done }
            const finished = progress.done === progress.total
            if (!shown || (!finished && now - last < (out.interactive ? everyMillis.terminal : everyMillis.plain))) return
            if (!out.interactive && now - last < everyMillis.plain) return
            last = now
            const seconds = (now - began.at) / 1000
            const text = progressText(progress, seconds > 0.2 ? (progress.done - began.done) / seconds : undefined)
            if (out.interactive) {
              // The end of a phase stays on the screen; what comes next begins on a line of its own.
              yield* out.stderr(`${clear()}${text.slice(0, 118)}${finished ? "\n" : ""}`)
              width = finished ? 0 : Math.min(text.length, 118)
            } else yield* out.stderr(`${text}\n`)
          })
      }
    })
  )
