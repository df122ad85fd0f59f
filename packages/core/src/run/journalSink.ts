/**
 * The sink of a real run. The checkpoint's blob is durable before the transaction that names it, so that a step which is there can
 * always be resumed from; a blob without a step is harmless.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { BlobStore } from "../port/BlobStore.ts"
import { type Lease, RunJournal } from "../port/RunJournal.ts"
import { Scorecards } from "../port/Scorecards.ts"
import { predictionsHash } from "./predictionsHash.ts"
import { rewardsHash } from "./Rewards.ts"
import type { RunSink, Step } from "./RunSink.ts"
import { type EventPayloads, knowsRewards } from "./RunState.ts"

/** An event with the payload that its type promises. */
export const event = <T extends keyof EventPayloads>(type: T, payload: EventPayloads[T]) => ({
  type,
  payload: payload as unknown as Readonly<Record<string, unknown>>
})

export const journalSink = (lease: Lease): Effect.Effect<RunSink, never, RunJournal | BlobStore | Scorecards> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const blobs = yield* BlobStore
    const scorecards = yield* Scorecards
    const commit = (...events: ReadonlyArray<ReturnType<typeof event>>): Effect.Effect<void, TrainerError> =>
      Effect.asVoid(journal.commit(lease, events, []))
    const commitStep = (step: Step, ...behind: ReadonlyArray<ReturnType<typeof event>>): Effect.Effect<void, TrainerError> =>
      Effect.gen(function* () {
        const { phase, cursor, rows, rewards, feedback, metrics, measures, telemetry, full_hash } = step
        const checkpoint_sha256 = yield* blobs.put(step.checkpoint)
        const told = measures === undefined ? {} : { measures }
        const made = event("step", { phase, cursor, samples: rows.length, checkpoint_sha256, full_hash, feedback, metrics, ...told })
        yield* journal.commit(lease, [made, ...behind], rows, { rewards, telemetry: [telemetry] })
      })

    return {
      opened: (facts) => commit(event("opened", facts)),
      continued: (continuation) => commit(event("continued", continuation)),
      phaseStarted: (phase, index, learned_hash) => commit(event("phase-started", { phase, index, learned_hash })),
      step: commitStep,
      validated: (validation) => commit(event("validated", validation)),
      skipped: (phase, skip, step) => {
        const skipped = event("phase-skipped", { phase, ...skip })
        return step === undefined ? commit(skipped) : commitStep(step, skipped)
      },
      brainMutated: (mutation) => commit(event("brain-mutated", mutation)),
      phaseCompleted: (phase, learned_hash) =>
        Effect.gen(function* () {
          const predictions_sha256 = predictionsHash(yield* journal.predictions(lease.run_id, phase))
          const known = knowsRewards(yield* journal.events(lease.run_id))
          const rewards = known ? { rewards_sha256: rewardsHash(yield* journal.rewards(lease.run_id, phase)) } : {}
          yield* commit(event("phase-completed", { phase, learned_hash, predictions_sha256, ...rewards }))
        }),
      predictions: (phase) => journal.predictions(lease.run_id, phase),
      scored: (phase, result) =>
        Effect.gen(function* () {
          const scorecard_sha256 = yield* blobs.put(result.scorecard_bytes)
          yield* scorecards.add({
            scorecard_id: result.scorecard_id,
            run_id: lease.run_id,
            phase,
            body_sha256: result.body_sha256,
            document_sha256: scorecard_sha256
          })
          yield* commit(
            event("phase-scored", {
              phase,
              metrics: result.metrics,
              signature: result.signature,
              scorecard_id: result.scorecard_id,
              scorecard_body_sha256: result.body_sha256,
              scorecard_sha256
            })
          )
        })
    }
  })
