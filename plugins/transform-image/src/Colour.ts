/**
 * From the channels that a picture has to those that are wanted. Grey is ITU-R 601 luma in integers, (19595 R + 38470 G + 7471 B + 32768)
 * >> 16, and alpha over a background is rounded in integers: both as Pillow does, to the bit.
 */
import type { Picture } from "./Picture.ts"

/** What becomes of alpha where none is wanted; `undefined` when it is refused. */
export type Background = "drop" | readonly [number, number, number]

const grey = (red: number, green: number, blue: number): number => (19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16

/** value · alpha + behind · (255 − alpha), divided by 255 and rounded. */
const over = (value: number, behind: number, alpha: number): number => {
  const sum = value * alpha + behind * (255 - alpha) + 128
  return (sum + (sum >> 8)) >> 8
}

export const hasAlpha = (channels: number): boolean => channels === 2 || channels === 4

export const toChannels = (picture: Picture, channels: 1 | 3 | 4, background: Background): Picture => {
  const given = picture.channels
  if (given === channels) return picture
  const { width, height, pixels } = picture
  const out = new Uint8Array(width * height * channels)
  const [back0, back1, back2] = background === "drop" ? [0, 0, 0] : background
  for (let from = 0, to = 0; from < pixels.length; from += given, to += channels) {
    const first = pixels[from] ?? 0
    const colour = given < 3 ? [first, first, first] : [first, pixels[from + 1] ?? 0, pixels[from + 2] ?? 0]
    const alpha = hasAlpha(given) ? (pixels[from + given - 1] ?? 255) : 255
    const flat = channels !== 4 && background !== "drop"
    const [red = 0, green = 0, blue = 0] = flat
      ? [over(colour[0] ?? 0, back0, alpha), over(colour[1] ?? 0, back1, alpha), over(colour[2] ?? 0, back2, alpha)]
      : colour
    if (channels === 1) out[to] = grey(red, green, blue)
    else {
      out[to] = red
      out[to + 1] = green
      out[to + 2] = blue
      if (channels === 4) out[to + 3] = alpha
    }
  }
  return { width, height, channels, pixels: out }
}
