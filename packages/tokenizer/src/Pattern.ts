/**
 * The regular expressions of pre-tokenisers: the part of Onigurma's syntax (Ruby's flavour) that published tokenizers use, written anew for
 * the engine of JavaScript with classes of one fixed edition of Unicode.
 *
 * Sharp edges: what the two engines read differently, or what could match nothing at all, is refused by name and place; nothing is passed on
 * unread. `\s` is White_Space (with U+0085, without U+FEFF) and `.` is everything but a line feed, as there and not as in JavaScript.
 */
import { type CodePointSet, categorySet, complementOf, unionOf, whiteSpace } from "./UnicodeCategories.ts"

/** What is wrong with a pattern, and where: an offset in UTF-16 code units. */
export interface PatternProblem {
  readonly offset: number
  readonly message: string
}

export type TranslatedPattern = { readonly ok: true; readonly source: string } | { readonly ok: false; readonly problem: PatternProblem }

/** A piece of JavaScript source and the fewest code points that it matches. */
interface Part {
  readonly source: string
  readonly shortest: number
}

class Refusal extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

const escaped = (point: number): string => `\\u{${point.toString(16)}}`
const isAsciiLetter = (point: number): boolean => (point >= 0x41 && point <= 0x5a) || (point >= 0x61 && point <= 0x7a)
const classOf = (set: CodePointSet): string =>
  set.map(([first, last]) => (first === last ? escaped(first) : `${escaped(first)}-${escaped(last)}`)).join("")
const one = (point: number): CodePointSet => [[point, point]]

/** The simple case foldings of an ASCII letter: `s` has the long s beside it, `k` the sign of kelvin. */
const caseFoldings = (point: number): CodePointSet => {
  const lower = point | 0x20
  const beyond = lower === 0x73 ? [one(0x17f)] : lower === 0x6b ? [one(0x212a)] : []
  return unionOf([one(lower), one(lower & ~0x20), ...beyond])
}

/** Pairs of letters for which Onigurma also finds one character, such as ß for ss. */
const foldedPairs = new Set(["ff", "fi", "fl", "ss", "st"])

const controls: ReadonlyMap<string, number> = new Map([
  ["t", 0x09],
  ["n", 0x0a],
  ["v", 0x0b],
  ["f", 0x0c],
  ["r", 0x0d],
  ["a", 0x07],
  ["e", 0x1b]
])

const maxDepth = 32

class Translator {
  readonly #text: string
  #at = 0
  #groups = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): Part {
    const part = this.#alternatives(false)
    if (this.#at < this.#text.length) this.#refuse("a `)` without its `(`")
    if (part.shortest === 0) throw new Refusal("the pattern can match an empty text, which splits nothing; make a part of it required", 0)
    return part
  }

