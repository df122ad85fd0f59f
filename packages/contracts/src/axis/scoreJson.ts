/**
 * A JSON file to be scored: its value, where the elements of its list begin, and what `JSON.parse` does not say: where a text stops being
 * JSON (RFC 8259), and which key stands twice in one object.
 *
 * `JSON.parse` makes the value, because files are large; a scan beside it keeps nothing but offsets. Sharp edges: a number beyond all
 * doubles and brackets deeper than 64 levels are refused, though they are JSON; integers beyond 2^53 are rounded.
 */
import type { Diagnostic } from "../error/Diagnostic.ts"
import type { ScoreFile } from "./MetricFiles.ts"
import { type ScoreMistake, scoreDiagnostics } from "./scoreMistakes.ts"
import { readScoreText, type ScoreText, type ScoreTextCodes } from "./scoreText.ts"

export interface ScoreJsonCodes extends ScoreTextCodes {
  readonly notJson: string
  readonly repeatedKey: string
}

export interface ScoreJson {
  readonly text: ScoreText
  readonly value: unknown
  /** Offset of each element of the list. */
  readonly elements: ReadonlyArray<number>
  /** Indices of elements with a key twice in some object of theirs: which of the two values counts is not known. */
  readonly ambiguous: ReadonlySet<number>
  /** The keys that stand twice. */
  readonly mistakes: ReadonlyArray<ScoreMistake>
}

export type ScoreJsonRead =
  | { readonly ok: true; readonly json: ScoreJson }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

interface RepeatedKey {
  readonly key: string
  readonly offset: number
  /** Index of the element of the list in which it stands; -1 outside of the list. */
  readonly element: number
}

/** Where a text stops being what is read. */
class Slip extends Error {
  readonly offset: number
  readonly expected: string
  constructor(offset: number, expected: string, message: string) {
    super(message)
    this.offset = offset
    this.expected = expected
  }
}

/** So that no text can overflow the stack. */
const deepest = 64
/** A search through fewer keys is faster than a set. */
const fewKeys = 16
/** A number with no more digits before the point and without an exponent is a double. */
const safeDigits = 308

/** Code units. */
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

const escapeAt = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const numberAt = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const isDigit = (code: number): boolean => code >= ZERO && code <= NINE
/** What must not follow a number or a word: then it is another one. */
const goesOn = (code: number): boolean =>
  isDigit(code) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x2b || code === MINUS || code === DOT

const notJson = "this is no JSON"

class Scan {
  readonly elements: Array<number> = []
  readonly repeated: Array<RepeatedKey> = []
  private readonly text: string
  /** The key of the list in the outermost object. */
  private readonly listKey: string | undefined
  private at = 0
  private inList = false
  /** The keys of the open object of each depth; kept, so that an object costs no array of its own. */
  private readonly keys: ReadonlyArray<Array<string>> = Array.from({ length: deepest + 1 }, () => [])

  constructor(text: string, listKey: string | undefined) {
    this.text = text
    this.listKey = listKey
  }

  whole(): void {
    this.space()
    this.value(0, true)
    this.space()
    if (this.at < this.text.length) this.fail("the end of the file")
  }

