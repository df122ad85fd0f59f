/**
 * PNG: the walk over its chunks with every checksum, and the samples of the plain kinds.
 *
 * A mask needs the palette's indices and a checksum needs its place; a general decoder gives neither. What is rare is left to one:
 * interlacing, transparent colours, EXIF, grey of less than 8 bits. Sharp edge: bytes behind the last chunk are not looked at.
 */
import { crc32, inflateSync } from "node:zlib"

export interface Png {
  readonly width: number
  readonly height: number
  /** Bits per sample. */
  readonly depth: number
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colour: number
  readonly interlaced: boolean
  readonly animated: boolean
  /** Has a transparent colour or EXIF, which `samplesOf` knows nothing of. */
  readonly special: boolean
  readonly palette: Uint8Array
  readonly data: ReadonlyArray<Uint8Array>
}

/** What is wrong, and where. */
interface PngFault {
  readonly problem: string
  readonly byte_offset: number
}

export const isFault = <A extends object>(value: A | PngFault): value is PngFault => "problem" in value

const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const depthsOf: Readonly<Record<number, ReadonlyArray<number>>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16]
}

export const readPng = (bytes: Uint8Array): Png | PngFault => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const data: Array<Uint8Array> = []
  let palette = new Uint8Array(0)
  let animated = false
  let special = false
  let at = 8
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > bytes.length) break
    const type = Buffer.from(bytes.buffer, bytes.byteOffset + at + 4, 4).toString("latin1")
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4))
      return { problem: `the checksum of the chunk ${JSON.stringify(type)} is wrong`, byte_offset: at }
    if ((at === 8) !== (type === "IHDR") || (type === "IHDR" && length !== 13))
      return { problem: "the chunk IHDR is not the first one", byte_offset: at }
    const body = bytes.subarray(at + 8, end - 4)
    if (type === "PLTE") palette = Uint8Array.from(body)
    if (type === "IDAT") data.push(body)
    if (type === "acTL") animated = true
    if (type === "tRNS" || type === "eXIf") special = true
    if (type === "IEND") {
      const width = view.getUint32(16)
      const height = view.getUint32(20)
      const [depth = 0, colour = 0, , , interlace = 0] = bytes.subarray(24, 29)
      if (width === 0 || height === 0 || depthsOf[colour]?.includes(depth) !== true || interlace > 1)
        return { problem: "the header is none of a PNG", byte_offset: 8 }
      return { width, height, depth, colour, interlaced: interlace === 1, animated, special, palette, data }
    }
    at = end
  }
  return { problem: "the file ends before its last chunk", byte_offset: Math.min(at, bytes.length) }
}

/** Whether `samplesOf` can read it. */
export const isPlain = ({ interlaced, special, depth, colour }: Png): boolean =>
  !interlaced && !special && (depth === 8 || (colour === 3 && depth < 8))

/** One byte per sample, row by row; of a palette its indices. Only for plain files of a size that was found acceptable. */
export const samplesOf = (png: Png): Uint8Array | PngFault => {
  const channels = channelsOf[png.colour] ?? 1
  const stride = Math.ceil((png.width * channels * png.depth) / 8)
  const expected = (stride + 1) * png.height
  const rows = inflated(png.data, expected)
  if (rows === undefined || rows.length !== expected)
    return { problem: "the compressed pixels are broken or of another number", byte_offset: 8 }
  const out = unfiltered(rows, stride, png.height, Math.max(1, (channels * png.depth) >> 3))
  if (out === undefined) return { problem: "a row has an unknown filter", byte_offset: 8 }
  return png.depth === 8 ? out : unpacked(out, png.width, png.height, stride, png.depth)
}

const inflated = (data: ReadonlyArray<Uint8Array>, limit: number): Uint8Array | undefined => {
  const [only, second] = data
  try {
    return inflateSync(only !== undefined && second === undefined ? only : Buffer.concat(data), { maxOutputLength: limit })
  } catch {
    return undefined
  }
}

/** Undoes the filter of every row (PNG specification, third edition, §9). */
const unfiltered = (rows: Uint8Array, stride: number, height: number, step: number): Uint8Array | undefined => {
  const out = new Uint8Array(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)] ?? 0
    if (filter > 4) return undefined
    const from = y * (stride + 1) + 1
    const to = y * stride
    if (filter === 0) {
      out.set(rows.subarray(from, from + stride), to)
      continue
    }
    for (let x = 0; x < stride; x++) {
      const left = x >= step ? (out[to + x - step] ?? 0) : 0
      const up = y > 0 ? (out[to + x - stride] ?? 0) : 0
      const corner = x >= step && y > 0 ? (out[to + x - stride - step] ?? 0) : 0
      out[to + x] = (rows[from + x] ?? 0) + predicted(filter, left, up, corner)
    }
  }
  return out
}

const predicted = (filter: number, left: number, up: number, corner: number): number => {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  const toLeft = Math.abs(up - corner)
  const toUp = Math.abs(left - corner)
  const toCorner = Math.abs(left + up - 2 * corner)
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}

const unpacked = (rows: Uint8Array, width: number, height: number, stride: number, depth: number): Uint8Array => {
  const out = new Uint8Array(width * height)
  const mask = (1 << depth) - 1
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * depth
      out[y * width + x] = ((rows[y * stride + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & mask
    }
  return out
}

/** Channels and pixels as they are seen: a palette becomes its colours. */
export const pixelsOf = (png: Png): { readonly channels: number; readonly pixels: Uint8Array } | PngFault => {
  const samples = samplesOf(png)
  if (isFault(samples)) return samples
  if (png.colour !== 3) return { channels: channelsOf[png.colour] ?? 1, pixels: samples }
  const pixels = new Uint8Array(samples.length * 3)
  for (const [at, index] of samples.entries()) {
    if (index * 3 + 2 >= png.palette.length)
      return { problem: `a pixel names the colour ${index}, which the palette does not have`, byte_offset: 8 }
    pixels.set(png.palette.subarray(index * 3, index * 3 + 3), at * 3)
  }
  return { channels: 3, pixels }
}
