/**
 * Text inside XML and its size on paper. Widths are estimates per character, a little on the wide side, because nobody can ask a font
 * here; layout rests on them so that Node and browser place every label alike.
 */

/** Characters XML 1.0 forbids even when escaped, and lone surrogates, become U+FFFD; line breaks and tabs become spaces. */
export const cleaned = (text: string): string =>
  Array.from(text.toWellFormed(), (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code === 0x09 || code === 0x0a || code === 0x0d) return " "
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code & 0xfffe) === 0xfffe ? "\ufffd" : character
  }).join("")

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

/** Safe as XML text and inside a quoted attribute. */
export const escaped = (text: string): string => cleaned(text).replace(/[&<>"']/g, (character) => entities[character] ?? character)

const widthOf = (character: string): number => {
  if (/[iljI|.,:;'!`]/.test(character)) return 0.33
  if (/[ ftr()[\]{}/\\"-]/.test(character)) return 0.42
  if (/[mwMW@%]/.test(character)) return 0.95
  if (/[A-Z&]/.test(character)) return 0.72
  if (/[!-~]/.test(character)) return 0.62
  if (/\p{M}/u.test(character)) return 0
  return /[\u1100-\u11ff\u2e80-\uffdc\u{10000}-\u{3ffff}]/u.test(character) ? 1.1 : 0.7
}

/** Estimated width in pixels at a font size. */
export const textWidth = (text: string, size: number): number =>
  Array.from(text).reduce((sum, character) => sum + widthOf(character), 0) * size

/** The longest beginning that fits in `width` with an ellipsis, or the whole text. */
export const truncated = (text: string, size: number, width: number): string => {
  if (textWidth(text, size) <= width) return text
  let used = textWidth("…", size)
  let kept = ""
  for (const character of text) {
    used += widthOf(character) * size
    if (used > width) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

/** At most `most` lines of `width`; what does not fit is cut with an ellipsis. */
export const wrapped = (text: string, size: number, width: number, most: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of cleaned(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`
    if (line !== "" && textWidth(longer, size) > width && lines.length < most - 1) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line].map((each) => truncated(each, size, width))
}
