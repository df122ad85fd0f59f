/**
 * Masks as runs, as COCO writes them: lengths of runs of pixels that are out, in, out, …, column by column from the left, each column
 * from top to bottom. A first run of length 0 says that the first pixel is in.
 */
export type Runs = ReadonlyArray<number>

/** Calls `take` with every stretch of pixels that are in, as positions `[from, until)` column by column. */
export const eachStretch = (runs: Runs, take: (from: number, until: number) => void): void => {
  let at = 0
  for (const [index, length] of runs.entries()) {
    if (index % 2 === 1 && length > 0) take(at, at + length)
    at += length
  }
}

/** Writes `value` wherever the mask is in. `pixels` lie row by row. */
export const paintRuns = (runs: Runs, pixels: Uint8Array, width: number, height: number, value: number): void =>
  eachStretch(runs, (from, until) => {
    let x = Math.floor(from / height)
    let y = from % height
    for (let at = from; at < until; at++) {
      pixels[y * width + x] = value
      if (++y === height) {
        y = 0
        x++
      }
    }
  })

/** Number of pixels that are in. */
export const runsArea = (runs: Runs): number => runs.reduce((sum, length, index) => (index % 2 === 1 ? sum + length : sum), 0)

/** `[x, y, width, height]` of the smallest box around the pixels that are in; four zeros when there is none. */
export const runsBox = (runs: Runs, height: number): readonly [number, number, number, number] => {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, height, -1, -1]
  eachStretch(runs, (from, until) => {
    const [first, last] = [Math.floor(from / height), Math.floor((until - 1) / height)]
    left = Math.min(left, first)
    right = Math.max(right, last)
    // A stretch that goes on into the next column touches the bottom of the one and the top of the other.
    top = Math.min(top, first === last ? from % height : 0)
    bottom = Math.max(bottom, first === last ? (until - 1) % height : height - 1)
  })
  return right < 0 ? [0, 0, 0, 0] : [left, top, right - left + 1, bottom - top + 1]
}

/** The pixels that are in at least one of the masks. */
export const unionOfRuns = (masks: ReadonlyArray<Runs>, pixels: number): Runs => {
  const [only, ...others] = masks
  if (only !== undefined && others.length === 0) return only
  const stretches: Array<readonly [number, number]> = []
  for (const runs of masks) eachStretch(runs, (from, until) => void stretches.push([from, until]))
  stretches.sort(([left], [right]) => left - right)
  const union: Array<number> = []
  let [from, until, told] = [0, 0, 0]
  const tell = (): void => {
    if (until > from) union.push(from - told, until - from)
    if (until > from) told = until
  }
  for (const [start, stop] of stretches) {
    if (start > until || until === from) {
      tell()
      from = start
      until = stop
    } else until = Math.max(until, stop)
  }
  tell()
  if (told < pixels || union.length === 0) union.push(pixels - told)
  return union
}
