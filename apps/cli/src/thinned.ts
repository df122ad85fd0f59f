/**
 * Fewer points of a line that draw the same picture: of every column of pixels the first, the last, the smallest and the largest point stay
 * (M4: Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", PVLDB 7(10), 2014).
 *
 * Every point that is given was there before, digit for digit; the extremes of the whole are among them.
 */
export interface Line {
  /** Never falling. */
  readonly x: ReadonlyArray<number>
  /** As many as `x`; finite. */
  readonly y: ReadonlyArray<number>
}

/** The points of a column that are kept, at most four, in their order. */
const kept = ({ y }: Line, from: number, to: number): ReadonlyArray<number> => {
  let [least, most] = [from, from]
  for (let at = from; at < to; at++) {
    if ((y[at] ?? 0) < (y[least] ?? 0)) least = at
    if ((y[at] ?? 0) > (y[most] ?? 0)) most = at
  }
  return [...new Set([from, least, most, to - 1])].sort((a, b) => a - b)
}

/**
 * At most `most` points, and the line itself where it has no more than that.
 *
 * @param most at least 4: one column
 */
export const thinned = (line: Line, most: number): Line => {
  const { x, y } = line
  if (x.length <= most) return line
  const columns = Math.max(1, Math.floor(most / 4))
  const first = x[0] ?? 0
  const width = (x.at(-1) ?? first) - first
  // Points of one x are one column: there is nothing to divide.
  const columnOf = (at: number): number =>
    width === 0 ? 0 : Math.min(columns - 1, Math.floor((columns * ((x[at] ?? first) - first)) / width))
  const picked: Array<number> = []
  let from = 0
  for (let at = 1; at <= x.length; at++) {
    if (at < x.length && columnOf(at) === columnOf(from)) continue
    picked.push(...kept(line, from, at))
    from = at
  }
  return { x: picked.map((at) => x[at] ?? 0), y: picked.map((at) => y[at] ?? 0) }
}
