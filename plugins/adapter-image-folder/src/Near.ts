/**
 * Whether two thumbnails show the same picture, moved by at most a pixel, a little brighter or darker, or saved as JPEG.
 *
 * Sharp edge: the bounds are measured (see the README), not derived. Two photographs of one scene are no near duplicates, and neither are
 * two scans of one drawing.
 */
import type { NearCheck } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { decodeAgain } from "./decodeAgain.ts"
import { isRead } from "./ReadSample.ts"
import { isThumbnail, type Thumbnail, thumbnailOf } from "./Thumbnail.ts"

/** Grey levels that the one may be brighter than the other. */
const MAX_OFFSET = 3
/** Grey levels that a pixel may differ by. */
const MAX_ERROR = 42
/** Root mean square of the difference; less where a picture has little contrast, because JPEG changes it less. */
const MAX_RMS = 9
const rmsFor = (contrast: number): number => Math.min(MAX_RMS, 2 + 0.4 * contrast)
/** A thumbnail is a mean over many pixels, and what JPEG does to them averages out. */
const REDUCED = 2 / 3

const shifts = [0, -1, 1].flatMap((dy) => [0, -1, 1].map((dx) => [dx, dy] as const))

export const near: NearCheck = {
  sketch: ({ sample_id, data }) => {
    if (!isRead(data)) throw new TypeError(`sample ${sample_id} was not read by the adapter image-folder`)
    const { bytes, width, height, channels, encoded, path } = data
    return encoded
      ? Effect.map(decodeAgain(path, bytes, sample_id), thumbnailOf)
      : Effect.sync(() => thumbnailOf({ width, height, channels, pixels: bytes }))
  },
  same: (left, right) => isThumbnail(left) && isThumbnail(right) && nearThumbnails(left, right)
}

export const nearThumbnails = (left: Thumbnail, right: Thumbnail): boolean => {
  if (left.width !== right.width || left.height !== right.height || (left.step === 1) !== (right.step === 1)) return false
  if (left.step === 1) return shifts.some(([dx, dy]) => agree(moved(left, dx, dy), moved(right, -dx, -dy), left, 1))
  // By half a pixel of the picture each, towards each other: both become equally soft.
  const half = 0.5 / Math.min(left.step, right.step)
  return shifts.some(([dx, dy]) => agree(softly(left, dx * half, dy * half), softly(right, -dx * half, -dy * half), left, REDUCED))
}

/** A part of a picture: where it begins, and how large it is. */
interface View {
  readonly values: ArrayLike<number>
  readonly start: number
  readonly width: number
  readonly height: number
}

/** What is left of a picture when it moves by a pixel. */
const moved = ({ width, height, grey }: Thumbnail, dx: number, dy: number): View => ({
  values: grey,
  start: Math.max(0, dy) * width + Math.max(0, dx),
  width: width - Math.abs(dx),
  height: height - Math.abs(dy)
})

/** Pixels at the edge that a shift has filled, and those that were smoothed with them. */
const margin = (side: number): number => (side > 8 ? 2 : 0)

const softly = ({ width, height, grey }: Thumbnail, dx: number, dy: number): View => {
  const beside = (at: number, step: number, length: number) => Math.min(length - 1, Math.max(0, at + step))
  const values = Float64Array.from(grey, (here, at) => {
    const x = at % width
    const y = Math.floor(at / width)
    const toX = beside(x, Math.sign(dx), width)
    const toY = beside(y, Math.sign(dy), height)
    const value = (px: number, py: number) => grey[py * width + px] ?? here
    const above = value(x, y) * (1 - Math.abs(dx)) + value(toX, y) * Math.abs(dx)
    const below = value(x, toY) * (1 - Math.abs(dx)) + value(toX, toY) * Math.abs(dx)
    return above * (1 - Math.abs(dy)) + below * Math.abs(dy)
  })
  const across = margin(width)
  const down = margin(height)
  return { values, start: down * width + across, width: width - 2 * across, height: height - 2 * down }
}

/** Whether two views of one size agree within `share` of the bounds, but for a difference of brightness. */
const agree = (left: View, right: View, { width: stride }: Thumbnail, share: number): boolean => {
  const { width, height } = left
  const count = width * height
  if (count <= 0) return false
  const tooFar = MAX_ERROR * share + MAX_OFFSET
  let sum = 0
  let squares = 0
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  let light = 0
  let lights = 0
  for (let y = 0; y < height; y++) {
    const inLeft = left.start + y * stride
    const inRight = right.start + y * stride
    for (let x = 0; x < width; x++) {
      const one = left.values[inLeft + x] ?? 0
      const other = right.values[inRight + x] ?? 0
      const error = one - other
      if (error > tooFar || error < -tooFar) return false
      if (error < least) least = error
      if (error > most) most = error
      sum += error
      squares += error * error
      light += one + other
      lights += one * one + other * other
    }
  }
  const mean = sum / count
  const offset = Math.min(MAX_OFFSET, Math.max(-MAX_OFFSET, mean))
  if (Math.max(most - offset, offset - least) > MAX_ERROR * share) return false
  const rms = Math.sqrt(Math.max(0, squares / count - 2 * offset * mean + offset * offset))
  const contrast = Math.sqrt(Math.max(0, lights / (2 * count) - (light / (2 * count)) ** 2))
  return rms <= rmsFor(contrast) * share
}
