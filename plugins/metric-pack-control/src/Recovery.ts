/**
 * How long a rollout needs to be steady again after a push.
 *
 * The latency of a push before step p is the least k ≥ 0 for which |deviation| ≤ band at the steps p + k … p + k + hold − 1. All of
 * these steps have to come before the next push and before the end of the rollout; otherwise the push was never recovered from.
 *
 * Sharp edge: a rollout that the push never drives out of the band has latency 0. Never recovered is no number of steps.
 */
import type { RecoveryRule } from "./Episode.ts"

/** The latency of every push, in steps; null where it was never recovered from. @param perturbations ascending steps of `deviation` */
export const latencies = (
  deviation: ReadonlyArray<number>,
  perturbations: ReadonlyArray<number>,
  { band, hold }: RecoveryRule
): ReadonlyArray<number | null> =>
  perturbations.map((push, index) => {
    const end = perturbations[index + 1] ?? deviation.length
    let held = 0
    for (let step = push; step < end; step += 1) {
      held = Math.abs(deviation[step] ?? Number.POSITIVE_INFINITY) <= band ? held + 1 : 0
      if (held === hold) return step - hold + 1 - push
    }
    return null
  })

/** How many steps are within the band. */
export const steadySteps = (deviation: ReadonlyArray<number>, { band }: RecoveryRule): number =>
  deviation.filter((each) => Math.abs(each) <= band).length
