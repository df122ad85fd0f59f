/**
 * The tokenisers that sacreBLEU has without further packages: `13a` (mteval-v13a of NIST), `intl` (mteval-v14), `zh`, `char`, `none`.
 * Each gives the words that n-grams are made of.
 *
 * Sharp edges: punctuation stands alone or stays with its word by rules of the Western languages; a text that is already tokenised is
 * tokenised again. Classes of characters (`\p{P}`) are those of the Unicode version of this engine.
 */
import { Schema } from "effect"
import { withoutBlanksAround, wordsOf } from "./Blanks.ts"

export const BleuTokenizer = Schema.Literals(["13a", "none", "char", "intl", "zh"])
export type BleuTokenizer = typeof BleuTokenizer.Type

/**
 * The rules for Western languages: punctuation apart, `.` and `,` only where no digit stands on that side, `-` after a digit. mteval sets
 * blanks around blanks as well, which gives the same words.
 */
const western = (text: string): ReadonlyArray<string> =>
  wordsOf(
    text
      .replace(/[{-~[-`!-&(-+:-@/]/g, " $& ")
      .replace(/([^0-9])([.,])/g, "$1 $2 ")
      .replace(/([.,])([^0-9])/g, " $1 $2")
      .replace(/([0-9])(-)/g, "$1 $2 ")
  )

const unescaped = (text: string): string =>
  text.includes("&") ? text.replaceAll("&quot;", '"').replaceAll("&amp;", "&").replaceAll("&lt;", "<").replaceAll("&gt;", ">") : text

/** The four entities are replaced one after the other, so that `&amp;lt;` becomes `<`. */
const mteval13a = (text: string): ReadonlyArray<string> =>
  western(` ${unescaped(text.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " "))} `)

const international = (text: string): ReadonlyArray<string> =>
  wordsOf(
    text
      .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
      .replace(/(\p{P})(\P{N})/gu, " $1 $2")
      .replace(/\p{S}/gu, " $& ")
  )

/**
 * What the tokeniser `zh` of sacreBLEU takes for Chinese. The table there has two ranges that were meant to lie beyond U+FFFF and are
 * written so that they do not: they mean U+2001–U+2A6D and U+2F81–U+2FA1, so that dashes, quotation marks, arrows and mathematical
 * signs stand apart as well, and rare characters beyond U+FFFF do not.
 */
const chinese =
  /[\u3400-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\u2001-\u2a6d\u2f81-\u2fa1\uff00-\uffef\u2e80-\u2eff\u3000-\u303f\u31c0-\u31ef\u2f00-\u2fdf\u2ff0-\u2fff\u3100-\u312f\u31a0-\u31bf\ufe10-\ufe1f\ufe30-\ufe4f\u3200-\u33ff]/g

const zh = (text: string): ReadonlyArray<string> => western(withoutBlanksAround(text).replace(chinese, " $& "))

/** The words of a text, its trailing blanks already gone. */
export const bleuTokenizers: Readonly<Record<BleuTokenizer, (text: string) => ReadonlyArray<string>>> = {
  "13a": mteval13a,
  none: wordsOf,
  char: (text) => wordsOf(Array.from(text).join(" ")),
  intl: international,
  zh
}
