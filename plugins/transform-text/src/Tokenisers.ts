/**
 * The tokenisers that `tokenise` knows, by name: how a text falls into tokens, and how many there can be. A tokeniser that is learnt (byte
 * pairs, say) takes its place in this table once it has an entry of its own.
 */

export interface Tokeniser {
  readonly tokens: (text: string) => ReadonlyArray<string>
  /** The most tokens that a text of so many characters (code points) can have. */
  readonly most: (characters: number) => number
}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0")

/** Every code point; every byte of UTF-8, as two hex digits; every run of what is no white space. */
export const tokenisers = {
  characters: { tokens: (text) => Array.from(text), most: (characters) => characters },
  bytes: { tokens: (text) => Array.from(new TextEncoder().encode(text), hex), most: (characters) => 4 * characters },
  "white-space": { tokens: (text) => text.match(/\P{White_Space}+/gu) ?? [], most: (characters) => Math.ceil(characters / 2) }
} as const satisfies Readonly<Record<string, Tokeniser>>

export type TokeniserName = keyof typeof tokenisers
// The keys of the table are its names; `Object.keys` does not know it.
export const tokeniserNames = Object.keys(tokenisers) as ReadonlyArray<TokeniserName>
