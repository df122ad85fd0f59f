/**
 * Resamples of segments: each is measured once, and a resample is a weighted sum of what was measured. TER, which costs most, is not
 * looked for again. Sharp edge: every segment is an atom of its own; a row has some forty numbers of 32 bits.
 */
import type { Atoms, Scored } from "@feagi-trainer/contracts"
import type { ReferenceCounts } from "./References.ts"
import type { TextOptions } from "./TextOptions.ts"
import { measure, placesOf, type Segment } from "./TextSums.ts"
import { textValues } from "./TextValues.ts"

export const textAtoms = (options: TextOptions, segmentOf: (scored: Scored) => Segment, samples: ReadonlyArray<Scored>): Atoms => {
  // What only figures need is left out.
  const width = placesOf(options).chrfBins
  const of = measure(options)
  const values = textValues(options)
  const rows = new Int32Array(samples.length * width)
  const references = new Int32Array(samples.length)
  const words = new Int32Array(samples.length)
  for (const [at, sample] of samples.entries()) {
    const measured = of(segmentOf(sample))
    rows.set(measured.sums.slice(0, width), at * width)
    references[at] = measured.references[0]?.references ?? 0
    words[at] = measured.references[0]?.words ?? 0
  }
  const different = [...new Set(references)].sort((a, b) => a - b)
  return {
    count: samples.length,
    atomOf: Uint32Array.from(samples, (_, at) => at),
    values: (multiplicity) => {
      const sums = new Float64Array(width)
      const segments = new Map(different.map((each) => [each, 0]))
      const lengths = new Map(different.map((each) => [each, 0]))
      for (let at = 0; at < samples.length; at++) {
        const times = multiplicity[at] ?? 0
        if (times === 0) continue
        const from = at * width
        for (let column = 0; column < width; column++) sums[column] = (sums[column] ?? 0) + times * (rows[from + column] ?? 0)
        const own = references[at] ?? 0
        segments.set(own, (segments.get(own) ?? 0) + times)
        lengths.set(own, (lengths.get(own) ?? 0) + times * (words[at] ?? 0))
      }
      const counts = different.flatMap((each): ReferenceCounts => {
        const found = segments.get(each) ?? 0
        return found === 0 ? [] : [{ references: each, segments: found, words: lengths.get(each) ?? 0 }]
      })
      return values({ sums: [...sums], references: counts })
    }
  }
}
