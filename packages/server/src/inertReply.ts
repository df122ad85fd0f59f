/** Foreign bytes as an answer: a PNG or JPEG by its first bytes, anything else as plain text, and nothing of it may run or load. */
import type { Reply } from "./Reply.ts"

const starts = (bytes: Uint8Array, ...magic: ReadonlyArray<number>): boolean => magic.every((byte, at) => bytes[at] === byte)

const typeOf = (bytes: Uint8Array): string => {
  if (starts(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png"
  return starts(bytes, 0xff, 0xd8, 0xff) ? "image/jpeg" : "text/plain; charset=utf-8"
}

export const inertReply = (bytes: Uint8Array): Reply => ({
  status: 200,
  headers: {
    "content-type": typeOf(bytes),
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "content-disposition": "inline",
    "cache-control": "private, no-store"
  },
  body: bytes
})
