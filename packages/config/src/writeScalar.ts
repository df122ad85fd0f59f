/**
 * How one value is written, in every format: integers keep their digits, other numbers are the shortest text that is the same double, `-0`
 * is `-0.0`. What no document may hold is refused by name and never left out.
 */
import { trainerError } from "@feagi-trainer/contracts"
import type { JsonPath, JsonValue } from "@feagi-trainer/determinism"
import { Code } from "./Code.ts"
import { reservedKey, showPath, type Table } from "./Value.ts"

/** Throws `TrainerError` (invalid, FT1004). */
export const refuse = (path: JsonPath, message: string, help: string): never => {
  throw trainerError("invalid", { code: Code.wrongValue, field: showPath(path), message, help })
}

/** What JSON allows raw and TOML or YAML do not: DEL, the C1 controls, the two separators, the byte order mark, non-characters. */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** A string in double quotes, with escapes that JSON, TOML and YAML read alike. */
export const stringText = (text: string, path: JsonPath): string =>
  text.isWellFormed()
    ? JSON.stringify(text).replaceAll(unprintable, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`)
    : refuse(path, "the string holds a lone surrogate", "repair it")

export const numberText = (value: number, path: JsonPath): string => {
  if (!Number.isFinite(value)) return refuse(path, `${value} cannot stand in a document`, "leave the key out or write a string")
  if (Object.is(value, -0)) return "-0.0"
  const text = String(value)
  // without a point these digits would read back as an integer, which is a bigint at this size
  return Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes("e") ? `${text}.0` : text
}

/** Keys and values in their own order, once every key can be written. */
export const membersOf = (table: Table, path: JsonPath): ReadonlyArray<readonly [string, JsonValue]> => {
  const members = Object.entries(table)
  for (const [key] of members) {
    if (key === reservedKey) refuse([...path, key], `the key "${reservedKey}" is refused everywhere`, "choose another name")
    if (!key.isWellFormed()) refuse([...path, key], "the key holds a lone surrogate", "repair the text")
  }
  return members
}
