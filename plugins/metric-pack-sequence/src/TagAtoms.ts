/**
 * Resamples of tagged sequences: each is counted once, and a resample adds up the few numbers of each sequence. Sharp edge: every sequence
 * is an atom of its own, because spans make two sequences with the same tags differ.
 */
import type { Atoms, MetricValue } from "@feagi-trainer/contracts"
import { cellsOf, countsOfCells, type TagCounts } from "./TagCounts.ts"

export const tagAtoms = (
  sequences: ReadonlyArray<TagCounts>,
  values: (counts: TagCounts) => Readonly<Record<string, MetricValue>>
): Atoms => {
  const places = new Map<string, number>()
  const cells: Array<ReturnType<typeof cellsOf>[number][0]> = []
  // The numbers of sequence k stand at `from[k]` to before `from[k + 1]`.
  const from = new Uint32Array(sequences.length + 1)
  const columns: Array<number> = []
  const numbers: Array<number> = []
  for (const [at, counts] of sequences.entries()) {
    for (const [cell, count] of cellsOf(counts)) {
      if (count === 0) continue
      const key = JSON.stringify(cell)
      const column = places.get(key) ?? places.size
      if (column === places.size) {
        places.set(key, column)
        cells.push(cell)
      }
      columns.push(column)
      numbers.push(count)
    }
    from[at + 1] = columns.length
  }
  return {
    count: sequences.length,
    atomOf: Uint32Array.from(sequences, (_, at) => at),
    values: (multiplicity) => {
      const sums = new Float64Array(cells.length)
      for (let at = 0; at < sequences.length; at++) {
        const times = multiplicity[at] ?? 0
        if (times === 0) continue
        for (let place = from[at] ?? 0; place < (from[at + 1] ?? 0); place++) {
          const column = columns[place] ?? 0
          sums[column] = (sums[column] ?? 0) + times * (numbers[place] ?? 0)
        }
      }
      return values(countsOfCells(cells.map((cell, column) => [cell, sums[column] ?? 0])))
    }
  }
}
