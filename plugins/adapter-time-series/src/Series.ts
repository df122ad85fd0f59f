/**
 * A series in memory, and what is told of it without its values: its hash, what makes it a near duplicate.
 *
 * Values are interleaved by time, then channel. Sharp edge: NaN stands for a missing value inside of this package only;
 * `fillMissing` removes every one, or says where it could not.
 */
import { createHash } from "node:crypto"
import type { Missing } from "./Options.ts"

export interface Series {
  readonly channels: number
  readonly values: Float64Array
}

/** A series with its target, as it stands in a record. */
export interface SeriesRecord extends Series {
  /** The label, or the number that is to be predicted. */
  readonly target: string | number
  readonly id?: string
  readonly group?: string
  /** Milliseconds of the first point, where the file says them. */
  readonly time?: number
}

/** Differences within a series below which rounding to 3 decimals would call different series near. */
const LEAST_RANGE = 0.1

/** Fills in place by the declared policy; returns the places that stay missing: under "refuse" all, under linear those without a neighbour. */
export const fillMissing = ({ values, channels }: Series, policy: Missing): ReadonlyArray<number> => {
  const left: Array<number> = []
  for (let at = 0; at < values.length; at++) {
    if (!Number.isNaN(values[at])) continue
    if (policy === "refuse") left.push(at)
    else if (policy !== "interpolate-linear") values[at] = policy.value
    else if (!interpolate(values, channels, at)) left.push(at)
  }
  return left
}

/** The whole gap that begins at `at`, on the line between the values on both sides of it. */
const interpolate = (values: Float64Array, channels: number, at: number): boolean => {
  const before = values[at - channels]
  let next = at
  while (next < values.length && Number.isNaN(values[next])) next += channels
  const after = values[next]
  if (before === undefined || Number.isNaN(before) || after === undefined) return false
  const steps = (next - at) / channels + 1
  for (let step = 1; step < steps; step++) values[at + (step - 1) * channels] = (before * (steps - step) + after * step) / steps
  return true
}

/** SHA-256 of the number of channels and the values as little-endian doubles: the same whatever the text was. */
export const decodedHash = ({ channels, values }: Series): string => {
  const bytes = Buffer.alloc(values.length * 8)
  for (const [at, value] of values.entries()) bytes.writeDoubleLE(value, at * 8)
  return createHash("sha256").update(`${channels}\n`).update(bytes).digest("hex")
}

/** Equal for series that differ only beyond the third decimal; none for a series that hardly moves. */
export const nearKey = ({ channels, values }: Series): string | undefined => {
  if (widestRange(values, channels) < LEAST_RANGE) return undefined
  return decodedHash({ channels, values: values.map((value) => Math.round(value * 1000) + 0) })
}

const widestRange = (values: Float64Array, channels: number): number => {
  let widest = 0
  for (let channel = 0; channel < channels; channel++) {
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    for (let at = channel; at < values.length; at += channels) {
      const value = values[at] ?? 0
      if (value < min) min = value
      if (value > max) max = value
    }
    widest = Math.max(widest, max - min)
  }
  return widest
}
