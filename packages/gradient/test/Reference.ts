/** Slow and plain twins of the kernels, in the same order of rounding, and numbers to feed both. */
import { type Device, elementsOf, openDevice } from "../src/index.ts"

/** Numbers of [-1, 1) that are the same on every run: a linear congruential generator (Numerical Recipes). */
export const numbers = (count: number, seed = 1): Float32Array => {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 31 - 1
  })
}
export const ofShape = (shape: ReadonlyArray<number>, seed = 1): Float32Array => numbers(elementsOf(shape), seed)

const opened = openDevice()
/** One device for the tests of a file: memory is only ever added. */
export const device = (): Promise<Device> => opened

export const at = (values: ArrayLike<number>, index: number): number => {
  const value = values[index]
  if (value === undefined) throw new RangeError(`no element ${index} of ${values.length}`)
  return value
}
const f = Math.fround

/** c [m, n] = a [m, k] b [k, n] + bias: each element one sum over k from zero. */
export const product = (a: Float32Array, b: Float32Array, m: number, n: number, k: number, bias?: Float32Array): Float32Array =>
  Float32Array.from({ length: m * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n]
    let sum = 0
    for (let p = 0; p < k; p++) sum = f(sum + f(at(a, i * k + p) * at(b, p * n + j)))
    return bias === undefined ? sum : f(sum + at(bias, j))
  })

/** gradient [i, n] + per sample, in order, the sum over its positions of a[s, p, i] b[s, p, n]. */
export const gradientProduct = (
  a: Float32Array,
  b: Float32Array,
  before: Float32Array,
  samples: number,
  positions: number,
  width: number,
  n: number
): Float32Array =>
  before.map((start, index) => {
    const [i, j] = [Math.floor(index / n), index % n]
    let total = start
    for (let s = 0; s < samples; s++) {
      let sum = 0
      for (let p = 0; p < positions; p++) sum = f(sum + f(at(a, (s * positions + p) * width + i) * at(b, (s * positions + p) * n + j)))
      total = f(total + sum)
    }
    return total
  })

export interface Picture {
  readonly n: number
  readonly h: number
  readonly w: number
  readonly c: number
}
export interface Window {
  readonly kh: number
  readonly kw: number
  readonly sh: number
  readonly sw: number
  readonly top: number
  readonly left: number
  readonly oh: number
  readonly ow: number
}

/** The windows of pictures as rows [n oh ow, kh kw c]; zero outside. */
export const windowsOf = (x: Float32Array, { n, h, w, c }: Picture, { kh, kw, sh, sw, top, left, oh, ow }: Window): Float32Array => {
  const rows: Array<number> = []
  for (let s = 0; s < n; s++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let i = 0; i < kh; i++)
          for (let j = 0; j < kw; j++)
            for (let k = 0; k < c; k++) {
              const [y, z] = [oy * sh - top + i, ox * sw - left + j]
              rows.push(y < 0 || z < 0 || y >= h || z >= w ? 0 : at(x, ((s * h + y) * w + z) * c + k))
            }
  return Float32Array.from(rows)
}

/** The same windows, added back in their order. */
export const windowsBack = (
  columns: Float32Array,
  { n, h, w, c }: Picture,
  { kh, kw, sh, sw, top, left, oh, ow }: Window
): Float32Array => {
  const x = new Float32Array(n * h * w * c)
  let q = 0
  for (let s = 0; s < n; s++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let i = 0; i < kh; i++)
          for (let j = 0; j < kw; j++)
            for (let k = 0; k < c; k++) {
              const [y, z] = [oy * sh - top + i, ox * sw - left + j]
              const place = ((s * h + y) * w + z) * c + k
              if (y >= 0 && z >= 0 && y < h && z < w) x[place] = at(x, place) + at(columns, q)
              q++
            }
  return x
}

export const transposed = (a: Float32Array, rows: number, columns: number): Float32Array =>
  a.map((_, index) => at(a, (index % rows) * columns + Math.floor(index / rows)))

/** The bits, so that -0 and 0 differ and a NaN is equal to itself. */
export const bits = (values: Float32Array): Array<number> => [...new Uint32Array(values.buffer, values.byteOffset, values.length)]

/** How many 32-bit floats lie between two. */
export const unitsApart = (a: number, b: number): number => {
  const order = (x: number) => {
    const [word = 0] = new Int32Array(Float32Array.of(x).buffer)
    return word < 0 ? -(word & 0x7fffffff) : word
  }
  return Math.abs(order(a) - order(b))
}
