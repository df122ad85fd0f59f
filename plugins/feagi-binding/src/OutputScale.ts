/**
 * Between the numbers of a coder and those of an answer: a written range for each.
 *
 * Sharp edge: FEAGI's encoder has Z bins of equal width, its decoder counts Z − 1 steps, so that what is written as it is does not read
 * back. `levelOf` writes the middle of the bin whose reading is nearest.
 */
import type { Mistake } from "@feagi-trainer/contracts"
import type { CoderForm } from "./CoderForm.ts"

export type Range = readonly [number, number]

/** Ranges of all numbers of one channel. */
export const coderRanges = (form: CoderForm): ReadonlyArray<Range> =>
  form.ranges.flatMap(({ count, low, high }) => Array.from({ length: count }, (): Range => [low, high]))

/** A number of the coder, moved from the coder's range to that of the answer. */
export const outward = (value: number, [from, to]: Range, [low, high]: Range): number => low + ((value - from) / (to - from)) * (high - low)

/** The bin of a Percentage channel whose reading is nearest to `share`, which lies in [0, 1]; as the value that its encoder puts there. */
export const levelOf = (share: number, bins: number, signed: boolean): number => {
  const level = Math.round((1 - share) * (bins - 1))
  if (!signed) return 1 - (level + 0.5) / bins
  return level === bins - 1 ? -1 : 1 - (2 * (level + 0.5)) / (bins - 1)
}

/** What the bin reads as: the inverse of `levelOf` up to the width of a bin. */
export const readingOfLevel = (value: number, bins: number, signed: boolean): number => {
  if (bins === 1) return signed ? 0 : 1
  const share = signed ? (1 - value) / 2 : 1 - value
  const level = Math.min(Math.floor(share * (signed ? bins - 1 : bins)), bins - 1)
  return signed ? 1 - (2 * level) / (bins - 1) : 1 - level / (bins - 1)
}

/** Where `value` lies in its range, from 0 to 1; a mistake that names it otherwise. */
export const shareOf = (name: string, value: number, [low, high]: Range): number | Mistake =>
  value >= low && value <= high
    ? (value - low) / (high - low)
    : { path: [], problem: "invalid", message: `${name} is outside of its range`, expected: `${low} to ${high}`, actual: String(value) }

export const isMistake = (value: number | Mistake): value is Mistake => typeof value !== "number"
