/**
 * Sorted columns of errors, and what is read from them for any multiset of their rows.
 *
 * A column is in the order of its values, so every sum is made of equal terms in equal order, whatever the order of the samples; each is
 * compensated (Neumaier 1974), so it is right to about the last bit. Sharp edge: a row that is taken twice is added twice and never
 * multiplied, which would round differently.
 */
import type { MetricValue } from "@feagi-trainer/contracts"

export interface Column {
  /** Ascending. */
  readonly values: Float64Array
  /** Which row each value is of. */
  readonly rows: Uint32Array
}

/** The values of rows that have one. */
export const columnOf = (entries: ReadonlyArray<readonly [row: number, value: number]>): Column => {
  const sorted = [...entries].sort(([leftRow, left], [rightRow, right]) => left - right || leftRow - rightRow)
  return { values: Float64Array.from(sorted, ([, value]) => value), rows: Uint32Array.from(sorted, ([row]) => row) }
}

/** How many values the multiset has. */
export const sizeOf = ({ rows }: Column, times: Uint32Array): number => {
  let size = 0
  for (const row of rows) size += times[row] ?? 0
  return size
}

export const meanOf = (column: Column, times: Uint32Array, nothing: string): MetricValue => {
  const { values, rows } = column
  let sum = 0
  let lost = 0
  let size = 0
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0
    const repeats = times[rows[at] ?? 0] ?? 0
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const next = sum + value
      // Values are not negative and ascending, but the sum soon is the larger one.
      lost += sum >= value ? sum - next + value : value - next + sum
      sum = next
    }
    size += repeats
  }
  return size === 0 ? { insufficient: nothing } : (sum + lost) / size
}

/** The middle value, or the mean of the two in the middle. */
export const medianOf = (column: Column, times: Uint32Array, nothing: string): MetricValue => {
  const size = sizeOf(column, times)
  if (size === 0) return { insufficient: nothing }
  const valueAt = (place: number): number => {
    let before = 0
    for (let at = 0; at < column.values.length; at += 1) {
      before += times[column.rows[at] ?? 0] ?? 0
      if (before > place) return column.values[at] ?? 0
    }
    return column.values.at(-1) ?? 0
  }
  return (valueAt(Math.floor((size - 1) / 2)) + valueAt(Math.floor(size / 2))) / 2
}

/** Which share of `samples` has a value below `bound`. */
export const shareBelow = (column: Column, times: Uint32Array, bound: number, samples: number): number => {
  let below = 0
  for (let at = 0; at < column.values.length && (column.values[at] ?? 0) < bound; at += 1) below += times[column.rows[at] ?? 0] ?? 0
  return below / samples
}

/**
 * The area under the share of samples at most as wrong as a threshold, over thresholds from 0 to `max`, divided by `max`: 1 when all are
 * perfect. As the evaluation of YCB-Video has it (Xiang et al. 2018): the values up to `max` ascend; each stretch between two different
 * ones counts with the share that is reached with the first sample at its end, the last stretch with the share within `max`; a sample
 * without a value is never reached. It is a little more than the exact area, by less than 1 / samples.
 */
export const areaOf = (column: Column, times: Uint32Array, max: number, samples: number): number => {
  let area = 0
  let reached = 0
  let before = 0
  for (let at = 0; at < column.values.length; at += 1) {
    const value = column.values[at] ?? 0
    const repeats = times[column.rows[at] ?? 0] ?? 0
    if (repeats === 0) continue
    if (value > max) break
    if (value !== before) area += (value - before) * ((reached + 1) / samples)
    reached += repeats
    before = value
  }
  if (reached > 0) area += (max - before) * (reached / samples)
  return area / max
}
