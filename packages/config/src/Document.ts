/**
 * A document a person wrote: its value without loss, and the place of every key and value. The same content in TOML, YAML or JSON is
 * the same value, with the same hash.
 *
 * Sharp edges: text goes in, nothing is read from disk; tables have no prototype (`Object.hasOwn`, not `value.hasOwnProperty`);
 * integers beyond ±(2^53 - 1) are `bigint`; columns count UTF-16 code units.
 */
import type { Diagnostic } from "@feagi-trainer/contracts"
import { hashOf, type JsonPath, type JsonValue } from "@feagi-trainer/determinism"
import { Code } from "./Code.ts"
import { readJson } from "./JsonText.ts"
import { defaultLimits, LimitPassed, type Limits, utf8Length } from "./Limits.ts"
import { Lines, locate, type Position, type Problem } from "./Lines.ts"
import { markAt } from "./Mark.ts"
import { type Read, readToml } from "./Toml.ts"
import { isFloatText, isList, isTable, valueAt } from "./Value.ts"
import { readYaml } from "./Yaml.ts"

export type Format = "toml" | "yaml" | "json"

/** Where something was said: a line of a file, or the name of a flag or variable that has no lines. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
  readonly excerpt?: string
}

/** A value whose parts know where they were said: one document, or layers of several. */
export interface Located {
  readonly value: JsonValue
  /** The first character of the value; a TOML table stands at its header. `undefined` when there is no such value. */
  positionOf(path: JsonPath): Place | undefined
  /** The first character of the key that names the value; the root and the items of an array have none. */
  keyPositionOf(path: JsonPath): Place | undefined
  /** A number, boolean, null or string as it was written, quotes included. */
  textOf(path: JsonPath): string | undefined
  /** Whether the value is a number with a fraction or an exponent: true for `1.0` and `1e3`, false for `1`. */
  isFloatText(path: JsonPath): boolean
  /** The format in which a correction has to be written. */
  formatOf(path: JsonPath): Format
}

export interface Document extends Located {
  readonly file: string
  readonly format: Format
  readonly lines: ReadonlyArray<string>
  positionOf(path: JsonPath): (Place & Position) | undefined
  keyPositionOf(path: JsonPath): (Place & Position) | undefined
}

export type Parsed =
  | { readonly ok: true; readonly document: Document }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

export interface Source {
  readonly text: string
  /** As the user wrote it; it opens every message. */
  readonly file: string
  readonly format: Format
  readonly limits?: Partial<Limits> | undefined
}

const formats: ReadonlyMap<string, Format> = new Map([
  ["toml", "toml"],
  ["yaml", "yaml"],
  ["yml", "yaml"],
  ["json", "json"]
])

/** The format that a file name promises, or `undefined`: nobody guesses from the content. */
export const formatOf = (path: string): Format | undefined => formats.get(/\.([A-Za-z]+)$/.exec(path)?.[1]?.toLowerCase() ?? "")

/**
 * Reads one document. Diagnostics come in the order of the text; FT1001 syntax, FT1002 the reserved key, FT1004 numbers that have no
 * value, FT1005 duplicate keys, FT1006 limits, FT1007 encoding, FT1008 values that need quotes.
 */
export const parseDocument = (source: Source): Parsed => {
  const { text, file, format } = source
  const limits: Limits = { ...defaultLimits, ...source.limits }
  const refuse = (problem: Omit<Diagnostic, "severity" | "file">): Parsed => ({
    ok: false,
    diagnostics: [{ severity: "error", file, ...problem }]
  })
  const bytes = text.length > limits.maxBytes ? text.length : utf8Length(text)
  if (bytes > limits.maxBytes) return refuse(tooLong(bytes, limits))
  const lines = new Lines(text)
  const damage = encodingProblem(text)
  if (damage !== undefined) return { ok: false, diagnostics: locate(file, lines, [damage]) }
  try {
    return read(text, file, format, lines, limits)
  } catch (error) {
    if (!(error instanceof LimitPassed)) throw error
    return refuse({ ...lines.at(error.offset), code: Code.limit, message: error.message, help: error.help })
  }
}

export const tooLong = (bytes: number, limits: Limits): Omit<Diagnostic, "severity" | "file"> => ({
  code: Code.limit,
  message: `the text is at least ${bytes} bytes long, allowed are ${limits.maxBytes} (limit maxBytes)`,
  help: "keep data in a dataset; a document only names it"
})

const encodingProblem = (text: string): Problem | undefined => {
  if (text.startsWith("\uFEFF")) {
    return { offset: 0, code: Code.encoding, message: "the text starts with a byte order mark", help: "save it as UTF-8 without one" }
  }
  const nul = text.indexOf("\u0000")
  if (nul >= 0) return { offset: nul, code: Code.encoding, message: "the text holds a NUL character", help: "save it as UTF-8 text" }
  if (text.isWellFormed()) return undefined
  const offset = /\p{Surrogate}/u.exec(text)?.index ?? 0
  return { offset, code: Code.encoding, message: "the text holds a lone surrogate", help: "save it as UTF-8 text" }
}

const read = (text: string, file: string, format: Format, lines: Lines, limits: Limits): Parsed => {
  const fail = (problems: ReadonlyArray<Problem>): Parsed => ({ ok: false, diagnostics: locate(file, lines, problems) })
  if (format === "json") {
    const json = readJson(text, limits)
    if (!json.ok) return fail(json.problems)
    return {
      ok: true,
      document: make(text, file, format, lines, json.value, (path) => {
        const offset = json.positions.of(path)?.offset
        return offset === undefined ? undefined : { offset, end: jsonEnd(text, offset), keyOffset: json.positions.ofKey(path)?.offset }
      })
    }
  }
  const result: Read = format === "toml" ? readToml(text, lines, limits) : readYaml(text, lines, limits)
  if (!result.ok) return fail(result.problems)
  return { ok: true, document: make(text, file, format, lines, result.value, (path) => markAt(result.root, path)) }
}

/** One behind the scalar that starts at `offset`. */
const jsonEnd = (text: string, offset: number): number => {
  let at = offset
  if (text[at] === '"') {
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === "\\") at += 1
    return at + 1
  }
  while (at < text.length && !/[\s,\]}]/.test(text[at] ?? "")) at += 1
  return at
}

interface Span {
  readonly offset: number
  readonly end: number
  readonly keyOffset: number | undefined
}

const make = (
  text: string,
  file: string,
  format: Format,
  lines: Lines,
  value: JsonValue,
  spanOf: (path: JsonPath) => Span | undefined
): Document => {
  const place = (offset: number | undefined) => (offset === undefined ? undefined : { file, ...lines.at(offset) })
  const textOf = (path: JsonPath): string | undefined => {
    const found = valueAt(value, path)
    const span = found === undefined || isTable(found) || isList(found) ? undefined : spanOf(path)
    return span === undefined ? undefined : text.slice(span.offset, span.end)
  }
  return {
    value,
    file,
    format,
    get lines() {
      return lines.all()
    },
    positionOf: (path) => place(spanOf(path)?.offset),
    keyPositionOf: (path) => place(spanOf(path)?.keyOffset),
    textOf,
    isFloatText: (path) => typeof valueAt(value, path) === "number" && isFloatText(textOf(path) ?? ""),
    formatOf: () => format
  }
}

/** The SHA-256 of the content: the same over formats, order of keys, comments and line ends. */
export const canonicalHash = (document: Pick<Located, "value">): string => hashOf(document.value)
