/**
 * A mask as runs of equal labels, row by row: `[label, count, label, count, …]`. What a state keeps of a mask, and what a file may hold.
 * Sharp edge: a run may go on in the next row.
 */

/**
 * The runs of a mask of so many pixels, or undefined when there are more than `most`; no more is looked at then.
 *
 * @param labelAt the label of a pixel
 */
export const runsOf = (labelAt: (at: number) => number, pixels: number, most: number): ReadonlyArray<number> | undefined => {
  const runs: Array<number> = []
  for (let at = 0, next = 0; at < pixels; at = next) {
    if (runs.length >= 2 * most) return undefined
    const label = labelAt(at)
    next = at + 1
    while (next < pixels && labelAt(next) === label) next += 1
    runs.push(label, next - at)
  }
  return runs
}

/** The labels again, as numbers from -32768 to 32767. */
export const labelsOf = (runs: ReadonlyArray<number>, pixels: number): Int16Array => {
  const labels = new Int16Array(pixels)
  let at = 0
  for (let run = 0; run < runs.length; run += 2) {
    const count = runs[run + 1] ?? 0
    labels.fill(runs[run] ?? 0, at, at + count)
    at += count
  }
  return labels
}
