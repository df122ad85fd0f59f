/** Near copies of a picture, of the kinds that the search has to find, and a count of what it finds. */
import sharp from "sharp"
import { nearThumbnails } from "../src/Near.ts"
import type { Picture } from "../src/Picture.ts"
import { type Thumbnail, thumbnailOf, vectorOf } from "../src/Thumbnail.ts"

const clamp = (value: number): number => Math.min(255, Math.max(0, value))

export const brighter = (picture: Picture, by: number): Picture => ({
  ...picture,
  pixels: picture.pixels.map((value) => clamp(value + by))
})

/** Moved by a pixel; what comes in is black, or the pixel at the edge again. */
export const shifted = (picture: Picture, dx: number, dy: number, border: "zero" | "replicate"): Picture => {
  const { width, height, channels, pixels } = picture
  const inside = (at: number, length: number) => Math.min(length - 1, Math.max(0, at))
  const out = pixels.map((_, at) => {
    const channel = at % channels
    const x = (Math.floor(at / channels) % width) - dx
    const y = Math.floor(at / channels / width) - dy
    if (border === "zero" && (inside(x, width) !== x || inside(y, height) !== y)) return 0
    return pixels[(inside(y, height) * width + inside(x, width)) * channels + channel] ?? 0
  })
  return { ...picture, pixels: out }
}

const asJpeg = async (picture: Picture, quality = 80): Promise<Picture> => {
  const { width, height, channels, pixels } = picture
  const raw = { width, height, channels: channels as 1 | 2 | 3 | 4 }
  const grey = channels === 1
  const file = await sharp(pixels, { raw })
    .toColourspace(grey ? "b-w" : "srgb")
    .jpeg({ quality })
    .toBuffer()
  const decoded = await sharp(file)
    .toColourspace(grey ? "b-w" : "srgb")
    .raw()
    .toBuffer()
  return { ...picture, pixels: new Uint8Array(decoded) }
}

export const directions = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].flatMap((dx) => (dx === 0 && dy === 0 ? [] : [[dx, dy] as const])))

/** One of each kind; `draw` chooses where there is a choice. */
export const plantedOf = async (picture: Picture, draw: () => number): Promise<ReadonlyArray<readonly [kind: string, copy: Picture]>> => {
  const [dx, dy] = directions[Math.floor(draw() * directions.length)] ?? [1, 0]
  const border = draw() < 0.5 ? "zero" : "replicate"
  const by = draw() < 0.5 ? 2 : -2
  return [
    ["JPEG", await asJpeg(picture)],
    ["brightness", brighter(picture, by)],
    ["shift", shifted(picture, dx, dy, border)],
    ["all three", await asJpeg(brighter(shifted(picture, dx, dy, border), by))]
  ]
}

interface Searched {
  /** Pairs of pictures whose vectors are near, and those that are found in the end. */
  readonly candidates: number
  readonly found: ReadonlyArray<readonly [number, number]>
}

/** What a host does: sorts by the first number, compares the rest, and asks for the last word. */
export const search = (pictures: ReadonlyArray<Picture>): Searched => {
  const thumbnails: ReadonlyArray<Thumbnail> = pictures.map(thumbnailOf)
  const vectors = thumbnails.map(vectorOf)
  const length = vectors[0]?.length ?? 0
  const order = [...vectors.keys()].sort((left, right) => (vectors[left]?.[0] ?? 0) - (vectors[right]?.[0] ?? 0))
  const flat = new Float64Array(order.length * length)
  for (const [rank, at] of order.entries()) flat.set(vectors[at] ?? [], rank * length)
  const found: Array<readonly [number, number]> = []
  let candidates = 0
  for (let i = 0; i < order.length; i++)
    for (let j = i + 1; j < order.length && (flat[j * length] ?? 0) - (flat[i * length] ?? 0) <= 1; j++) {
      let k = 1
      while (k < length && Math.abs((flat[i * length + k] ?? 0) - (flat[j * length + k] ?? 0)) <= 1) k++
      if (k < length) continue
      candidates++
      const [one = 0, other = 0] = [order[i], order[j]]
      const [left, right] = [thumbnails[one], thumbnails[other]]
      if (left !== undefined && right !== undefined && nearThumbnails(left, right)) found.push([Math.min(one, other), Math.max(one, other)])
    }
  return { candidates, found }
}
