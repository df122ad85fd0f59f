/**
 * The options of the adapter: which files, how they are cut into cells, what every column is, and what a sample is asked for.
 *
 * `label_column` names a class, `target_column` a number; `label_column = null` without the other says that there is neither. Sharp
 * edge: `delimiter`, `columns`, `classes`, the values of a category and `dropped_rows` may be the word "scan". They are then found by
 * the full scan, and its report carries the resolved options, in which nothing is left to find. A column that is really named `*`
 * cannot be read.
 */
import { type Decoded, decodeStrict, type Mistake, showValue } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { TIME_FORMATS, type TimeFormat } from "./TimeCell.ts"

/** The delimiters in the order in which a tie between them is broken. */
export const DELIMITERS = [",", ";", "\t", "|"] as const
export type Delimiter = (typeof DELIMITERS)[number]

export type Quote = '"' | "'" | "none"

/** The key of `columns` that stands for every column that is not named. */
export const EVERY_OTHER = "*"

const Name = Schema.String.check(Schema.isMinLength(1))
const Texts = Schema.NonEmptyArray(Schema.String)

const unique = (what: string) =>
  Schema.makeFilter((names: ReadonlyArray<string>) => new Set(names).size === names.length, { expected: `${what} that are all different` })

/** Cells with exactly one of these texts: the record is left out and counted. */
const DropRow = Schema.Struct({ texts: Texts, policy: Schema.Literal("drop-row") })
/** The same, read as a value: the user says it, nobody guesses it. */
const missingAs = <S extends Schema.Top>(value: S) =>
  Schema.Union([Schema.Struct({ texts: Texts, policy: Schema.optionalKey(Schema.Literal("value")), value }), DropRow]).annotate({
    expected: '{ texts = [...], policy = "value", value = … } or { texts = [...], policy = "drop-row" }'
  })

const missingNumber = Schema.optionalKey(missingAs(Schema.Finite))
const NumberColumn = Schema.Struct({ type: Schema.Literal("number"), missing: missingNumber })
const IntegerColumn = Schema.Struct({ type: Schema.Literal("integer"), missing: missingNumber })
const BooleanColumn = Schema.Struct({
  type: Schema.Literal("boolean"),
  true: Texts,
  false: Texts,
  missing: Schema.optionalKey(missingAs(Schema.Boolean))
})
const CategoryColumn = Schema.Struct({
  type: Schema.Literal("category"),
  as: Schema.Literals(["index", "one-hot"]),
  values: Schema.Union([Schema.Literal("scan"), Schema.NonEmptyArray(Name).check(unique("values"))]),
  missing: Schema.optionalKey(missingAs(Name))
})
const IgnoredColumn = Schema.Struct({ type: Schema.Literal("ignore") })
const Column = Schema.Union([NumberColumn, IntegerColumn, BooleanColumn, CategoryColumn, IgnoredColumn]).annotate({
  expected:
    '{ type = "number" } or { type = "ignore" }, { type = "integer" }, { type = "boolean", true = [...], false = [...] }, or { type = "category", as = "index" or "one-hot", values = [...] or "scan" }'
})
export type Column = typeof Column.Type
/** A column that is read. */
export type InputColumn = Exclude<Column, { readonly type: "ignore" }>

const optionalColumn = Schema.optionalKey(Schema.NullOr(Name))

export const Options = Schema.Struct({
  /** Tables with one header, relative to the source, which then is a folder. Absent: the source is the one table. */
  files: Schema.optionalKey(Schema.NonEmptyArray(Name).check(unique("files"))),
  /** The part of the data that all records of a file belong to. */
  file_split: Schema.optionalKey(Schema.Record(Schema.String, Name)),
  delimiter: Schema.Literals([...DELIMITERS, "scan"]),
  /** Doubled inside a quoted cell. "none": no cell is quoted, a quotation mark is a character like any other. */
  quote: Schema.Literals(['"', "'", "none"]),
  decimal: Schema.Literals([".", ","]),
  /** Numbers may leave out the digit before or behind the decimal mark. Absent: they may not. */
  bare_point: Schema.optionalKey(Schema.Boolean),
  /** The first record names the columns. There is no other way to name them. */
  header: Schema.Literal(true),
  /** The class of a record. Null: samples have no class. May be absent only when there is a target column. */
  label_column: optionalColumn,
  /** The number that a record is asked for. */
  target_column: optionalColumn,
  /** Absent and null both say that there is no such column. */
  id_column: optionalColumn,
  group_column: optionalColumn,
  split_column: optionalColumn,
  time_column: optionalColumn,
  time_format: Schema.optionalKey(Schema.Literals(TIME_FORMATS)),
  /** Numbers that a sampler can go by. */
  values_columns: Schema.optionalKey(Schema.NonEmptyArray(Name).check(unique("columns"))),
  /** A record whose label, target, group, split, time or value is one of these texts is left out and counted. */
  role_missing: Schema.optionalKey(DropRow),
  /** How many records are left out: what is declared has to be what is found. */
  dropped_rows: Schema.optionalKey(Schema.Union([Schema.Literal("scan"), Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))])),
  /** Every column that has no role above. */
  columns: Schema.Union([Schema.Literal("scan"), Schema.Record(Schema.String, Column)]),
  /** In the order of `class_id`. "scan": every label that occurs, sorted by code unit. */
  classes: Schema.optionalKey(Schema.Union([Schema.Literal("scan"), Schema.NonEmptyArray(Name).check(unique("class names"))]))
})
export type Options = typeof Options.Type

