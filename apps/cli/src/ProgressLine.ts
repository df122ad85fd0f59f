/**
 * How far runs are, on stderr: one line for each that is rewritten on a terminal, a plain line every ten seconds elsewhere.
 *
 * It shows seed, phase, done/total, samples per second, time left and the last metric. It never ends up in a pipe that carries data.
 */
import { RunObserver, type RunProgress } from "@feagi-trainer/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Out } from "./Out.ts"

const everyMillis = { terminal: 100, plain: 10_000 } as const

export const duration = (seconds: number): string => {
  if (seconds < 60) return `${Math.ceil(seconds)}s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? `${minutes}m${String(Math.ceil(seconds % 60)).padStart(2, "0")}s`
    : `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`
}

export const progressText = (progress: RunProgress, rate: number | undefined): string => {
  const epoch = progress.epochs > 1 ? ` epoch ${progress.epoch + 1}/${progress.epochs}` : ""
  const left = progress.total - progress.done
  const eta = rate === undefined || rate <= 0 || left === 0 ? "" : `  ETA ${duration(left / rate)}`
  const speed = rate === undefined || rate <= 0 ? "" : `  ${Math.round(rate)}/s${eta}`
  const shown = progress.metric()
  const metric = shown === undefined ? "" : `  ${shown.name} ${shown.value.toFixed(3)}`
  return `seed ${progress.seed}  ${progress.phase}${epoch}  ${progress.done}/${progress.total}${speed}${metric}`
}

/** When a phase of a run was first seen, and when the run was last shown. */
interface Seen {
  readonly phase: string
  readonly at: number
  readonly done: number
  shownAt: number
}

/** What is known of all runs together: a line above theirs, and what a run is called where seeds alone do not tell them apart. */
export interface Overall {
  /** Told of every progress, shown or not. */
  readonly see: (progress: RunProgress, now: number) => void
  readonly text: (now: number) => string | undefined
  readonly label: (run_id: string) => string | undefined
}

/** The key of the line above those of the runs. */
const overallKey = ""

export const progressLine = (shown: boolean, overall?: Overall): Layer.Layer<RunObserver, never, Out> =>
  Layer.effect(
    RunObserver,
    Effect.gen(function* () {
      const out = yield* Out
      const runs = new Map<string, Seen>()
      const every = out.interactive ? everyMillis.terminal : everyMillis.plain
      return {
        progress: (progress) =>
          Effect.gen(function* () {
            if (!shown) return
            const now = yield* Clock.currentTimeMillis
            overall?.see(progress, now)
            const { run_id, phase, done, total } = progress
            const before = runs.get(run_id)
            const seen: Seen = before?.phase === phase ? before : { phase, at: now, done, shownAt: before?.shownAt ?? now }
            runs.set(run_id, seen)
            const finished = done === total
            if (now - seen.shownAt < every && !(finished && out.interactive)) return
            seen.shownAt = now
            const seconds = (now - seen.at) / 1000
            const label = overall?.label(run_id)
            const text = `${label === undefined ? "" : `${label}  `}${progressText(progress, seconds > 0.2 ? (done - seen.done) / seconds : undefined)}`
            const above = overall?.text(now)
            if (!out.interactive) return yield* out.stderr(`${above === undefined ? "" : `${above}  `}${text}\n`)
            if (above !== undefined) yield* out.status(overallKey, above)
            // The end of a phase stays on the screen, above the lines of what goes on.
            yield* finished ? out.settle(run_id, text) : out.status(run_id, text)
          })
      }
    })
  )
