/**
 * The words that TER edits: those of Tercom (Snover et al. 2006) in the form of sacreBLEU. Without options a text is put in lower case and
 * cut at blanks, so that a full stop belongs to the word before it.
 *
 * Sharp edges: `ter_asian_support` does something only together with one of the other two. Kana stay words: the rules that Tercom has for
 * them hold at the start of a text only, where normalisation has put a blank.
 */
import { withoutTrailingBlanks, wordsOf } from "./Blanks.ts"
import type { TextOptions } from "./TextOptions.ts"

const western = (text: string): string =>
  ` ${text
    .replaceAll("\n-", "")
    .replaceAll("\n", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")} `
    .replace(/[{-~[-` -&(-+:-@/]/g, " $& ")
    .replaceAll("'s ", " 's ")
    .replace(/'s$/, " 's")
    .replace(/([^0-9])([.,])/g, "$1 $2 ")
    .replace(/([.,])([^0-9])/g, " $1 $2")
    .replace(/([0-9])(-)/g, "$1 $2 ")

const asianPunctuation = /[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb]/g
const fullWidthPunctuation = /[\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/g

const asian = (text: string): string =>
  text
    .replace(/[\u4e00-\u9fff\u3400-\u4dbf]/g, " $& ")
    .replace(/[\u31c0-\u31ef\u2e80-\u2eff]/g, " $& ")
    .replace(/[\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f]/g, " $& ")
    .replace(/[\u3200-\u32ff]/g, " $& ")
    .replace(asianPunctuation, " $& ")
    .replace(fullWidthPunctuation, " $& ")

const withoutPunctuation = (text: string): string => text.replace(/[.,?:;!"()]/g, "")
const withoutAsianPunctuation = (text: string): string => text.replace(asianPunctuation, "").replace(fullWidthPunctuation, "")

/** The words of a text. */
export const terTokenizer = (options: TextOptions): ((text: string) => ReadonlyArray<string>) => {
  const steps = [
    ...(options.ter_case_sensitive ? [] : [(text: string) => text.toLowerCase()]),
    ...(options.ter_normalized ? [western] : []),
    ...(options.ter_normalized && options.ter_asian_support ? [asian] : []),
    ...(options.ter_no_punct ? [withoutPunctuation] : []),
    ...(options.ter_no_punct && options.ter_asian_support ? [withoutAsianPunctuation] : [])
  ]
  return (text) => {
    const stripped = withoutTrailingBlanks(text)
    // A text of blanks has no words; normalisation would put none into it.
    return stripped === "" ? [] : wordsOf(steps.reduce((current, step) => step(current), stripped))
  }
}
