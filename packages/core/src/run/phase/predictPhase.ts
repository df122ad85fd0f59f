/**
 * A phase that does not learn: every sample of the part once, in canonical order, with plasticity frozen.
 *
 * What was learnt is hashed before and after; a learner that learns while it is tested fails the run.
 */

import { type ProtocolPhase, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { idsOf } from "../checkPins.ts"
import type { Interruption, RunContext } from "../RunContext.ts"
import type { Cursor } from "../RunSink.ts"
import { visit } from "./steps.ts"

/** @param recorded the hash that the phase began with, when it is resumed: nothing may have been learnt before the break either */
export const predictPhase = (
  context: RunContext,
  phase: ProtocolPhase,
  from: Cursor,
  recorded: string | undefined
): Effect.Effect<void, TrainerError | Interruption> =>
  Effect.gen(function* () {
    yield* context.session.freeze
    const before = recorded ?? (yield* context.session.learnedHash)
    yield* visit(context, {
      phase: { name: phase.name, split: phase.split, index: from.phase, transforms: "measure" },
      epoch: 0,
      order: idsOf(context.parts, phase.split),
      from: from.next,
      targets: (sample) => sample.target,
      work: (samples) => context.session.predict(samples)
    })
    const after = yield* context.session.learnedHash
    if (after !== before)
      return yield* trainerError("failed", {
        code: "FT3020",
        message: `the learner changed while phase "${phase.name}" measured it`,
        expected: `learned hash ${before}`,
        actual: after,
        help: "a frozen learner must not learn: this is a bug of the learner or its backend"
      })
  })
