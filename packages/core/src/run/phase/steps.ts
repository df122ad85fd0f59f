/**
 * Cuts an order of samples into durable steps and small batches, the same for every phase: read, work, look whether somebody wants
 * to stop, checkpoint, commit.
 */
import type { IRSample, LearnerOutput, TrainerError, TypedTarget } from "@feagi-trainer/contracts"
import { trainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Interruption, RunContext } from "../RunContext.ts"
import { type Cursor, predictionRow } from "../RunSink.ts"

/** Samples between two looks at the outside: small enough to stop promptly, large enough to cost nothing. */
const batchSize = 16

export interface Visit {
  readonly phase: { readonly name: string; readonly split: string; readonly index: number; readonly transforms: "train" | "measure" }
  readonly epoch: number
  readonly order: ReadonlyArray<string>
  readonly from: number
  readonly targets: (sample: IRSample) => TypedTarget | null
  readonly work: (
    samples: ReadonlyArray<IRSample>,
    targets: ReadonlyArray<TypedTarget | null>
  ) => Effect.Effect<ReadonlyArray<LearnerOutput>, TrainerError>
}

export const visit = (
  context: RunContext,
  { phase, epoch, order, from, targets, work }: Visit
): Effect.Effect<void, TrainerError | Interruption> =>
  Effect.gen(function* () {
    const every = context.document.checkpoint_every
    for (let start = from; start < order.length; start += every) {
      const ids = order.slice(start, start + every)
      const rows: Array<ReturnType<typeof predictionRow>> = []
      for (let offset = 0; offset < ids.length; offset += batchSize) {
        yield* context.checkpointOrStop
        const batch = yield* context.read(ids.slice(offset, offset + batchSize), phase.split, phase.transforms, epoch)
        const wanted = batch.map(targets)
        const outputs = yield* work(batch, wanted)
        if (outputs.length !== batch.length)
          return yield* trainerError("failed", {
            code: "FT3021",
            message: `the learner did not answer every sample of phase "${phase.name}"`,
            expected: `${batch.length} answers`,
            actual: String(outputs.length),
            help: "an answer belongs to the sample at its place: this is a bug of the learner or its backend"
          })
        const answered = batch.flatMap((sample, index) => {
          const output = outputs[index]
          const at = { phase: phase.name, epoch, index: start + offset + index }
          return output === undefined ? [] : [predictionRow(at, sample, wanted[index] ?? null, output)]
        })
        rows.push(...answered)
        const cursor: Cursor = { phase: phase.index, epoch, next: start + offset + batch.length }
        yield* context.watch(
          cursor,
          batch.flatMap((sample, index) => {
            const output = outputs[index]
            return output === undefined ? [] : [{ sample_id: sample.sample_id, prediction: output.answer, target: wanted[index] ?? null }]
          })
        )
      }
      const checkpoint = yield* context.session.checkpoint
      const cursor: Cursor = { phase: phase.index, epoch, next: start + ids.length }
      yield* context.sink.step({ phase: phase.name, cursor, rows, checkpoint, full_hash: yield* context.session.fullHash })
    }
  })
