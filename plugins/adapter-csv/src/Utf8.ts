/**
 * Where a byte stream stops being UTF-8.
 *
 * Sharp edge: a character may be cut by the end of a block, so that the check keeps up to three bytes for the next one.
 */
import { isUtf8 } from "node:buffer"

/** Bytes of the character that this lead byte opens, 0 when no character can begin with it. */
const lengthOf = (lead: number): number =>
  lead < 0x80 ? 1 : lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0

/** How many bytes at the end of `bytes` may be the beginning of a character that is not complete. */
const unfinished = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return lengthOf(byte) > back ? back : 0
  }
  return 0
}

/** Offset of the first byte that belongs to no valid character; the bytes are known to hold one. */
const firstInvalid = (bytes: Uint8Array): number => {
  let at = 0
  while (at < bytes.length) {
    const length = lengthOf(bytes[at] ?? 0)
    if (length === 0 || at + length > bytes.length || !isUtf8(bytes.subarray(at, at + length))) return at
    at += length
  }
  return at
}

/** A check that is fed block by block and answers with the offset, in the stream, of the first byte that is not UTF-8. */
export const utf8Check = (): { readonly feed: (block: Uint8Array, last: boolean) => number | undefined } => {
  let carried: Uint8Array = new Uint8Array(0)
  let seen = 0
  return {
    feed: (block, last) => {
      const bytes = carried.length === 0 ? block : Buffer.concat([carried, block])
      const keep = last ? 0 : unfinished(bytes)
      const complete = bytes.subarray(0, bytes.length - keep)
      if (!isUtf8(complete)) return seen + firstInvalid(complete)
      carried = bytes.slice(bytes.length - keep)
      seen += complete.length
      return undefined
    }
  }
}
