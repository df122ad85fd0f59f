/**
 * The options of the curriculum: by which value, from which end, and how fast. All are written by the user, there is no default.
 *
 * Pacing is the share of the samples that an epoch visits, as a function of x = epoch / epochs_to_full, from s = start_fraction: linear
 * is s + (1 − s)·x, root is √(s² + (1 − s²)·x) (both Platanios et al. 2019, Competence-based Curriculum Learning), step is s up to the
 * end of the schedule. From epoch `epochs_to_full` on, counted from 0, an epoch visits everything.
 */
import { Schema } from "effect"

export const Options = Schema.Struct({
  /** Name of a value that the dataset gives with every sample. */
  by: Schema.NonEmptyString,
  /** `rising`: small values are easy. */
  order: Schema.Literals(["rising", "falling"]),
  schedule: Schema.Struct({
    epochs_to_full: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
    start_fraction: Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThan(1)),
    pacing: Schema.Literals(["linear", "step", "root"])
  }),
  within: Schema.Literals(["shuffled", "sorted"])
})
export type Options = typeof Options.Type

/** The share of the samples that epoch `epoch` visits, from start_fraction to 1. IEEE 754 fixes every operation to the last bit. */
export const fractionOf = ({ epochs_to_full, start_fraction, pacing }: Options["schedule"], epoch: number): number => {
  if (epoch >= epochs_to_full) return 1
  const x = epoch / epochs_to_full
  switch (pacing) {
    case "linear":
      return start_fraction + (1 - start_fraction) * x
    case "root":
      return Math.sqrt(start_fraction * start_fraction + (1 - start_fraction * start_fraction) * x)
    case "step":
      return start_fraction
  }
}
