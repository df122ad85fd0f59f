/**
 * Sampler `random`: every epoch visits the samples of a split once, in a fresh seeded permutation.
 *
 * Sharp edge: the order depends on the number of samples and on the stream of the epoch alone. Which sample stands at which
 * position is the business of the split, so that one sample more gives an entirely different order.
 */
import { decodeNoOptions, type NoOptions, Sampler } from "@feagi-trainer/contracts"

/**
 * `rng` has to be the stream of this epoch: the host names one per epoch in the seed tree, and the plan of epoch 3 can then be
 * made without making those before it. Each of the n! orders is equally likely as far as `rng.permutation` is uniform.
 */
export const random: Sampler<NoOptions> = Sampler.define<NoOptions>({
  id: "random",
  decodeOptions: decodeNoOptions,
  plan: (_options, { index, rng }) => {
    const positions = index.map((item) => item.position)
    return { order: rng.permutation(positions.length).map((at) => positionAt(positions, at)), draws: "permutation" }
  }
})

const positionAt = (positions: ReadonlyArray<number>, at: number): number => {
  const position = positions[at]
  if (position === undefined) throw new RangeError(`the permutation of ${positions.length} samples names sample ${at}`)
  return position
}
