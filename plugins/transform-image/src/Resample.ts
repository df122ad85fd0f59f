/**
 * Resampling of pixels by a separable kernel: first the rows, then the columns, in integers of 22 fractional bits. The method, its kernels
 * and its rounding are those of Pillow's `Image.resize` (libImaging/Resample.c), so that it gives the same bytes. A picture that shrinks is
 * averaged over all pixels that go into one.
 *
 * Sharp edge: the pass over the rows is rounded to 8 bits before that over the columns.
 */
import { weighed } from "./alpha.ts"
import type { Picture, Size } from "./Picture.ts"
import { sinPi } from "./trigonometry.ts"

interface Kernel {
  /** Beyond it the kernel is 0. */
  readonly support: number
  readonly at: (x: number) => number
}

const sinc = (x: number): number => (x === 0 ? 1 : sinPi(x) / (Math.PI * x))

const cubic = (x: number): number => {
  // Keys 1981 with a = −½
  const a = -0.5
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}

export const kernels = {
  box: { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  linear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  cubic: { support: 2, at: (x) => cubic(Math.abs(x)) },
  lanczos3: { support: 3, at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) }
} as const satisfies Readonly<Record<string, Kernel>>

export type KernelName = keyof typeof kernels

const PRECISION = 2 ** 22

interface Weights {
  /** The first incoming pixel. */
  readonly first: number
  /** Of it and its neighbours; they add up to about 2^22. */
  readonly weights: Int32Array
}

/** What each outgoing pixel of a line is made of. */
const weightsOf = ({ support, at }: Kernel, before: number, after: number): ReadonlyArray<Weights> => {
  const scale = before / after
  const stretch = Math.max(1, scale)
  const reach = support * stretch
  return Array.from({ length: after }, (_, place) => {
    const centre = (place + 0.5) * scale
    const first = Math.max(0, Math.trunc(centre - reach + 0.5))
    const last = Math.min(before, Math.trunc(centre + reach + 0.5))
    const raw = Array.from({ length: last - first }, (_, index) => at((index + first - centre + 0.5) * (1 / stretch)))
    const total = raw.reduce((sum, weight) => sum + weight, 0)
    const shares = total === 0 ? raw : raw.map((weight) => weight / total)
    return { first, weights: Int32Array.from(shares, (share) => share * PRECISION + (share < 0 ? -0.5 : 0.5)) }
  })
}

/** One pass: `lines` lines of `before` pixels become as many of `after`. Steps are in bytes. */
const pass = (
  pixels: Uint8Array,
  kernel: Kernel,
  {
    before,
    after,
    lines,
    channels
  }: { readonly before: number; readonly after: number; readonly lines: number; readonly channels: number },
  step: { readonly pixel: number; readonly line: number; readonly pixelOut: number; readonly lineOut: number }
): Uint8Array => {
  const out = new Uint8ClampedArray(after * lines * channels)
  for (const [place, { first, weights }] of weightsOf(kernel, before, after).entries())
    for (let line = 0; line < lines; line += 1)
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = PRECISION / 2
        let at = line * step.line + first * step.pixel + channel
        for (let index = 0; index < weights.length; index += 1) {
          sum += (pixels[at] ?? 0) * (weights[index] ?? 0)
          at += step.pixel
        }
        out[line * step.lineOut + place * step.pixelOut + channel] = Math.floor(sum / PRECISION)
      }
  return new Uint8Array(out.buffer)
}

const resamplePlain = (picture: Picture, kernel: Kernel, { width, height }: Size): Picture => {
  const { channels } = picture
  let { pixels } = picture
  if (width !== picture.width)
    pixels = pass(
      pixels,
      kernel,
      { before: picture.width, after: width, lines: picture.height, channels },
      { pixel: channels, line: picture.width * channels, pixelOut: channels, lineOut: width * channels }
    )
  if (height !== picture.height)
    pixels = pass(
      pixels,
      kernel,
      { before: picture.height, after: height, lines: width, channels },
      { pixel: width * channels, line: channels, pixelOut: width * channels, lineOut: channels }
    )
  return { width, height, channels, pixels }
}

export const resample = (picture: Picture, kernel: KernelName, size: Size): Picture =>
  picture.width === size.width && picture.height === size.height
    ? picture
    : weighed(picture, (plain) => resamplePlain(plain, kernels[kernel], size))