/** Options in which nothing is left to find. What is absent is not asked for. */
export type ResolvedOptions = Omit<Options, "delimiter" | "columns" | "classes" | "dropped_rows"> & {
  readonly delimiter: Delimiter
  readonly label_column: string | null
  readonly id_column: string | null
  readonly group_column: string | null
  readonly split_column: string | null
  readonly columns: Readonly<Record<string, Column>>
  readonly classes?: ReadonlyArray<string>
  readonly dropped_rows?: number
}

const roles = ["label_column", "target_column", "id_column", "group_column", "split_column", "time_column"] as const
export type Role = (typeof roles)[number] | "values_columns"

/** The columns that have a role, as `[role, name]`. */
export const rolesOf = (options: Partial<Pick<Options, Role>>): ReadonlyArray<readonly [Role, string]> => [
  ...roles.flatMap((role) => {
    const name = options[role]
    return name === undefined || name === null ? [] : [[role, name] as const]
  }),
  ...(options.values_columns ?? []).map((name) => ["values_columns", name] as const)
]

/** What a column has to say of cells that are missing. */
export const missingOf = (column: Column) => (column.type === "ignore" ? undefined : column.missing)

export const dropsRows = (options: Pick<Options, "columns" | "role_missing">): boolean =>
  options.role_missing !== undefined ||
  (options.columns !== "scan" && Object.values(options.columns).some((column) => missingOf(column)?.policy === "drop-row"))

/** The time column with its format. */
export const timeOf = (options: Options): { readonly column: string; readonly format: TimeFormat } | undefined =>
  typeof options.time_column === "string" && options.time_format !== undefined
    ? { column: options.time_column, format: options.time_format }
    : undefined

/** Decodes the fields, then checks what stands between them. */
export const decodeOptions = (input: unknown): Decoded<Options> => {
  const decoded = decodeStrict(Options, input)
  if (!decoded.ok) return decoded
  const mistakes = [
    ...mistakesOfTarget(decoded.value),
    ...mistakesOfRoles(decoded.value),
    ...mistakesOfColumns(decoded.value),
    ...mistakesOfFiles(decoded.value)
  ]
  return mistakes.length === 0 ? decoded : { ok: false, mistakes }
}

const wrong = (path: ReadonlyArray<string>, expected: string, value: unknown): Mistake => ({
  path,
  problem: "invalid",
  message: "has the wrong value",
  expected,
  actual: showValue(value)
})

const missing = (key: string): Mistake => ({ path: [key], problem: "missing", message: "is required and missing" })

/** One target or, when that is said, none. */
const mistakesOfTarget = ({ label_column, target_column, classes }: Options): ReadonlyArray<Mistake> => {
  if (typeof label_column === "string")
    return [
      ...(typeof target_column === "string"
        ? [wrong(["label_column"], "null, because the target is the target_column", label_column)]
        : []),
      ...(classes === undefined ? [missing("classes")] : [])
    ]
  return [
    ...(label_column === undefined && typeof target_column !== "string" ? [missing("label_column")] : []),
    ...(Array.isArray(classes) ? [wrong(["classes"], "no classes, because there is no label_column", classes)] : [])
  ]
}

/** A column has one role. Only a value for samplers may be a feature as well, when `columns` names it. */
const mistakesOfRoles = (options: Options): ReadonlyArray<Mistake> => {
  const { columns, time_column, time_format } = options
  const taken = new Map<string, Role>()
  const mistakes: Array<Mistake> = []
  for (const [role, name] of rolesOf(options)) {
    const other = taken.get(name)
    if (other === undefined) taken.set(name, role)
    else mistakes.push(wrong([role], `a column that is not the ${other} already`, name))
    if (role !== "values_columns" && columns !== "scan" && Object.hasOwn(columns, name))
      mistakes.push(wrong(["columns", name], `no entry, because the column is the ${role}`, columns[name]))
  }
  if (typeof time_column === "string" && time_format === undefined) mistakes.push(missing("time_format"))
  if (typeof time_column !== "string" && time_format !== undefined)
    mistakes.push(wrong(["time_format"], "nothing, because there is no time_column", time_format))
  return mistakes
}

const mistakesOfColumns = ({ columns }: Options): ReadonlyArray<Mistake> =>
  Object.entries(columns === "scan" ? {} : columns).flatMap(([name, column]): ReadonlyArray<Mistake> => {
    const twice = column.type === "boolean" ? column.true.filter((text) => column.false.includes(text)) : []
    if (twice.length > 0) return [wrong(["columns", name, "false"], "texts that do not stand for true", twice)]
    if (column.type !== "category" || column.values === "scan" || column.missing === undefined || column.missing.policy === "drop-row")
      return []
    const { value } = column.missing
    return column.values.includes(value) ? [] : [wrong(["columns", name, "missing", "value"], "one of the values", value)]
  })

const mistakesOfFiles = ({ files, file_split, split_column }: Options): ReadonlyArray<Mistake> => {
  if (file_split === undefined) return []
  if (files === undefined) return [wrong(["file_split"], "nothing, because there are no files", file_split)]
  if (typeof split_column === "string") return [wrong(["split_column"], "null, because file_split says the parts", split_column)]
  const unknown = Object.keys(file_split).filter((name) => !files.includes(name))
  return unknown.map((name) => wrong(["file_split", name], "one of the files", name))
}
