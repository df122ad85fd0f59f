/**
 * A sample's voxels as figures: one picture per area, its slices side by side, as an image of its potentials.
 *
 * The image is a PNG whose pixels are stored and not compressed, so that the same voxels are the same bytes on every machine.
 */
import { crc32 } from "node:zlib"
import type { Figure } from "@feagi-trainer/contracts"
import type { ViewedArea, ViewedPicture } from "./bindingView.ts"

type OverlayFigure = Extract<Figure, { readonly kind: "overlay" }>

/** Grey values, row by row from the top. */
interface Raster {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** The largest raster: what is larger is said in the title and not drawn. */
const mostPixels = 4_000_000

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(new TextEncoder().encode(type), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

/** RFC 1950 around stored blocks of RFC 1951, each of at most 65 535 bytes. */
const stored = (data: Uint8Array): Uint8Array => {
  const blocks = Math.max(1, Math.ceil(data.length / 65_535))
  const bytes = new Uint8Array(2 + data.length + 5 * blocks + 4)
  const view = new DataView(bytes.buffer)
  bytes.set([0x78, 0x01], 0)
  let [to, a, b] = [2, 1, 0]
  for (let block = 0; block < blocks; block++) {
    const part = data.subarray(block * 65_535, (block + 1) * 65_535)
    bytes[to] = block === blocks - 1 ? 1 : 0
    view.setUint16(to + 1, part.length, true)
    view.setUint16(to + 3, part.length ^ 0xffff, true)
    bytes.set(part, to + 5)
    to += 5 + part.length
  }
  for (const byte of data) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  view.setUint32(to, b * 65_536 + a)
  return bytes
}

/** An 8-bit grey PNG. */
export const pngBytes = ({ width, height, pixels }: Raster): Uint8Array => {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, 0, 0, 0, 0], 8)
  const lines = new Uint8Array(height * (width + 1))
  for (let row = 0; row < height; row++) lines.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1)
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  const parts = [signature, chunk("IHDR", header), chunk("IDAT", stored(lines)), chunk("IEND", new Uint8Array())]
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Every pixel as a square, so that a viewer that smooths leaves the squares apart. */
const enlarged = ({ width, height, pixels }: Raster, side: number): Raster => {
  const large = new Uint8Array(width * side * height * side)
  for (let y = 0; y < height * side; y++)
    for (let x = 0; x < width * side; x++) large[y * width * side + x] = pixels[Math.floor(y / side) * width + Math.floor(x / side)] ?? 0
  return { width: width * side, height: height * side, pixels: large }
}

/** The image of a figure and the side of one of its squares: shown larger than it is stored, because nothing is compressed. */
const imageOf = (raster: Raster): { readonly image: OverlayFigure["image"]; readonly side: number } => {
  const side = Math.max(1, Math.min(32, Math.floor(640 / Math.max(raster.width, raster.height))))
  const bytes = pngBytes(enlarged(raster, Math.min(side, 8)))
  const href = `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`
  return { image: { width: raster.width * side, height: raster.height * side, href }, side }
}

interface Slice {
  /** Only where there are several: a label covers what it names. */
  readonly label?: string
  readonly width: number
  readonly height: number
  readonly at: (x: number, row: number) => number
}

const slicesOf = ({ dimensions, voxels }: ViewedArea): ReadonlyArray<Slice> => {
  const [width, height, depth] = dimensions
  const strongest = voxels.reduce((most, { potential }) => Math.max(most, Math.abs(potential)), 0)
  const lit = new Map(voxels.map(({ x, y, z, potential }) => [`${x} ${y} ${z}`, strongest === 0 ? 0 : potential / strongest]))
  if (height === 1) return [{ width, height: depth, at: (x, row) => lit.get(`${x} 0 ${row}`) ?? 0 }]
  return Array.from({ length: depth }, (_, z) => ({
    label: `z${z}`,
    width,
    height,
    at: (x, row) => lit.get(`${x} ${height - 1 - row} ${z}`) ?? 0
  }))
}

/** Grey behind and between the slices. */
const gap = 96

/** @param id stable name of the figure */
export const areaFigure = (id: string, title: string, area: ViewedArea): OverlayFigure => {
  const slices = slicesOf(area)
  const [first] = slices
  const [across, down] = [first?.width ?? 0, first?.height ?? 0]
  const width = slices.length * across + slices.length - 1
  const head = {
    kind: "overlay" as const,
    id,
    title,
    description: `${area.voxels.length} of ${area.dimensions.join(" × ")} voxels light; the brighter, the larger the potential. ${
      area.dimensions[1] === 1 ? "x to the right, z downwards." : "x to the right, y upwards, a slice for every z."
    }`
  }
  if (width * down > mostPixels || width <= 0 || down <= 0)
    return { ...head, title: `${title}: too large to be drawn`, image: { width: 320, height: 80 }, shapes: [] }
  const pixels = new Uint8Array(width * down).fill(gap)
  slices.forEach(({ at }, number) => {
    for (let row = 0; row < down; row++)
      for (let x = 0; x < across; x++) {
        const share = at(x, row)
        // What is lit is seen, and what is below zero is darker than the weakest that is not.
        pixels[row * width + number * (across + 1) + x] = share === 0 ? 0 : share < 0 ? 32 : 63 + Math.round(192 * share)
      }
  })
  const { image, side } = imageOf({ width, height: down, pixels })
  return {
    ...head,
    image,
    shapes: slices.map(({ label }, number) => ({
      shape: "box" as const,
      ...(label === undefined ? {} : { label }),
      x: number * (across + 1) * side,
      y: 0,
      width: across * side,
      height: down * side
    }))
  }
}

/** @param values one for each pixel, rows from the top */
export const pictureFigure = (
  id: string,
  title: string,
  { width, height }: ViewedPicture,
  values: ReadonlyArray<number>
): OverlayFigure => {
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity])
  const pixels = Uint8Array.from(values, (value) => (most === least ? 0 : Math.round((255 * (value - least)) / (most - least))))
  const { image } = imageOf({ width, height, pixels })
  return {
    kind: "overlay",
    id,
    title,
    description: `A picture of ${width} × ${height}: ${least} is black, ${most} is white.`,
    image,
    shapes: [{ shape: "box", x: 0, y: 0, width: image.width, height: image.height }]
  }
}
