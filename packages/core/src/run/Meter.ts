/** Measures what each durable step costs: host and learner, from one lap to the next. What cannot be measured is left out. */
import type { LearnerSession, TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { HostUsage } from "../port/HostUsage.ts"
import { isGauge } from "./Telemetry.ts"

export interface Meter {
  /** Figures since the meter was made or asked last. */
  readonly lap: Effect.Effect<Readonly<Record<string, number>>, TrainerError>
}

/** Peaks and sizes are what they are; of everything else the difference counts. */
const absolute = (name: string): boolean => name === "rss_peak_bytes" || isGauge(name)

export const makeMeter = (session: LearnerSession): Effect.Effect<Meter, TrainerError> =>
  Effect.gen(function* () {
    const host = yield* HostUsage
    const read = Effect.gen(function* () {
      return { ...(yield* session.activity), ...(yield* host.read) } as Readonly<Record<string, number>>
    })
    let before = yield* read
    return {
      lap: Effect.map(read, (now) => {
        const laps = Object.entries(now).map(([name, value]) => [name, absolute(name) ? value : value - (before[name] ?? 0)] as const)
        before = now
        return Object.fromEntries(laps)
      })
    }
  })
