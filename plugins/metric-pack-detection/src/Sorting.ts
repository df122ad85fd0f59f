/**
 * Orders of rows. Sharp edge: every one of them is stable, because the order of equal scores is part of the result.
 */
import type { Shapes } from "./Columns.ts"

export interface Rows {
  /** Rows of category k from `starts[k]` to `starts[k + 1]`, in their own order. */
  readonly starts: Int32Array
  readonly rows: Int32Array
}

/** The rows by category; within one they stay in their order, which is that of the images. */
export const rowsOf = ({ count, category }: Shapes, categories: number): Rows => {
  const starts = new Int32Array(categories + 1)
  for (let row = 0; row < count; row++) {
    const after = (category[row] ?? 0) + 1
    starts[after] = (starts[after] ?? 0) + 1
  }
  for (let each = 0; each < categories; each++) starts[each + 1] = (starts[each + 1] ?? 0) + (starts[each] ?? 0)
  const next = starts.slice()
  const rows = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const own = category[row] ?? 0
    const place = next[own] ?? 0
    rows[place] = row
    next[own] = place + 1
  }
  return { starts, rows }
}

const FEW = 12

/** Puts `rows[from … until)` into descending order of their scores, in place. */
export const sortedByScore = (rows: Int32Array, from: number, until: number, score: Float64Array): void => {
  const count = until - from
  for (let low = from; low < until; low += FEW) insert(rows, low, Math.min(low + FEW, until), score)
  if (count <= FEW) return
  let source: Int32Array = rows.subarray(from, until)
  let target: Int32Array = new Int32Array(count)
  for (let size = FEW; size < count; size *= 2) {
    for (let low = 0; low < count; low += 2 * size)
      mergeRuns(source, target, low, Math.min(low + size, count), Math.min(low + 2 * size, count), score)
    const filled = target
    target = source
    source = filled
  }
  if (source.buffer !== rows.buffer) rows.set(source, from)
}

const insert = (rows: Int32Array, low: number, high: number, score: Float64Array): void => {
  for (let at = low + 1; at < high; at++) {
    const row = rows[at] ?? 0
    const own = score[row] ?? 0
    let place = at
    while (place > low && (score[rows[place - 1] ?? 0] ?? 0) < own) {
      rows[place] = rows[place - 1] ?? 0
      place--
    }
    rows[place] = row
  }
}

const mergeRuns = (source: Int32Array, target: Int32Array, low: number, middle: number, high: number, score: Float64Array): void => {
  let [left, right] = [low, middle]
  for (let at = low; at < high; at++) {
    const fromLeft = left < middle && (right >= high || (score[source[left] ?? 0] ?? 0) >= (score[source[right] ?? 0] ?? 0))
    target[at] = (fromLeft ? source[left++] : source[right++]) ?? 0
  }
}
