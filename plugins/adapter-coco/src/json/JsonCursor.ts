/**
 * Reads JSON values (RFC 8259) out of bytes and says where everything stands.
 *
 * It is written for this adapter because a fault has to be told with its place and the reading has to go on: `NaN`, which Python
 * writes for a missing number, is a finding and not the end; bytes that are not UTF-8 and keys that stand twice have an offset; and
 * nothing is ever rounded in silence. Sharp edge: a value has to lie in the bytes as a whole, else the cursor stops with `more`.
 */

export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
/** Has no prototype, so that a key may have any name. */
export interface JsonObject {
  readonly [key: string]: Json
}
export type JsonPath = ReadonlyArray<string | number>

/** RFC 6901. */
export const pointerOf = (path: JsonPath): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A finding after which the reading goes on. */
export interface JsonFault {
  readonly kind: "duplicate-key" | "number"
  readonly path: JsonPath
  /** Offset in the bytes of the cursor. */
  readonly at: number
  readonly text: string
}

/** Why a value could not be read. `more`: the bytes end within it, and the file does not. */
export class JsonStop extends Error {
  readonly why: "more" | "truncated" | "syntax" | "utf8" | "depth"
  readonly at: number
  readonly path: JsonPath
  constructor(why: JsonStop["why"], at: number, path: JsonPath, message: string) {
    super(message)
    this.why = why
    this.at = at
    this.path = path
  }
}

export const MAX_DEPTH = 64

const [TAB, LF, CR, BLANK, QUOTE, COMMA, MINUS, POINT, COLON] = [9, 10, 13, 32, 34, 44, 45, 46, 58]
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 92, 93, 123, 125]
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57
const inNumber = /[-+.0-9eE]/
const numberBytes = Uint8Array.from({ length: 256 }, (_, byte) => (inNumber.test(String.fromCharCode(byte)) && byte < 128 ? 1 : 0))
const numberForm = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/
const words: ReadonlyArray<readonly [string, Json]> = [
  ["true", true],
  ["false", false],
  ["null", null],
  // No JSON, and yet written by programs that have no other word for "no number".
  ["NaN", Number.NaN],
  ["Infinity", Number.NaN],
  ["-Infinity", Number.NaN]
]

export interface JsonCursor {
  at: number
  /** Skips white space and gives the byte behind it. */
  readonly peek: () => number
  /** Skips white space and this one byte. */
  readonly take: (byte: number, expected: string) => void
  readonly string: () => string
  readonly value: () => Json
  /** Offset of what stands at `path` within the value that begins at the cursor; of the nearest part that exists. */
  readonly find: (path: JsonPath) => number
}

/**
 * @param last nothing follows these bytes
 * @param faults takes what was found; offsets and paths count from the value
 */
