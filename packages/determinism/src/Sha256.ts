/**
 * SHA-256 over bytes and UTF-8 text. This is the one file of the package that needs Node (`node:crypto`).
 *
 * Sharp edge: text with a lone surrogate has no UTF-8 form. Encoders replace it by U+FFFD without a word, which would give two
 * different texts one hash, so it is refused here.
 */
import { createHash, type Hash } from "node:crypto"

const bytesOf = (data: string | Uint8Array): string | Uint8Array => {
  if (typeof data === "string" && !data.isWellFormed()) {
    throw new TypeError("cannot hash a text that holds a lone surrogate: it has no UTF-8 form; repair the text or hash its bytes")
  }
  return data
}

/** The 32 bytes of the SHA-256 of `data`; a string counts as its UTF-8 bytes. Throws `TypeError` on a lone surrogate. */
export const sha256 = (data: string | Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytesOf(data)).digest())

/** The SHA-256 of `data` as 64 lower-case hex digits; a string counts as its UTF-8 bytes. Throws `TypeError` on a lone surrogate. */
export const sha256Hex = (data: string | Uint8Array): string => createHash("sha256").update(bytesOf(data)).digest("hex")

/** SHA-256 of data that arrives in parts. `hex()` may be read at any time and the stream goes on. */
export class Sha256 {
  readonly #hash: Hash = createHash("sha256")

  /** Appends bytes, or the UTF-8 bytes of a text. A surrogate pair must not be torn over two calls: the halves are refused. */
  update(data: string | Uint8Array): this {
    this.#hash.update(bytesOf(data))
    return this
  }

  /** The hash of everything appended so far, as 64 lower-case hex digits. */
  hex(): string {
    return this.#hash.copy().digest("hex")
  }
}
