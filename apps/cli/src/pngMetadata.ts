/**
 * What a PNG says of itself: header, text chunks, physical size, gamma, time. Every chunk's checksum is checked on the way.
 *
 * Sharp edges: compressed text is unpacked up to a bound; Latin-1 is what tEXt and zTXt are by the standard, whatever their writer meant; a
 * keyword that stands twice is told twice, in the order of the file.
 */
import { crc32, inflateSync } from "node:zlib"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"

export interface PngText {
  readonly chunk: "tEXt" | "zTXt" | "iTXt"
  readonly keyword: string
  readonly text: string
  /** Of iTXt. */
  readonly language?: string
  readonly translated_keyword?: string
}

export interface PngMetadata {
  readonly width: number
  readonly height: number
  readonly bit_depth: number
  readonly color_type: "grey" | "rgb" | "palette" | "grey-alpha" | "rgb-alpha"
  readonly interlaced: boolean
  readonly text: ReadonlyArray<PngText>
  /** Pixels per metre, or per a unit that the file does not say. */
  readonly physical: { readonly x: number; readonly y: number; readonly unit: "metre" | "unknown" } | null
  /** As the file says it; without a zone by the standard, meant as UTC. */
  readonly modified: string | null
  readonly gamma: number | null
  /** Types of all chunks in order, repeats once. */
  readonly chunks: ReadonlyArray<string>
}

/** Longest text of one chunk, unpacked. */
const maxText = 8 << 20
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const colours: Readonly<Record<number, PngMetadata["color_type"]>> = { 0: "grey", 2: "rgb", 3: "palette", 4: "grey-alpha", 6: "rgb-alpha" }

export const isPng = (bytes: Uint8Array): boolean => signature.equals(bytes.subarray(0, 8))

/** A DICOM file has this behind a preamble of 128 bytes. */
export const isDicom = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(128, 132)).toString("latin1") === "DICM"

class Fault extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

const unpacked = (bytes: Uint8Array, at: number): Buffer => {
  try {
    return inflateSync(bytes, { maxOutputLength: maxText })
  } catch {
    throw new Fault(`a compressed text cannot be unpacked, or is longer than ${maxText} bytes`, at)
  }
}

/** Splits behind the first zero byte. */
const cut = (body: Buffer, at: number): readonly [string, Buffer] => {
  const end = body.indexOf(0)
  if (end < 0) throw new Fault("a text chunk has no keyword", at)
  return [body.subarray(0, end).toString("utf8"), body.subarray(end + 1)]
}

const utf8Of = (bytes: Buffer, at: number): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Fault("the text of an iTXt chunk is no UTF-8", at)
  }
}

const textOf = (type: PngText["chunk"], body: Buffer, at: number): PngText => {
  const end = body.indexOf(0)
  if (end < 1 || end > 79) throw new Fault("a text chunk has no keyword of 1 to 79 bytes", at)
  const keyword = body.subarray(0, end).toString("latin1")
  const rest = body.subarray(end + 1)
  if (type === "tEXt") return { chunk: type, keyword, text: rest.toString("latin1") }
  if (type === "zTXt") {
    if (rest[0] !== 0) throw new Fault("a zTXt chunk is compressed in a way that the standard does not know", at)
    return { chunk: type, keyword, text: unpacked(rest.subarray(1), at).toString("latin1") }
  }
  const [packed, method] = rest
  if (packed === undefined || packed > 1 || method !== 0)
    throw new Fault("an iTXt chunk is compressed in a way that the standard does not know", at)
  const [language, behind] = cut(rest.subarray(2), at)
  const [translated_keyword, text] = cut(behind, at)
  return { chunk: type, keyword, text: utf8Of(packed === 1 ? unpacked(text, at) : text, at), language, translated_keyword }
}

const two = (value: number): string => String(value).padStart(2, "0")

const read = (bytes: Buffer): PngMetadata => {
  const text: Array<PngText> = []
  const chunks: Array<string> = []
  let header: Pick<PngMetadata, "width" | "height" | "bit_depth" | "color_type" | "interlaced"> | undefined
  let [physical, modified, gamma]: [PngMetadata["physical"], string | null, number | null] = [null, null, null]
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw new Fault("the file ends before its last chunk", at)
    const length = bytes.readUInt32BE(at)
    const end = at + 12 + length
    if (end > bytes.length) throw new Fault("a chunk is longer than the file", at)
    const type = bytes.subarray(at + 4, at + 8).toString("latin1")
    if (!/^[A-Za-z]{4}$/.test(type)) throw new Fault("a chunk has no type of four letters", at)
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4))
      throw new Fault(`the checksum of the chunk ${type} is wrong`, at)
    const body = bytes.subarray(at + 8, end - 4)
    if ((header === undefined) !== (type === "IHDR")) throw new Fault("IHDR is not the first chunk, or stands twice", at)
    if (!chunks.includes(type)) chunks.push(type)
    if (type === "IHDR") {
      const colour = colours[body[9] ?? -1]
      if (length !== 13 || colour === undefined) throw new Fault("the header is none that the standard knows", at)
      header = {
        width: body.readUInt32BE(0),
        height: body.readUInt32BE(4),
        bit_depth: body[8] ?? 0,
        color_type: colour,
        interlaced: body[12] === 1
      }
    }
    if (type === "tEXt" || type === "zTXt" || type === "iTXt") text.push(textOf(type, body, at))
    if (type === "pHYs" && length === 9)
      physical = { x: body.readUInt32BE(0), y: body.readUInt32BE(4), unit: body[8] === 1 ? "metre" : "unknown" }
    if (type === "gAMA" && length === 4) gamma = body.readUInt32BE(0) / 100_000
    if (type === "tIME" && length === 7) {
      const [month, day, hour, minute, second] = [...body.subarray(2)].map(two)
      modified = `${String(body.readUInt16BE(0)).padStart(4, "0")}-${month}-${day}T${hour}:${minute}:${second}Z`
    }
    if (type === "IEND") {
      if (header === undefined) throw new Fault("there is no header", at)
      return { ...header, text, physical, modified, gamma, chunks }
    }
    at = end
  }
}

/** @param shown how messages call the file. FT3430 for a file of another kind, FT3431 with the byte for a broken one. */
export const pngMetadata = (bytes: Uint8Array, shown: string): PngMetadata | TrainerError => {
  if (!isPng(bytes)) {
    const [message, help] = isDicom(bytes)
      ? ["is a DICOM file, which is not read yet: none of its tags was looked at", "write the tags that you need into text chunks of a PNG"]
      : ["is no PNG", "convert the picture to PNG; its text chunks are read"]
    return trainerError("invalid", { code: "FT3430", file: shown, message, expected: "a PNG", help })
  }
  try {
    return read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    return trainerError("invalid", { code: "FT3431", file: shown, byte_offset: cause.at, message: `is a broken PNG: ${cause.message}` })
  }
}
