/**
 * YAML 1.2 with the core schema, cut down to plain data: one document, string keys, no tags, no directives, no merge keys, aliases
 * only within a budget. What YAML 1.1 and 1.2 read differently (dates, leading zeros) has to stand in quotes; `no`, `on` and `12:30`
 * are strings, as 1.2 says.
 *
 * Sharp edge: the composer of the yaml package is recursive and would meet the call stack before our depth limit, so the concrete
 * syntax tree is measured first, by a loop.
 */
import { createRequire } from "node:module"
import type { JsonValue } from "@feagi-trainer/determinism"
import type { Alias, CST, Scalar, YAMLError, YAMLMap } from "yaml"
import { Code } from "./Code.ts"
import { LimitPassed, type Limits, tooDeep, tooMany, tooManyDigits } from "./Limits.ts"
import type { Lines, Problem } from "./Lines.ts"
import { arrayMark, type Mark, scalarMark, tableMark } from "./Mark.ts"
import { type Read, reserved } from "./Toml.ts"
import { emptyTable, numberTrouble, reservedKey } from "./Value.ts"

const maxSyntaxProblems = 20

let loaded: typeof import("yaml") | undefined

/** Loaded by the first YAML text: it is more modules than all of ours that read documents, and most calls read none. */
const library = (): typeof import("yaml") => {
  loaded ??= createRequire(import.meta.url)("yaml") as typeof import("yaml")
  return loaded
}

export const readYaml = (text: string, lines: Lines, limits: Limits): Read => {
  const tokens = tokensOf(text, limits)
  const problems: Array<Problem> = [...measure(tokens, limits)]
  const { Composer, isScalar } = library()
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    intAsBigInt: true,
    // equal keys are looked for below, in linear time
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error"
  })
  const [document] = [...composer.compose(tokens, true, text.length)]
  for (const error of (document?.errors ?? []).slice(0, maxSyntaxProblems)) {
    // a tag that is refused already needs no second complaint
    if (error.code !== "TAG_RESOLVE_FAILED" && error.code !== "MULTIPLE_DOCS") problems.push(syntaxProblem(error))
  }
  if (problems.length > 0 || document === undefined) return { ok: false, problems: firstPerOffset(problems) }
  const contents: unknown = document.contents
  if (contents === null || (isScalar(contents) && contents.value === null && (contents.source ?? "") === "")) {
    return {
      ok: false,
      problems: [{ offset: 0, code: Code.syntax, message: "the document is empty", help: "write {} for an empty table" }]
    }
  }
  const conversion = new Conversion(text, lines, limits)
  const { value, mark } = conversion.node(contents, undefined, 0, 0)
  return conversion.problems.length > 0 ? { ok: false, problems: conversion.problems } : { ok: true, value, root: mark }
}

const firstPerOffset = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> => [
  ...new Map([...problems].reverse().map((each) => [each.offset, each])).values()
]

/** The concrete syntax. A cheap pass counts first, because the parser takes microseconds and hundreds of bytes for each token. */
const tokensOf = (text: string, limits: Limits): ReadonlyArray<CST.Token> => {
  let count = 0
  let offset = 0
  let brackets = 0
  const { Lexer, Parser } = library()
  for (const lexeme of new Lexer().lex(text)) {
    count += 1
    if (lexeme === "[" || lexeme === "{") brackets += 1
    if (lexeme === "]" || lexeme === "}") brackets -= 1
    if (brackets > limits.maxDepth) throw tooDeep(limits, offset)
    if (count > limits.maxTokens) {
      throw new LimitPassed(`more than ${limits.maxTokens} YAML tokens (limit maxTokens)`, "keep data in a dataset, or write JSON", offset)
    }
    // three lexemes are marks that the lexer adds to the text
    if (lexeme !== "\u0002" && lexeme !== "\u0018" && lexeme !== "\u001f") offset += lexeme.length
  }
  return [...new Parser().parse(text)]
}

interface Open {
  readonly token: CST.Token
  readonly depth: number
}

/** Walks the concrete syntax with a stack of its own: depth, digits, tags, directives and second documents. */
const measure = (tokens: ReadonlyArray<CST.Token>, limits: Limits): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  const open: Array<Open> = []
  const properties = (sources: ReadonlyArray<CST.SourceToken> | undefined): void => {
    for (const each of sources ?? []) {
      if (each.type === "tag") problems.push(tagProblem(each))
    }
  }
  let documents = 0
  for (const token of tokens) {
    if (token.type === "directive") {
      problems.push({ offset: token.offset, code: Code.syntax, message: "YAML directives are refused", help: "remove this line" })
    }
    if (token.type !== "document") continue
    documents += 1
    if (documents === 2) {
      problems.push({
        offset: token.offset,
        code: Code.syntax,
        message: "a second document starts here",
        help: "one file holds one document"
      })
    }
    properties(token.start)
    if (token.value !== undefined) open.push({ token: token.value, depth: 1 })
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next
    if (token.type === "scalar" && token.source.length > limits.maxDigits && /^[-+]?\d+$/.test(token.source)) {
      throw tooManyDigits(limits, token.source.length, token.offset)
    }
    if (!("items" in token)) {
      // the properties of a block scalar hold its header, and may hold a tag
      if (token.type === "block-scalar") for (const each of token.props) if (each.type === "tag") problems.push(tagProblem(each))
      continue
    }
    if (depth > limits.maxDepth) throw tooDeep(limits, token.offset)
    for (const item of token.items) {
      properties(item.start)
      properties(item.sep)
      if (item.key) open.push({ token: item.key, depth: depth + 1 })
      if (item.value) open.push({ token: item.value, depth: depth + 1 })
    }
  }
  return problems
}

