/**
 * Columns that a terminal gives a text, and texts that are made to fit: broken at spaces where there is room for more lines, cut with a mark
 * where there is not. A word is never broken, so that an id, a path or a hash can be copied.
 */

/** What most texts are, and of them a character is a column. */
const plain = /^[\x20-\x7e]*$/

const nothingToSee = /[\p{Mark}\p{Control}\p{Default_Ignorable_Code_Point}]/gu
const emoji = /\p{Emoji_Presentation}|\ufe0f/u

const isWide = (code: number): boolean =>
  (code >= 0x1100 && code <= 0x115f) ||
  (code >= 0x2e80 && code <= 0x303e) ||
  (code >= 0x3041 && code <= 0xa4cf) ||
  (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xfe30 && code <= 0xfe6f) ||
  (code >= 0xff00 && code <= 0xff60) ||
  (code >= 0xffe0 && code <= 0xffe6) ||
  (code >= 0x1f300 && code <= 0x1f64f) ||
  (code >= 0x1f900 && code <= 0x1f9ff) ||
  (code >= 0x20000 && code <= 0x3fffd)

let segmenter: Intl.Segmenter | undefined

/** What a reader takes for one character each. */
const characters = (text: string): ReadonlyArray<string> => {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

const characterWidth = (character: string): number => {
  const seen = character.replace(nothingToSee, "")
  if (seen === "") return 0
  return emoji.test(character) || isWide(seen.codePointAt(0) ?? 0) ? 2 : 1
}

/** Of a text without control characters. */
export const textWidth = (text: string): number =>
  plain.test(text) ? text.length : characters(text).reduce((sum, each) => sum + characterWidth(each), 0)

/** The beginning of a text that is too wide, with a mark for the rest. */
export const cut = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text
  let [kept, used] = ["", 0]
  for (const each of plain.test(text) ? text : characters(text)) {
    used += characterWidth(each)
    if (used > width - 1) break
    kept += each
  }
  return `${kept.trimEnd()}…`
}

/** Lines of at most `width` columns, one word wider than that on a line of its own. */
export const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  if (textWidth(text) <= width) return [text]
  const lines: Array<string> = []
  let line: string | undefined
  for (const word of text.split(" ")) {
    const longer: string = line === undefined ? word : `${line} ${word}`
    if (line === undefined || textWidth(longer.trimEnd()) <= width) line = longer
    else {
      lines.push(line.trimEnd())
      line = word === "" ? undefined : word
    }
  }
  return line === undefined ? lines : [...lines, line.trimEnd()]
}

/** A name with what is said of it behind two spaces or more, as far as the first word of that. */
const hanging = /^ *\S+(?: \S+)* {2,}(?=\S)/

/**
 * Wraps every line of a text. What a line goes on with stands below its value, where it has a name before that, and else a little further
 * in than its beginning.
 */
export const folded = (text: string, width: number): string =>
  text
    .split("\n")
    .flatMap((line) => {
      // A row of a Markdown table is one line, or none.
      if (textWidth(line) <= width || line.startsWith("|")) return [line]
      const head = hanging.exec(line)?.[0] ?? ""
      const isNamed = head !== "" && textWidth(head) <= width / 3
      const begin = isNamed ? head : (/^ */.exec(line)?.[0] ?? "")
      const indent = isNamed ? textWidth(head) : begin.length + 2
      const [first = "", ...rest] = wrapped(line.slice(begin.length), Math.max(1, width - indent))
      return [`${begin}${first}`, ...rest.map((each) => `${" ".repeat(indent)}${each}`)]
    })
    .join("\n")
