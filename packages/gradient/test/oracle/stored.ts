/**
 * Reads the stored cases and measures how far numbers are from them. The reader of safetensors here is a few lines of its own, apart from
 * the package's: what is under test must not read its own oracle.
 */
import { readFileSync } from "node:fs"

const folder = new URL("../golden/torch/", import.meta.url)

export const storedBytes = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(name, folder)))

export const storedJson = <A>(name: string): A => JSON.parse(new TextDecoder().decode(storedBytes(`${name}.json`))) as A

interface Entry {
  readonly dtype: string
  readonly shape: ReadonlyArray<number>
  readonly data_offsets: readonly [number, number]
}

export interface Stored {
  readonly shape: ReadonlyArray<number>
  readonly values: Float32Array
}

/** All tensors of a file that Python's safetensors wrote. */
export const storedTensors = (name: string): ((key: string) => Stored) => {
  const bytes = storedBytes(`${name}.safetensors`)
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<string, Entry>
  return (key) => {
    const entry = header[key]
    if (entry?.dtype !== "F32") throw new Error(`${name}.safetensors has no tensor of F32 named ${JSON.stringify(key)}`)
    const [from, to] = entry.data_offsets
    return { shape: entry.shape, values: new Float32Array(bytes.slice(start + from, start + to).buffer) }
  }
}

/** The place of a float among all floats in order: neighbours differ by 1, and both zeros are 0. */
const rank = (float: number): number => {
  const bits = new Int32Array(Float32Array.of(float).buffer)[0] ?? 0
  return bits < 0 ? -(bits & 0x7fffffff) : bits
}

const pairs = (ours: Float32Array, theirs: Float32Array): ReadonlyArray<readonly [number, number]> => {
  if (ours.length !== theirs.length) throw new Error(`${theirs.length} numbers are stored, ${ours.length} came`)
  return Array.from(ours, (value, at) => [value, theirs[at] ?? Number.NaN] as const)
}

/** The most floats between a number and its stored counterpart. */
export const ulps = (ours: Float32Array, theirs: Float32Array): number =>
  pairs(ours, theirs).reduce((most, [a, b]) => {
    const here = Number.isFinite(a) && Number.isFinite(b) ? Math.abs(rank(a) - rank(b)) : Number.POSITIVE_INFINITY
    return Math.max(most, here)
  }, 0)

/** The largest difference in units of the largest stored number (or of `least`, where that is more). Not finite counts as infinitely far. */
export const distance = (ours: Float32Array, theirs: Float32Array, least = 0): number => {
  const top = Math.max(least, largest(theirs))
  const worst = pairs(ours, theirs).reduce((most, [a, b]) => Math.max(most, Number.isFinite(a - b) ? Math.abs(a - b) : 1 / 0), 0)
  return worst === 0 ? 0 : worst / top
}

export const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
