/**
 * Splits a text into the words that merges stay within, by one pattern after the other.
 *
 * Sharp edge: what a pattern does not match is a word too, so that nothing of the text is lost.
 */
import { translatePattern } from "./Pattern.ts"

/** A split: by a regular expression in the syntax of `Pattern.ts`, or by a text that stands for itself. */
export type SplitRule = { readonly regex: string } | { readonly text: string }

const sourceOf = (rule: SplitRule): string => {
  if ("text" in rule) return Array.from(rule.text, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`).join("")
  const translated = translatePattern(rule.regex)
  if (!translated.ok) throw new RangeError(`the pattern ${rule.regex}: ${translated.problem.message}`)
  return translated.source
}

export class PreTokenizer {
  readonly #rules: ReadonlyArray<{ readonly here: RegExp; readonly ahead: RegExp }>

  /** Throws `RangeError` on a pattern that `translatePattern` refuses. */
  constructor(rules: ReadonlyArray<SplitRule>) {
    this.#rules = rules.map(sourceOf).map((source) => ({ here: new RegExp(source, "uy"), ahead: new RegExp(source, "ug") }))
  }

  /** Calls `word` with every word of the text, in order. */
  split(text: string, word: (text: string) => void): void {
    this.#from(0, text, word)
  }

  #from(place: number, text: string, word: (text: string) => void): void {
    const rule = this.#rules[place]
    if (rule === undefined) {
      word(text)
      return
    }
    const last = place + 1 === this.#rules.length
    const emit = (from: number, to: number): void => {
      const part = from === 0 && to === text.length ? text : text.slice(from, to)
      if (last) word(part)
      else this.#from(place + 1, part, word)
    }
    let at = 0
    while (at < text.length) {
      // `test` writes where it ended into the expression: read before anything else runs.
      rule.here.lastIndex = at
      const end = rule.here.test(text) ? rule.here.lastIndex : nextMatch(rule.ahead, text, at)
      emit(at, end)
      at = end
    }
  }
}

/** Where the next match begins, or the end of the text. */
const nextMatch = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}
