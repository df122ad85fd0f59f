/**
 * Lossless JSON with positions: what `JSON.parse` changes without a word is kept or refused here, and every value knows its line and
 * column. The parser keeps its own stack, so nesting cannot overflow the call stack.
 *
 * Sharp edges: integers outside ±(2^53 - 1) become `bigint`; objects have no prototype, so `__proto__` and `constructor` are data and
 * `value.hasOwnProperty` does not exist (use `Object.hasOwn`); offsets and columns count UTF-16 code units, not bytes; a decimal such
 * as `0.1` is rounded to the nearest double, as everywhere.
 */

/** A JSON value without loss: integers outside the safe range of `number` are `bigint`. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | ReadonlyArray<JsonValue>
  | {
      readonly [key: string]: JsonValue
    }

/** A place in a text: `offset` from 0 in UTF-16 code units, `line` and `column` from 1. */
export interface Position {
  readonly offset: number
  readonly line: number
  readonly column: number
}

/** One thing that is wrong with a text, and where. */
export interface JsonProblem extends Position {
  readonly message: string
}

/** Limits of a parse. */
export interface JsonOptions {
  /** The deepest nesting of arrays and objects that is read; 64 unless told otherwise. */
  readonly maxDepth?: number | undefined
  /** The longest text that is read, in UTF-8 bytes; no limit unless told. */
  readonly maxBytes?: number | undefined
}

/** The outcome of {@link Json.parse}: the value with its positions, or every problem found. */
export type JsonResult =
  | { readonly ok: true; readonly value: JsonValue; readonly positions: Positions }
  | { readonly ok: false; readonly problems: ReadonlyArray<JsonProblem> }

/** Keys and indices from the root to a value; the root is `[]`. */
export type JsonPath = ReadonlyArray<string | number>

const defaultMaxDepth = 64
const maxProblems = 100
/** Reading digits is quadratic in their number, so a hostile integer is bounded. */
const maxIntegerDigits = 4096

type Fields = { [key: string]: JsonValue }

interface Node {
  readonly offset: number
  readonly keyOffset: number | undefined
  readonly floatText: boolean
  readonly items: Array<Node> | undefined
  readonly fields: Map<string, Node> | undefined
}

type Frame =
  | { readonly kind: "array"; readonly value: Array<JsonValue>; readonly node: Node; readonly items: Array<Node> }
  | {
      readonly kind: "object"
      readonly value: Fields
      readonly node: Node
      readonly fields: Map<string, Node>
      key: string
      keyOffset: number
    }

/** What the parser may meet next. */
type Expecting = "value" | "value or ]" | "key or }" | "key" | ", or end"

/** Turns offsets into lines and columns; `\n`, `\r\n` and a lone `\r` end a line. */
class Lines {
  readonly #text: string
  #starts: ReadonlyArray<number> | undefined

  constructor(text: string) {
    this.#text = text
  }

  at(offset: number): Position {
    this.#starts ??= [0, ...Array.from(this.#text.matchAll(/\r\n|\n|\r/g), (end) => end.index + end[0].length)]
    let low = 0
    let high = this.#starts.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return { offset, line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 }
  }
}

/** Where each value and key of a parsed text stands. */
export class Positions {
  readonly #root: Node
  readonly #lines: Lines

  /** @internal made by {@link Json.parse} */
  constructor(root: Node, lines: Lines) {
    this.#root = root
    this.#lines = lines
  }

  #find(path: JsonPath): Node | undefined {
    let node: Node | undefined = this.#root
    for (const step of path) node = typeof step === "number" ? node?.items?.[step] : node?.fields?.get(step)
    return node
  }

  /** The first character of the value at `path`, or `undefined` when the text has no such value. */
  of(path: JsonPath): Position | undefined {
    const node = this.#find(path)
    return node === undefined ? undefined : this.#lines.at(node.offset)
  }

  /** The opening quote of the key that names the value at `path`, or `undefined`: the root and array items have no key. */
  ofKey(path: JsonPath): Position | undefined {
    const offset = this.#find(path)?.keyOffset
    return offset === undefined ? undefined : this.#lines.at(offset)
  }

  /** Whether the value at `path` is a number written with a fraction or an exponent: true for `1.0` and `1e0`, false for `1`. */
  isFloatText(path: JsonPath): boolean {
    return this.#find(path)?.floatText ?? false
  }
}