export const jsonCursor = (bytes: Buffer, last: boolean, faults: Array<JsonFault>): JsonCursor => {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  const path: Array<string | number> = []
  const stop = (why: JsonStop["why"], at: number, message: string): never => {
    throw new JsonStop(why, at, [...path], message)
  }
  const end = (): never => stop(last ? "truncated" : "more", bytes.length, "the file ends in the middle")
  const unexpected = (expected: string): never =>
    stop("syntax", cursor.at, `expected ${expected}, got ${JSON.stringify(String.fromCharCode(bytes[cursor.at] ?? 0))}`)

  const peek = (): number => {
    for (;;) {
      const byte = bytes[cursor.at]
      if (byte === BLANK || byte === LF || byte === CR || byte === TAB) cursor.at++
      else return byte ?? end()
    }
  }
  const take = (byte: number, expected: string): void => {
    if (peek() !== byte) unexpected(expected)
    cursor.at++
  }

  const string = (): string => {
    if (peek() !== QUOTE) unexpected("a string")
    const from = cursor.at
    let plain = true
    let at = from + 1
    for (;;) {
      const byte = bytes[at] ?? end()
      if (byte === QUOTE) break
      if (byte < BLANK) stop("syntax", at, "a control character within a string; a line break is written as \\n")
      if (byte === BACKSLASH || byte > 126) plain = false
      at += byte === BACKSLASH ? 2 : 1
    }
    cursor.at = at + 1
    if (plain) return bytes.toString("latin1", from + 1, at)
    let text = ""
    try {
      text = utf8.decode(bytes.subarray(from, cursor.at))
    } catch {
      stop("utf8", from, "a string with bytes that are not UTF-8")
    }
    try {
      text = JSON.parse(text)
    } catch {
      stop("syntax", from, "a string with an escape that JSON does not know")
    }
    return text.isWellFormed() ? text : stop("syntax", from, "a string with one half of a surrogate pair")
  }

  const number = (): number => {
    const from = cursor.at
    // Up to 15 digits are an exact integer, and so is the power of ten: one division rounds once, as the decimal itself would be.
    let at = bytes[from] === MINUS ? from + 1 : from
    const first = at
    let digits = 0
    let scale = 1
    let pointAt = -1
    for (; ; at++) {
      const byte = bytes[at]
      if (byte !== undefined && byte >= 48 && byte <= 57) {
        digits = digits * 10 + (byte - 48)
        if (pointAt >= 0) scale *= 10
      } else if (byte === POINT && pointAt < 0) pointAt = at
      else break
    }
    let until = at
    while (numberBytes[bytes[until] ?? 0] === 1) until++
    if (until >= bytes.length) end()
    cursor.at = until
    const simple = until === at && at - first <= 15 && isDigit(bytes[first]) && isDigit(bytes[at - 1])
    if (simple && (bytes[first] !== 48 || at - first === 1 || bytes[first + 1] === POINT)) return (first > from ? -digits : digits) / scale
    const text = bytes.toString("latin1", from, until)
    if (!numberForm.test(text)) stop("syntax", from, `expected a number, got ${text.slice(0, 40)}`)
    const value = Number(text)
    if (!Number.isFinite(value)) faults.push({ kind: "number", path: [...path], at: from, text: text.slice(0, 40) })
    return Number.isFinite(value) ? value : Number.NaN
  }

  const word = (): Json => {
    for (const [text, value] of words) {
      const until = cursor.at + text.length
      const read = bytes.toString("latin1", cursor.at, until)
      if (read === text) {
        if (Number.isNaN(value)) faults.push({ kind: "number", path: [...path], at: cursor.at, text })
        cursor.at = until
        return value
      }
      if (until > bytes.length && text.startsWith(read)) end()
    }
    return unexpected("a value")
  }

  const list = (): Json => {
    const items: Array<Json> = []
    cursor.at++
    if (peek() === CLOSE_LIST) {
      cursor.at++
      return items
    }
    for (;;) {
      path.push(items.length)
      items.push(value())
      path.pop()
      const next = peek()
      if (next !== COMMA && next !== CLOSE_LIST) unexpected("a comma or ]")
      cursor.at++
      if (next === CLOSE_LIST) return items
    }
  }

  const object = (): Json => {
    const members: Record<string, Json> = Object.create(null)
    cursor.at++
    if (peek() === CLOSE_OBJECT) {
      cursor.at++
      return members
    }
    for (;;) {
      peek()
      const at = cursor.at
      const key = string()
      path.push(key)
      if (key in members) faults.push({ kind: "duplicate-key", path: [...path], at, text: key })
      take(COLON, "a colon")
      members[key] = value()
      path.pop()
      const next = peek()
      if (next !== COMMA && next !== CLOSE_OBJECT) unexpected("a comma or }")
      cursor.at++
      if (next === CLOSE_OBJECT) return members
    }
  }

  const value = (): Json => {
    const byte = peek()
    if (path.length > MAX_DEPTH) stop("depth", cursor.at, `values within values, more than ${MAX_DEPTH} deep`)
    if (byte === OPEN_LIST) return list()
    if (byte === OPEN_OBJECT) return object()
    if (byte === QUOTE) return string()
    return isDigit(byte) || (byte === MINUS && bytes[cursor.at + 1] !== 73) ? number() : word()
  }

  const find = (wanted: JsonPath): number => {
    const open = peek()
    const here = cursor.at
    const [key, ...rest] = wanted
    if (key === undefined || (open !== OPEN_OBJECT && open !== OPEN_LIST)) return here
    cursor.at++
    for (let index = 0; ; index++) {
      const byte = peek()
      if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) return here
      const name = open === OPEN_OBJECT ? string() : index
      if (open === OPEN_OBJECT) take(COLON, "a colon")
      if (name === key) return find(rest)
      value()
      if (peek() === COMMA) cursor.at++
    }
  }

  const cursor: JsonCursor = { at: 0, peek, take, string, value, find }
  return cursor
}
