/** Bytes of a file as text, or the place of the first byte that is not UTF-8. Nothing is replaced, nothing is guessed. */
import type { Diagnostic } from "@feagi-trainer/contracts"
import { Code } from "./Code.ts"
import { tooLong } from "./Document.ts"
import { defaultLimits, type Limits } from "./Limits.ts"

export type DecodedText =
  | {
      readonly ok: true
      readonly text: string
      /** Whether one UTF-8 byte order mark was taken off. */
      readonly byteOrderMark: boolean
    }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

const startsWith = (bytes: Uint8Array, ...start: ReadonlyArray<number>): boolean => start.every((byte, index) => bytes[index] === byte)

/** Decodes strictly. Refuses UTF-16 and UTF-32, single bytes of Latin-1 and the like, and NUL; takes off one UTF-8 byte order mark. */
export const decodeText = (bytes: Uint8Array, file: string, limits: Partial<Limits> = {}): DecodedText => {
  const all: Limits = { ...defaultLimits, ...limits }
  const refuse = (problem: Omit<Diagnostic, "severity" | "file">): DecodedText => ({
    ok: false,
    diagnostics: [{ severity: "error", file, ...problem }]
  })
  if (bytes.length > all.maxBytes) return refuse(tooLong(bytes.length, all))
  const help = "save the file as UTF-8"
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) {
    const wide = startsWith(bytes, 0xff, 0xfe, 0, 0) ? "UTF-32" : "UTF-16"
    return refuse({ code: Code.encoding, message: `the file is ${wide}, not UTF-8`, line: 1, column: 1, byte_offset: 0, help })
  }
  const byteOrderMark = startsWith(bytes, 0xef, 0xbb, 0xbf)
  const from = byteOrderMark ? 3 : 0
  const bad = firstBadByte(bytes, from)
  if (bad === undefined)
    return { ok: true, text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(from)), byteOrderMark }
  const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(from, bad)).split(/\r\n|\n|\r/)
  const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, byte_offset: bad }
  const byte = bytes[bad] ?? 0
  if (byte === 0) {
    return refuse({ code: Code.encoding, message: "a NUL byte: the file is not UTF-8 text (UTF-16 without a mark?)", ...place, help })
  }
  const latin = byte >= 0xa0 ? ` (${String.fromCharCode(byte)} in Latin-1)` : ""
  const shown = `0x${byte.toString(16).toUpperCase().padStart(2, "0")}`
  return refuse({ code: Code.encoding, message: `the byte ${shown}${latin} is not UTF-8`, ...place, help })
}

/** The index of the first byte that no UTF-8 text can hold there (RFC 3629, table of well-formed sequences), or of a NUL. */
const firstBadByte = (bytes: Uint8Array, from: number): number | undefined => {
  let at = from
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0
    if (lead === 0) return at
    const more =
      lead < 0x80 ? 0 : lead >= 0xc2 && lead <= 0xdf ? 1 : lead >= 0xe0 && lead <= 0xef ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : -1
    if (more < 0) return at
    for (let index = 1; index <= more; index += 1) {
      const byte = bytes[at + index] ?? -1
      // overlong forms, surrogates and code points beyond U+10FFFF are shut out by the second byte
      const low = index > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
      const high = index > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
      if (byte < low || byte > high) return at
    }
    at += more + 1
  }
  return undefined
}
