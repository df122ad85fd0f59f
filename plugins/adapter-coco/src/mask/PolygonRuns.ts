/**
 * A polygon as runs of pixels, equal to COCO's reference to the pixel.
 *
 * The rule of maskApi (P. Dollár and T.-Y. Lin, 2015, `rleFrPoly`): corners are rounded to a grid five times as fine as the pixels; every
 * edge is walked on that grid, one step along its longer side at a time; wherever the walk enters another fine column through the middle
 * of a column of pixels, the boundary is crossed there, at the first pixel whose middle is not above; between an odd and an even crossing
 * of the picture, read column by column, lie the pixels of the polygon. Sharp edge: it is not the even-odd rule of a drawing library.
 */
import type { Runs } from "./Runs.ts"

const FINE = 5

/** @param points `[x0, y0, x1, y1, …]` in pixels, as many x as y, at least one, none far outside of the picture: the walk is as long as the boundary. */
export const polygonRuns = (points: ReadonlyArray<number>, height: number, width: number): Runs => {
  const corners = Array.from({ length: points.length / 2 }, (_, corner): readonly [number, number] => [
    Math.trunc(FINE * (points[2 * corner] ?? 0) + 0.5),
    Math.trunc(FINE * (points[2 * corner + 1] ?? 0) + 0.5)
  ])
  const crossings: Array<number> = []
  let before: readonly [number, number] | undefined
  for (const [index, corner] of corners.entries())
    walk(corner, corners[(index + 1) % corners.length] ?? corner, (x, y) => {
      if (before !== undefined && before[0] !== x) {
        // Both are whole numbers exactly where the walk goes through the middle of a pixel.
        const column = ((x < before[0] ? x : x - 1) - 2) / FINE
        const row = Math.ceil((Math.min(y, before[1]) - 2) / FINE)
        if (Number.isInteger(column) && column >= 0 && column < width) crossings.push(column * height + Math.min(Math.max(row, 0), height))
      }
      before = [x, y]
    })
  crossings.push(height * width)
  crossings.sort((left, right) => left - right)
  return runsBetween(crossings)
}

/** Every point of the fine grid on an edge, both ends included. The rounding goes from its lower end upwards, whichever way it is walked. */
const walk = (
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  step: (x: number, y: number) => void
): void => {
  const [spanX, spanY] = [Math.abs(toX - fromX), Math.abs(toY - fromY)]
  const flat = spanX >= spanY
  const back = flat ? fromX > toX : fromY > toY
  const [startX, startY, endX, endY] = back ? [toX, toY, fromX, fromY] : [fromX, fromY, toX, toY]
  const span = flat ? spanX : spanY
  // An edge without length has no slope, and none is needed for its one point.
  const slope = span === 0 ? 0 : (flat ? endY - startY : endX - startX) / span
  for (let each = 0; each <= span; each++) {
    const along = back ? span - each : each
    if (flat) step(along + startX, Math.trunc(startY + slope * along + 0.5))
    else step(Math.trunc(startX + slope * along + 0.5), along + startY)
  }
}

/** Crossings at the same place cancel out. */
const runsBetween = (crossings: ReadonlyArray<number>): Runs => {
  const runs: Array<number> = []
  let last = 0
  let joins = false
  for (const crossing of crossings) {
    const length = crossing - last
    last = crossing
    if (joins) {
      runs.push((runs.pop() ?? 0) + length)
      joins = false
    } else if (length > 0 || runs.length === 0) runs.push(length)
    else joins = true
  }
  return runs
}
