/**
 * Where every value of a run file stands: path, line, column, the literal as it is written, and the comment above it. Controls show
 * what the text says, and the text stays the only truth; whether it is a valid run file is for the server to judge.
 *
 * Sharp edge: it reads and never complains. Where the text stops making sense the reading ends, `complete` is false, and the fields
 * found so far stay, so that a page does not go blank while somebody types.
 */

export type Scalar = string | number | bigint | boolean

export interface Field {
  readonly path: ReadonlyArray<string>
  readonly kind: "scalar" | "array" | "table"
  /** Exactly as it stands in the text. */
  readonly literal: string
  /** Of a scalar; dates and other literals that are no JSON stay texts. */
  readonly value: Scalar | undefined
  /** Both from 1; of the value, not of its key. */
  readonly line: number
  readonly column: number
  /** Offsets of the literal in the text. */
  readonly start: number
  readonly end: number
  /** The comment lines right above, joined by spaces; empty where there are none. */
  readonly comment: string
}

export interface Fields {
  readonly list: ReadonlyArray<Field>
  readonly complete: boolean
  readonly at: (path: string) => Field | undefined
  /** Fields whose path begins with this one, itself left out. */
  readonly under: (path: string) => ReadonlyArray<Field>
}

const bare = /^[A-Za-z0-9_-]+$/

/** A path as `--set` writes it: `learner.reward.options.margin`, parts that need quotes in quotes. */
export const pathText = (path: ReadonlyArray<string>): string =>
  path.map((part) => (bare.test(part) ? part : JSON.stringify(part))).join(".")

const escapes: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\u001b"],
  ['"', '"'],
  ["\\", "\\"]
])

const unescaped = (inner: string): string =>
  inner.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\r?\n\s*|(.))/gs, (whole, x, u, long, simple) => {
    const hex: string | undefined = x ?? u ?? long
    if (hex !== undefined) {
      const code = Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    }
    return simple === undefined ? "" : (escapes.get(simple) ?? whole)
  })

/** The value of a literal: text, number, truth; a whole number beyond 2^53 is a bigint, and what is none of these stays as written. */
export const scalarOf = (literal: string): Scalar => {
  if (literal.startsWith('"""')) return unescaped(literal.slice(3, -3).replace(/^\r?\n/, ""))
  if (literal.startsWith("'''")) return literal.slice(3, -3).replace(/^\r?\n/, "")
  if (literal.startsWith('"')) return unescaped(literal.slice(1, -1))
  if (literal.startsWith("'")) return literal.slice(1, -1)
  if (literal === "true" || literal === "false") return literal === "true"
  const digits = literal.replaceAll("_", "")
  if (/^[+-]?(?:0|[1-9]\d*)$/.test(digits)) {
    const whole = BigInt(digits.replace(/^\+/, ""))
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole
  }
  if (/^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(digits)) return Number(digits)
  return literal
}

class End extends Error {}

class Reader {
  readonly fields: Array<Field> = []
  readonly #text: string
  readonly #lines: ReadonlyArray<number>
  readonly #counts = new Map<string, number>()
  #at = 0
  #comment: Array<string> = []
  #table: ReadonlyArray<string> = []

  constructor(text: string) {
    this.#text = text
    const starts = [0]
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
    this.#lines = starts
  }

  /** @returns whether the whole text was read */
  read(): boolean {
    try {
      while (this.#statement()) {
        // One after the other.
      }
      return true
    } catch (cause) {
      if (cause instanceof End) return false
      throw cause
    }
  }

  #statement(): boolean {
    const blankLines = this.#take(/[ \t\r\n]*/y).split("\n").length - 1
    // A blank line parts a comment from what follows it.
    if (blankLines > 1) this.#comment = []
    if (this.#at >= this.#text.length) return false
    if (this.#peek() === "#") {
      this.#comment.push(
        this.#take(/#[^\n]*/y)
          .slice(1)
          .trim()
      )
      return true
    }
    if (this.#peek() === "[") this.#header()
    else this.#assignment(this.#table)
    this.#take(/[ \t]*(?:#[^\n]*)?/y)
    if (this.#at < this.#text.length && !/[\r\n]/.test(this.#peek())) throw new End()
    return true
  }

  #header(): void {
    const list = this.#text.startsWith("[[", this.#at)
    this.#at += list ? 2 : 1
    const keys = this.#resolved(this.#keys(), list)
    if (!this.#text.startsWith(list ? "]]" : "]", this.#at)) throw new End()
    this.#at += list ? 2 : 1
    this.#table = keys
    this.#comment = []
  }

  /** Header keys behind an array of tables mean its last item; `[[…]]` itself opens a new one. */
  #resolved(keys: ReadonlyArray<string>, list: boolean): ReadonlyArray<string> {
    const out: Array<string> = []
    keys.forEach((key, index) => {
      out.push(key)
      const name = pathText(out)
      const last = index === keys.length - 1
      const count = this.#counts.get(name)
      if (last && list) {
        this.#counts.set(name, (count ?? 0) + 1)
        out.push(String(count ?? 0))
      } else if (count !== undefined) out.push(String(count - 1))
    })
    return out
  }

