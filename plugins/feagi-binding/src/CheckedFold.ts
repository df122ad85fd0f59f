/**
 * A fold that also encodes every training sample, so that what an encoder would refuse in the middle of a run is refused by the plan.
 *
 * Sharp edge: samples of val and test are not seen by a fit, and a run that meets one outside of its range ends as its options say.
 */
import type { IRSample, Mistake, SampleFold, Selected } from "@feagi-trainer/contracts"
import { refused } from "./Tabular.ts"

/** @param encode its mistakes in the first sample that it refuses are the result, in place of that of the fold */
export const checkedFold = <Fitted>(fold: SampleFold<Fitted>, encode: (sample: IRSample) => Selected<unknown>): SampleFold<Fitted> => {
  let first: ReadonlyArray<Mistake> | undefined
  return {
    add: (sample) => {
      if (first !== undefined) return
      fold.add(sample)
      const encoded = encode(sample)
      if (!encoded.ok) first = encoded.mistakes
    },
    result: () => (first === undefined ? fold.result() : refused(first))
  }
}
