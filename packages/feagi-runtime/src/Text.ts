/**
 * UTF-8 and hex with nothing but the language: the host also runs in realms without `TextEncoder`.
 */
const replacement = 0xfffd

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD, as `TextEncoder` does. */
export const utf8 = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length * 3)
  let at = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      bytes[at++] = unit
      continue
    }
    const point = text.codePointAt(i) ?? replacement
    const code = point >= 0xd800 && point <= 0xdfff ? replacement : point
    if (point > 0xffff) i++
    if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6)
    } else if (code < 0x10000) {
      bytes[at++] = 0xe0 | (code >> 12)
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f)
    } else {
      bytes[at++] = 0xf0 | (code >> 18)
      bytes[at++] = 0x80 | ((code >> 12) & 0x3f)
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f)
    }
    bytes[at++] = 0x80 | (code & 0x3f)
  }
  return bytes.subarray(0, at)
}

/** Text of UTF-8 bytes written by the module, which writes nothing but well-formed text. */
export const textOf = (bytes: Uint8Array): string => {
  const parts: Array<string> = []
  let codes: Array<number> = []
  const follow = (at: number) => (bytes[at] ?? 0) & 0x3f
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0
    if (lead < 0x80) {
      codes.push(lead)
      at += 1
    } else if (lead < 0xe0) {
      codes.push(((lead & 0x1f) << 6) | follow(at + 1))
      at += 2
    } else if (lead < 0xf0) {
      codes.push(((lead & 0x0f) << 12) | (follow(at + 1) << 6) | follow(at + 2))
      at += 3
    } else {
      codes.push(((lead & 0x07) << 18) | (follow(at + 1) << 12) | (follow(at + 2) << 6) | follow(at + 3))
      at += 4
    }
    if (codes.length >= 4096) {
      parts.push(String.fromCodePoint(...codes))
      codes = []
    }
  }
  parts.push(String.fromCodePoint(...codes))
  return parts.join("")
}

export const hexOf = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0")
  return text
}

export const bytesOfHex = (hex: string): Uint8Array => {
  const bytes = new Uint8Array(hex.length >> 1)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return bytes
}
