/**
 * A polygon as a mask, equal to COCO's reference to the pixel.
 *
 * The rule of maskApi (P. Dollár and T.-Y. Lin, 2015, `rleFrPoly`): corners are rounded to a grid five times as fine as the pixels; every
 * edge is walked on that grid, one step along its longer side at a time; wherever the walk enters another fine column through the middle
 * of a column of pixels, the boundary is crossed there, at the first pixel whose middle is not above; between an odd and an even crossing,
 * column by column, lie the pixels of the polygon. Sharp edge: it is not the even–odd rule of a drawing library, and the walk is as long
 * as the boundary, so that corners far outside of the picture cost time.
 */
import type { Mask } from "./Mask.ts"

const FINE = 5

/** @param points `[x0, y0, x1, y1, …]` in pixels, at least one corner. */
export const polygonMask = (points: ReadonlyArray<number>, height: number, width: number): Mask => {
  const corners = Math.floor(points.length / 2)
  const fine = points.map((each) => Math.trunc(FINE * each + 0.5))
  const crossings: Array<number> = []
  let [beforeX, beforeY] = [fine[0] ?? 0, fine[1] ?? 0]
  const step = (x: number, y: number): void => {
    if (x !== beforeX) {
      const column = ((x < beforeX ? x : x - 1) - 2) / FINE
      if (Number.isInteger(column) && column >= 0 && column < width) {
        const row = Math.ceil((Math.min(y, beforeY) - 2) / FINE)
        crossings.push(column * height + Math.min(Math.max(row, 0), height))
      }
    }
    beforeX = x
    beforeY = y
  }
  for (let corner = 0; corner < corners; corner++) {
    const next = corner + 1 === corners ? 0 : corner + 1
    walk(fine[2 * corner] ?? 0, fine[2 * corner + 1] ?? 0, fine[2 * next] ?? 0, fine[2 * next + 1] ?? 0, step)
  }
  return { height, width, runs: runsBetween(crossings, height * width) }
}

/** Every point of the fine grid on an edge, both ends included. The rounding goes from its lower end upwards, whichever way it is walked. */
const walk = (fromX: number, fromY: number, toX: number, toY: number, step: (x: number, y: number) => void): void => {
  const [spanX, spanY] = [Math.abs(toX - fromX), Math.abs(toY - fromY)]
  const flat = spanX >= spanY
  const back = flat ? fromX > toX : fromY > toY
  const [startX, startY] = back ? [toX, toY] : [fromX, fromY]
  const rise = (back ? -1 : 1) * (flat ? toY - fromY : toX - fromX)
  const span = flat ? spanX : spanY
  // An edge without length has no slope, and its one point needs none.
  const slope = span === 0 ? 0 : rise / span
  for (let each = 0; each <= span; each++) {
    const along = back ? span - each : each
    if (flat) step(along + startX, Math.trunc(startY + slope * along + 0.5))
    else step(Math.trunc(startX + slope * along + 0.5), along + startY)
  }
}

/** Two crossings at the same place cancel out, unless they are the first. */
const runsBetween = (crossings: ReadonlyArray<number>, pixels: number): ReadonlyArray<number> => {
  const sorted = Float64Array.from([...crossings, pixels]).sort()
  const runs: Array<number> = []
  let [last, joins] = [0, false]
  for (const crossing of sorted) {
    const length = crossing - last
    last = crossing
    if (joins) {
      runs[runs.length - 1] = (runs.at(-1) ?? 0) + length
      joins = false
    } else if (length > 0 || runs.length === 0) runs.push(length)
    else joins = true
  }
  return runs
}
