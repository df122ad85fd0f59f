/**
 * Resampling: every sample is an atom with the few cells of the confusion matrix that it fills. Sharp edge: the counts of a resample are
 * whole numbers again, so its values are those of the fold to the last bit.
 */
import type { Atoms, Scored } from "@feagi-trainer/contracts"
import type { ClassKeys } from "./ClassKeys.ts"
import { tallies } from "./Counts.ts"
import type { EmptyClass } from "./Options.ts"
import { countPixels, maskPair } from "./Pixels.ts"
import { valuesOf } from "./Values.ts"

interface Cells {
  /** `truth * (classes + 1) + prediction`. */
  readonly at: Uint32Array
  readonly pixels: Float64Array
  readonly answered: boolean
}

const cellsOf = (keys: ClassKeys, scored: Scored): Cells => {
  const { rows, answered } = countPixels(keys, scored.sample_id, maskPair(scored))
  const at: Array<number> = []
  const pixels: Array<number> = []
  for (const [row, counts] of rows.entries())
    for (const [column, count] of (counts ?? new Float64Array()).entries())
      if (count > 0) {
        at.push(row * (keys.labels.length + 1) + column)
        pixels.push(count)
      }
  return { at: Uint32Array.from(at), pixels: Float64Array.from(pixels), answered }
}

/** Throws RangeError, as the fold does, at a sample that cannot be scored. */
export const atomsOf = (keys: ClassKeys, policy: EmptyClass, samples: ReadonlyArray<Scored>): Atoms => {
  const atoms = samples.map((scored) => cellsOf(keys, scored))
  const classes = keys.labels.length
  return {
    count: atoms.length,
    atomOf: Uint32Array.from(atoms, (_, index) => index),
    values: (multiplicity) => {
      const flat = new Float64Array(classes * (classes + 1))
      let count = 0
      let answered = 0
      for (const [index, atom] of atoms.entries()) {
        const times = multiplicity[index] ?? 0
        if (times === 0) continue
        count += times
        if (atom.answered) answered += times
        for (let which = 0; which < atom.at.length; which += 1) {
          const cell = atom.at[which] ?? 0
          flat[cell] = (flat[cell] ?? 0) + times * (atom.pixels[which] ?? 0)
        }
      }
      const rows = Array.from({ length: classes }, (_, row) => flat.subarray(row * (classes + 1), (row + 1) * (classes + 1)))
      return valuesOf({ samples: count, answered, classes: tallies(rows) }, keys.labels, policy)
    }
  }
}
