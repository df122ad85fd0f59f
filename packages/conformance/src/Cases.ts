/**
 * Drawn inputs: every case has a stream of its own, named by seed and number, so one failing case can be drawn again without the
 * others. Sharp edge: the cases of a suite are the same on every machine and in every run; they are wide, not exhaustive.
 */
import type { Rng } from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"

/** The seed of every suite that is not given another. */
export const suiteSeed = "conformance"

/** How many inputs a law draws. */
export const caseCount = 24

/** The stream `name` of `seed`: the same draws for the same two texts. */
export const rngOf = (seed: string, name: string): Rng => SeedTree.root(seed).child(name).random()

export interface Case {
  readonly rng: Rng
  /** How to see it again. */
  readonly from: string
}

/** The cases of one seed; each `rng` stands at its start. */
export const casesOf = (seed: string): ReadonlyArray<Case> =>
  Array.from({ length: caseCount }, (_, index) => ({
    rng: rngOf(seed, `case-${index}`),
    from: `seed ${JSON.stringify(seed)}, case ${index}`
  }))
