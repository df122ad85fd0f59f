/**
 * Chromatic tokens: an image as its size and then its colours, pixel by pixel in rows from the top left, to ids and back bit by bit.
 *
 * Ids: 0 … 255 are the values of a channel and the bytes of the header; 256 begins an image of channel values, 257 one with a palette, 258 one of
 * packed colours; 259 ends each. With `colours: "packed"` the id 260 + (red·65536 + green·256 + blue) is a colour. After the begin stand the
 * number of channels and, in LEB128, width and height; a palette follows with its size less one and its colours in the order in which the
 * pixels first show them, and then one token a pixel is the place of its colour.
 *
 * Sharp edges: only the bytes of the pixels are kept, without a colour space; 16-bit channels are not known. `packed` holds for images of three
 * channels, has 16 777 476 ids, and leaves other images to channel values.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import type * as Result from "effect/Result"
import { attempt, refuse } from "./Refusal.ts"
import { listOf, TokenReader, TokenWriter } from "./TokenStream.ts"

/** An image of 8 bits a channel: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. `data` has width × height × channels bytes, row by row. */
export interface ChromaticImage {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
  readonly data: Uint8Array
}

export interface ChromaticOptions {
  /** A token for each value of a channel, or for each colour of three channels. */
  readonly colours: "channels" | "packed"
}

const code = "tokenizer/IMAGE"
const [plainBegin, paletteBegin, packedBegin, end, firstColour] = [256, 257, 258, 259, 260]
const maxSide = 65_535
const maxPixels = 2 ** 26

/** The colours of an image in the order of their first pixels, and the place of each pixel's; `undefined` when there are more than 256. */
const paletteOf = ({ data, channels }: ChromaticImage) => {
  const places = new Map<number, number>()
  const pixels = new Uint8Array(data.length / channels)
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    let colour = 0
    for (let channel = 0; channel < channels; channel++) colour = colour * 256 + (data[pixel * channels + channel] ?? 0)
    const place = places.get(colour) ?? places.size
    if (place === 256) return undefined
    places.set(colour, place)
    pixels[pixel] = place
  }
  return { colours: [...places.keys()], pixels }
}

const bytesOfColour = (colour: number, channels: number): ReadonlyArray<number> =>
  Array.from({ length: channels }, (_, channel) => Math.floor(colour / 256 ** (channels - 1 - channel)) % 256)

const check = ({ width, height, channels, data }: ChromaticImage): void => {
  for (const [field, side] of Object.entries({ width, height }))
    if (!(Number.isInteger(side) && side >= 1 && side <= maxSide))
      refuse(code, { field, message: "an image has no such side", expected: `an integer from 1 to ${maxSide}`, actual: String(side) })
  if (!(Number.isInteger(channels) && channels >= 1 && channels <= 4))
    refuse(code, {
      field: "channels",
      message: "an image has no such number of channels",
      expected: "1, 2, 3 or 4",
      actual: String(channels)
    })
  if (width * height > maxPixels)
    refuse(code, {
      message: "the image has too many pixels",
      expected: `at most ${maxPixels}`,
      actual: `${width} × ${height}`,
      help: "cut it into tiles"
    })
  const size = width * height * channels
  if (data.length !== size)
    refuse(code, {
      field: "data",
      message: "the pixels do not fill the image",
      expected: `${size} bytes (${width} × ${height} × ${channels})`,
      actual: String(data.length)
    })
}

export class ChromaticTokenizer {
  readonly options: ChromaticOptions
  /** Ids are 0 … `vocabularySize` - 1. */
  readonly vocabularySize: number

  constructor(options: ChromaticOptions) {
    this.options = options
    this.vocabularySize = options.colours === "packed" ? firstColour + 2 ** 24 : firstColour
  }

  /**
   * The ids of an image. With `palette: "exact"` its colours are listed first, which is refused for more than 256 of them. Fails with
   * `tokenizer/IMAGE`.
   */
  encode(image: ChromaticImage, { palette }: { readonly palette: "none" | "exact" }): Result.Result<Uint32Array, TrainerError> {
    return attempt(() => {
      check(image)
      const writer = new TokenWriter()
      const { width, height, channels, data } = image
      const header = (begin: number): void => {
        writer.add(begin)
        writer.add(channels)
        writer.addNumber(width)
        writer.addNumber(height)
      }
      if (palette === "exact") {
        const found = paletteOf(image)
        if (found === undefined)
          return refuse(code, {
            message: "the image has too many colours for a palette",
            expected: "at most 256",
            help: `encode it with palette "none"`
          })
        header(paletteBegin)
        writer.add(found.colours.length - 1)
        for (const colour of found.colours) writer.addBytes(bytesOfColour(colour, channels))
        writer.addBytes(found.pixels)
      } else if (this.options.colours === "packed" && channels === 3) {
        header(packedBegin)
        for (let at = 0; at < data.length; at += 3)
          writer.add(firstColour + (data[at] ?? 0) * 65_536 + (data[at + 1] ?? 0) * 256 + (data[at + 2] ?? 0))
      } else {
        header(plainBegin)
        writer.addBytes(data)
      }
      writer.add(end)
      return writer.take()
    })
  }

