/**
 * From bytes to text, strictly: a byte that means nothing in the declared encoding is an error with its offset, never U+FFFD.
 *
 * Sharp edges: `latin1` is ISO 8859-1, in which the bytes 80 to 9F are control characters and no quotation marks; `windows-1252`
 * leaves five bytes undefined (81, 8D, 8F, 90, 9D), which other decoders let through as control characters.
 */
import { isUtf8 } from "node:buffer"

export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "latin1", "windows-1252", "ascii"] as const
export type Encoding = (typeof ENCODINGS)[number]

/** `at`: the first byte that is wrong. */
export type Decoding =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: "bytes" | "nul" | "surrogate"; readonly at: number }

/** Bytes of the unit in which a line break is looked for. */
export const unitBytes = (encoding: Encoding): 1 | 2 => (encoding === "utf-16le" || encoding === "utf-16be" ? 2 : 1)

/** The unit at a byte offset: a byte, or two of them as a UTF-16 code unit. */
export const unitAt = (bytes: Uint8Array, at: number, encoding: Encoding): number => {
  const first = bytes[at] ?? 0
  if (encoding === "utf-16le") return first | ((bytes[at + 1] ?? 0) << 8)
  return encoding === "utf-16be" ? (first << 8) | (bytes[at + 1] ?? 0) : first
}

/** Bytes 80 to 9F of windows-1252, by code point; 0 is undefined. */
const windows = [
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019,
  0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178
]

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const good = (text: string): Decoding => {
  const nul = text.indexOf("\0")
  return nul === -1 ? { ok: true, text } : { ok: false, why: "nul", at: nul }
}

export const decode = (bytes: Uint8Array, encoding: Encoding): Decoding => {
  switch (encoding) {
    case "utf-8": {
      const nul = bytes.indexOf(0)
      const sound = nul === -1 ? bytes : bytes.subarray(0, nul)
      if (!isUtf8(sound)) return { ok: false, why: "bytes", at: firstInvalidUtf8(sound) }
      return nul === -1 ? { ok: true, text: bufferOf(bytes).toString("utf8") } : { ok: false, why: "nul", at: nul }
    }
    case "utf-16le":
    case "utf-16be":
      return decodeUtf16(bytes, encoding)
    case "ascii": {
      const high = bytes.findIndex((byte) => byte >= 0x80)
      const nul = bytes.indexOf(0)
      if (high !== -1 && (nul === -1 || high < nul)) return { ok: false, why: "bytes", at: high }
      return good(bufferOf(bytes).toString("latin1"))
    }
    case "latin1":
      return good(bufferOf(bytes).toString("latin1"))
    case "windows-1252": {
      const undefinedAt = bytes.findIndex((byte) => byte >= 0x80 && byte <= 0x9f && windows[byte - 0x80] === 0)
      const nul = bytes.indexOf(0)
      if (undefinedAt !== -1 && (nul === -1 || undefinedAt < nul)) return { ok: false, why: "bytes", at: undefinedAt }
      const text = bufferOf(bytes).toString("latin1")
      return good(text.replace(/[\u0080-\u009f]/g, (char) => String.fromCodePoint(windows[char.charCodeAt(0) - 0x80] ?? 0)))
    }
  }
}

const decodeUtf16 = (bytes: Uint8Array, encoding: "utf-16le" | "utf-16be"): Decoding => {
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2))
  const text = encoding === "utf-16le" ? bufferOf(even).toString("utf16le") : Buffer.from(even).swap16().toString("utf16le")
  const nul = text.indexOf("\0")
  const lone = text.isWellFormed() ? -1 : loneSurrogate(text)
  if (nul !== -1 && (lone === -1 || nul < lone)) return { ok: false, why: "nul", at: 2 * nul }
  if (lone !== -1) return { ok: false, why: "surrogate", at: 2 * lone }
  return even.length === bytes.length ? { ok: true, text } : { ok: false, why: "bytes", at: even.length }
}

