/**
 * The discrete Fourier transform and what is read from it: amplitudes over frequency, and whether energy was lost on the way to a picture.
 * Every length is transformed as it is: powers of two by radix 2 (Cooley and Tukey, 1965), all others by Bluestein's chirp (1970), so
 * nothing is padded and Parseval's theorem holds for the very values that were given.
 *
 * X[k] = Σ x[n]·e^(−2πi·k·n / N), as NumPy's `numpy.fft.fft` defines it; the inverse divides by N. Sharp edge: made of + − × ÷ alone, with
 * cosines that are the same on every machine.
 */
import { cosPi, logarithm } from "@feagi-trainer/determinism"

/** A complex sequence as two equally long parts. */
export interface Complex {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** cos(π·numerator / denominator) for integers: folded into half a turn exactly, before anything is rounded. */
const cosOfTurn = (numerator: number, denominator: number): number => {
  const within = Math.abs(numerator) % (2 * denominator)
  return cosPi((within > denominator ? 2 * denominator - within : within) / denominator)
}

const sinOfTurn = (numerator: number, denominator: number): number => cosOfTurn(2 * numerator - denominator, 2 * denominator)

const isPowerOfTwo = (n: number): boolean => (n & (n - 1)) === 0

const radix2 = ({ re, im }: Complex): Complex => {
  const n = re.length
  const [outRe, outIm] = [Float64Array.from(re), Float64Array.from(im)]
  for (let from = 1, to = 0; from < n; from++) {
    let bit = n >> 1
    for (; to & bit; bit >>= 1) to ^= bit
    to ^= bit
    if (from < to) {
      outRe[from] = re[to] ?? 0
      outRe[to] = re[from] ?? 0
      outIm[from] = im[to] ?? 0
      outIm[to] = im[from] ?? 0
    }
  }
  const cos = Float64Array.from({ length: n >> 1 }, (_, k) => cosOfTurn(2 * k, n))
  const sin = Float64Array.from({ length: n >> 1 }, (_, k) => -sinOfTurn(2 * k, n))
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half)
    for (let start = 0; start < n; start += 2 * half)
      for (let k = 0; k < half; k++) {
        const [c, s] = [cos[k * stride] ?? 0, sin[k * stride] ?? 0]
        const [a, b] = [start + k, start + k + half]
        const [bRe, bIm] = [outRe[b] ?? 0, outIm[b] ?? 0]
        const [tRe, tIm] = [bRe * c - bIm * s, bRe * s + bIm * c]
        const [aRe, aIm] = [outRe[a] ?? 0, outIm[a] ?? 0]
        outRe[b] = aRe - tRe
        outIm[b] = aIm - tIm
        outRe[a] = aRe + tRe
        outIm[a] = aIm + tIm
      }
  }
  return { re: outRe, im: outIm }
}

const times = (a: Complex, b: Complex): Complex => ({
  re: a.re.map((x, k) => x * (b.re[k] ?? 0) - (a.im[k] ?? 0) * (b.im[k] ?? 0)),
  im: a.re.map((x, k) => x * (b.im[k] ?? 0) + (a.im[k] ?? 0) * (b.re[k] ?? 0))
})

/** k·n = (k² + n² − (k − n)²) / 2 makes the transform a convolution, and that is done with powers of two. */
const bluestein = ({ re, im }: Complex): Complex => {
  const n = re.length
  let padded = 1
  while (padded < 2 * n - 1) padded *= 2
  // e^(−πi·k² / n); k² modulo 2n is exact in doubles for every length that fits into memory.
  const chirp: Complex = {
    re: Float64Array.from({ length: n }, (_, k) => cosOfTurn((k * k) % (2 * n), n)),
    im: Float64Array.from({ length: n }, (_, k) => -sinOfTurn((k * k) % (2 * n), n))
  }
  const left: Complex = { re: new Float64Array(padded), im: new Float64Array(padded) }
  const product = times({ re, im }, chirp)
  left.re.set(product.re)
  left.im.set(product.im)
  const right: Complex = { re: new Float64Array(padded), im: new Float64Array(padded) }
  for (let k = 0; k < n; k++)
    for (const at of k === 0 ? [0] : [k, padded - k]) {
      right.re[at] = chirp.re[k] ?? 0
      right.im[at] = -(chirp.im[k] ?? 0)
    }
  const convolved = inverseFft(times(radix2(left), radix2(right)))
  return times({ re: convolved.re.subarray(0, n), im: convolved.im.subarray(0, n) }, chirp)
}

/** The transform of a sequence of any length; nothing of nothing. Throws `RangeError` when the parts differ in length. */
export const fft = (sequence: Complex): Complex => {
  const n = sequence.re.length
  if (sequence.im.length !== n) throw new RangeError(`a complex sequence has two parts of one length, not ${n} and ${sequence.im.length}`)
  if (n === 0) return { re: new Float64Array(0), im: new Float64Array(0) }
  return isPowerOfTwo(n) ? radix2(sequence) : bluestein(sequence)
}

/** What `fft` gives this for: the same with swapped parts, over N. */
export const inverseFft = ({ re, im }: Complex): Complex => {
  const swapped = fft({ re: im, im: re })
  return { re: swapped.im.map((x) => x / re.length), im: swapped.re.map((x) => x / re.length) }
}

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length

export interface SpectrumLine {
  /** Cycles per sample times the sample rate: from 0 to half of it. */
  readonly frequency: number
  /** Mean of x² that this frequency holds; all lines together hold the mean of x². */
  readonly power: number
}

/**
 * The one-sided power spectrum of real samples, without a window and without padding: ⌊N / 2⌋ + 1 lines, each but the first (and for even N the
 * last) with the power of its mirror image added. `detrend` takes the mean away first, so that the line at 0 is 0 up to rounding.
 *
 * @param values at least one finite number
 * @param rate samples per unit of frequency; 1 gives cycles per sample
 */
export const powerSpectrum = (
  values: ReadonlyArray<number>,
  { rate, detrend }: { readonly rate: number; readonly detrend: boolean }
): ReadonlyArray<SpectrumLine> => {
  const n = values.length
  if (n === 0) throw new RangeError("a spectrum needs at least one sample")
  const shift = detrend ? mean(values) : 0
  const { re, im } = fft({ re: Float64Array.from(values, (value) => value - shift), im: new Float64Array(n) })
  return Array.from({ length: Math.floor(n / 2) + 1 }, (_, k) => {
    const [a, b] = [re[k] ?? 0, im[k] ?? 0]
    const mirrored = k > 0 && 2 * k < n ? 2 : 1
    return { frequency: (k * rate) / n, power: (mirrored * (a * a + b * b)) / (n * n) }
  })
}

/** 10·log₁₀ of a ratio of powers, in decibels. Undefined where one of them is 0: there is no ratio then. */
export const decibels = (power: number, reference: number): number | undefined =>
  power > 0 && reference > 0 ? (10 * logarithm(power / reference)) / Math.LN10 : undefined

/**
 * How far the energy of a spectrum is from that of the samples it was made of, in decibels: 0 by Parseval's theorem when nothing was lost.
 * Two silences differ by 0; a silence and a sound have no finite distance and give undefined.
 */
export const energyDrift = (
  values: ReadonlyArray<number>,
  lines: ReadonlyArray<SpectrumLine>,
  { detrend }: { readonly detrend: boolean }
): number | undefined => {
  const shift = detrend ? mean(values) : 0
  const energy = mean(values.map((value) => (value - shift) * (value - shift)))
  const shown = lines.reduce((sum, { power }) => sum + power, 0)
  return energy === 0 && shown === 0 ? 0 : decibels(shown, energy)
}
