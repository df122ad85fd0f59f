/**
 * What could stand at the caret of a condition on runs: a column, an operator, a value that occurs, or what joins two conditions. Sharp edge:
 * only the text up to the caret is read, by the parser of the command line; whether there are such columns and values, the server says.
 */
import { parseQuery, type QueryToken } from "@feagi-trainer/core/query"
import type { Suggestion } from "../../ui/Combobox.tsx"

export interface ColumnSummary {
  readonly key: string
  readonly title: string
  readonly description?: string
  readonly type: string
  readonly unit?: string
  readonly runs: number
  readonly examples: ReadonlyArray<string | number | bigint | boolean>
  readonly min?: number | bigint
  readonly max?: number | bigint
}

type Wanted = "field" | "operator" | "value" | "joint"

/** What is expected where the text ends, and the piece of it that is being typed. */
export interface Spot {
  readonly wanted: Wanted
  /** The column in front of the operator, when a value is expected. */
  readonly field: string
  /** Where the piece begins. */
  readonly from: number
  readonly piece: string
}

/** The piece that is being typed without the quotation mark that begins it. */
const unquoted = (text: string): string => (/^["']/.test(text) ? text.slice(1) : text)

/** Reads the text up to the caret, as the server reads a whole one. */
export const spotOf = (before: string): Spot => {
  const parsed = parseQuery(before)
  const tokens = parsed.ok ? parsed.tokens : parsed.read
  const textOf = ({ from, to }: QueryToken): string => before.slice(from, to)
  const isHas = (token: QueryToken | undefined): boolean =>
    token !== undefined && token.kind === "keyword" && textOf(token).toLowerCase() === "has"
  const last = tokens.at(-1)
  const rest = before.slice(last?.to ?? 0)
  const piece = unquoted(rest.trimStart())
  const typed = { from: before.length - rest.trimStart().length, piece }
  const named = tokens.findLast(({ kind }) => kind === "field")
  const field = named === undefined ? "" : /^["']/.test(textOf(named)) ? textOf(named).slice(1, -1) : textOf(named)
  if (last === undefined) return { wanted: "field", field: "", ...typed }
  const text = textOf(last)
  const whole = /^["']/.test(text)
  const here = { from: last.from, piece: text }
  const hasField = last.kind === "field" && isHas(tokens.at(-3))
  switch (last.kind) {
    case "field":
      if (rest === "" && !whole) return { wanted: "field", field: hasField ? "has" : "", ...here }
      return { wanted: hasField ? "joint" : "operator", field, ...typed }
    case "value":
      return rest === "" && !whole ? { wanted: "value", field, ...here } : { wanted: "joint", field, ...typed }
    case "operator":
      return isHas(tokens.at(-2)) ? { wanted: "field", field: "has", ...typed } : { wanted: "value", field, ...typed }
    case "keyword":
      if (rest === "") return { wanted: text.toLowerCase() === "not" ? "field" : "joint", field: "", ...here }
      return { wanted: "field", field: "", ...typed }
    default:
      return { wanted: text === ")" ? "joint" : "field", field: "", ...typed }
  }
}

const operatorsOf = (type: string): ReadonlyArray<readonly [operator: string, says: string]> =>
  type === "number" || type === "integer" || type === "time"
    ? [
        [">", "greater than"],
        [">=", "at least"],
        ["<", "less than"],
        ["<=", "at most"],
        ["=", "exactly"],
        ["!=", "anything but"]
      ]
    : type === "boolean"
      ? [["=", "is"]]
      : [
          [":", "is, or belongs to"],
          ["=", "exactly"],
          ["!=", "anything but"],
          ["~", "fits a pattern with * and ?"],
          ["!~", "fits no such pattern"]
        ]

const plain = /^[^\s()"'<>=!~:][^\s()"']*$/u
const written = (value: string | number | bigint | boolean): string =>
  typeof value === "string" && !plain.test(value) ? `"${value.replace(/[\\"]/g, (each) => `\\${each}`)}"` : String(value)

const shortNames: Readonly<Record<string, string>> = {
  tag: "tags",
  plugin: "plugins",
  run: "run_id",
  id: "run_id",
  group: "group_id",
  star: "starred"
}

/** Suggestions for a text and a caret; those that begin like the piece stand before those that only contain it. */
export const complete = (text: string, caret: number, columns: ReadonlyArray<ColumnSummary>): ReadonlyArray<Suggestion> => {
  const spot = spotOf(text.slice(0, caret))
  const behind = text.slice(caret)
  const put = (piece: string, label: string, detail?: string): Suggestion => {
    const start = text.slice(0, spot.from) + piece
    return { text: start + behind.replace(/^\S+/, ""), caret: start.length, label, ...(detail === undefined ? {} : { detail }) }
  }
  const ranked = <T>(list: ReadonlyArray<T>, name: (item: T) => string): ReadonlyArray<T> => {
    const piece = spot.piece.toLowerCase()
    const has = list.filter((item) => name(item).toLowerCase().includes(piece))
    return [
      ...has.filter((item) => name(item).toLowerCase().startsWith(piece)),
      ...has.filter((item) => !name(item).toLowerCase().startsWith(piece))
    ]
  }
  if (spot.wanted === "field") {
    const used = columns.filter(({ runs, key }) => runs > 0 || key === "tags" || key === "starred")
    return ranked(used, ({ key }) => key).map(({ key, title, type }) =>
      spot.field === "has"
        ? put(`${key} `, key, title)
        : type === "text" || type === "list"
          ? put(`${key === "tags" ? "tag" : key}:`, key, title)
          : put(`${key} `, key, title)
    )
  }
  const known = shortNames[spot.field] ?? spot.field
  const column = columns.find(({ key }) => key === known)
  if (spot.wanted === "operator")
    return ranked(operatorsOf(column?.type ?? "text"), ([operator]) => operator).map(([operator, says]) =>
      put(operator === ":" ? ":" : `${operator} `, `${spot.field} ${operator}`, says)
    )
  if (spot.wanted === "value") {
    const values = column === undefined ? [] : column.type === "boolean" ? [true, false] : column.examples
    const bounds = column?.min === undefined || column.max === undefined ? undefined : `${column.min} … ${column.max}`
    return ranked(values, String).map((value) => put(`${written(value)} `, String(value), bounds))
  }
  return ranked(["and", "or"], (word) => word).map((word) => put(`${word} `, word))
}