/** Thrown by {@link Json.parseOrThrow}: carries every problem with its place. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError"
  readonly problems: ReadonlyArray<JsonProblem>

  constructor(problems: ReadonlyArray<JsonProblem>) {
    super(problems.map(({ message, line, column }) => `${line}:${column}: ${message}`).join("\n"))
    this.problems = problems
  }
}

/** Ends a parse at a place after which nothing can be told apart any more. */
class Stop extends Error {}

const words: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ["null", null],
  ["true", true],
  ["false", false]
])

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"]
])

const shorten = (token: string): string => (token.length > 40 ? `${token.slice(0, 40)}…` : token)

const valueHelp = (char: string | undefined): string => {
  if (char === "/" || char === "#") return "; JSON has no comments"
  return char === "'" ? "; JSON strings stand in double quotes" : ""
}

class Parser {
  readonly #text: string
  readonly #maxDepth: number
  readonly #lines: Lines
  readonly #problems: Array<JsonProblem> = []
  readonly #stack: Array<Frame> = []
  #at = 0
  #expecting: Expecting = "value"
  #done: { readonly value: JsonValue; readonly node: Node } | undefined

  constructor(text: string, maxDepth: number) {
    this.#text = text
    this.#maxDepth = maxDepth
    this.#lines = new Lines(text)
  }

  run(): JsonResult {
    try {
      if (this.#text.startsWith("\uFEFF")) {
        this.#note("the text starts with a byte order mark (U+FEFF); save it as UTF-8 without one", 0)
        this.#at = 1
      }
      while (this.#step()) {
        // each step reads one token
      }
    } catch (stop) {
      if (!(stop instanceof Stop)) throw stop
    }
    if (this.#problems.length > 0) return { ok: false, problems: this.#problems }
    if (this.#done === undefined) throw new Error("unreachable: a parse ends with a value or a problem")
    return { ok: true, value: this.#done.value, positions: new Positions(this.#done.node, this.#lines) }
  }

  /** Records a problem that leaves the rest of the text readable. */
  #note(message: string, offset: number): void {
    if (this.#problems.length === maxProblems) {
      this.#problems.push({ message: `more than ${maxProblems} problems; the rest of the text was not read`, ...this.#lines.at(offset) })
      throw new Stop()
    }
    this.#problems.push({ message, ...this.#lines.at(offset) })
  }

  /** Records a problem after which the rest cannot be read. */
  #fail(message: string, offset: number): never {
    this.#note(message, offset)
    throw new Stop()
  }

  #seen(offset: number): string {
    const code = this.#text.codePointAt(offset)
    if (code === undefined) return "the end of the text"
    if (code > 0x20 && code < 0x7f) return `\`${String.fromCodePoint(code)}\``
    return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
  }

