/**
 * Text as bytes without loss for every string of JavaScript: UTF-8, and a surrogate that stands alone as the three bytes that UTF-8 would
 * give its number (WTF-8, https://simonsapin.github.io/wtf-8/).
 *
 * Sharp edge: the bytes of a text with a lone surrogate are no UTF-8, and other programs refuse or replace them. Two texts whose join makes a
 * surrogate pair have bytes whose join is read back as that pair.
 */

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The bytes of a text. */
export const toWtf8 = (text: string): Uint8Array => {
  if (text.isWellFormed()) return encoder.encode(text)
  const parts: Array<number> = []
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0
    if (point >= 0xd800 && point <= 0xdfff) parts.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f))
    else parts.push(...encoder.encode(char))
  }
  return Uint8Array.from(parts)
}

const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Length of a character whose bytes start at `at` and are whole and shortest, surrogates allowed; 0 when they are not. */
const lengthAt = (bytes: Uint8Array, at: number): number => {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
  if (length === 0 || at + length > bytes.length) return 0
  for (let next = 1; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0
  const second = bytes[at + 1] ?? 0
  const tooLong = (lead === 0xe0 && second < 0xa0) || (lead === 0xf0 && second < 0x90)
  return tooLong || (lead === 0xf4 && second > 0x8f) ? 0 : length
}

/** The text of bytes, or the offset of the first byte that begins no character. */
export const fromWtf8 = (
  bytes: Uint8Array
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly offset: number } => {
  const whole = utf8(bytes)
  if (whole !== undefined) return { ok: true, text: whole }
  let text = ""
  let from = 0
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at)
    if (length === 0) return { ok: false, offset: at }
    if (length === 3 && bytes[at] === 0xed && (bytes[at + 1] ?? 0) >= 0xa0) {
      text += decoder.decode(bytes.subarray(from, at))
      text += String.fromCharCode(0xd000 | (((bytes[at + 1] ?? 0) & 0x3f) << 6) | ((bytes[at + 2] ?? 0) & 0x3f))
      from = at + length
    }
    at += length
  }
  return { ok: true, text: text + decoder.decode(bytes.subarray(from)) }
}
