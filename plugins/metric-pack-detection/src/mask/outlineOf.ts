/**
 * The outline of a mask for drawing: closed rings along the borders of its pixels, holes as rings of their own (even–odd rule), with fewer
 * corners where a picture would not show them.
 *
 * Sharp edge: it is for eyes. A ring may be off by a pixel or more, and nothing is ever computed from it.
 */
import { type Mask, maskBox } from "./Mask.ts"

type Point = readonly [x: number, y: number]
export type Ring = ReadonlyArray<Point>

/** Most corners of a ring. */
const CORNERS = 150

/** Pixels of the smallest box around the mask, row by row, with a border of one pixel that is out. */
const bitmapOf = ({ height, runs }: Mask, [left, top, width, rows]: readonly [number, number, number, number]): Uint8Array => {
  const stride = width + 2
  const pixels = new Uint8Array(stride * (rows + 2))
  let at = 0
  for (const [index, length] of runs.entries()) {
    if (index % 2 === 1)
      for (let pixel = at; pixel < at + length; pixel++)
        pixels[((pixel % height) - top + 1) * stride + Math.floor(pixel / height) - left + 1] = 1
    at += length
  }
  return pixels
}

export const outlineOf = (mask: Mask): ReadonlyArray<Ring> => {
  const box = maskBox(mask)
  const [left, top, width, rows] = box
  const pixels = bitmapOf(mask, box)
  const stride = width + 2
  /** Corner → corners that a border leads to from there, the pixel at its right hand. */
  const next = new Map<number, Array<number>>()
  const border = (from: number, to: number): void => {
    const known = next.get(from)
    if (known === undefined) next.set(from, [to])
    else known.push(to)
  }
  for (let y = 1; y <= rows; y++)
    for (let x = 1; x <= width; x++) {
      const at = y * stride + x
      if (pixels[at] === 0) continue
      // Corners have the number of the pixel below and to the right of them.
      if (pixels[at - stride] === 0) border(at, at + 1)
      if (pixels[at + 1] === 0) border(at + 1, at + stride + 1)
      if (pixels[at + stride] === 0) border(at + stride + 1, at + stride)
      if (pixels[at - 1] === 0) border(at + stride, at)
    }
  const point = (corner: number): Point => [left - 1 + (corner % stride), top - 1 + Math.floor(corner / stride)]
  const rings: Array<Ring> = []
  for (const start of next.keys())
    for (let corner = next.get(start)?.pop(); corner !== undefined; corner = next.get(start)?.pop()) {
      const ring = [point(start)]
      let at: number | undefined = corner
      while (at !== undefined && at !== start) {
        ring.push(point(at))
        at = next.get(at)?.pop()
      }
      rings.push(simplified(ring))
    }
  return rings
}

const distance = ([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number => {
  const length = Math.hypot(bx - ax, by - ay)
  return length === 0 ? Math.hypot(x - ax, y - ay) : Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
}

/** Fewer corners, none of those left out further than `tolerance` from the line (D. Douglas and T. Peucker, 1973). */
const thinned = (line: Ring, tolerance: number): Ring => {
  const [first, last] = [line[0], line.at(-1)]
  if (first === undefined || last === undefined || line.length < 3) return line
  let [farthest, most] = [0, tolerance]
  for (let index = 1; index + 1 < line.length; index++) {
    const away = distance(line[index] ?? first, first, last)
    if (away > most) [farthest, most] = [index, away]
  }
  if (farthest === 0) return [first, last]
  return [...thinned(line.slice(0, farthest + 1), tolerance).slice(0, -1), ...thinned(line.slice(farthest), tolerance)]
}

const simplified = (ring: Ring): Ring => {
  const half = Math.floor(ring.length / 2)
  const [start] = ring
  if (start === undefined) return ring
  for (let tolerance = 0.5; ; tolerance *= 2) {
    const there = thinned(ring.slice(0, half + 1), tolerance)
    const back = thinned([...ring.slice(half), start], tolerance)
    const fewer = [...there.slice(0, -1), ...back.slice(0, -1)]
    if (fewer.length <= CORNERS) return fewer
  }
}
