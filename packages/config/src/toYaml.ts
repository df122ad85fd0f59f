/**
 * Writes a value as YAML, or as JSON, that reads back as the same value, in YAML 1.1 and 1.2. Every string stands in double quotes, so that
 * none can be taken for a number, a date or a truth. Sharp edge: keys keep the order in which they are given, and comments are not part of a value.
 */
import type { JsonPath, JsonValue } from "@feagi-trainer/determinism"
import { isList, isTable, type Table } from "./Value.ts"
import { membersOf, numberText, refuse, stringText } from "./writeScalar.ts"

const scalarText = (value: JsonValue, path: JsonPath): string => {
  if (typeof value === "string") return stringText(value, path)
  // a reader of YAML 1.1 takes 1e-8 for a string, and 1.0e-8 for a number
  if (typeof value === "number") return numberText(value, path).replace(/^(-?\d+)e/, "$1.0e")
  return String(value)
}

/** Words that YAML readers of any version take for something else than a string. */
const plainKey = /^(?!(?:null|true|false|yes|no|on|off|y|n)$)[A-Za-z_][A-Za-z0-9_-]*$/i

const keyText = (key: string): string => (plainKey.test(key) ? key : stringText(key, []))

const flat = (value: JsonValue): boolean =>
  isList(value) ? value.every((item) => !isList(item) && !isTable(item)) : !isTable(value) || Object.keys(value).length === 0

const inline = (value: JsonValue, path: JsonPath): string => {
  if (isList(value)) return `[${value.map((item, index) => scalarText(item, [...path, index])).join(", ")}]`
  return isTable(value) ? "{}" : scalarText(value, path)
}

/** Lines of a table or list without indentation. */
const linesOf = (value: Table | ReadonlyArray<JsonValue>, path: JsonPath): ReadonlyArray<string> => {
  if (isList(value))
    return value.flatMap((item, index) => {
      const at = [...path, index]
      const lines = flat(item) ? [inline(item, at)] : linesOf(item as Table | ReadonlyArray<JsonValue>, at)
      return lines.map((line, place) => `${place === 0 ? "- " : "  "}${line}`)
    })
  return membersOf(value, path).flatMap(([key, member]) => {
    const at = [...path, key]
    const name = keyText(key)
    if (flat(member)) return [`${name}: ${inline(member, at)}`]
    return [`${name}:`, ...linesOf(member as Table | ReadonlyArray<JsonValue>, at).map((line) => `  ${line}`)]
  })
}

/** The YAML text of a table, in the order of its keys. Throws `TrainerError` (invalid, FT1004) naming what no document may hold. */
export const toYaml = (value: JsonValue): string => {
  if (!isTable(value)) return refuse([], "a document is a table", "give a table of keys and values")
  const lines = linesOf(value, [])
  return lines.length === 0 ? "{}\n" : `${lines.join("\n")}\n`
}

const jsonLines = (value: JsonValue, path: JsonPath, indent: string): string => {
  const wrap = (open: string, close: string, items: ReadonlyArray<string>): string =>
    items.length === 0 ? `${open}${close}` : `${open}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close}`
  if (isList(value)) {
    if (flat(value)) return inline(value, path)
    return wrap(
      "[",
      "]",
      value.map((item, index) => jsonLines(item, [...path, index], `${indent}  `))
    )
  }
  if (!isTable(value)) return scalarText(value, path)
  return wrap(
    "{",
    "}",
    membersOf(value, path).map(([key, member]) => `${stringText(key, [])}: ${jsonLines(member, [...path, key], `${indent}  `)}`)
  )
}

/** The JSON text of a table, in the order of its keys. Throws like {@link toYaml}. */
export const toJson = (value: JsonValue): string =>
  isTable(value) ? `${jsonLines(value, [], "")}\n` : refuse([], "a document is a table", "give a table of keys and values")
