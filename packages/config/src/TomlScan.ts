/**
 * Finds where every key and value of a TOML text stands. The values themselves come from smol-toml, which is the judge of what is
 * TOML; this scan only has to follow texts that it accepts. Where the text stops making sense the scan ends and keeps what it has:
 * those marks say where the first of two equal keys stands.
 *
 * Sharp edge: it runs before the judge does, so it also holds the limits and must end on every input.
 */
import { type Limits, tooDeep, tooMany, tooManyDigits } from "./Limits.ts"
import { arrayMark, type Mark, scalarMark, tableMark } from "./Mark.ts"

interface KeyPart {
  readonly key: string
  readonly offset: number
}

class Stop extends Error {}

const stop = (): never => {
  throw new Stop()
}

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

/** The text of a one-line basic string without its quotes. */
const withoutEscapes = (inner: string): string =>
  inner.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs, (_, x, u, long, simple) => {
    const hex: string | undefined = x ?? u ?? long
    if (hex === undefined) return escapes.get(simple) ?? stop()
    const code = Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : stop()
  })

const bareKey = /[A-Za-z0-9_-]+/y
/** A date may hold one space before its time. */
const bareValue = /\d{4}-\d\d-\d\d[Tt ]\d\d:[^\s,\]}#]*|[^\s,[\]{}#"']+/y
const gap = /[ \t]*/y
const space = /[ \t\r\n]*/y
const comment = /#[^\n]*/y

/** A key that is there already. */
export interface Duplicate {
  readonly key: string
  readonly offset: number
  readonly first: number
}

class Scan {
  duplicate: Duplicate | undefined
  readonly root: Mark = tableMark(0, undefined, "header")
  readonly #text: string
  readonly #limits: Limits
  #at = 0
  #nodes = 0
  #table: Mark = this.root
  #depth = 1

  constructor(text: string, limits: Limits) {
    this.#text = text
    this.#limits = limits
  }

