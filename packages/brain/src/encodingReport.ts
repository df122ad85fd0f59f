/** A code measured on samples: every sample is encoded by the real coders, and what comes out is counted. */
import { type IRSample, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { featureValues, type OpenBinding } from "./Binding.ts"
import { type EncodingReport, makeEncodingTally } from "./EncodingTally.ts"

/**
 * @param features names of the numbers of a sample, see `featureNames`
 * @param labelOf the label of a sample; null where it has none
 */
export const encodingReport = Effect.fnUntraced(function* (
  binding: OpenBinding,
  features: ReadonlyArray<string> | undefined,
  labelOf: (sample: IRSample) => string | null,
  samples: Stream.Stream<IRSample, TrainerError>
): Effect.fn.Return<EncodingReport, TrainerError> {
  const tally = makeEncodingTally({ inputs: binding.inputs, channels: binding.channels, features })
  yield* Stream.runForEach(samples, (sample) =>
    Effect.gen(function* () {
      const channelValues = yield* binding.values(sample)
      const values = tally.rows === "features" ? featureValues(sample) : channelValues
      if (values === undefined)
        return yield* trainerError("failed", {
          code: "FT2621",
          sample_id: sample.sample_id,
          message: "the sample holds no row of numbers, though its shape says so"
        })
      tally.add({ sample_id: sample.sample_id, label: labelOf(sample), values, voxels: yield* binding.voxels(channelValues) })
    })
  )
  return tally.result()
})
