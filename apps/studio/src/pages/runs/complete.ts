/**
 * What could stand at the caret of a condition on runs: a column, an operator, a value that occurs, or what joins two conditions. Sharp edge:
 * this reads only as far as the caret and judges nothing; the server reads the whole text and says what is wrong with it.
 */
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

const operators = ["!=", "<=", ">=", "!~", "=", "<", ">", ":", "~"]

/** Reads the text up to the caret. */
export const spotOf = (before: string): Spot => {
  let wanted: Wanted = "field"
  let field = ""
  let at = 0
  while (at < before.length) {
    const from = at
    const character = before[at] ?? ""
    if (/\s/.test(character)) {
      at++
      continue
    }
    if (character === "(" || character === ")") {
      wanted = character === "(" ? "field" : "joint"
      at++
      continue
    }
    if (character === '"' || character === "'") {
      let end = at + 1
      while (end < before.length && before[end] !== character) end += before[end] === "\\" ? 2 : 1
      if (end >= before.length) return { wanted, field, from, piece: before.slice(from + 1) }
      if (wanted === "field") field = before.slice(from + 1, end)
      wanted = wanted === "field" ? "operator" : "joint"
      at = end + 1
      continue
    }
    const operator = wanted === "operator" ? operators.find((one) => before.startsWith(one, at)) : undefined
    if (operator !== undefined) {
      wanted = "value"
      at += operator.length
      continue
    }
    const pattern =
      wanted === "value" ? /[^\s()"']+/y : wanted === "operator" ? /[=<>!~:]+|[^\s()"':<>=!~]+/y : /[^\s()"':<>=!~]+|[=<>!~:]/y
    pattern.lastIndex = at
    const piece = pattern.exec(before)?.[0] ?? character
    at += piece.length
    if (at >= before.length && wanted !== "operator") return { wanted, field, from, piece }
    if (wanted === "field") {
      if (piece.toLowerCase() === "not") continue
      if (piece.toLowerCase() === "has" && before[at] === ":") {
        at++
        // What follows has: is a column, and then the condition is complete.
        const rest = /[^\s()]*/y
        rest.lastIndex = at
        const name = rest.exec(before)?.[0] ?? ""
        if (at + name.length >= before.length) return { wanted: "field", field: "has", from: at, piece: name }
        at += name.length
        wanted = "joint"
        continue
      }
      field = piece
      wanted = "operator"
    } else if (wanted === "joint") wanted = "field"
    else if (wanted === "operator") return { wanted, field, from, piece }
    else wanted = "joint"
  }
  return { wanted, field, from: before.length, piece: "" }
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
