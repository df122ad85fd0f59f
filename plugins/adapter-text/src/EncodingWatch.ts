/**
 * Whether all files are in the declared encoding, as far as bytes can tell.
 *
 * Only characters beyond ASCII are evidence. Sharp edge: a one-byte encoding accepts the bytes of UTF-8 as other characters ("Ã©" for
 * "é"); a file in which everything beyond ASCII is sound UTF-8 therefore counts as UTF-8, and that is a strong guess, no proof.
 */
import { isUtf8 } from "node:buffer"
import { type Decoding, type Encoding, looksLike, unitBytes } from "./Encoding.ts"
import type { Findings } from "./Findings.ts"

/** Files that a message names. */
const NAMED = 5

export interface EncodingWatch {
  /** A record of the file, as it was decoded. Gives what a record that failed looks like instead. */
  readonly record: (path: string, bytes: Uint8Array, decoding: Decoding) => Encoding | undefined
  readonly end: (found: Findings) => void
}

export const encodingWatch = (declared: Encoding): EncodingWatch => {
  const oneByte = declared === "latin1" || declared === "windows-1252"
  const odd: Array<{ readonly path: string; readonly looks: Encoding | undefined }> = []
  const counts = { odd: 0, fitting: 0, failed: 0 }
  let fitting: string | undefined
  let current: { readonly path: string; fits: number; utf8: number; failed: number; looks: Encoding | undefined } | undefined

  const close = (): void => {
    if (current === undefined) return
    const { path, fits, utf8, failed, looks } = current
    current = undefined
    if (failed > 0) counts.failed++
    if (failed > 0 || (utf8 > 0 && fits === 0)) {
      counts.odd++
      if (odd.length < NAMED) odd.push({ path, looks: failed > 0 ? looks : "utf-8" })
    } else if (fits > 0) {
      counts.fitting++
      fitting ??= path
    }
  }
  return {
    record: (path, bytes, decoding) => {
      if (current?.path !== path) {
        close()
        current = { path, fits: 0, utf8: 0, failed: 0, looks: undefined }
      }
      if (!decoding.ok) {
        const [look] = looksLike(bytes, true)
        if (current.failed++ === 0) current.looks = look?.encoding
        return look?.encoding === declared || look?.plain === true ? undefined : look?.encoding
      }
      if (unitBytes(declared) === 2) current.fits++
      else if (bytes.some((byte) => byte >= 0x80)) {
        if (oneByte && isUtf8(bytes)) current.utf8++
        else current.fits++
      }
      return undefined
    },
    end: (found) => {
      close()
      const [first] = odd
      if (first === undefined) return
      const names = odd.map(({ path, looks }) => `${path} (${looks === undefined || looks === declared ? "unknown" : looks})`).join(", ")
      const list = counts.odd > NAMED ? `${names} and ${counts.odd - NAMED} more` : names
      if (fitting !== undefined)
        found.error({
          code: "text/MIXED-ENCODINGS",
          message: `files are in different encodings: ${list} and ${counts.fitting} in ${declared}, ${fitting} for one`,
          file: first.path,
          expected: declared,
          help: "convert all files to utf-8"
        })
      else if (counts.failed === 0)
        found.warn(
          {
            code: "text/LOOKS-UTF-8",
            message: `every character beyond ASCII is sound utf-8: ${list}`,
            file: first.path,
            expected: declared,
            actual: "utf-8",
            help: 'encoding = "utf-8"'
          },
          counts.odd
        )
    }
  }
}
