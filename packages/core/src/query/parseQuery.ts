/**
 * Reads a condition on runs. The grammar stands in docs/reference/query.md:
 *
 *     or    = and { "or" and }          and  = unary { "and" unary }
 *     unary = "not" unary | "(" or ")" | "has:" field | field operator value
 *
 * Sharp edges: what stands behind an operator is a value up to the next space, parenthesis or quote, so `created > 2026-01-01T10:00` needs
 * no quotes; the first mistake ends the reading, and everything behind it is unread.
 */
import { keywords, type Operator, type Query, type Span } from "./Query.ts"

/** For a page that colours a condition while it is typed. */
export interface QueryToken extends Span {
  readonly kind: "field" | "operator" | "value" | "keyword" | "paren" | "unread"
}

export interface QueryMistake extends Span {
  readonly message: string
  readonly expected?: string
  readonly help?: string
}

export type ParsedQuery =
  | { readonly ok: true; readonly query: Query; readonly tokens: ReadonlyArray<QueryToken> }
  | {
      readonly ok: false
      readonly mistake: QueryMistake
      readonly tokens: ReadonlyArray<QueryToken>
      /** Everything that was read, for a page that completes what is typed: also what stands behind a parenthesis that is never closed. */
      readonly read: ReadonlyArray<QueryToken>
    }

/** Longest text and deepest nesting that is read. */
export const queryLimits = { characters: 4096, depth: 64 } as const

class Mistake {
  readonly mistake: QueryMistake
  constructor(mistake: QueryMistake) {
    this.mistake = mistake
  }
}

const operators: ReadonlyArray<Operator> = ["!=", "<=", ">=", "!~", "=", "<", ">", ":", "~"]
const examples = 'metric.accuracy > 0.9   tag:baseline   name ~ "iris*"   has:metric.f1'

class Reader {
  readonly text: string
  readonly tokens: Array<QueryToken> = []
  at = 0

  constructor(text: string) {
    this.text = text
  }

  fail(message: string, more: Partial<QueryMistake> = {}): never {
    throw new Mistake({ from: this.at, to: Math.min(this.text.length, this.at + 1), message, ...more })
  }

