/**
 * What the work cost the host so far. A reference whose default measures nothing, so that whoever does not ask gets no number; what it says
 * enters no hash. Sharp edge: what belongs to several runs of one process is left out rather than counted for each of them.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

export interface HostReading {
  /** Since some moment before the run; only differences mean something. */
  readonly wall_seconds: number
  readonly cpu_user_seconds?: number
  readonly cpu_system_seconds?: number
  /** Largest resident set of the process so far, in bytes. */
  readonly rss_peak_bytes?: number
}

export const HostUsage = Context.Reference<{
  /** Undefined: nobody measures. */
  readonly read: Effect.Effect<HostReading | undefined>
}>("@feagi-trainer/core/HostUsage", { defaultValue: () => ({ read: Effect.succeed(undefined) }) })
