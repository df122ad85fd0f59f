/**
 * Tokens that stand in a text as they are, such as `<|endoftext|>`: found before anything else looks at the text, leftmost first and the
 * longest of those that start together.
 *
 * Sharp edge: a special token that is passed over as plain text still covers its place, so that no other token is found inside it.
 */

/** A token found by its own text. `special` ones mark structure; the others are words that were added to a vocabulary. */
export interface AddedToken {
  readonly id: number
  readonly content: string
  readonly special: boolean
  /** Whether it is looked for after normalisation instead of before. */
  readonly normalized: boolean
}

interface TrieNode {
  readonly next: Map<number, TrieNode>
  token: AddedToken | undefined
}

const node = (): TrieNode => ({ next: new Map(), token: undefined })

/** Finds added tokens in texts. */
export class AddedTokenFinder {
  readonly #root = node()
  /** Whether a code unit begins any token. */
  readonly #begins = new Uint8Array(0x10000)
  readonly #empty: boolean

  /** @param contentOf the text that a token is found by */
  constructor(tokens: ReadonlyArray<AddedToken>, contentOf: (token: AddedToken) => string) {
    this.#empty = tokens.length === 0
    for (const token of tokens) {
      const content = contentOf(token)
      let at = this.#root
      for (let unit = 0; unit < content.length; unit++) {
        const code = content.charCodeAt(unit)
        const next = at.next.get(code) ?? node()
        at.next.set(code, next)
        at = next
      }
      at.token = token
      this.#begins[content.charCodeAt(0)] = 1
    }
  }

  #longestAt(text: string, from: number): { readonly token: AddedToken; readonly end: number } | undefined {
    let at: TrieNode | undefined = this.#root
    let found: { readonly token: AddedToken; readonly end: number } | undefined
    for (let unit = from; unit < text.length; unit++) {
      at = at.next.get(text.charCodeAt(unit))
      if (at === undefined) break
      if (at.token !== undefined) found = { token: at.token, end: unit + 1 }
    }
    return found
  }

  /** Calls `plain` with the stretches between tokens, none of them empty, and `added` with the tokens, in order. */
  split(text: string, specialAsText: boolean, plain: (text: string) => void, added: (token: AddedToken) => void): void {
    if (this.#empty) {
      if (text !== "") plain(text)
      return
    }
    let from = 0
    for (let at = 0; at < text.length; at++) {
      if (this.#begins[text.charCodeAt(at)] === 0) continue
      const found = this.#longestAt(text, at)
      if (found === undefined) continue
      if (!(specialAsText && found.token.special)) {
        if (at > from) plain(text.slice(from, at))
        added(found.token)
        from = found.end
      }
      at = found.end - 1
    }
    if (from < text.length) plain(text.slice(from))
  }
}
