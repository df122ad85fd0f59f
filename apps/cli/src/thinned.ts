/**
 * Fewer points of a line that draw the same picture: of every column of pixels the first, the last, the smallest and the largest point stay
 * (M4: Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", PVLDB 7(10), 2014).
 *
 * Every point that is given was there before, digit for digit; the extremes of the whole are among them. Columns are found by halving and
 * extremes by block, so that ten million points take hardly longer than a thousand.
 */
import { type Column, firstWhere } from "./Column.ts"

export interface Line {
  readonly x: ReadonlyArray<number>
  /** As many as `x`; finite. */
  readonly y: ReadonlyArray<number>
}

/** As many points as `y` has numbers, all finite; `x` never falls, and may go on. */
export interface Points {
  readonly x: Column
  readonly y: Column
}

/**
 * At most `most` points of those from `begin` to before `end`, and all of them where there are no more than that.
 *
 * @param most at least 4: one column
 */
export const thinned = ({ x, y }: Points, most: number, begin = 0, end = y.length): Line => {
  const picked: Array<number> = []
  if (end - begin <= most) for (let at = begin; at < end; at++) picked.push(at)
  else {
    const columns = Math.max(1, Math.floor(most / 4))
    const first = x.at(begin)
    const width = x.at(end - 1) - first
    // Points of one x are one column: there is nothing to divide.
    const columnOf = (at: number): number => (width === 0 ? 0 : Math.min(columns - 1, Math.floor((columns * (x.at(at) - first)) / width)))
    for (let from = begin; from < end; ) {
      const column = columnOf(from)
      const to = firstWhere(from + 1, end, (at) => columnOf(at) > column)
      picked.push(...new Set([from, ...y.extremes(from, to), to - 1].sort((a, b) => a - b)))
      from = to
    }
  }
  return { x: picked.map((at) => x.at(at)), y: picked.map((at) => y.at(at)) }
}