const tagProblem = ({ offset, source }: CST.SourceToken): Problem => ({
  offset,
  code: Code.syntax,
  message: `the tag ${source.slice(0, 60)} is refused: a document is plain data`,
  help: "remove the tag; put quotes around a value to make it a string"
})

const explained: ReadonlyMap<string, readonly [message: string, help: string]> = new Map([
  ["TAB_AS_INDENT", ["a tab is used as indentation", "indent with spaces"]],
  ["NON_STRING_KEY", ["a key must be a plain string", "write the key out, in quotes if need be"]],
  ["BLOCK_AS_IMPLICIT_KEY", ["a mapping starts inside a value", "check the indentation, or put quotes around a value that holds `: `"]],
  ["MULTILINE_IMPLICIT_KEY", ["a key runs over the end of its line", "check the indentation, or put quotes around the value"]],
  ["BAD_INDENT", ["the indentation does not fit", "give the keys of one table the same indentation, and close every bracket"]]
])

const openString = ["a string is not closed", "close it with the quote it starts with"] as const
const openBracket = ["a bracket is not closed where the text goes on", "close it, or indent the lines inside it"] as const

const explain = ({ code, message }: YAMLError): readonly [message: string, help: string | undefined] => {
  if (/^Missing closing .*quote/.test(message)) return openString
  if (code === "BAD_INDENT" && message.startsWith("Flow")) return openBracket
  return explained.get(code) ?? [message, undefined]
}

const syntaxProblem = (error: YAMLError): Problem => {
  const [message, help] = explain(error)
  const code = error.code === "RESOURCE_EXHAUSTION" ? Code.limit : Code.syntax
  return { offset: error.pos[0], code, message, ...(help === undefined ? {} : { help }) }
}

interface Made {
  readonly value: JsonValue
  readonly mark: Mark
}

class Conversion {
  readonly problems: Array<Problem> = []
  readonly #text: string
  readonly #lines: Lines
  readonly #limits: Limits
  readonly #anchors = new Map<string, unknown>()
  /** What an alias means is settled where it stands, even if its anchor is set again later. */
  readonly #targets = new Map<Alias, unknown>()
  readonly #entered = new Set<unknown>()
  #nodes = 0
  #aliasNodes = 0
  #inAlias = 0
  /** The alias as it stands in the text, however deep its meaning leads. */
  #outermost = 0

  constructor(text: string, lines: Lines, limits: Limits) {
    this.#text = text
    this.#lines = lines
    this.#limits = limits
  }

