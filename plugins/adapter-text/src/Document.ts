/**
 * A document: what a record of any layout says, and the ways in which it fails to say it.
 *
 * Sharp edge: spans and every `index` count UTF-16 code units, as `String.prototype.slice` does; lengths count code points.
 */
import { hash } from "node:crypto"

export interface Document {
  readonly text: string
  readonly label?: string
  readonly id?: string
  readonly group?: string
  readonly split?: string
  /** Unix milliseconds. */
  readonly time?: number
  /** A tag per token; `spans` says which characters of the text the token is, the end excluded. */
  readonly tokens?: { readonly spans: ReadonlyArray<readonly [number, number]>; readonly tags: ReadonlyArray<string> }
}

/** What is wrong with a record, at a place in its text. */
export interface Fault {
  /** Without the prefix `text/`. */
  readonly code: string
  readonly message: string
  readonly index: number
  readonly field?: string
  readonly expected?: string
  readonly actual?: string
  readonly help?: string
}

export type Read =
  | { readonly kind: "document"; readonly document: Document }
  /** Names the columns of what follows, or follows a header that could not be used. */
  | { readonly kind: "header" }
  | { readonly kind: "faults"; readonly faults: ReadonlyArray<Fault> }

/** From the text of a record to its document. */
export type RecordReader = (text: string) => Read

export const document = (value: Document): Read => ({ kind: "document", document: value })
export const header: Read = { kind: "header" }
export const faults = (...found: ReadonlyArray<Fault>): Read => ({ kind: "faults", faults: found })

/** Code points. */
export const lengthOf = (text: string): number => text.length - (text.match(/[\uD800-\uDBFF]/g)?.length ?? 0)

/** SHA-256 of the characters, whatever the encoding and the Unicode form that they came in. */
export const decodedHash = (text: string): string => hash("sha256", text.normalize("NFC"))

/** SHA-256 of the text without case and without differences in white space: what copies of a text share. */
export const nearKey = (text: string): string =>
  hash(
    "sha256",
    text
      .toLowerCase()
      .normalize("NFC")
      .replace(/\p{White_Space}+/gu, " ")
      .trim()
  )

export const isEmpty = (text: string): boolean => !/\P{White_Space}/u.test(text)
