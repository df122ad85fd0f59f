/**
 * Opens a picture to find out whether it is one: its first bytes decide the type, then it is decoded as a whole.
 *
 * Sharp edge: nothing but PNG, JPEG and WebP reaches the decoder; a name ending in .png that holds SVG never does. Pixels count as they
 * are stored: an orientation in the metadata is not applied, because the annotations were drawn on the stored pixels.
 */
import { createHash } from "node:crypto"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { MAX_PIXELS } from "./Annotation.ts"

export const MAX_PICTURE_BYTES = 256 << 20
export const PICTURE_EXTENSIONS: ReadonlyArray<string> = [".jpg", ".jpeg", ".png", ".webp"]

export interface Picture {
  readonly ok: true
  readonly width: number
  readonly height: number
  readonly channels: number
  /** SHA-256 (hex) over width, height, channels and the decoded pixels. */
  readonly decoded_hash: string
  readonly type: PictureType
  /** Of EXIF, from 1 to 8; 1 is as it is stored. */
  readonly orientation: number
}
export interface NoPicture {
  readonly ok: false
  readonly code: "NOT-A-PICTURE" | "BAD-PICTURE" | "TOO-LARGE"
  readonly message: string
  readonly actual: string
}
export type PictureType = "png" | "jpeg" | "webp"

export const extensionsOf: Readonly<Record<PictureType, ReadonlyArray<string>>> = {
  png: [".png"],
  jpeg: [".jpg", ".jpeg"],
  webp: [".webp"]
}

const pictureType = (bytes: Uint8Array): PictureType | undefined => {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 12)).toString("latin1")
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "png"
  if (head.startsWith("\xff\xd8\xff")) return "jpeg"
  return head.startsWith("RIFF") && head.slice(8) === "WEBP" ? "webp" : undefined
}

type Sharp = typeof import("sharp").default

/** The decoder, loaded when the first picture is opened. */
export const loadSharp: Effect.Effect<Sharp, TrainerError> = Effect.tryPromise({
  try: async () => (await import("sharp")).default,
  catch: () =>
    trainerError("missing", {
      code: "coco/NO-DECODER",
      message: "pictures are decoded by sharp, which is not installed",
      help: "npm install sharp@0.35.5, or read the annotations alone: images = null"
    })
})

export const openPicture = async (sharp: Sharp, bytes: Uint8Array): Promise<Picture | NoPicture> => {
  const type = pictureType(bytes)
  if (type === undefined) {
    const actual = bytes.length === 0 ? "no bytes" : `first bytes ${Buffer.from(bytes.subarray(0, 8)).toString("hex")}`
    return { ok: false, code: "NOT-A-PICTURE", message: "the file is no PNG, JPEG or WebP", actual }
  }
  const settings = { limitInputPixels: MAX_PIXELS, failOn: "warning" } as const
  try {
    const { channels, orientation, pages } = await sharp(bytes, settings).metadata()
    if ((pages ?? 1) > 1) return { ok: false, code: "BAD-PICTURE", message: "the file holds several pictures", actual: `${pages} frames` }
    const { data, info } = await sharp(bytes, settings).raw().toBuffer({ resolveWithObject: true })
    const pixels = channels < 3 ? greyOf(data, info.channels, channels) : data
    const shown = channels < 3 ? channels : info.channels
    const decoded_hash = createHash("sha256").update(`${info.width} ${info.height} ${shown}\n`).update(pixels).digest("hex")
    return { ok: true, width: info.width, height: info.height, channels: shown, decoded_hash, type, orientation: orientation ?? 1 }
  } catch (caught) {
    const [actual = ""] = (caught instanceof Error ? caught.message : String(caught)).split("\n")
    return /pixel limit/.test(actual)
      ? { ok: false, code: "TOO-LARGE", message: `the picture has more than ${MAX_PIXELS} pixels`, actual }
      : { ok: false, code: "BAD-PICTURE", message: "the picture cannot be decoded as a whole", actual }
  }
}

/** The decoder gives grey as three equal channels: the first of them, and alpha where there is one. */
const greyOf = (data: Uint8Array, given: number, wanted: number): Uint8Array => {
  const pixels = new Uint8Array((data.length / given) * wanted)
  for (let at = 0, to = 0; at < data.length; at += given) {
    pixels[to++] = data[at] ?? 0
    if (wanted === 2) pixels[to++] = data[at + given - 1] ?? 255
  }
  return pixels
}
