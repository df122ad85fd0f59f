/**
 * Sampler `sequential`: the samples of a split in the order of the split, the same in every epoch.
 *
 * Sharp edge: a file that is sorted by class is learnt class by class. That is a property of the order, not of the learner, and
 * `random` is the sampler that removes it.
 */
import { decodeNoOptions, type NoOptions, Sampler } from "@feagi-trainer/contracts"

/** The order is the order of the index. Draws no random number, so that every seed and every epoch gives the same plan. */
export const sequential: Sampler<NoOptions> = Sampler.define<NoOptions>({
  id: "sequential",
  decodeOptions: decodeNoOptions,
  plan: (_options, { index }) => ({ order: index.map((item) => item.position), draws: "permutation" })
})
