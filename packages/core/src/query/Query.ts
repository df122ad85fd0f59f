/**
 * A condition on runs as a person writes it: `metric.accuracy > 0.9 and tag:baseline and not status:failed`. The tree of such a text, and
 * the text of such a tree.
 *
 * This file and parseQuery.ts import nothing, so that a page in a browser reads a condition exactly as the command line does. Sharp edge:
 * a tree says nothing about which columns there are; compileQuery.ts does.
 */

/** `:` asks what a value is or belongs to, `~` whether it fits a pattern with `*` and `?`. */
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | ":" | "~" | "!~"

/** Where something stands in the text: UTF-16 code units from 0, the end behind it. */
export interface Span {
  readonly from: number
  readonly to: number
}

export interface Comparison {
  readonly kind: "compare"
  readonly field: string
  readonly operator: Operator
  readonly value: string
  /** In quotes: a text, never a number, a date or a boolean. */
  readonly quoted: boolean
  readonly at: { readonly field: Span; readonly operator: Span; readonly value: Span }
}

export type Query =
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly of: ReadonlyArray<Query> }
  | { readonly kind: "not"; readonly of: Query }
  /** `has:FIELD`: there is a value. */
  | { readonly kind: "has"; readonly field: string; readonly at: Span }
  | Comparison

export const keywords: ReadonlyArray<string> = ["and", "or", "not"]

/** What a name may consist of without quotes. */
const plainField = /^[\p{L}_][\p{L}\p{N}_./@#%+*?$&^|\\[\]{};,-]*$/u
/** What a value may consist of without quotes; it may not begin like an operator. */
const plainValue = /^[^\s()"'<>=!~:][^\s()"']*$/u

/** As it is written: in quotes where it would be read otherwise. */
export const fieldText = (field: string): string =>
  plainField.test(field) && !keywords.includes(field.toLowerCase()) && field.toLowerCase() !== "has" ? field : quoted(field)

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, (each) => `\\${each}`)}"`

const valueText = (value: string, inQuotes: boolean): string => (inQuotes || !plainValue.test(value) ? quoted(value) : value)

const operand = (query: Query): string => (query.kind === "and" || query.kind === "or" ? `(${queryText(query)})` : queryText(query))

/** The text of a condition: `parseQuery` reads the same tree from it. */
export const queryText = (query: Query): string => {
  switch (query.kind) {
    case "all":
      return ""
    case "and":
      return query.of.map(operand).join(" and ")
    case "or":
      return query.of.map((each) => (each.kind === "and" ? queryText(each) : operand(each))).join(" or ")
    case "not":
      return `not ${operand(query.of)}`
    case "has":
      return `has:${fieldText(query.field)}`
    case "compare": {
      const { field, operator, value, quoted: inQuotes } = query
      const gap = operator === ":" ? "" : " "
      return `${fieldText(field)}${gap}${operator}${gap}${valueText(value, inQuotes)}`
    }
  }
}

/** Every column that a condition names, in its order. */
export const fieldsOfQuery = (query: Query): ReadonlyArray<string> => {
  switch (query.kind) {
    case "all":
      return []
    case "and":
    case "or":
      return query.of.flatMap(fieldsOfQuery)
    case "not":
      return fieldsOfQuery(query.of)
    default:
      return [query.field]
  }
}
