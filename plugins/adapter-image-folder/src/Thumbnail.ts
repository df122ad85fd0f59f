/**
 * A small grey picture to compare pictures by, and 16 numbers that hardly change when a picture is saved as JPEG, made a little
 * brighter, or moved by a pixel.
 *
 * The numbers are magnitudes of the lowest oblique frequencies of the thumbnail, its mean removed and its edges faded out: a shift
 * changes phases only, except for what enters and leaves at the edges. Sharp edge: rotation, scaling by itself, cropping and mirroring are
 * not looked for.
 */
import type { Picture } from "./Picture.ts"

/** Pictures up to this side are compared pixel by pixel. */
export const MAX_SIDE = 32

export interface Thumbnail {
  readonly width: number
  readonly height: number
  /** Pixels of the picture per pixel of the thumbnail, in each direction; 1: it is the picture itself. */
  readonly step: number
  readonly grey: Uint8Array
}

export const isThumbnail = (value: unknown): value is Thumbnail =>
  typeof value === "object" && value !== null && "grey" in value && "step" in value

export const thumbnailOf = (picture: Picture): Thumbnail => {
  const { width, height, channels, pixels } = picture
  const step = Math.ceil(Math.max(width, height) / MAX_SIDE)
  if (step === 1) return { width, height, step, grey: channels === 1 ? pixels : greyOf(picture) }
  const across = Math.max(1, Math.floor(width / step))
  const down = Math.max(1, Math.floor(height / step))
  const box = boxMeans(picture, across, down, step)
  return { width: across, height: down, step, grey: Uint8Array.from(smooth(box, across, down), Math.round) }
}

/** Luma of the pixel whose first channel is at this place, in 256ths. */
const luma = (pixels: Uint8Array, at: number, channels: number): number =>
  channels < 3 ? (pixels[at] ?? 0) << 8 : 77 * (pixels[at] ?? 0) + 150 * (pixels[at + 1] ?? 0) + 29 * (pixels[at + 2] ?? 0)

const greyOf = ({ width, height, channels, pixels }: Picture): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, at) => (luma(pixels, at * channels, channels) + 128) >> 8)

const boxMeans = ({ width, height, channels, pixels }: Picture, across: number, down: number, step: number): Float64Array => {
  const means = new Float64Array(across * down)
  const wide = Math.min(step, width)
  const high = Math.min(step, height)
  for (let y = 0; y < down * high; y++) {
    const row = Math.floor(y / high) * across
    for (let cell = 0, at = y * width * channels; cell < across; cell++) {
      let sum = 0
      for (let k = 0; k < wide; k++, at += channels) sum += luma(pixels, at, channels)
      means[row + cell] = (means[row + cell] ?? 0) + sum
    }
  }
  return means.map((sum) => sum / (256 * wide * high))
}

/** Weights 1 2 1 in both directions: without it an edge would jump from cell to cell when the picture moves by a pixel. */
const smooth = (box: Float64Array, width: number, height: number): Float64Array => {
  const along = (from: Float64Array, stride: number, length: number): Float64Array =>
    from.map((middle, at) => {
      const place = Math.floor(at / stride) % length
      const before = place > 0 ? (from[at - stride] ?? 0) : middle
      const after = place < length - 1 ? (from[at + stride] ?? 0) : middle
      return (before + 2 * middle + after) / 4
    })
  return along(along(box, 1, width), width, height)
}

/** Waves per picture in x and y. The first is the one that tells most pairs apart, because a host may sort by it. */
const frequencies: ReadonlyArray<readonly [number, number]> = [3, 2, 1].flatMap((u) =>
  [2, 3, 1].flatMap((v) => (u === 1 && v === 1 ? [] : [[u, v] as const, [u, -v] as const]))
)

/** The share of a side over which the picture fades out at each end. */
const FADE = 0.15
/** What JPEG at quality 80 changes, in grey levels. */
const NOISE = 0.6
/** What a shift by a pixel brings in at the edges: it falls with the side and with the frequency. */
const EDGE = 260

/** How many waves there are along a side: none, and the cosine and sine of one, two and three. */
const WAVES = 7
const cosine = (waves: number): number => 2 * waves - 1
const sine = (waves: number): number => 2 * waves

/** Every wave, faded out at both ends, one after the other. */
const wavesOf = (length: number): Float64Array =>
  Float64Array.from({ length: WAVES * length }, (_, index) => {
    const wave = Math.floor(index / length)
    const at = index % length
    const inside = Math.min(at + 0.5, length - at - 0.5) / (FADE * length)
    const fade = inside >= 1 ? 1 : 0.5 - 0.5 * Math.cos(Math.PI * inside)
    const angle = (2 * Math.PI * Math.ceil(wave / 2) * at) / length
    return fade * (wave % 2 === 1 ? Math.cos(angle) : wave === 0 ? 1 : Math.sin(angle))
  })
const waves = Array.from({ length: MAX_SIDE + 1 }, (_, length) => wavesOf(length))

/** Rows of `length` numbers against every wave: for each row as many numbers as there are waves. */
const against = (wave: Float64Array, length: number, rows: number, value: Float64Array, stride: number, step: number): Float64Array => {
  const out = new Float64Array(rows * WAVES)
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < WAVES; k++) {
      let sum = 0
      for (let at = 0; at < length; at++) sum += (wave[k * length + at] ?? 0) * (value[row * stride + at * step] ?? 0)
      out[row * WAVES + k] = sum
    }
  return out
}
const ones = new Float64Array(MAX_SIDE).fill(1)

/** Scaled so that near duplicates differ by at most 1 in each. */
export const vectorOf = ({ width, height, step, grey }: Thumbnail): ReadonlyArray<number> => {
  const across = waves[width] ?? new Float64Array(0)
  const down = waves[height] ?? new Float64Array(0)
  const sums = against(down, height, WAVES, against(across, width, height, Float64Array.from(grey), width, 1), 1, WAVES)
  const flatAcross = against(across, width, 1, ones, 0, 1)
  const flatDown = against(down, height, 1, ones, 0, 1)
  const weight = (flatAcross[0] ?? 0) * (flatDown[0] ?? 0)
  const mean = (sums[0] ?? 0) / weight
  /** The picture without its mean against the wave `x` across and `y` down. */
  const part = (x: number, y: number): number => (sums[x * WAVES + y] ?? 0) - mean * (flatAcross[x] ?? 0) * (flatDown[y] ?? 0)
  const side = Math.max(1, Math.min(width, height) - 2)
  return frequencies.map(([u, v]) => {
    const y = Math.abs(v)
    const sign = Math.sign(v)
    const real = part(cosine(u), cosine(y)) - sign * part(sine(u), sine(y))
    const imaginary = part(sine(u), cosine(y)) + sign * part(cosine(u), sine(y))
    const allowed = NOISE + EDGE / (step * side * Math.hypot(u, v))
    return Math.round((1000 * Math.hypot(real, imaginary)) / (weight * allowed)) / 1000
  })
}
