/**
 * A brain for looking at: developed from a genome, or from a snapshot, with no coder bound to it. Closing the scope ends it.
 */
import {
  type BrainInput,
  type BrainSession,
  type LoadedEntry,
  mistakeDiagnostic,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface DevelopmentRequest {
  readonly backend: LoadedEntry<"brain-backend">
  /** As a run file would write them; a mistake is told under `learner.backend.options`. */
  readonly options: Readonly<Record<string, unknown>>
  readonly brain: BrainInput
  /** 32 bytes; a snapshot brings its own. */
  readonly seed: Uint8Array
}

export const developBrain = Effect.fnUntraced(function* (
  request: DevelopmentRequest
): Effect.fn.Return<BrainSession, TrainerError, Scope.Scope> {
  const { backend, brain } = request
  const decoded = backend.entry.decodeOptions(request.options)
  if (!decoded.ok)
    return yield* trainerErrors(
      "invalid",
      decoded.mistakes.map((each) => mistakeDiagnostic("learner.backend.options", each))
    )
  const { connectome } = brain
  return yield* backend.entry.open({
    options: decoded.value,
    genome: brain.json,
    inputs: [],
    outputs: [],
    // Nothing is presented.
    schedule: { hold_bursts: 1, read_burst: 2 },
    ...(connectome === undefined ? { seed: request.seed } : { seed: connectome.seed, connectome: connectome.bytes })
  })
})