  #assignment(table: ReadonlyArray<string>): void {
    const path = [...table, ...this.#keys()]
    if (this.#peek() !== "=") throw new End()
    this.#at += 1
    this.#take(/[ \t]*/y)
    const comment = this.#comment.join(" ")
    this.#value(path, comment)
    this.#comment = []
  }

  #keys(): ReadonlyArray<string> {
    const keys: Array<string> = []
    for (;;) {
      this.#take(/[ \t]*/y)
      const quoted = this.#take(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y)
      const key = quoted === "" ? this.#take(/[A-Za-z0-9_-]+/y) : String(scalarOf(quoted))
      if (key === "" && quoted === "") throw new End()
      keys.push(key)
      this.#take(/[ \t]*/y)
      if (this.#peek() !== ".") return keys
      this.#at += 1
    }
  }

  #value(path: ReadonlyArray<string>, comment: string): void {
    const start = this.#at
    const slot = this.fields.length
    const first = this.#peek()
    const kind = first === "[" ? "array" : first === "{" ? "table" : "scalar"
    if (kind === "array") this.#array(path)
    else if (kind === "table") this.#inlineTable(path)
    else if (
      this.#take(/"""(?:[^\\]|\\.)*?"""(?:"{0,2})|'''.*?'''(?:'{0,2})|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/sy) === "" &&
      this.#take(/\d{4}-\d\d-\d\d[Tt ]\d\d:[^\s,\]}#]*|[^\s,[\]{}#"'=]+/y) === ""
    )
      throw new End()
    const literal = this.#text.slice(start, this.#at)
    const { line, column } = this.#place(start)
    const field: Field = {
      path,
      kind,
      literal,
      value: kind === "scalar" ? scalarOf(literal) : undefined,
      line,
      column,
      start,
      end: this.#at,
      comment
    }
    this.fields.splice(slot, 0, field)
  }

  #array(path: ReadonlyArray<string>): void {
    this.#at += 1
    for (let index = 0; ; index += 1) {
      this.#space()
      if (this.#peek() === "]") break
      const before = this.fields.length
      this.#value([...path, String(index)], "")
      // Items that are plain values are part of the list's own literal; tables and lists in it have fields worth a path.
      if (this.fields[before]?.kind === "scalar") this.fields.length = before
      this.#space()
      if (this.#peek() === ",") this.#at += 1
      else if (this.#peek() !== "]") throw new End()
    }
    this.#at += 1
  }

  #inlineTable(path: ReadonlyArray<string>): void {
    this.#at += 1
    for (;;) {
      this.#space()
      if (this.#peek() === "}") break
      const kept = this.#comment
      this.#comment = []
      this.#assignment(path)
      this.#comment = kept
      this.#space()
      if (this.#peek() === ",") this.#at += 1
      else if (this.#peek() !== "}") throw new End()
    }
    this.#at += 1
  }

  #space(): void {
    while (this.#take(/[ \t\r\n]+|#[^\n]*/y) !== "") {
      // Line ends and comments between items.
    }
  }

  #peek(): string {
    return this.#text.charAt(this.#at)
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ""
    this.#at += found.length
    return found
  }

  #place(offset: number): { readonly line: number; readonly column: number } {
    let [low, high] = [0, this.#lines.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#lines[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#lines[low] ?? 0) + 1 }
  }
}

/** All fields of a TOML text in the order in which they stand there. */
export const readFields = (text: string): Fields => {
  const reader = new Reader(text)
  const complete = reader.read()
  const list = reader.fields
  const byPath = new Map(list.map((field) => [pathText(field.path), field]))
  return {
    list,
    complete,
    at: (path) => byPath.get(path),
    under: (path) => list.filter((field) => pathText(field.path).startsWith(`${path}.`))
  }
}

/** The text with another literal in the place of a field's: nothing else moves, comments stay. */
export const withLiteral = (text: string, field: Field, literal: string): string =>
  `${text.slice(0, field.start)}${literal}${text.slice(field.end)}`

/** The text with another literal at a path; as it was where nothing stands there. */
export const withValueAt = (text: string, path: string, literal: string): string => {
  const field = readFields(text).at(path)
  return field === undefined ? text : withLiteral(text, field, literal)
}

/** A typed value as one TOML literal, the form that `--set` takes. */
export const literalOf = (value: Scalar): string => {
  if (typeof value === "string") return JSON.stringify(value).replaceAll("\u007f", "\\u007f")
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("a run file holds finite numbers only")
  return String(value)
}

/**
 * What somebody typed into the control of a field, as a literal of the same type as the one that stands there.
 * A number keeps its kind: a float that is typed `3` becomes `3.0`, as the file would have it.
 *
 * @param words the texts that may stand in place of a whole number; left out, the field is what it is
 */
export const typedLiteral = (
  before: Field | undefined,
  typed: string,
  words: ReadonlyArray<string> = []
): { readonly ok: true; readonly literal: string } | { readonly ok: false; readonly reason: string } => {
  const text = typed.trim()
  if (words.includes(text)) return { ok: true, literal: literalOf(text) }
  if (words.length > 0)
    return /^\d+$/.test(text)
      ? { ok: true, literal: text }
      : {
          ok: false,
          reason: `expected a whole number or ${words.map((word) => JSON.stringify(word)).join(", ")}, got ${JSON.stringify(text)}`
        }
  if (before?.kind === "scalar" && typeof before.value === "string" && /^["']/.test(before.literal))
    return { ok: true, literal: literalOf(typed) }
  if (text === "") return { ok: false, reason: "expected a value; the field is empty" }
  if (/[\r\n]/.test(text) && before?.kind === "scalar") return { ok: false, reason: "expected one line" }
  if (before?.kind === "scalar" && (typeof before.value === "number" || typeof before.value === "bigint")) {
    const whole = /^[+-]?\d+$/.test(text)
    const float = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)
    if (!float) return { ok: false, reason: `expected a number, got ${JSON.stringify(text)}` }
    const wasFloat = /[.eE]/.test(before.literal)
    return { ok: true, literal: whole && wasFloat ? `${text}.0` : text }
  }
  return { ok: true, literal: text }
}
