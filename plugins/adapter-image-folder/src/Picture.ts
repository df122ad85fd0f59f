/**
 * One encoded picture, decoded to its pixels as they are stored: 8 bits, no rotation, no colour profile applied.
 *
 * Plain PNG is read here, everything else by sharp, which is loaded when the first such file comes. Sharp edge: what would have to be
 * changed to fit (16 bits, CMYK, several frames) is refused, because a silent conversion would be part of every result.
 */
import { createHash } from "node:crypto"
import { type Diagnostic, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { extensionOf, extensionsOf, looksLike, type PictureType, pictureType } from "./PictureType.ts"
import { isFault, isPlain, pixelsOf, readPng } from "./Png.ts"

/** Of one file. */
export const MAX_BYTES = 2 ** 27
/** Of one picture: 33.5 million, at 4 bytes 128 MiB. */
export const MAX_PIXELS = 2 ** 25

export interface Picture {
  readonly width: number
  readonly height: number
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: number
  /** Rows from top to bottom, the channels of a pixel side by side. */
  readonly pixels: Uint8Array
}

export interface Decoded extends Picture {
  readonly type: PictureType
  /** Of EXIF, from 1 to 8; it is not applied. */
  readonly orientation: number
}

/** Why a file is no picture that can be used. */
export interface Refusal extends Pick<Diagnostic, "message" | "byte_offset" | "expected" | "actual" | "help"> {
  readonly refused: string
}

export const isRefusal = (value: object): value is Refusal => "refused" in value

/** SHA-256 (hex) over the size and the pixels: equal for every file that shows the same. */
export const decodedHash = ({ width, height, channels, pixels }: Picture): string =>
  createHash("sha256").update(`${width} ${height} ${channels}\n`).update(pixels).digest("hex")

type Sharp = typeof import("sharp").default

interface Decoder {
  /** @param path its extension has to agree with the first bytes */
  readonly decode: (path: string, bytes: Uint8Array) => Effect.Effect<Decoded | Refusal, TrainerError>
}

export const refusalOfSize = (bytes: number): Refusal | undefined => {
  if (bytes === 0) return { refused: "EMPTY-FILE", message: "the file has no bytes", help: "copy or download it again" }
  if (bytes <= MAX_BYTES) return undefined
  return { refused: "TOO-LARGE", message: "the file is too large", expected: `at most ${MAX_BYTES} bytes`, actual: `${bytes} bytes` }
}

/** @param load gives the module sharp, or fails where it is not installed */
export const decoderWith = (load: () => Promise<{ readonly default: Sharp }>): Decoder => {
  let loading: Promise<Sharp> | undefined
  const sharp = Effect.tryPromise({
    try: () => {
      loading ??= load().then(({ default: loaded }) => {
        loaded.block({ operation: unwelcome })
        return loaded
      })
      return loading
    },
    catch: () =>
      trainerError("missing", {
        code: "image-folder/NO-DECODER",
        message: "pictures other than plain PNG are decoded by sharp, which is not installed",
        help: "npm install sharp@0.35.5"
      })
  })
  return {
    decode: (path, bytes) =>
      Effect.gen(function* () {
        const type = pictureType(bytes)
        const refusal = refusalOfSize(bytes.length) ?? refusalOfType(path, bytes, type)
        if (refusal !== undefined || type === undefined) return refusal ?? corrupt("no type")
        const png = type === "png" ? fromPng(bytes) : undefined
        if (png !== undefined) return png
        const loaded = yield* sharp
        return yield* Effect.promise(() => withSharp(loaded, bytes, type))
      })
  }
}

/** Loaders that follow references, run scripts or hand over to other programs. The gate by first bytes stands before them; this is the second one. */
const unwelcome = [
  "VipsForeignLoadSvg",
  "VipsForeignLoadPdf",
  "VipsForeignLoadMagick",
  "VipsForeignLoadMagick7",
  "VipsForeignLoadOpenslide"
]

export const decoder = decoderWith(() => import("sharp"))

const refusalOfType = (path: string, bytes: Uint8Array, type: PictureType | undefined): Refusal | undefined => {
  if (type === undefined)
    return {
      refused: "NOT-A-PICTURE",
      message: "the file is no picture that is read",
      expected: "PNG, JPEG, WebP, GIF or TIFF",
      actual: looksLike(bytes),
      help: "convert it to PNG, or remove it"
    }
  if (extensionsOf[type].includes(extensionOf(path))) return undefined
  return {
    refused: "WRONG-EXTENSION",
    message: "the extension does not say what the file is",
    expected: extensionsOf[type].map((each) => `.${each}`).join(" or "),
    actual: `.${extensionOf(path)}`,
    help: "rename the file; other programs go by its extension"
  }
}

const corrupt = (actual: string, byte_offset?: number): Refusal => ({
  refused: "CORRUPT",
  message: "the picture cannot be decoded as a whole",
  actual,
  ...(byte_offset === undefined ? {} : { byte_offset }),
  help: "copy or download it again, or remove it"
})

const animated: Refusal = {
  refused: "ANIMATED",
  message: "the file holds several pictures",
  expected: "one picture",
  help: "save the frame that is meant as PNG"
}

const tooManyPixels = (width: number, height: number): Refusal | undefined =>
  width * height <= MAX_PIXELS
    ? undefined
    : {
        refused: "TOO-LARGE",
        message: "the picture has too many pixels",
        expected: `at most ${MAX_PIXELS}`,
        actual: `${width} × ${height}`,
        help: "scale it down or cut it into tiles"
      }

const wrongDepth = (actual: string): Refusal => ({
  refused: "BIT-DEPTH",
  message: "the picture does not have 8 bits per channel",
  expected: "8 bits",
  actual,
  help: "choose how its range becomes 8 bits, and save it so: nobody can guess it"
})

/** Undefined when the file is not of the plain kind. */
const fromPng = (bytes: Uint8Array): Decoded | Refusal | undefined => {
  const png = readPng(bytes)
  if (isFault(png)) return corrupt(png.problem, png.byte_offset)
  if (png.animated) return animated
  if (png.depth > 8) return wrongDepth(`${png.depth} bits`)
  const { width, height } = png
  const large = tooManyPixels(width, height)
  if (large !== undefined) return large
  if (!isPlain(png)) return undefined
  const read = pixelsOf(png)
  return isFault(read) ? corrupt(read.problem, read.byte_offset) : { width, height, ...read, type: "png", orientation: 1 }
}

const withSharp = async (sharp: Sharp, bytes: Uint8Array, type: PictureType): Promise<Decoded | Refusal> => {
  const settings = { limitInputPixels: MAX_PIXELS, failOn: "warning", ignoreIcc: true } as const
  try {
    const { width, height, channels, depth, space, pages, orientation } = await sharp(bytes, settings).metadata()
    const large = tooManyPixels(width, height)
    if (large !== undefined) return large
    if ((pages ?? 1) > 1) return animated
    if (depth !== "uchar") return wrongDepth(depth)
    if (space !== "srgb" && space !== "b-w")
      return {
        refused: "COLOUR-SPACE",
        message: "the colours are neither RGB nor grey",
        expected: "RGB or grey",
        actual: space,
        help: "convert it to RGB with the colour profile that it was made for"
      }
    const { data, info } = await sharp(bytes, settings).raw().toBuffer({ resolveWithObject: true })
    const pixels = channels < 3 ? greyOf(data, info.channels, channels) : data
    return {
      width: info.width,
      height: info.height,
      channels: channels < 3 ? channels : info.channels,
      pixels,
      type,
      orientation: orientation ?? 1
    }
  } catch (caught) {
    const [first = ""] = (caught instanceof Error ? caught.message : String(caught)).split("\n")
    return corrupt(first)
  }
}

/** sharp gives grey as three equal channels: the first of them, and alpha where there is one. */
const greyOf = (data: Uint8Array, given: number, wanted: number): Uint8Array => {
  const pixels = new Uint8Array((data.length / given) * wanted)
  for (let at = 0, to = 0; at < data.length; at += given) {
    pixels[to++] = data[at] ?? 0
    if (wanted === 2) pixels[to++] = data[at + given - 1] ?? 255
  }
  return pixels
}