/** Index of the first surrogate without its other half; −1 when there is none. */
export const loneSurrogate = (text: string): number => text.search(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/)

/** Bytes of the character that this byte opens; 0 when none can begin with it. */
const lengthOf = (lead: number): number =>
  lead < 0x80 ? 1 : lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0

const firstInvalidUtf8 = (bytes: Uint8Array): number => {
  let at = 0
  while (at < bytes.length) {
    const length = lengthOf(bytes[at] ?? 0)
    if (length === 0 || at + length > bytes.length || !isUtf8(bytes.subarray(at, at + length))) return at
    at += length
  }
  return at
}

/** Bytes that the text takes in the encoding. */
export const bytesOfText = (text: string, encoding: Encoding): number =>
  encoding === "utf-8" ? Buffer.byteLength(text, "utf8") : text.length * unitBytes(encoding)

const marks: ReadonlyArray<readonly [Encoding, ReadonlyArray<number>]> = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]]
]

/** The byte order mark at the beginning, and the encoding that it stands for. */
export const markOf = (bytes: Uint8Array): { readonly encoding: Encoding; readonly bytes: number } | undefined => {
  const found = marks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))
  return found === undefined ? undefined : { encoding: found[0], bytes: found[1].length }
}

export interface Look {
  readonly encoding: Encoding
  readonly because: string
  /** Nothing in the bytes would look different in the neighbours: they are ASCII only. */
  readonly plain: boolean
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0")

/** What the beginning of a file looks like, most likely first; none when it is no text. `whole`: nothing follows. */
export const looksLike = (head: Uint8Array, whole: boolean): ReadonlyArray<Look> => {
  const mark = markOf(head)
  if (mark !== undefined)
    return [{ encoding: mark.encoding, because: `it begins with the byte order mark of ${mark.encoding}`, plain: false }]
  const zeros = [0, 0]
  for (let at = 0; at < head.length; at++) if (head[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (even + odd > 0) {
    const share = Math.max(even, odd) / Math.max(1, Math.floor(head.length / 2))
    if (share < 0.1 || Math.min(even, odd) > Math.max(even, odd) / 10) return []
    const encoding = odd > even ? "utf-16le" : "utf-16be"
    const because = `${Math.max(even, odd)} of ${Math.floor(head.length / 2)} ${odd > even ? "odd" : "even"} bytes are zero`
    return [{ encoding, because, plain: false }]
  }
  const high = head.findIndex((byte) => byte >= 0x80)
  if (high === -1) return [{ encoding: "utf-8", because: "every byte is ASCII, which is UTF-8 as well", plain: true }]
  // A head that ends in the middle of a character is complete without it.
  const cuts = whole ? [0] : [0, 1, 2, 3]
  if (cuts.some((cut) => isUtf8(head.subarray(0, Math.max(0, head.length - cut)))))
    return [{ encoding: "utf-8", because: "its characters beyond ASCII are UTF-8", plain: false }]
  const byte = hex(head[high] ?? 0)
  const control = head.findIndex((each) => each >= 0x80 && each <= 0x9f)
  const unlike = head.some((each) => each >= 0x80 && each <= 0x9f && windows[each - 0x80] === 0)
  const latin: Look = { encoding: "latin1", because: `byte ${byte} at ${high} is not UTF-8`, plain: false }
  if (unlike) return [{ ...latin, because: `${latin.because}, and some bytes are undefined in windows-1252` }]
  if (control !== -1)
    return [
      { encoding: "windows-1252", because: `byte ${hex(head[control] ?? 0)} at ${control} is a printed character there`, plain: false }
    ]
  return [
    { encoding: "windows-1252", because: `${latin.because}; latin1 reads these bytes alike, encoding distinguishes`, plain: false },
    { ...latin, because: `${latin.because}; windows-1252 reads these bytes alike, encoding distinguishes` }
  ]
}
