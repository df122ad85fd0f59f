/**
 * Reads JSON (RFC 8259) from front to back without making objects of it: results of a detector are hundreds of thousands of records of a
 * few numbers. It knows where it stands, so that every finding has a place.
 *
 * Sharp edges: what a value is has to be asked (`peek`) before it is read; reading it as something else throws, and so does everything that
 * is not JSON. NaN and infinities, which Python writes, are no JSON; they are read as NaN so that all of them can be told.
 */

/** Where the text stops being JSON. */
export class NoJson extends Error {
  readonly at: number
  readonly expected: string
  constructor(at: number, expected: string) {
    super(`not JSON: expected ${expected}`)
    this.at = at
    this.expected = expected
  }
}

export type JsonKind = "object" | "array" | "string" | "number" | "true" | "false" | "null" | "end"

/** Code units. */
const QUOTE = 34
const PLUS = 43
const COMMA = 44
const MINUS = 45
const DOT = 46
const ZERO = 48
const NINE = 57
const COLON = 58
const LARGE_E = 69
const OPEN_ARRAY = 91
const BACKSLASH = 92
const CLOSE_ARRAY = 93
const SMALL_E = 101
const SMALL_F = 102
const SMALL_N = 110
const SMALL_T = 116
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

const words = ["true", "false", "null", "NaN", "Infinity"] as const
/** Powers of ten that are doubles without rounding. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
/** Integers below are doubles without rounding, and so is ten times of them and nine. */
const EXACT = 9e14
const DEPTH = 500

export class JsonReader {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  /** What the next value is. */
  peek(): JsonKind {
    this.space()
    const next = this.text.charCodeAt(this.at)
    if (next === OPEN_OBJECT) return "object"
    if (next === OPEN_ARRAY) return "array"
    if (next === QUOTE) return "string"
    if (next === SMALL_T) return "true"
    if (next === SMALL_F) return "false"
    if (next === SMALL_N) return "null"
    if (Number.isNaN(next)) return "end"
    return "number"
  }

  /** Calls `take` with every key, when the reader stands before the value, which has to be read. `at` is the place of the key. */
  object(take: (key: string, at: number) => void): void {
    this.mark(OPEN_OBJECT, '"{"')
    if (this.isNext(CLOSE_OBJECT)) return
    do {
      this.space()
      const at = this.at
      const key = this.string()
      this.mark(COLON, '":"')
      take(key, at)
    } while (this.isNext(COMMA))
    this.mark(CLOSE_OBJECT, '"," or "}"')
  }

  /** Calls `take` before every item, which has to be read. */
  array(take: (index: number) => void): void {
    this.mark(OPEN_ARRAY, '"["')
    if (this.isNext(CLOSE_ARRAY)) return
    let index = 0
    do take(index++)
    while (this.isNext(COMMA))
    this.mark(CLOSE_ARRAY, '"," or "]"')
  }

  /** NaN for `NaN`, `Infinity` and `-Infinity`, and for a number that no double can hold. */
  number(): number {
    this.space()
    const { text } = this
    const start = this.at
    let at = start
    let next = text.charCodeAt(at)
    const isNegative = next === MINUS
    if (isNegative) next = text.charCodeAt(++at)
    let digits = 0
    let whole = 0
    while (next >= ZERO && next <= NINE) {
      if (whole <= EXACT) whole = whole * 10 + (next - ZERO)
      else whole = Number.NaN
      digits++
      next = text.charCodeAt(++at)
    }
    if (digits === 0) return this.noNumber(start, isNegative)
    if (digits > 1 && text.charCodeAt(isNegative ? start + 1 : start) === ZERO) throw new NoJson(start, "a number without leading zeros")
    let places = 0
    if (next === DOT) {
      next = text.charCodeAt(++at)
      while (next >= ZERO && next <= NINE) {
        if (whole <= EXACT) whole = whole * 10 + (next - ZERO)
        else whole = Number.NaN
        places++
        next = text.charCodeAt(++at)
      }
      if (places === 0) throw new NoJson(at, "a digit")
    }
    if (next === SMALL_E || next === LARGE_E) {
      next = text.charCodeAt(++at)
      if (next === PLUS || next === MINUS) next = text.charCodeAt(++at)
      if (!(next >= ZERO && next <= NINE)) throw new NoJson(at, "a digit")
      while (next >= ZERO && next <= NINE) next = text.charCodeAt(++at)
      whole = Number.NaN
    }
    this.at = at
    // A whole number and a power of ten without rounding give their quotient rounded once, as it should be.
    const power = POWERS[places]
    if (!Number.isNaN(whole) && power !== undefined) return isNegative ? -(whole / power) : whole / power
    const value = Number(text.slice(start, at))
    return Number.isFinite(value) ? value : Number.NaN
  }

  string(): string {
    this.space()
    const { text } = this
    const start = this.at
    if (text.charCodeAt(start) !== QUOTE) throw new NoJson(start, "a string")
    let at = start + 1
    let isPlain = true
    for (;;) {
      const next = text.charCodeAt(at)
      if (next === QUOTE) break
      if (next === BACKSLASH) {
        isPlain = false
        at++
      } else if (!(next >= 32)) throw new NoJson(at, at >= text.length ? 'a closing "' : "a character that is no control character")
      at++
    }
    this.at = at + 1
    if (isPlain) return text.slice(start + 1, at)
    try {
      return String(JSON.parse(text.slice(start, at + 1)))
    } catch {
      throw new NoJson(start, "a string with the escapes of JSON")
    }
  }

  /** Reads over a value of any kind. */
  skip(depth = 0): void {
    if (depth > DEPTH) throw new NoJson(this.at, `at most ${DEPTH} levels of arrays and objects`)
    const kind = this.peek()
    if (kind === "object") this.object(() => this.skip(depth + 1))
    else if (kind === "array") this.array(() => this.skip(depth + 1))
    else if (kind === "string") this.string()
    else if (kind === "number") this.number()
    else this.word()
  }

  /** `true`, `false` or `null`. */
  word(): (typeof words)[number] {
    this.space()
    const found = words.find((word) => this.text.startsWith(word, this.at))
    if (found === undefined) throw new NoJson(this.at, "a value")
    this.at += found.length
    return found
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.space()
    if (this.at < this.text.length) throw new NoJson(this.at, "the end of the file")
  }

  private noNumber(start: number, isNegative: boolean): number {
    this.at = isNegative ? start + 1 : start
    const word = this.word()
    if (word !== "NaN" && word !== "Infinity") throw new NoJson(start, "a number")
    return Number.NaN
  }

  private space(): void {
    for (;;) {
      const next = this.text.charCodeAt(this.at)
      if (next !== 32 && next !== 10 && next !== 13 && next !== 9) return
      this.at++
    }
  }

  private mark(character: number, expected: string): void {
    this.space()
    if (this.text.charCodeAt(this.at) !== character) throw new NoJson(this.at, expected)
    this.at++
  }

  private isNext(character: number): boolean {
    this.space()
    if (this.text.charCodeAt(this.at) !== character) return false
    this.at++
    return true
  }
}