  /** True when the whole text was understood. */
  run(): boolean {
    try {
      for (;;) {
        this.#skipVoid()
        if (this.#at >= this.#text.length) return true
        if (this.#text[this.#at] === "[") this.#header()
        else this.#pair(this.#table, this.#depth)
        this.#read(gap)
        const next = this.#text[this.#at]
        if (next !== undefined && next !== "\n" && next !== "\r" && next !== "#") return false
      }
    } catch (error) {
      if (error instanceof Stop) return false
      throw error
    }
  }

  #read(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return undefined
    this.#at += found[0].length
    return found
  }

  /** White space, line ends and comments. */
  #skipVoid(): void {
    do this.#read(space)
    while (this.#read(comment) !== undefined)
  }

  /** Steps over a string of any kind and returns what stands between its quotes. */
  #string(quote: string): string {
    const block = this.#text.startsWith(quote.repeat(3), this.#at)
    const close = block ? quote.repeat(3) : quote
    const from = this.#at + close.length
    let at = from
    while (!this.#text.startsWith(close, at)) {
      const char = this.#text[at]
      if (char === undefined || (char === "\n" && !block)) stop()
      at += char === "\\" && quote === '"' ? 2 : 1
    }
    // one or two more quotes before the three that close belong to the text
    if (block) for (let more = 0; more < 2 && this.#text[at + 3] === quote; more += 1) at += 1
    this.#at = at + close.length
    return this.#text.slice(from, at)
  }

  #expect(text: string): void {
    if (!this.#text.startsWith(text, this.#at)) stop()
    this.#at += text.length
  }

  #count(offset: number, depth: number): void {
    this.#nodes += 1
    if (this.#nodes > this.#limits.maxNodes) throw tooMany(this.#limits, offset)
    if (depth > this.#limits.maxDepth) throw tooDeep(this.#limits, offset)
  }

  #key(): ReadonlyArray<KeyPart> {
    const parts: Array<KeyPart> = []
    for (;;) {
      this.#read(gap)
      const offset = this.#at
      const quote = this.#text[offset]
      const key =
        quote === '"' ? withoutEscapes(this.#string(quote)) : quote === "'" ? this.#string(quote) : (this.#read(bareKey) ?? stop())[0]
      parts.push({ key, offset })
      // names alone can nest too, and are refused before anything follows them
      if (parts.length > this.#limits.maxDepth) throw tooDeep(this.#limits, offset)
      this.#read(gap)
      if (this.#text[this.#at] !== ".") return parts
      this.#at += 1
    }
  }

  /** The table that a part of a dotted name leads to, made when it is new; the last one of an array of tables. */
  #enter(table: Mark, part: KeyPart, depth: number): { readonly table: Mark; readonly depth: number } {
    const known = table.fields?.get(part.key)
    if (known === undefined) {
      const made = tableMark(part.offset, part.offset, "implied")
      this.#count(part.offset, depth + 1)
      table.fields?.set(part.key, made)
      return { table: made, depth: depth + 1 }
    }
    const last = known.role === "tables" ? known.items?.at(-1) : known
    if (last?.fields === undefined) return this.#again(part, known)
    return { table: last, depth: depth + (known === last ? 1 : 2) }
  }

  #again(part: KeyPart, known: Mark): never {
    this.duplicate = { key: part.key, offset: part.offset, first: known.keyOffset ?? known.offset }
    return stop()
  }

  #header(): void {
    const offset = this.#at
    const many = this.#text[offset + 1] === "["
    this.#at += many ? 2 : 1
    const parts = this.#key()
    this.#expect(many ? "]]" : "]")
    let at = { table: this.root, depth: 1 }
    for (const part of parts.slice(0, -1)) at = this.#enter(at.table, part, at.depth)
    const last = parts.at(-1) ?? stop()
    const known = at.table.fields?.get(last.key)
    if (many) {
      if (known !== undefined && known.role !== "tables") this.#again(last, known)
      const array = known ?? arrayMark(offset, last.offset, "tables")
      const item = tableMark(offset, undefined, "header")
      this.#count(last.offset, at.depth + 2)
      at.table.fields?.set(last.key, array)
      array.items?.push(item)
      this.#table = item
      this.#depth = at.depth + 2
      return
    }
    if (known !== undefined && known.role !== "implied") this.#again(last, known)
    const table = known ?? tableMark(offset, last.offset, "header")
    this.#count(last.offset, at.depth + 1)
    table.offset = offset
    table.keyOffset = last.offset
    table.role = "header"
    at.table.fields?.set(last.key, table)
    this.#table = table
    this.#depth = at.depth + 1
  }

  /** `key = value`, at top level or in an inline table. */
  #pair(into: Mark, depth: number): void {
    const parts = this.#key()
    this.#expect("=")
    this.#read(gap)
    let at = { table: into, depth }
    for (const part of parts.slice(0, -1)) at = this.#enter(at.table, part, at.depth)
    const last = parts.at(-1) ?? stop()
    const known = at.table.fields?.get(last.key)
    if (known !== undefined) this.#again(last, known)
    at.table.fields?.set(last.key, this.#value(at.depth, last.offset))
  }

  #value(depth: number, keyOffset: number | undefined): Mark {
    const offset = this.#at
    const first = this.#text[offset]
    if (first === "[" || first === "{") return this.#container(first, depth + 1, keyOffset)
    this.#count(offset, depth)
    if (first === '"' || first === "'") {
      this.#string(first)
    } else {
      const found = this.#read(bareValue) ?? stop()
      if (found[0].length > this.#limits.maxDigits && /^[-+]?\d/.test(found[0])) {
        throw tooManyDigits(this.#limits, found[0].length, offset)
      }
    }
    return scalarMark(offset, this.#at, keyOffset)
  }

  #container(bracket: "[" | "{", depth: number, keyOffset: number | undefined): Mark {
    const mark = bracket === "[" ? arrayMark(this.#at, keyOffset) : tableMark(this.#at, keyOffset)
    const close = bracket === "[" ? "]" : "}"
    this.#count(this.#at, depth)
    this.#at += 1
    for (;;) {
      this.#skipVoid()
      if (this.#text[this.#at] === close) break
      if (mark.items !== undefined) mark.items.push(this.#value(depth, undefined))
      else this.#pair(mark, depth)
      this.#skipVoid()
      if (this.#text[this.#at] === close) break
      this.#expect(",")
    }
    this.#at += 1
    mark.end = this.#at
    return mark
  }
}

export interface TomlScan {
  readonly root: Mark
  /** False where the text is not TOML; then `root` holds what stands before. */
  readonly complete: boolean
  /** The repeated key that ended the scan. */
  readonly duplicate: Duplicate | undefined
}

/** The marks of a TOML text. Throws `LimitPassed`. */
export const scanToml = (text: string, limits: Limits): TomlScan => {
  const scan = new Scan(text, limits)
  const complete = scan.run()
  return { root: scan.root, complete, duplicate: scan.duplicate }
}