  #refuse(message: string, offset = this.#at): never {
    throw new Refusal(message, offset)
  }

  #takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #alternatives(ignoreCase: boolean): Part {
    this.#depth += 1
    if (this.#depth > maxDepth) this.#refuse(`groups nested deeper than ${maxDepth}`)
    const parts = [this.#sequence(ignoreCase)]
    while (this.#takes("|")) parts.push(this.#sequence(ignoreCase))
    this.#depth -= 1
    return { source: parts.map((part) => part.source).join("|"), shortest: Math.min(...parts.map((part) => part.shortest)) }
  }

  #sequence(ignoreCase: boolean): Part {
    let source = ""
    let shortest = 0
    let previous = ""
    while (this.#at < this.#text.length && this.#text[this.#at] !== "|" && this.#text[this.#at] !== ")") {
      const offset = this.#at
      const [atom, repeats] = this.#atom(ignoreCase)
      const text = this.#text.slice(offset, this.#at)
      if (ignoreCase && foldedPairs.has((previous + text).toLowerCase()))
        this.#refuse(
          `\`${previous}${text}\` without regard to case also stands for a single character in some engines; write it out`,
          offset
        )
      const part = repeats ? this.#quantified(atom) : atom
      previous = part === atom ? text : ""
      source += part.source
      shortest += part.shortest
    }
    return { source, shortest }
  }

  /** An atom, and whether it may be repeated. */
  #atom(ignoreCase: boolean): readonly [Part, boolean] {
    const offset = this.#at
    const point = this.#text.codePointAt(offset) ?? 0
    const char = String.fromCodePoint(point)
    if (char === "(") return this.#group(ignoreCase)
    this.#at += char.length
    switch (char) {
      case "[":
        return [{ source: this.#class(ignoreCase, offset), shortest: 1 }, true]
      case "\\":
        return [this.#ofSet(this.#escape(), ignoreCase, offset), true]
      case ".":
        return [{ source: "[^\\n]", shortest: 1 }, true]
      case "^":
      case "$":
        return this.#refuse(
          `the anchor \`${char}\` is not supported; a pre-tokeniser sees parts of a text, so that it has no meaning of its own`,
          offset
        )
      case "*":
      case "+":
      case "?":
      case "{":
      case "}":
      case "]":
        return this.#refuse(`\`${char}\` has nothing to stand for here; write \`\\${char}\` for the character itself`, offset)
      default:
        return [this.#ofSet(one(point), ignoreCase, offset), true]
    }
  }

  #ofSet(set: CodePointSet, ignoreCase: boolean, offset: number): Part {
    const [range] = set
    const single = set.length === 1 && range !== undefined && range[0] === range[1] ? range[0] : undefined
    const folded = ignoreCase ? this.#folded(set, offset) : set
    return { source: single !== undefined && folded === set ? escaped(single) : `[${classOf(folded)}]`, shortest: 1 }
  }

  #folded(set: CodePointSet, offset: number): CodePointSet {
    const points = set.flatMap(([first, last]) =>
      last < 0x80 ? Array.from({ length: last - first + 1 }, (_, index) => first + index) : [-1]
    )
    if (points.includes(-1)) return this.#refuse("only ASCII characters are supported without regard to case", offset)
    if (!points.some(isAsciiLetter)) return set
    return unionOf(points.map((point) => (isAsciiLetter(point) ? caseFoldings(point) : one(point))))
  }

  #group(ignoreCase: boolean): readonly [Part, boolean] {
    const offset = this.#at
    const look = this.#takes("(?=") ? "(?=" : this.#takes("(?!") ? "(?!" : undefined
    const folds = look === undefined && this.#takes("(?i:")
    if (look === undefined && !folds && !this.#takes("(?:")) {
      const kind = /^\(\?(?:<[=!]|[^:)]{0,2})/.exec(this.#text.slice(offset))?.[0]
      if (kind !== undefined) this.#refuse(`\`${kind}\` is not supported; groups are \`(?:\`, \`(?i:\`, \`(\`, \`(?=\` and \`(?!\``)
      this.#at += 1
    }
    const inside = this.#alternatives(ignoreCase || folds)
    if (!this.#takes(")")) this.#refuse("this group is never closed", offset)
    if (look === undefined) return [{ source: `(?:${inside.source})`, shortest: inside.shortest }, true]
    return [{ source: `${look}${inside.source})`, shortest: 0 }, false]
  }

  #quantified(atom: Part): Part {
    const offset = this.#at
    const [, simple, least, comma, most] = /^(?:([?*+])|\{(\d{1,4})?(,)?(\d{1,4})?\})/.exec(this.#text.slice(offset, offset + 16)) ?? []
    if (simple === undefined && least === undefined && most === undefined) return atom
    const length = simple === undefined ? this.#text.indexOf("}", offset) + 1 - offset : 1
    this.#at += length
    const from = simple === undefined ? Number(least ?? 0) : simple === "+" ? 1 : 0
    const written = simple ?? `{${from}${comma ?? ""}${most ?? ""}}`
    if (most !== undefined && Number(most) < from) this.#refuse(`the range ${written} runs backwards`, offset)
    const shortest = atom.shortest * from
    if (simple !== undefined && this.#takes("+")) {
      this.#groups += 1
      return { source: `(?:(?=(${atom.source}${written}))\\${this.#groups})`, shortest }
    }
    const lazy = simple !== undefined && this.#takes("?") ? "?" : ""
    if (/^[?*+{]/.test(this.#text.slice(this.#at)))
      this.#refuse("a repetition of a repetition, which engines read differently; put the inner one into `(?:…)`")
    // A body that may be empty would be tried again and again at one place.
    if (atom.shortest === 0) this.#refuse("a repetition of something that can be empty", offset)
    return { source: `${atom.source}${written}${lazy}`, shortest }
  }

  /** What stands after a backslash, as a set. */
  #escape(): CodePointSet {
    const offset = this.#at - 1
    const name = this.#text[this.#at] ?? ""
    if (name === "") this.#refuse("the pattern ends in a backslash", offset)
    this.#at += 1
    switch (name) {
      case "s":
        return whiteSpace
      case "S":
        return complementOf(whiteSpace)
      case "d":
        return categorySet("Nd") ?? []
      case "D":
        return complementOf(categorySet("Nd") ?? [])
      case "p":
      case "P":
        return this.#property(name === "P", offset)
      case "x":
      case "u":
        return one(this.#hex(offset))
    }
    const control = controls.get(name)
    if (control !== undefined) return one(control)
    if (/[A-Za-z0-9]/.test(name))
      this.#refuse(
        `\`\\${name}\` is not supported; the escapes are \\s \\S \\d \\D \\p{…} \\P{…} \\t \\n \\v \\f \\r \\a \\e \\xhh \\uhhhh and signs`,
        offset
      )
    const point = this.#text.codePointAt(this.#at - 1) ?? 0
    this.#at = offset + 1 + String.fromCodePoint(point).length
    return one(point)
  }

  #property(negated: boolean, offset: number): CodePointSet {
    const found = /^\{(\^)?([A-Za-z_]{1,40})\}/.exec(this.#text.slice(this.#at))
    const set = found === null ? undefined : categorySet(found[2] ?? "")
    if (found === null || set === undefined)
      return this.#refuse(
        `${this.#text.slice(offset, offset + 24)}: expected the short name of a general category, as \\p{L} or \\p{Lu}`,
        offset
      )
    this.#at += found[0].length
    return negated !== (found[1] === "^") ? complementOf(set) : set
  }

  #hex(offset: number): number {
    const found = /^(?:\\x([0-9A-Fa-f]{2})|\\x\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4}))/.exec(this.#text.slice(offset, offset + 12))
    const point = Number.parseInt(found?.[1] ?? found?.[2] ?? found?.[3] ?? "", 16)
    if (!(point <= 0x10ffff) || (point >= 0x80 && found?.[1] !== undefined))
      return this.#refuse("expected \\xhh up to 7f, \\x{h…} or \\uhhhh of a Unicode character", offset)
    this.#at = offset + (found?.[0].length ?? 0)
    return point
  }

  #class(ignoreCase: boolean, offset: number): string {
    const negated = this.#takes("^")
    const sets: Array<CodePointSet> = []
    while (!this.#takes("]")) {
      if (this.#at >= this.#text.length) this.#refuse("this class is never closed", offset)
      sets.push(this.#range())
    }
    if (sets.length === 0) this.#refuse("an empty class", offset)
    const set = unionOf(sets)
    return `[${negated ? "^" : ""}${classOf(ignoreCase ? this.#folded(set, offset) : set)}]`
  }

  #range(): CodePointSet {
    const offset = this.#at
    const from = this.#member()
    if (this.#text[this.#at] !== "-" || this.#text[this.#at + 1] === "]") return from
    this.#at += 1
    const to = this.#member()
    const [first, last] = [pointOf(from), pointOf(to)]
    if (first === undefined || last === undefined) return this.#refuse("a range of a class needs a character on both sides", offset)
    if (first > last) this.#refuse("the range of a class runs backwards", offset)
    return [[first, last]]
  }

  #member(): CodePointSet {
    const point = this.#text.codePointAt(this.#at)
    if (point === undefined) return this.#refuse("this class is never closed")
    const char = String.fromCodePoint(point)
    if (char === "[" || this.#text.startsWith("&&", this.#at))
      this.#refuse(`\`${char === "[" ? "[" : "&&"}\` within a class is not supported`)
    this.#at += char.length
    return char === "\\" ? this.#escape() : one(point)
  }
}

const pointOf = (set: CodePointSet): number | undefined => {
  const [range] = set
  return set.length === 1 && range !== undefined && range[0] === range[1] ? range[0] : undefined
}

/** The pattern as the source of a `RegExp` with flag `u`, or the first thing in it that is not supported. */
export const translatePattern = (pattern: string): TranslatedPattern => {
  try {
    if (!pattern.isWellFormed()) throw new Refusal("the pattern holds a lone surrogate", 0)
    return { ok: true, source: new Translator(pattern).run().source }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { ok: false, problem: { offset: error.offset, message: error.message } }
  }
}

/** Patterns that published tokenizers split by, under the names they are known by. */
export const patterns = {
  /** GPT-2; the one that ByteLevel of HF tokenizers uses. */
  gpt2: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  /** GPT-4 (cl100k_base) and Llama 3. */
  cl100k: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  /** GPT-4o (o200k_base). */
  o200k: [
    String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?`,
    String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?`,
    String.raw`\p{N}{1,3}`,
    String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*`,
    String.raw`\s*[\r\n]+`,
    String.raw`\s+(?!\S)`,
    String.raw`\s+`
  ].join("|")
} as const
