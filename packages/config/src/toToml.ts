/**
 * Writes a value as TOML that reads back as the same value: integers keep their digits, other numbers the shortest text that is the
 * same double, `-0` is `-0.0`. Within a table plain keys come before tables, as TOML wants it; otherwise the order is the one given,
 * or sorted by code units.
 *
 * Sharp edge: TOML has no null, NaN or infinity that a document may hold, so those are refused and never left out.
 */
import type { JsonPath, JsonValue } from "@feagi-trainer/determinism"
import { isList, isTable, type Table } from "./Value.ts"
import { membersOf, numberText, refuse, stringText } from "./writeScalar.ts"

export interface TomlOptions {
  /** `given` keeps the order of the keys, `sorted` gives equal values equal texts. */
  readonly order?: "given" | "sorted"
}

const keyText = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : stringText(key, []))

const entriesOf = (table: Table, path: JsonPath, order: "given" | "sorted"): ReadonlyArray<readonly [string, JsonValue]> => {
  const entries = [...membersOf(table, path)]
  return order === "given" ? entries : entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
}

const inline = (value: JsonValue, path: JsonPath, order: "given" | "sorted"): string => {
  if (value === null) return refuse(path, "TOML has no null", "leave the key out")
  if (typeof value === "string") return stringText(value, path)
  if (typeof value === "number") return numberText(value, path)
  if (typeof value === "bigint" || typeof value === "boolean") return String(value)
  if (isList(value)) return `[${value.map((item, index) => inline(item, [...path, index], order)).join(", ")}]`
  if (!isTable(value)) return refuse(path, `a ${typeof value} cannot stand in a document`, "convert it to plain data")
  const members = entriesOf(value, path, order).map(([key, member]) => `${keyText(key)} = ${inline(member, [...path, key], order)}`)
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`
}

const isTables = (value: JsonValue): value is ReadonlyArray<Table> =>
  isList(value) && value.length > 0 && value.every((item) => isTable(item))

/** Blocks of lines; an empty line stands between two. */
const blocks = (table: Table, path: JsonPath, header: string, order: "given" | "sorted"): ReadonlyArray<string> => {
  const entries = entriesOf(table, path, order)
  const plain = entries.filter(([, value]) => !isTable(value) && !isTables(value))
  const nested = entries.filter(([, value]) => isTable(value) || isTables(value))
  const lines = plain.map(([key, value]) => `${keyText(key)} = ${inline(value, [...path, key], order)}`)
  // a table that only holds tables is implied by them; an item of an array has to be opened
  const opened = header !== "" && (lines.length > 0 || nested.length === 0 || header.startsWith("[["))
  const own = [...(opened ? [header] : []), ...lines].join("\n")
  const name = (key: string): string => [...path.filter((step) => typeof step === "string"), key].map(keyText).join(".")
  const inner = nested.flatMap(([key, value]) => {
    if (isTables(value)) return value.flatMap((item, index) => blocks(item, [...path, key, index], `[[${name(key)}]]`, order))
    return isTable(value) ? blocks(value, [...path, key], `[${name(key)}]`, order) : []
  })
  return own === "" ? inner : [own, ...inner]
}

/** The TOML text of a table, with a line end after the last line. Throws `TrainerError` (invalid, FT1004) naming what TOML cannot hold. */
export const toToml = (value: JsonValue, options: TomlOptions = {}): string => {
  if (!isTable(value)) return refuse([], "a TOML document is a table", "give a table of keys and values")
  const text = blocks(value, [], "", options.order ?? "given").join("\n\n")
  return text === "" ? "" : `${text}\n`
}
