/**
 * Text on its way out: made harmless for HTML, Markdown and terminals. Sharp edge: characters that no output can show, and those that turn
 * the direction of writing, become U+FFFD everywhere, so a name may look different from its bytes but never acts.
 */

const isHarmful = (code: number): boolean =>
  code < 0x20 ||
  (code >= 0x7f && code <= 0x9f) ||
  (code & 0xfffe) === 0xfffe ||
  code === 0x061c ||
  code === 0x200e ||
  code === 0x200f ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069)

/** One line of text: line breaks and tabs become spaces, harmful characters and lone surrogates U+FFFD. */
export const cleaned = (text: string): string =>
  Array.from(text.toWellFormed(), (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code === 0x09 || code === 0x0a || code === 0x0d) return " "
    return isHarmful(code) ? "\ufffd" : character
  }).join("")

/** Plain data with every text in it cleaned. */
export const cleanedDeep = <A>(value: A): A => {
  const mapped = (each: unknown): unknown => {
    if (typeof each === "string") return cleaned(each)
    if (Array.isArray(each)) return each.map(mapped)
    if (typeof each !== "object" || each === null) return each
    return Object.fromEntries(Object.entries(each).map(([key, member]) => [key, mapped(member)]))
  }
  // The shape is kept, and text stays text.
  return mapped(value) as A
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

/** Safe as HTML text and inside a quoted attribute. */
export const escapedHtml = (text: string): string => cleaned(text).replace(/[&<>"']/g, (character) => entities[character] ?? character)

/** Safe inside a Markdown line or table cell: nothing starts markup, HTML, a list or a link. */
export const escapedMarkdown = (text: string): string =>
  cleaned(text)
    .trim()
    .replace(/[\\`*[\]|~#$@]/g, "\\$&")
    // An underscore inside a word means nothing.
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
    .replace(/:(?=\/\/)/g, "\\:")
    .replace(/\b(www)\./gi, "$1\\.")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2")
    .replace(/^[-+=](?=[\s=-]|$)/, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")

const wide =
  /[\u1100-\u115f\u231a\u231b\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u
const narrow = /[\p{M}\p{Cf}]/u

/** Columns that a terminal gives to a text. */
export const columnsOf = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + (narrow.test(character) ? 0 : wide.test(character) ? 2 : 1), 0)

/** The text, or as much of it as `columns` hold, with an ellipsis. */
export const fitted = (text: string, columns: number): string => {
  const line = cleaned(text)
  if (columnsOf(line) <= columns) return line
  let kept = ""
  for (const character of line) {
    if (columnsOf(kept + character) > columns - 1) break
    kept += character
  }
  return `${kept}…`
}

export const padEnd = (text: string, columns: number): string => text + " ".repeat(Math.max(0, columns - columnsOf(text)))
export const padStart = (text: string, columns: number): string => " ".repeat(Math.max(0, columns - columnsOf(text))) + text

/** Lines of at most `columns`; a word that is longer is cut. */
export const wrapped = (text: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of cleaned(text)
    .split(" ")
    .filter((each) => each !== "")) {
    const longer = line === "" ? word : `${line} ${word}`
    if (line !== "" && columnsOf(longer) > columns) {
      lines.push(line)
      line = fitted(word, columns)
    } else line = fitted(longer, columns)
  }
  return line === "" ? lines : [...lines, line]
}

/** "a", "a and b", "a, b and c". */
export const listed = (items: ReadonlyArray<string>): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`

/** "1 seed", "5 seeds". */
export const counted = (count: number, singular: string, plural = `${singular}s`): string => `${count} ${count === 1 ? singular : plural}`
