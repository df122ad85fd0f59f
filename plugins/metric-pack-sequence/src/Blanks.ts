/**
 * Words and ends of lines as Python's `str.split()`, `str.strip()` and `str.rstrip()` see them, because the reference programs do.
 *
 * Sharp edge: this is not JavaScript's `\s`. U+001C to U+001F and U+0085 are blanks here, U+FEFF is none. No blank is beyond U+FFFF, so
 * that code units may be looked at one by one.
 */

const wide = new Set([0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000])

const isBlank = (unit: number): boolean =>
  unit <= 0x20 ? unit >= 0x1c || (unit >= 0x09 && unit <= 0x0d) : unit >= 0x85 && (wide.has(unit) || (unit >= 0x2000 && unit <= 0x200a))

/** The text without the blanks at its end. */
export const withoutTrailingBlanks = (text: string): string => {
  let end = text.length
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1
  return end === text.length ? text : text.slice(0, end)
}

export const withoutBlanksAround = (text: string): string => {
  let start = 0
  while (start < text.length && isBlank(text.charCodeAt(start))) start += 1
  return withoutTrailingBlanks(text.slice(start))
}

/** The words between runs of blanks; none in a text of blanks. */
export const wordsOf = (text: string): ReadonlyArray<string> => {
  const words: Array<string> = []
  let start = -1
  for (let at = 0; at <= text.length; at++) {
    const blank = at === text.length || isBlank(text.charCodeAt(at))
    if (blank && start >= 0) {
      words.push(text.slice(start, at))
      start = -1
    } else if (!blank && start < 0) start = at
  }
  return words
}

/** The code points of a text, with or without the blanks among them. */
export const codePointsOf = (text: string, blanks: boolean): Int32Array => {
  const found = new Int32Array(text.length)
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0
    if (point > 0xffff) at += 1
    if (blanks || !isBlank(point)) {
      found[length] = point
      length += 1
    }
  }
  return found.subarray(0, length)
}