  node(node: unknown, keyOffset: number | undefined, after: number, depth: number): Made {
    const { isAlias, isMap, isScalar, isSeq } = library()
    if (isAlias(node)) return this.#alias(node, keyOffset, depth)
    const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined
    const offset = range?.[0] ?? after
    this.#count(offset)
    if (isScalar(node)) return this.#scalar(node, offset, keyOffset)
    if (!isMap(node) && !isSeq(node)) return { value: null, mark: scalarMark(offset, offset, keyOffset) }
    if (depth >= this.#limits.maxDepth) throw tooDeep(this.#limits, offset)
    this.#remember(node.anchor, node)
    this.#entered.add(node)
    const made = isMap(node) ? this.#map(node, offset, keyOffset, depth) : this.#list(node.items, offset, keyOffset, depth)
    this.#entered.delete(node)
    made.mark.end = range?.[1] ?? offset
    return made
  }

  #count(offset: number): void {
    this.#nodes += 1
    if (this.#inAlias > 0) this.#aliasNodes += 1
    if (this.#aliasNodes > this.#limits.maxAliasNodes) {
      throw new LimitPassed(
        `aliases add more than ${this.#limits.maxAliasNodes} values (limit maxAliasNodes)`,
        "write the values out, without * and &",
        this.#outermost
      )
    }
    if (this.#nodes > this.#limits.maxNodes) throw tooMany(this.#limits, offset)
  }

  #remember(anchor: string | undefined, node: unknown): void {
    // inside an alias everything was remembered when it was met first
    if (anchor !== undefined && this.#inAlias === 0) this.#anchors.set(anchor, node)
  }

  #alias(alias: Alias, keyOffset: number | undefined, depth: number): Made {
    const offset = alias.range?.[0] ?? 0
    if (this.#inAlias === 0) this.#targets.set(alias, this.#anchors.get(alias.source))
    const target = this.#targets.get(alias)
    const unusable =
      target === undefined ? "has no anchor before it" : this.#entered.has(target) ? "stands inside its own anchor" : undefined
    if (unusable !== undefined) {
      this.problems.push({ offset, code: Code.syntax, message: `the alias *${alias.source} ${unusable}`, help: "write the value out" })
      return { value: null, mark: scalarMark(offset, offset, keyOffset) }
    }
    if (this.#inAlias === 0) this.#outermost = offset
    this.#inAlias += 1
    const made = this.node(target, keyOffset, offset, depth)
    this.#inAlias -= 1
    return made
  }

  #scalar(node: Scalar, offset: number, keyOffset: number | undefined): Made {
    this.#remember(node.anchor, node)
    const end = node.range?.[1] ?? offset
    const mark = scalarMark(offset, end, keyOffset)
    const plain = node.type === "PLAIN"
    const text = plain ? (node.source ?? "") : this.#text.slice(offset, end)
    return { value: this.#valueOf(node.value, text, plain, offset), mark }
  }

  #problem(offset: number, code: string, message: string, help: string): null {
    // an alias would repeat what its anchor said
    if (this.#inAlias === 0) this.problems.push({ offset, code, message, help })
    return null
  }

  #valueOf(value: unknown, text: string, plain: boolean, offset: number): JsonValue {
    if (typeof value === "string") {
      if (!value.isWellFormed()) {
        return this.#problem(offset, Code.encoding, "the string holds a lone surrogate", "write the whole pair or remove it")
      }
      if (plain && /^\d{4}-\d\d?-\d\d?(?:[Tt ].*)?$/.test(value)) {
        return this.#problem(offset, Code.needsQuotes, `the date ${value} stands without quotes`, `write "${value}"`)
      }
      return value
    }
    if (value === null || typeof value === "boolean") return value
    if (typeof value !== "number" && typeof value !== "bigint") throw new Error("a YAML scalar of the core schema has an unknown type")
    if (/^[-+]?0[0-9]/.test(text)) {
      const bare = text.replace(/^([-+]?)0+(?=[0-9])/, "$1")
      return this.#problem(
        offset,
        Code.needsQuotes,
        `${text} has leading zeros, which YAML 1.1 reads as octal`,
        `write "${text}" or ${bare}`
      )
    }
    if (typeof value === "bigint") {
      if (value === 0n && text.startsWith("-")) return -0
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
    }
    const trouble = numberTrouble(text, value)
    if (trouble === undefined) return value
    return this.#problem(offset, Code.wrongValue, trouble, "write a finite number, or a string in quotes")
  }

  #list(items: ReadonlyArray<unknown>, offset: number, keyOffset: number | undefined, depth: number): Made {
    const mark = arrayMark(offset, keyOffset)
    const value = items.map((item) => {
      const made = this.node(item, undefined, offset, depth + 1)
      mark.items?.push(made.mark)
      return made.value
    })
    return { value, mark }
  }

  #map(map: YAMLMap, offset: number, keyOffset: number | undefined, depth: number): Made {
    const value = emptyTable()
    const mark = tableMark(offset, keyOffset)
    for (const pair of map.items) {
      const keyNode = pair.key
      if (!library().isScalar(keyNode)) throw new Error("a YAML key is not a scalar, which the composer should have refused")
      const at = keyNode.range?.[0] ?? offset
      const key = String(keyNode.value)
      this.#checkKey(keyNode, key, at, mark)
      const made = this.node(pair.value, at, keyNode.range?.[2] ?? at, depth + 1)
      if (mark.fields?.has(key)) continue
      mark.fields?.set(key, made.mark)
      value[key] = made.value
    }
    return { value, mark }
  }

  #checkKey(node: Scalar, key: string, offset: number, table: Mark): void {
    const plain = node.type === "PLAIN"
    const first = table.fields?.get(key)?.keyOffset
    if (first !== undefined) {
      const { line, column } = this.#lines.at(first)
      this.#problem(offset, Code.duplicateKey, `duplicate key "${key}": first at ${line}:${column}`, "keep one of the two")
    }
    if (key === reservedKey && this.#inAlias === 0) this.problems.push(reserved(offset))
    if (plain && key === "<<") {
      this.#problem(offset, Code.syntax, "merge keys (<<) are refused", "write the keys out where they belong")
    }
    if (plain && (node.source ?? "") === "") this.#problem(offset, Code.syntax, "a key is missing", 'write a name, or "" for an empty one')
    if (!key.isWellFormed()) this.#problem(offset, Code.encoding, "the key holds a lone surrogate", "write the whole pair or remove it")
  }
}
