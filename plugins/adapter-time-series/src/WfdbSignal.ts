/**
 * The signal file of a WFDB record (`.dat`): samples of all signals, interleaved by time, in format 16, 80 or 212.
 *
 * 16 is little-endian two's complement, 80 a byte with an offset of 128, 212 two numbers of 12 bits in three bytes. Sharp edge: the
 * smallest number of a format means that there is no valid sample.
 */
import type { Format, RecordHeader } from "./WfdbHeader.ts"

export const INVALID: { readonly [F in Format]: number } = { 16: -32768, 80: -128, 212: -2048 }

/** Bytes of this many samples, counted over all signals. */
export const bytesOf = (format: Format, samples: number): number => {
  if (format === 80) return samples
  return format === 16 ? samples * 2 : Math.ceil((samples * 3) / 2)
}

/** Samples that a file of this many bytes holds, over all signals. */
export const samplesIn = (format: Format, bytes: number): number => {
  if (format === 80) return bytes
  return format === 16 ? Math.floor(bytes / 2) : Math.floor((bytes * 2) / 3)
}

const low12 = (value: number): number => (value << 20) >> 20

/** The number at place `at` of bytes that begin with a whole sample (212: with a whole pair). */
const sampleAt = (bytes: Uint8Array, format: Format, at: number): number => {
  const byte = (place: number): number => bytes[place] ?? 0
  if (format === 80) return byte(at) - 128
  if (format === 16) return ((byte(at * 2) | (byte(at * 2 + 1) << 8)) << 16) >> 16
  const pair = (at >> 1) * 3
  return at % 2 === 0 ? low12(byte(pair) | ((byte(pair + 1) & 0x0f) << 8)) : low12(byte(pair + 2) | ((byte(pair + 1) & 0xf0) << 4))
}

/** First and last byte of the frames `from` to `to` (not included), on whole pairs. */
export const bytesOfFrames = (
  { format, offset, signals }: RecordHeader,
  from: number,
  to: number
): readonly [start: number, end: number] => {
  const first = from * signals.length
  const last = to * signals.length
  if (format !== 212) return [offset + bytesOf(format, first), offset + bytesOf(format, last)]
  return [offset + Math.floor(first / 2) * 3, offset + Math.ceil(last / 2) * 3]
}

/** The converter's values of some signals in the frames `from` to `to`; `bytes` are those of `bytesOfFrames`. */
export const framesOf = (header: RecordHeader, bytes: Uint8Array, from: number, to: number, picks: ReadonlyArray<number>): Int32Array => {
  const { format, signals } = header
  // A range in format 212 begins with a whole pair, of which the first number may belong to the frame before.
  const shift = format === 212 ? (from * signals.length) % 2 : 0
  const values = new Int32Array((to - from) * picks.length)
  let at = 0
  for (let frame = 0; frame < to - from; frame++)
    for (const pick of picks) values[at++] = sampleAt(bytes, format, shift + frame * signals.length + pick)
  return values
}

/** Sums every signal as the header's checksum does; frames come in any portions, in order. */
export const checksums = (
  header: RecordHeader
): { readonly add: (values: Int32Array) => void; readonly sums: () => ReadonlyArray<number> } => {
  const width = header.signals.length
  const sums = new Int16Array(width)
  return {
    add: (values) =>
      values.forEach((value, at) => {
        sums[at % width] = (sums[at % width] ?? 0) + value
      }),
    sums: () => [...sums]
  }
}
