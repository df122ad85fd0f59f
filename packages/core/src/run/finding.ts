/** One finding among many: a plan goes on after a failure, so that everything that is wrong is said at once. */
import type { Diagnostic, TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

/** Runs an effect whose failure is one more finding of the plan, under the field that caused it. */
export const finding = <A, R>(
  field: string,
  found: Array<Diagnostic>,
  effect: Effect.Effect<A, TrainerError, R>
): Effect.Effect<A | undefined, never, R> =>
  effect.pipe(
    Effect.catch((error) =>
      Effect.sync(() => {
        found.push(...error.diagnostics.map((each) => ({ ...each, field: each.field ?? field })))
        return undefined
      })
    )
  )