  space(): void {
    while (/\s/u.test(this.text[this.at] ?? "")) this.at += 1
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  take(kind: QueryToken["kind"], length: number): Span {
    const span = { from: this.at, to: this.at + length }
    this.tokens.push({ kind, ...span })
    this.at = span.to
    return span
  }

  /** The longest beginning of what is left that fits. */
  ahead(pattern: RegExp): string {
    pattern.lastIndex = this.at
    return pattern.exec(this.text)?.[0] ?? ""
  }

  keyword(word: string): boolean {
    if (this.ahead(/[^\s()"':<>=!~]+/uy).toLowerCase() !== word) return false
    this.take("keyword", word.length)
    return true
  }

  quoted(kind: "field" | "value"): { readonly text: string; readonly span: Span } {
    const quote = this.text[this.at]
    let text = ""
    for (let index = this.at + 1; index < this.text.length; index += 1) {
      const character = this.text[index] ?? ""
      if (character === quote) return { text, span: this.take(kind, index + 1 - this.at) }
      if (character === "\\") {
        const escaped = this.text[index + 1]
        if (escaped === undefined) break
        // Another escape stays as it is written: in a pattern, \* is a star that stands for itself.
        text += escaped === quote || escaped === "\\" ? escaped : `\\${escaped}`
        index += 1
      } else text += character
    }
    throw new Mistake({
      from: this.at,
      to: this.text.length,
      message: "the quotation mark is never closed",
      expected: `a closing ${quote}`
    })
  }
}

const isQuote = (character: string | undefined): boolean => character === '"' || character === "'"

const readOr = (reader: Reader, depth: number): Query => joined(reader, depth, "or", readAnd)
const readAnd = (reader: Reader, depth: number): Query => joined(reader, depth, "and", readUnary)

const joined = (reader: Reader, depth: number, kind: "and" | "or", read: (reader: Reader, depth: number) => Query): Query => {
  const of = [read(reader, depth)]
  for (;;) {
    reader.space()
    if (!reader.keyword(kind)) break
    of.push(read(reader, depth))
  }
  const [first] = of
  return of.length === 1 && first !== undefined ? first : { kind, of }
}

const readUnary = (reader: Reader, depth: number): Query => {
  reader.space()
  if (depth > queryLimits.depth) reader.fail(`conditions are nested deeper than ${queryLimits.depth}`)
  if (reader.keyword("not")) return { kind: "not", of: readUnary(reader, depth + 1) }
  if (reader.text[reader.at] === "(") {
    const opened = reader.take("paren", 1)
    const inner = readOr(reader, depth + 1)
    reader.space()
    if (reader.text[reader.at] !== ")") {
      if (!reader.done) reader.fail("cannot be read here", { expected: "and, or, or a closing parenthesis" })
      throw new Mistake({ ...opened, message: "the parenthesis is never closed", expected: "a closing )" })
    }
    reader.take("paren", 1)
    return inner
  }
  return readTerm(reader)
}

const fieldPattern = /[\p{L}_][^\s()"':<>=!~]*/uy

const readField = (reader: Reader): { readonly text: string; readonly span: Span } => {
  if (isQuote(reader.text[reader.at])) return reader.quoted("field")
  const text = reader.ahead(fieldPattern)
  if (text === "") {
    if (reader.done) reader.fail("the condition ends where a column is needed", { expected: examples })
    reader.fail("begins no condition", { expected: "the name of a column, not, or (" })
  }
  if (keywords.includes(text.toLowerCase()))
    throw new Mistake({
      from: reader.at,
      to: reader.at + text.length,
      message: `"${text}" stands where a condition is needed`,
      expected: examples
    })
  return { text, span: reader.take("field", text.length) }
}

const readTerm = (reader: Reader): Query => {
  const startsPlain = !isQuote(reader.text[reader.at])
  if (startsPlain && reader.ahead(/has\s*:/iuy) !== "") {
    const from = reader.at
    reader.take("keyword", 3)
    reader.space()
    reader.take("operator", 1)
    reader.space()
    const field = readField(reader)
    return { kind: "has", field: field.text, at: { from, to: field.span.to } }
  }
  const field = readField(reader)
  reader.space()
  const operator = operators.find((each) => reader.text.startsWith(each, reader.at))
  if (operator === undefined) {
    const shown = field.text.length > 40 ? `${field.text.slice(0, 39)}…` : field.text
    throw new Mistake({
      ...field.span,
      message: `nothing is asked of "${shown}"`,
      expected: "an operator behind it: =  !=  <  <=  >  >=  :  ~  !~",
      help: `to find it in names:  name ~ "*${shown.replace(/["\\]/g, "")}*"`
    })
  }
  const place = reader.take("operator", operator.length)
  if (operator === "=" && reader.text[reader.at] === "=") reader.at += 1
  reader.space()
  const inQuotes = isQuote(reader.text[reader.at])
  const value = inQuotes ? reader.quoted("value") : readPlainValue(reader)
  return {
    kind: "compare",
    field: field.text,
    operator,
    value: value.text,
    quoted: inQuotes,
    at: { field: field.span, operator: place, value: value.span }
  }
}

const readPlainValue = (reader: Reader): { readonly text: string; readonly span: Span } => {
  const text = reader.ahead(/[^\s()"'<>=!~:][^\s()"']*/uy)
  if (text === "")
    reader.fail(reader.done ? "the condition ends where a value is needed" : "is no value", {
      expected: "a number, a word, a date, or a text in quotes"
    })
  return { text, span: reader.take("value", text.length) }
}

/** Reads a condition; an empty text is the one that every run meets. Never throws. */
export const parseQuery = (text: string): ParsedQuery => {
  const reader = new Reader(text)
  try {
    if (text.length > queryLimits.characters)
      throw new Mistake({
        from: queryLimits.characters,
        to: text.length,
        message: "the condition is too long",
        expected: `at most ${queryLimits.characters} characters`
      })
    reader.space()
    if (reader.done) return { ok: true, query: { kind: "all" }, tokens: [] }
    const query = readOr(reader, 0)
    reader.space()
    if (!reader.done)
      reader.fail("cannot be read here", {
        expected: "and, or, or the end",
        ...(reader.text[reader.at] === ")"
          ? { help: "there is no parenthesis that it closes" }
          : { help: "put  and  between two conditions" })
      })
    return { ok: true, query, tokens: reader.tokens }
  } catch (thrown) {
    if (!(thrown instanceof Mistake)) throw thrown
    const { mistake } = thrown
    const read = reader.tokens.filter((token) => token.to <= mistake.from)
    const from = read.at(-1)?.to ?? 0
    const tokens = text.length > from ? [...read, { kind: "unread" as const, from, to: text.length }] : read
    return { ok: false, mistake, tokens, read: reader.tokens }
  }
}
