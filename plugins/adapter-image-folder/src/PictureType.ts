/**
 * What a file is, by its first bytes. Its name only has to agree.
 *
 * Sharp edge: this is the gate before the decoder. SVG, PDF and whatever else a decoder might run never pass it, however they are named.
 */

export type PictureType = "png" | "jpeg" | "webp" | "gif" | "tiff"

export const extensionsOf: Readonly<Record<PictureType, ReadonlyArray<string>>> = {
  png: ["png"],
  jpeg: ["jpg", "jpeg"],
  webp: ["webp"],
  gif: ["gif"],
  tiff: ["tif", "tiff"]
}

export const mediaTypeOf = (type: PictureType): string => `image/${type}`

const pictureExtensions = new Set([...Object.values(extensionsOf).flat(), "bmp", "svg", "heic", "avif"])

export const extensionOf = (path: string): string => {
  const name = path.slice(path.lastIndexOf("/") + 1)
  return name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : ""
}

/** Whether the name claims to be a picture, of whatever type. */
export const namedLikePicture = (path: string): boolean => pictureExtensions.has(extensionOf(path))

const head = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 256)).toString("latin1")

export const pictureType = (bytes: Uint8Array): PictureType | undefined => {
  const first = head(bytes)
  if (first.startsWith("\x89PNG\r\n\x1a\n")) return "png"
  if (first.startsWith("\xff\xd8\xff")) return "jpeg"
  if (first.startsWith("GIF87a") || first.startsWith("GIF89a")) return "gif"
  if (first.startsWith("II*\0") || first.startsWith("MM\0*")) return "tiff"
  return first.startsWith("RIFF") && first.slice(8, 12) === "WEBP" ? "webp" : undefined
}

/** What a file that is none of these types seems to be, for a message. */
export const looksLike = (bytes: Uint8Array): string => {
  const first = head(bytes)
  if (/<svg|<\?xml|<!doctype svg/i.test(first)) return "SVG or another XML document"
  if (first.startsWith("BM")) return "BMP"
  if (first.startsWith("%PDF")) return "PDF"
  if (first.slice(4, 8) === "ftyp") return "HEIF, AVIF or a video"
  return `first bytes ${Buffer.from(bytes.subarray(0, 8)).toString("hex")}`
}

/** The media type of a picture that was read before. */
export const mediaTypeIn = (bytes: Uint8Array): string => {
  const type = pictureType(bytes)
  if (type === undefined) throw new TypeError("the bytes are no picture, and yet those of the scan")
  return mediaTypeOf(type)
}
