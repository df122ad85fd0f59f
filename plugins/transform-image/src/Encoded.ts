/**
 * An encoded picture, decoded by sharp to its pixels as they are stored: 8 bits, no rotation, no colour profile applied.
 *
 * Sharp edge: nothing reaches the decoder that does not begin like PNG, JPEG, WebP, GIF or TIFF, and nothing that has more pixels than its
 * frame says. What would have to be changed to fit (16 bits, CMYK, several frames) is refused.
 */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Picture, Size } from "./Picture.ts"

export interface Stored extends Picture {
  /** Of EXIF, from 1 to 8; it is not applied. */
  readonly orientation: number
}

export interface Unreadable {
  readonly code: "FORMAT" | "CORRUPT" | "FRAMES" | "DEPTH" | "COLOUR-SPACE" | "SIZE"
  readonly message: string
  readonly expected: string
  readonly actual: string
}

const isPicture = (bytes: Uint8Array): boolean => {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 12)).toString("latin1")
  if (["\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF87a", "GIF89a", "II*\0", "MM\0*"].some((each) => head.startsWith(each))) return true
  return head.startsWith("RIFF") && head.slice(8) === "WEBP"
}

type Sharp = typeof import("sharp").default

/** @param load gives the module sharp, or fails where it is not installed */
export const sharpFrom = (load: () => Promise<{ readonly default: Sharp }>): Effect.Effect<Sharp, TrainerError> =>
  Effect.tryPromise({
    try: async () => (await load()).default,
    catch: () =>
      trainerError("missing", {
        code: "image-decode/NO-SHARP",
        message: "encoded pictures are decoded by sharp, which is not installed",
        help: "npm install sharp@0.35.5"
      })
  })

const readStored = async (sharp: Sharp, bytes: Uint8Array, frame: Size): Promise<Stored | Unreadable> => {
  const settings = { limitInputPixels: frame.width * frame.height, failOn: "warning", ignoreIcc: true } as const
  try {
    const { width, height, channels, depth, space, pages, orientation } = await sharp(bytes, settings).metadata()
    const wrong = (code: Unreadable["code"], message: string, expected: string, actual: string) => ({ code, message, expected, actual })
    if (width !== frame.width || height !== frame.height)
      return wrong("SIZE", "is not as large as its frame says", `${frame.width} × ${frame.height}`, `${width} × ${height}`)
    if ((pages ?? 1) > 1) return wrong("FRAMES", "holds several pictures", "one picture", `${pages} pictures`)
    if (depth !== "uchar") return wrong("DEPTH", "does not have 8 bits per channel", "8 bits", depth)
    if (space !== "srgb" && space !== "b-w") return wrong("COLOUR-SPACE", "has colours that are neither RGB nor grey", "RGB or grey", space)
    const { data, info } = await sharp(bytes, settings).raw().toBuffer({ resolveWithObject: true })
    const stored = { width, height, orientation: orientation ?? 1 }
    if (channels >= 3) return { ...stored, channels: info.channels, pixels: new Uint8Array(data.buffer, data.byteOffset, data.length) }
    return { ...stored, channels, pixels: greyOf(data, info.channels, channels) }
  } catch (error) {
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n")
    return {
      code: "CORRUPT",
      message: "cannot be decoded as a whole",
      expected: `a whole picture of ${frame.width} × ${frame.height}`,
      actual: first
    }
  }
}

/** sharp gives grey as three equal channels: the first of them, and alpha where there is one. */
const greyOf = (data: Uint8Array, given: number, wanted: number): Uint8Array => {
  const pixels = new Uint8Array((data.length / given) * wanted)
  for (let from = 0, to = 0; from < data.length; from += given, to += wanted) {
    pixels[to] = data[from] ?? 0
    if (wanted === 2) pixels[to + 1] = data[from + given - 1] ?? 255
  }
  return pixels
}

export const isUnreadable = (value: Stored | Unreadable): value is Unreadable => "code" in value

/** @param frame the size that the sample says, of the picture as it is stored */
export const decodeStored = (
  sharp: Effect.Effect<Sharp, TrainerError>,
  bytes: Uint8Array,
  frame: Size
): Effect.Effect<Stored | Unreadable, TrainerError> =>
  isPicture(bytes)
    ? Effect.flatMap(sharp, (loaded) => Effect.promise(() => readStored(loaded, bytes, frame)))
    : Effect.succeed({
        code: "FORMAT",
        message: "is no picture that is read",
        expected: "PNG, JPEG, WebP, GIF or TIFF",
        actual: bytes.length === 0 ? "no bytes" : `first bytes ${Buffer.from(bytes.subarray(0, 8)).toString("hex")}`
      })