  /** Reads one token; false at the end of the text. */
  #step(): boolean {
    this.#skipSpace()
    const char = this.#text[this.#at]
    if (this.#done !== undefined) {
      if (char !== undefined) this.#fail(`expected the end of the text after the value, found ${this.#seen(this.#at)}`, this.#at)
      return false
    }
    const frame = this.#stack.at(-1)
    switch (this.#expecting) {
      case "key or }":
        if (char === "}") this.#close()
        else this.#key(frame, "a key in double quotes or `}`")
        return true
      case "key":
        this.#key(frame, "a key in double quotes")
        return true
      case "value or ]":
        if (char === "]") this.#close()
        else this.#value(char)
        return true
      case "value":
        this.#value(char)
        return true
      case ", or end":
        this.#comma(frame, char)
        return true
    }
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at += 1
    }
  }

  #comma(frame: Frame | undefined, char: string | undefined): void {
    const end = frame?.kind === "array" ? "]" : "}"
    if (char === end) {
      this.#close()
      return
    }
    if (char !== ",") this.#fail(`expected \`,\` or \`${end}\`, found ${this.#seen(this.#at)}`, this.#at)
    const comma = this.#at
    this.#at += 1
    this.#skipSpace()
    if (this.#text[this.#at] === end) this.#fail(`\`,\` before \`${end}\`: JSON allows no trailing comma; remove it`, comma)
    this.#expecting = frame?.kind === "array" ? "value" : "key"
  }

  #key(frame: Frame | undefined, expected: string): void {
    if (frame?.kind !== "object") throw new Error("unreachable: a key is expected only inside an object")
    const offset = this.#at
    if (this.#text[offset] !== '"') this.#fail(`expected ${expected}, found ${this.#seen(offset)}`, offset)
    const key = this.#string()
    const first = frame.fields.get(key)?.keyOffset
    if (first !== undefined) {
      const { line, column } = this.#lines.at(first)
      const again = this.#lines.at(offset)
      this.#note(
        `duplicate key ${JSON.stringify(key)}: first at ${line}:${column}, again at ${again.line}:${again.column}; keep one`,
        offset
      )
    }
    this.#skipSpace()
    if (this.#text[this.#at] !== ":") {
      this.#fail(`expected \`:\` after the key ${JSON.stringify(key)}, found ${this.#seen(this.#at)}`, this.#at)
    }
    this.#at += 1
    frame.key = key
    frame.keyOffset = offset
    this.#expecting = "value"
  }

  #value(char: string | undefined): void {
    const offset = this.#at
    const word = /[A-Za-z_$][\w$]*/y
    word.lastIndex = offset
    const found = word.exec(this.#text)?.[0]
    if (char === "{" || char === "[") this.#open(char)
    else if (char === '"') this.#put(this.#string(), this.#node(offset))
    else if (char === "-" || (char !== undefined && char >= "0" && char <= "9")) this.#number()
    else if (found !== undefined) this.#word(found)
    else this.#fail(`expected a value, found ${this.#seen(offset)}${valueHelp(char)}`, offset)
  }

  #word(found: string): void {
    const offset = this.#at
    this.#at += found.length
    const value = words.get(found)
    if (value === undefined) {
      const help =
        found === "NaN" || found === "Infinity"
          ? "JSON has no such number; leave the value out or use the canonical form"
          : "expected null, true, false, a number, a string, `[` or `{`"
      this.#note(`\`${shorten(found)}\` is not a JSON value: ${help}`, offset)
    }
    this.#put(value ?? null, this.#node(offset))
  }

  #number(): void {
    const offset = this.#at
    const shape = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
    shape.lastIndex = offset
    const match = shape.exec(this.#text)
    const rest = /[\w.+-]*/y
    rest.lastIndex = offset + (match?.[0].length ?? 0)
    const tail = rest.exec(this.#text)?.[0] ?? ""
    const token = (match?.[0] ?? "") + tail
    this.#at = offset + token.length
    const floatText = match?.[1] !== undefined || match?.[2] !== undefined
    const malformed = match === null || tail !== ""
    if (malformed) {
      const help = /^-?0[0-9]/.test(token)
        ? "a number has no leading zeros"
        : /^-?(Infinity|NaN)$/.test(token)
          ? "JSON has no such number; leave the value out or use the canonical form"
          : "expected digits, then optionally a fraction `.5` and an exponent `e3`"
      this.#note(`\`${shorten(token)}\` is not a JSON number: ${help}`, offset)
    }
    this.#put(malformed ? null : this.#numberOf(token, floatText, offset), this.#node(offset, floatText))
  }

  #numberOf(token: string, floatText: boolean, offset: number): JsonValue {
    if (!floatText && token.length > maxIntegerDigits) {
      this.#note(`an integer of ${token.length} characters; at most ${maxIntegerDigits} are read, write it as a string`, offset)
      return null
    }
    const value = Number(token)
    if (!floatText) return Number.isSafeInteger(value) ? value : BigInt(token)
    const mantissa = token.slice(0, token.search(/[eE]|$/))
    const vanished = value === 0 && /[1-9]/.test(mantissa)
    if (Number.isFinite(value) && !vanished) return value
    this.#note(
      `the number ${shorten(token)} would become ${vanished ? "0" : "infinite"}: it is outside the range of a double; write it as a string`,
      offset
    )
    return null
  }

  /** Reads a string from its opening quote. */
  #string(): string {
    const text = this.#text
    const offset = this.#at
    let built = ""
    let from = offset + 1
    let at = from
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === 0x22) break
      if (code === 0x5c) {
        built += text.slice(from, at)
        this.#at = at
        built += this.#escape()
        at = this.#at
        from = at
      } else if (code >= 0x20) {
        at += 1
      } else if (Number.isNaN(code)) {
        this.#fail('this string is never closed: expected `"` before the end of the text', offset)
      } else {
        const name = this.#seen(at)
        this.#fail(`a raw control character ${name} in a string: close the string before it or write it as an escape such as \\n`, at)
      }
    }
    built += text.slice(from, at)
    this.#at = at + 1
    if (!built.isWellFormed()) {
      this.#note("the string holds a lone surrogate, which no UTF-8 text can carry; write the whole pair or remove it", offset)
    }
    return built
  }

  /** Reads one escape from its backslash. */
  #escape(): string {
    const offset = this.#at
    const name = this.#text[offset + 1] ?? ""
    if (name === "u") {
      const digits = this.#text.slice(offset + 2, offset + 6)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
        this.#at = offset + 2
        this.#note("expected four hex digits after \\u", offset)
        return ""
      }
      this.#at = offset + 6
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const value = escapes.get(name)
    if (value === undefined) {
      this.#at = offset + 1
      this.#note(`expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u, found a backslash before ${this.#seen(offset + 1)}`, offset)
      return ""
    }
    this.#at = offset + 2
    return value
  }

  #node(offset: number, floatText = false): Node {
    return { offset, keyOffset: this.#keyOffset(), floatText, items: undefined, fields: undefined }
  }

  #keyOffset(): number | undefined {
    const frame = this.#stack.at(-1)
    return frame?.kind === "object" ? frame.keyOffset : undefined
  }

  #open(bracket: "{" | "["): void {
    const offset = this.#at
    if (this.#stack.length >= this.#maxDepth) {
      this.#fail(`nested deeper than ${this.#maxDepth} levels; flatten the document or raise maxDepth`, offset)
    }
    const keyOffset = this.#keyOffset()
    this.#at += 1
    if (bracket === "[") {
      const items: Array<Node> = []
      const node = { offset, keyOffset, floatText: false, items, fields: undefined }
      this.#stack.push({ kind: "array", value: [], node, items })
      this.#expecting = "value or ]"
    } else {
      const fields = new Map<string, Node>()
      const node = { offset, keyOffset, floatText: false, items: undefined, fields }
      const value: Fields = Object.create(null)
      this.#stack.push({ kind: "object", value, node, fields, key: "", keyOffset: 0 })
      this.#expecting = "key or }"
    }
  }

  #close(): void {
    const frame = this.#stack.pop()
    if (frame === undefined) throw new Error("unreachable: an end is read only inside an array or object")
    this.#at += 1
    this.#put(frame.value, frame.node)
  }

  /** Hands a finished value to the array or object around it. */
  #put(value: JsonValue, node: Node): void {
    const frame = this.#stack.at(-1)
    this.#expecting = ", or end"
    if (frame === undefined) {
      this.#done = { value, node }
    } else if (frame.kind === "array") {
      frame.value.push(value)
      frame.items.push(node)
    } else if (!frame.fields.has(frame.key)) {
      frame.value[frame.key] = value
      frame.fields.set(frame.key, node)
    }
  }
}