  /** The image of ids, whatever way it was encoded. Fails with `tokenizer/IMAGE` at the first token that is not as `encode` writes it. */
  decode(ids: Iterable<number>): Result.Result<ChromaticImage, TrainerError> {
    return attempt(() => {
      const reader = new TokenReader(listOf(ids), code)
      const image = this.read(reader)
      reader.end()
      return image
    })
  }

  /** @internal reads one image from where the reader stands */
  read(reader: TokenReader): ChromaticImage {
    const start = reader.place
    const begin = reader.next()
    const isPacked = begin === packedBegin && this.options.colours === "packed"
    if (begin !== plainBegin && begin !== paletteBegin && !isPacked) {
      const known = this.options.colours === "packed" ? "256, 257 or 258" : "256 or 257"
      return reader.refuse({ message: "no image begins here", expected: `${known}, counted from where the image tokens begin` }, start)
    }
    const channels = reader.byte("the number of channels")
    if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4)
      return reader.refuse({ message: "an image has no such number of channels", expected: "1, 2, 3 or 4" }, start + 1)
    if (isPacked !== (this.options.colours === "packed" && channels === 3 && begin !== paletteBegin))
      reader.refuse({ message: "an image of three channels is packed here, and no other one", expected: isPacked ? "256" : "258" }, start)
    const [width, height] = [this.#side(reader, "the width"), this.#side(reader, "the height")]
    if (width * height > maxPixels)
      reader.refuse({ message: "the image has too many pixels", expected: `at most ${maxPixels}`, actual: `${width} × ${height}` }, start)
    const data =
      begin === paletteBegin
        ? this.#indexed(reader, width * height, channels)
        : isPacked
          ? this.#packed(reader, width * height)
          : reader.bytes(width * height * channels, "the pixels")
    reader.expect(end, "the end of the image")
    return { width, height, channels, data }
  }

  #side(reader: TokenReader, what: string): number {
    const place = reader.place
    const side = reader.number(what)
    if (side < 1 || side > maxSide)
      reader.refuse({ message: `${what} is out of range`, expected: `1 to ${maxSide}`, actual: String(side) }, place)
    return side
  }

  #packed(reader: TokenReader, pixels: number): Uint8Array {
    if (pixels > reader.left)
      reader.refuse({ message: "the tokens end within the pixels", expected: `${pixels} more tokens`, actual: String(reader.left) })
    const data = new Uint8Array(pixels * 3)
    for (let pixel = 0; pixel < pixels; pixel++) {
      const colour = reader.peek() - firstColour
      if (!(colour >= 0 && colour < 2 ** 24)) reader.refuse({ message: "a colour is missing", expected: "a packed colour" })
      reader.next()
      data[pixel * 3] = colour >> 16
      data[pixel * 3 + 1] = (colour >> 8) & 0xff
      data[pixel * 3 + 2] = colour & 0xff
    }
    return data
  }

  #indexed(reader: TokenReader, pixels: number, channels: 1 | 2 | 3 | 4): Uint8Array {
    const size = reader.byte("the size of the palette") + 1
    const start = reader.place
    const colours = reader.bytes(size * channels, "the palette")
    const places = reader.place
    const indices = reader.bytes(pixels, "the pixels")
    const data = new Uint8Array(pixels * channels)
    let shown = 0
    for (const [pixel, index] of indices.entries()) {
      if (index > shown || index >= size)
        reader.refuse(
          { message: "the palette is not in the order of the pixels", expected: `at most ${Math.min(shown, size - 1)}` },
          places + pixel
        )
      if (index === shown) shown += 1
      for (let channel = 0; channel < channels; channel++) data[pixel * channels + channel] = colours[index * channels + channel] ?? 0
    }
    if (shown < size)
      reader.refuse({ message: "the palette has colours that no pixel shows", expected: `${shown} colours`, actual: `${size}` }, start - 1)
    const different = new Set(Array.from({ length: size }, (_, at) => colours.subarray(at * channels, (at + 1) * channels).join()))
    if (different.size < size)
      reader.refuse({ message: "the palette has a colour twice", expected: "each colour once", actual: `${size} places` }, start)
    return data
  }
}
