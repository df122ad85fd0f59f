/**
 * TOML, read by smol-toml and placed by our own scan. Dates, infinities and NaN are refused: the same document as YAML or JSON would
 * hold a string or nothing at all. Sharp edge: TOML's integer `-0` is 0; write `-0.0` for a negative zero.
 */
import type { JsonValue } from "@feagi-trainer/determinism"
import { parse, TomlDate, TomlError, type TomlValue } from "smol-toml"
import { Code } from "./Code.ts"
import type { Limits } from "./Limits.ts"
import type { Lines, Problem } from "./Lines.ts"
import type { Mark } from "./Mark.ts"
import { type Duplicate, scanToml } from "./TomlScan.ts"
import { emptyTable, numberTrouble, reservedKey } from "./Value.ts"

export type Read =
  | { readonly ok: true; readonly value: JsonValue; readonly root: Mark }
  | { readonly ok: false; readonly problems: ReadonlyArray<Problem> }

export const readToml = (text: string, lines: Lines, limits: Limits): Read => {
  const scan = scanToml(text, limits)
  let parsed: TomlValue
  try {
    parsed = parse(text, { integersAsBigInt: "asNeeded", maxDepth: limits.maxDepth })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return { ok: false, problems: [syntaxProblem(error, text, lines, scan.duplicate)] }
  }
  if (!scan.complete) throw new Error("the scan of a valid TOML text ended early; this is a defect of the scan")
  const problems: Array<Problem> = []
  const value = convert(parsed, scan.root, text, problems)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value, root: scan.root }
}

const syntaxProblem = (error: TomlError, text: string, lines: Lines, duplicate: Duplicate | undefined): Problem => {
  const offset = lines.offsetOf(error.line, error.column)
  const message = (error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "")
  if (message.includes("redefine")) {
    if (duplicate === undefined) {
      return { offset, code: Code.duplicateKey, message: "this key or table is defined already", help: "keep one of the two" }
    }
    const first = lines.at(duplicate.first)
    return {
      offset: duplicate.offset,
      code: Code.duplicateKey,
      message: `duplicate key "${duplicate.key}": first at ${first.line}:${first.column}`,
      help: "keep one of the two"
    }
  }
  if (message.includes("date")) return { offset, ...quoteDate(/^[^\s,\]}#]*/.exec(text.slice(offset, offset + 64))?.[0] ?? "") }
  const help = helpFor(text, offset, message)
  return { offset, code: Code.syntax, message, ...(help === undefined ? {} : { help }) }
}

const helpFor = (text: string, offset: number, message: string): string | undefined => {
  const word = /^[A-Za-z_][\w./-]*/.exec(text.slice(offset, offset + 64))?.[0]
  if (message !== "invalid value" || word === undefined) return undefined
  const lower = word.toLowerCase()
  if (lower === "true" || lower === "false") return `write ${lower}`
  if (lower === "null" || lower === "none") return "TOML has no null; leave the key out"
  return `strings stand in quotes: "${word}"`
}

const quoteDate = (shown: string): Omit<Problem, "offset"> => ({
  code: Code.needsQuotes,
  message: `the date or time ${shown} stands without quotes`,
  help: `write "${shown}"`
})

const childOf = (mark: Mark | undefined): Mark => {
  if (mark === undefined) throw new Error("a TOML value has no mark; this is a defect of the scan")
  return mark
}

const convert = (value: TomlValue, mark: Mark, text: string, problems: Array<Problem>): JsonValue => {
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "bigint") return value
  const { offset } = mark
  if (typeof value === "number") {
    const message = numberTrouble(text.slice(offset, mark.end), value)
    if (message !== undefined) {
      problems.push({ offset, code: Code.wrongValue, message, help: "write a finite number, or a string in quotes" })
    }
    return value
  }
  if (Array.isArray(value)) return value.map((item, index) => convert(item, childOf(mark.items?.[index]), text, problems))
  if (value instanceof TomlDate || Object.getPrototypeOf(value) !== null) {
    problems.push({ offset, ...quoteDate(text.slice(offset, mark.end)) })
    return null
  }
  const table = emptyTable()
  for (const [key, member] of Object.entries(value)) {
    const child = childOf(mark.fields?.get(key))
    if (key === reservedKey) problems.push(reserved(child.keyOffset ?? child.offset))
    table[key] = convert(member, child, text, problems)
  }
  return table
}

export const reserved = (offset: number): Problem => ({
  offset,
  code: Code.unknownKey,
  message: `the key "${reservedKey}" is refused everywhere`,
  help: "choose another name"
})