const utf8Length = (text: string): number => {
  let bytes = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    // a surrogate pair is four bytes: two for each half
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3
  }
  return bytes
}

const limit = (name: string, value: number): number => {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new RangeError(`${name} must be an integer of at least 1, not ${value}`)
}

const parse = (text: string, options: JsonOptions = {}): JsonResult => {
  const maxDepth = limit("maxDepth", options.maxDepth ?? defaultMaxDepth)
  if (options.maxBytes !== undefined) {
    const maxBytes = limit("maxBytes", options.maxBytes)
    const bytes = text.length > maxBytes ? text.length : utf8Length(text)
    if (bytes > maxBytes) {
      const size = text.length > maxBytes ? `at least ${bytes}` : `${bytes}`
      return {
        ok: false,
        problems: [{ message: `the text is ${size} bytes long, allowed are ${maxBytes}`, offset: 0, line: 1, column: 1 }]
      }
    }
  }
  return new Parser(text, maxDepth).run()
}

const parseOrThrow = (text: string, options: JsonOptions = {}): JsonValue => {
  const result = parse(text, options)
  if (result.ok) return result.value
  throw new JsonSyntaxError(result.problems)
}

/** Lossless JSON reading. */
export const Json: {
  /**
   * Parses a JSON text (RFC 8259), or lists its problems: all that leave the rest readable (duplicate keys, lone surrogates, bad
   * numbers, words and escapes) and the first that does not. Throws `RangeError` only on limits that are not integers of at least 1.
   */
  readonly parse: (text: string, options?: JsonOptions) => JsonResult
  /** The same, throwing {@link JsonSyntaxError} with every problem. */
  readonly parseOrThrow: (text: string, options?: JsonOptions) => JsonValue
} = { parse, parseOrThrow }
