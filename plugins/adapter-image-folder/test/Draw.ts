/** Pictures that the tests draw themselves: PNG byte by byte, so that it can be broken byte by byte; other types through sharp. */
import { crc32, deflateSync } from "node:zlib"
import sharp from "sharp"

const u32 = (value: number): Buffer => {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(value >>> 0)
  return out
}

export const chunk = (type: string, body: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body])
  return Buffer.concat([u32(body.length), named, u32(crc32(named))])
}

export interface PngPlan {
  readonly width: number
  readonly height: number
  /** One byte per sample before packing; two for 16 bits. */
  readonly samples: Uint8Array
  readonly depth?: number
  readonly colour?: number
  readonly palette?: Uint8Array
  readonly filter?: number
  readonly interlace?: number
  /** Chunks before the pixels. */
  readonly before?: ReadonlyArray<Buffer>
}

const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

export const png = ({
  width,
  height,
  samples,
  depth = 8,
  colour = 0,
  palette,
  filter = 0,
  interlace = 0,
  before = []
}: PngPlan): Buffer => {
  const channels = channelsOf[colour] ?? 1
  const perRow = (width * channels * (depth === 16 ? 2 : 1)) | 0
  const stride = Math.ceil((width * channels * depth) / 8)
  const step = Math.max(1, (channels * depth) >> 3)
  const raw = Array.from({ length: height }, (_, y) => {
    const row = samples.subarray(y * perRow, (y + 1) * perRow)
    if (depth >= 8) return row
    const packed = new Uint8Array(stride)
    for (const [x, value] of row.entries())
      packed[(x * depth) >> 3] = (packed[(x * depth) >> 3] ?? 0) | (value << (8 - depth - ((x * depth) & 7)))
    return packed
  })
  const rows = raw.map((row, y) => {
    const above = raw[y - 1] ?? new Uint8Array(stride)
    const out = row.map((value, x) => {
      const left = x >= step ? (row[x - step] ?? 0) : 0
      const up = above[x] ?? 0
      const corner = x >= step ? (above[x - step] ?? 0) : 0
      return value - ([0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0)
    })
    return Buffer.concat([Uint8Array.of(filter), out])
  })
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", Buffer.concat([u32(width), u32(height), Uint8Array.of(depth, colour, 0, 0, interlace)])),
    ...before,
    ...(palette === undefined ? [] : [chunk("PLTE", palette)]),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", new Uint8Array(0))
  ])
}

const paeth = (left: number, up: number, corner: number): number => {
  const guess = left + up - corner
  return [left, up, corner].reduce((best, each) => (Math.abs(guess - each) < Math.abs(guess - best) ? each : best))
}

/** A sequence that looks like chance and is the same everywhere. */
export const draws = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Grey pixels that no other seed gives. */
export const greyPixels = (seed: number, width = 6, height = 5): Uint8Array => {
  const draw = draws(seed * 7919 + 1)
  return Uint8Array.from({ length: width * height }, () => Math.floor(draw() * 256))
}

export const greyPng = (seed: number, width = 6, height = 5): Buffer => png({ width, height, samples: greyPixels(seed, width, height) })

const rgb = (width = 16, height = 12) => sharp(greyPixels(5, width * 3, height), { raw: { width, height, channels: 3 } })

export const encoded = {
  jpeg: (quality = 90) => rgb().jpeg({ quality }).toBuffer(),
  webp: () => rgb().webp({ lossless: true }).toBuffer(),
  gif: () => rgb().gif().toBuffer(),
  tiff: () => rgb().tiff({ compression: "lzw" }).toBuffer(),
  png: () => rgb().png().toBuffer(),
  cmyk: () => rgb().toColourspace("cmyk").jpeg().toBuffer(),
  tiff16: () => rgb().toColourspace("rgb16").tiff({ compression: "lzw" }).toBuffer(),
  profiled: () => rgb().withIccProfile("p3").jpeg().toBuffer(),
  rotated: () => rgb().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  animated: async (type: "gif" | "webp") => {
    const frames = ["red", "blue"].map((background) =>
      sharp({ create: { width: 4, height: 4, channels: 3, background } })
        .png()
        .toBuffer()
    )
    return sharp(await Promise.all(frames), { join: { animated: true } })
      .toFormat(type)
      .toBuffer()
  }
}

/** An idx file of unsigned bytes. */
export const idx = (dimensions: ReadonlyArray<number>, data: Uint8Array): Buffer =>
  Buffer.concat([u32(2048 + dimensions.length), ...dimensions.map(u32), data])

export const idxPair = (prefix: string, labels: ReadonlyArray<number>, side = 4, separator = "-"): Record<string, Uint8Array> => ({
  [`${prefix}-images${separator}idx3-ubyte`]: idx(
    [labels.length, side, side],
    Buffer.concat(labels.map((_, at) => greyPixels(at + prefix.length * 100, side, side)))
  ),
  [`${prefix}-labels${separator}idx1-ubyte`]: idx([labels.length], Uint8Array.from(labels))
})

/** A mask of the classes 0 and 1. */
export const maskPng = (seed: number, width = 6, height = 5): Buffer =>
  png({ width, height, samples: greyPixels(seed, width, height).map((value) => value & 1) })
