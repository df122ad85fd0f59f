/**
 * Numbers that both sides compute, so that no input has to be stored: an integer hash of (seed, index), mapped to [-1, 1) exactly. The same
 * formula stands in formula.py. Sharp edge: products and sums are of doubles, rounded once to a float, as NumPy does it.
 */
const hash = (seed: number, index: number): number => {
  let h = (Math.imul(index, 0x9e3779b1) + Math.imul(seed, 0x85ebca77)) | 0
  h ^= h >>> 16
  h = Math.imul(h, 0x7feb352d)
  h ^= h >>> 15
  h = Math.imul(h, 0x846ca68b)
  return (h ^ (h >>> 16)) >>> 0
}

/** Where numbers come from. With `below` they are `offset` + `scale` times a whole number from 0 to `below` - 1, else of [-1, 1). */
export interface Formula {
  readonly seed: number
  readonly shape: ReadonlyArray<number>
  readonly scale: number
  readonly offset: number
  readonly below?: number
}

export const elements = (shape: ReadonlyArray<number>): number => shape.reduce((product, axis) => product * axis, 1)

/** `count` words of 32 bits of a stream, from index `start`. */
export const words = (seed: number, count: number, start = 0): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, at) => hash(seed, start + at))

/** Integers from 0 to `below` - 1, by remainder. */
export const integers = (seed: number, count: number, below: number): Int32Array =>
  Int32Array.from(words(seed, count), (word) => word % below)

/** The numbers of a formula, from index `start` of its stream. */
export const numbers = ({ seed, shape, scale, offset, below }: Formula, start = 0): Float32Array =>
  Float32Array.from(words(seed, elements(shape), start), (word) =>
    below === undefined ? offset + scale * (((word >>> 8) - 8388608) / 8388608) : offset + scale * (word % below)
  )
