/**
 * The options of the adapter: how the file is cut into cells, and what every column is.
 *
 * Sharp edge: `delimiter`, `columns` and `classes` may be the word "scan". They are then found by the full scan, and the report of
 * the scan carries the resolved options, in which nothing is left to find. A column that is really named `*` cannot be read.
 */
import { type Decoded, decodeStrict, type Mistake, showValue } from "@feagi-trainer/contracts"
import { Schema } from "effect"

/** The delimiters in the order in which a tie between them is broken. */
export const DELIMITERS = [",", ";", "\t", "|"] as const
export type Delimiter = (typeof DELIMITERS)[number]

export type Quote = '"' | "'" | "none"

/** The key of `columns` that stands for every column that is not named. */
export const EVERY_OTHER = "*"

const Name = Schema.String.check(Schema.isMinLength(1))

/** Cells with exactly one of these texts are read as `value`: the user says it, nobody guesses it. */
const Missing = Schema.Struct({ texts: Schema.NonEmptyArray(Schema.String), value: Schema.Finite })

const NumberColumn = Schema.Struct({ type: Schema.Literal("number"), missing: Schema.optionalKey(Missing) })
const IgnoredColumn = Schema.Struct({ type: Schema.Literal("ignore") })
const Column = Schema.Union([NumberColumn, IgnoredColumn]).annotate({ expected: '{ type = "number" } or { type = "ignore" }' })
export type Column = typeof Column.Type

const optionalColumn = Schema.optionalKey(Schema.NullOr(Name))

const unique = Schema.makeFilter((names: ReadonlyArray<string>) => new Set(names).size === names.length, {
  expected: "class names that are all different"
})

export const Options = Schema.Struct({
  delimiter: Schema.Literals([...DELIMITERS, "scan"]),
  /** Doubled inside a quoted cell. "none": no cell is quoted, a quotation mark is a character like any other. */
  quote: Schema.Literals(['"', "'", "none"]),
  decimal: Schema.Literals([".", ","]),
  /** The first record names the columns. There is no other way to name them. */
  header: Schema.Literal(true),
  label_column: Name,
  /** Absent and null both say that there is no such column. */
  id_column: optionalColumn,
  group_column: optionalColumn,
  split_column: optionalColumn,
  /** Every column that has no role above. */
  columns: Schema.Union([Schema.Literal("scan"), Schema.Record(Schema.String, Column)]),
  /** In the order of `class_id`. "scan": every label that occurs, sorted by code unit. */
  classes: Schema.Union([Schema.Literal("scan"), Schema.NonEmptyArray(Name).check(unique)])
})
export type Options = typeof Options.Type

/** Options in which nothing is left to find and nothing is implied. */
export type ResolvedOptions = {
  readonly delimiter: Delimiter
  readonly quote: Quote
  readonly decimal: "." | ","
  readonly header: true
  readonly label_column: string
  readonly id_column: string | null
  readonly group_column: string | null
  readonly split_column: string | null
  readonly columns: Readonly<Record<string, Column>>
  readonly classes: ReadonlyArray<string>
}

export type Role = "label_column" | "id_column" | "group_column" | "split_column"

/** The columns that have a role, as `[role, name]`. */
export const rolesOf = (options: { readonly [K in Role]?: string | null }): ReadonlyArray<readonly [Role, string]> =>
  (["label_column", "id_column", "group_column", "split_column"] as const).flatMap((role) => {
    const name = options[role]
    return name === undefined || name === null ? [] : [[role, name] as const]
  })

/** Decodes the fields, then checks what stands between them: a column has one role, and `columns` describes those without one. */
export const decodeOptions = (input: unknown): Decoded<Options> => {
  const decoded = decodeStrict(Options, input)
  if (!decoded.ok) return decoded
  const { columns } = decoded.value
  const taken = new Map<string, Role>()
  const mistakes: Array<Mistake> = []
  for (const [role, name] of rolesOf(decoded.value)) {
    const other = taken.get(name)
    if (other === undefined) taken.set(name, role)
    else mistakes.push(wrong([role], `a column that is not the ${other} already`, name))
    if (columns !== "scan" && Object.hasOwn(columns, name))
      mistakes.push(wrong(["columns", name], `no entry, because the column is the ${role}`, columns[name]))
  }
  return mistakes.length === 0 ? decoded : { ok: false, mistakes }
}

const wrong = (path: ReadonlyArray<string>, expected: string, value: unknown): Mistake => ({
  path,
  problem: "invalid",
  message: "has the wrong value",
  expected,
  actual: showValue(value)
})