  private fail(expected: string, offset = this.at, message = notJson): never {
    throw new Slip(offset, expected, message)
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.at += 1
    }
  }

  /** @param mayBeList whether a list at this place is the one whose elements are asked for */
  private value(depth: number, mayBeList: boolean): void {
    const code = this.text.charCodeAt(this.at)
    if (code === QUOTE) this.string("a string")
    else if (code === MINUS || isDigit(code)) this.number()
    else if (code === OPEN_LIST) this.list(depth + 1, mayBeList)
    else if (code === OPEN_OBJECT) this.object(depth + 1)
    else this.word()
  }

  private open(depth: number): void {
    if (depth > deepest) this.fail(`at most ${deepest} levels of brackets`, this.at, "this is nested too deep")
    this.at += 1
    this.space()
  }

  private list(depth: number, isList: boolean): void {
    this.open(depth)
    if (isList) {
      this.inList = true
      // Where the key of the list stands twice, JSON.parse takes the last one.
      this.elements.length = 0
    }
    if (this.text.charCodeAt(this.at) === CLOSE_LIST) this.at += 1
    else
      for (;;) {
        if (isList) this.elements.push(this.at)
        this.value(depth, false)
        this.space()
        const code = this.text.charCodeAt(this.at)
        if (code !== COMMA && code !== CLOSE_LIST) this.fail('"," or "]"')
        this.at += 1
        if (code === CLOSE_LIST) break
        this.space()
      }
    if (isList) this.inList = false
  }

  private object(depth: number): void {
    this.open(depth)
    if (this.text.charCodeAt(this.at) === CLOSE_OBJECT) {
      this.at += 1
      return
    }
    const few = this.keys[depth] ?? []
    few.length = 0
    let many: Set<string> | undefined
    for (;;) {
      const offset = this.at
      const quoted = this.string("a key in double quotes")
      // Two spellings of one key are the same key.
      const key = quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1)
      if (many === undefined ? few.includes(key) : many.has(key))
        this.repeated.push({ key, offset, element: this.inList ? this.elements.length - 1 : -1 })
      else if (many !== undefined) many.add(key)
      else if (few.push(key) > fewKeys) many = new Set(few)
      this.space()
      if (this.text.charCodeAt(this.at) !== COLON) this.fail('":" after the key')
      this.at += 1
      this.space()
      this.value(depth, depth === 1 && key === this.listKey)
      this.space()
      const code = this.text.charCodeAt(this.at)
      if (code !== COMMA && code !== CLOSE_OBJECT) this.fail('"," or "}"')
      this.at += 1
      if (code === CLOSE_OBJECT) return
      this.space()
    }
  }

  /** With its quotes. */
  private string(what: string): string {
    const { text } = this
    const start = this.at
    if (text.charCodeAt(start) !== QUOTE) this.fail(what)
    let at = start + 1
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        escapeAt.lastIndex = at
        if (!escapeAt.test(text)) this.fail('an escape: \\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four hexadecimal digits', at)
        at = escapeAt.lastIndex
      } else if (code >= 0x20) at += 1
      else this.fail(Number.isNaN(code) ? `a closing " for this string` : 'a closing ", or \\n for a line break in a string', start)
    }
    this.at = at + 1
    return text.slice(start, this.at)
  }

  private number(): void {
    const { text } = this
    const start = this.at
    let at = text.charCodeAt(start) === MINUS ? start + 1 : start
    const first = at
    let code = text.charCodeAt(at)
    while (code >= ZERO && code <= NINE) code = text.charCodeAt(++at)
    // Nearly all numbers are short ones without an exponent, and then this is all there is to know.
    const whole = at - first
    if (whole === 0 || (whole > 1 && text.charCodeAt(first) === ZERO)) this.fail("a value", start)
    if (code === DOT) {
      const point = at
      code = text.charCodeAt(++at)
      while (code >= ZERO && code <= NINE) code = text.charCodeAt(++at)
      if (at === point + 1) this.fail("a value", start)
    }
    if (goesOn(code) || whole > safeDigits) at = this.largeNumber(start)
    this.at = at
  }

  /** Behind a number that has an exponent or very many digits, and may be too large. */
  private largeNumber(start: number): number {
    numberAt.lastIndex = start
    const [digits = ""] = numberAt.exec(this.text) ?? []
    const end = start + digits.length
    if (digits === "" || goesOn(this.text.charCodeAt(end))) this.fail("a value", start)
    if (!Number.isFinite(Number(digits))) this.fail("a number that a double holds (up to 1.8e308)", start, "this number is too large")
    return end
  }

  private word(): void {
    const { text, at } = this
    const word = text.startsWith("true", at) ? "true" : text.startsWith("false", at) ? "false" : text.startsWith("null", at) ? "null" : ""
    if (word === "" || goesOn(text.charCodeAt(at + word.length))) this.fail("a value")
    this.at += word.length
  }
}

/** A run of characters that belongs together, or the one that stands there. */
const tokenAt = /[^\s{}[\],:"']{1,40}|./suy

/** The way out of the slips that are made most. */
const helpFor = (actual: string, expected: string): string => {
  if (/^[+-]?(?:nan|inf)/i.test(actual)) return "an answer that is missing is written as null"
  if (/^(?:None|True|False)$/.test(actual)) return "JSON has true, false and null"
  if (actual === "'") return "a string stands in double quotes"
  if (/^[/#]/.test(actual)) return "JSON has no comments"
  if (expected === "the end of the file") return "put the values into one list: [ first, second ]"
  if (actual === "]" || actual === "}") return "remove the comma before it"
  return "write the file with a JSON library"
}

const slipDiagnostics = (text: ScoreText, { offset, expected, message }: Slip, code: string): ReadonlyArray<Diagnostic> => {
  tokenAt.lastIndex = offset
  const [actual = "the end of the file"] = tokenAt.exec(text.text) ?? []
  const isNotFinite = /^[+-]?(?:nan|inf)/i.test(actual)
  return scoreDiagnostics(text, [
    {
      code,
      offset,
      message: isNotFinite ? "JSON has no NaN and no infinity" : message,
      expected,
      actual,
      help: message === notJson ? helpFor(actual, expected) : "write the value that was meant"
    }
  ])
}

/**
 * Reads one file. Keys that stand twice are mistakes beside the value, so that everything that is wrong can be told at once.
 *
 * @param listKey the member of the outermost object that holds the list, where the list may not be outermost itself
 */
export const readScoreJson = (file: ScoreFile, codes: ScoreJsonCodes, listKey?: string): ScoreJsonRead => {
  const read = readScoreText(file, codes, "a JSON text")
  if (!read.ok) return read
  const { text } = read
  const scan = new Scan(text.text, listKey)
  try {
    scan.whole()
  } catch (error) {
    if (!(error instanceof Slip)) throw error
    return { ok: false, diagnostics: slipDiagnostics(text, error, codes.notJson) }
  }
  return {
    ok: true,
    json: {
      text,
      value: JSON.parse(text.text),
      elements: scan.elements,
      ambiguous: new Set(scan.repeated.map(({ element }) => element)),
      mistakes: scan.repeated.map(({ key, offset }) => ({
        code: codes.repeatedKey,
        offset,
        field: key,
        message: "a key is given twice in one object",
        expected: "every key once",
        actual: JSON.stringify(key),
        help: "delete one of the two"
      }))
    }
  }
}
