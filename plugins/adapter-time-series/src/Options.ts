/**
 * The options of the adapter: one of four ways to write a series down, each with all that its files do not say.
 *
 * Sharp edge: `parts`, `classes` and `channels` may be the word "scan"; the report of the scan then carries what was found, and that is
 * what is registered. `sample_rate_hz` has no default: for series without a time the author writes 1.
 */
import { type Decoded, decodeStrict, type Mistake, showValue } from "@feagi-trainer/contracts"
import { Schema } from "effect"

export const DELIMITERS = [",", ";", "\t", "|"] as const
export type Delimiter = (typeof DELIMITERS)[number]

const Name = Schema.String.check(Schema.isMinLength(1))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Rate = Schema.Finite.check(Schema.isGreaterThan(0))
const different = Schema.makeFilter((names: ReadonlyArray<string>) => new Set(names).size === names.length, {
  expected: "names that are all different"
})
const Names = Schema.NonEmptyArray(Name).check(different)

/** A file of the data set, relative to the folder of the source, and the part of the data that it holds. */
const Part = Schema.Struct({ path: Name, given_split: Schema.optionalKey(Schema.NullOr(Name)) })
export type Part = typeof Part.Type

/** What stands for a value that is missing (`?`, `NaN`, an empty cell, WFDB's invalid sample). */
const Missing = Schema.Union([Schema.Literals(["refuse", "interpolate-linear"]), Schema.Struct({ value: Schema.Finite })]).annotate({
  expected: '"refuse", "interpolate-linear" or { value = number }'
})
export type Missing = typeof Missing.Type

const shared = { parts: Schema.Union([Schema.Literal("scan"), Schema.NonEmptyArray(Part)]), missing: Missing }
const Classes = Schema.Union([Schema.Literal("scan"), Names])
const series = {
  ...shared,
  sample_rate_hz: Rate,
  target: Schema.Literals(["class", "scalar"]),
  /** In the order of `class_id`; null or absent with a target that is a number. */
  classes: Schema.optionalKey(Schema.NullOr(Classes))
}

const TsOptions = Schema.Struct({ layout: Schema.Literal("ts"), ...series })
export type TsOptions = typeof TsOptions.Type

/** A name of the header, or a number from 1. */
const Column = Schema.Union([Name, Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))])
export type Column = typeof Column.Type

const table = { layout: Schema.Literal("csv-series"), delimiter: Schema.Literals(DELIMITERS), ...series }

const RowOptions = Schema.Struct({
  ...table,
  form: Schema.Literal("row"),
  header: Schema.Boolean,
  label_column: Column,
  id_column: Schema.optionalKey(Schema.NullOr(Column)),
  group_column: Schema.optionalKey(Schema.NullOr(Column))
})
export type RowOptions = typeof RowOptions.Type

const LongOptions = Schema.Struct({
  ...table,
  form: Schema.Literal("long"),
  series_column: Name,
  value_columns: Names,
  label_column: Name,
  group_column: Schema.optionalKey(Schema.NullOr(Name)),
  /** Checked against `sample_rate_hz`; null or absent when the rows are in order and nothing says when. */
  time: Schema.optionalKey(Schema.NullOr(Schema.Struct({ column: Name, unit: Schema.Literals(["s", "ms", "sample"]) })))
})
export type LongOptions = typeof LongOptions.Type

const WfdbOptions = Schema.Struct({
  layout: Schema.Literal("wfdb"),
  ...shared,
  /** Extension of the annotation files. */
  annotator: Name,
  /** Names of signals in the order of the payload. */
  channels: Schema.Union([Schema.Literal("scan"), Names]),
  /** From `pre_samples` before the annotation to `post_samples` after it, both included. */
  window: Schema.Struct({ pre_samples: Count, post_samples: Count }),
  /** Class of every annotation symbol that is an event. */
  labels: Schema.Record(Schema.String, Name),
  classes: Classes,
  unknown_label: Schema.Literals(["error", "exclude"]),
  incomplete_window: Schema.Literals(["error", "exclude"])
})
export type WfdbOptions = typeof WfdbOptions.Type

export type LineOptions = TsOptions | RowOptions | LongOptions
export type Options = LineOptions | WfdbOptions

const layouts = ["ts", "csv-series", "wfdb"] as const
const forms = ["row", "long"] as const

/** Decodes with the schema of the layout that is named, so that every mistake is about that layout, and checks what stands between fields. */
export const decodeOptions = (input: unknown): Decoded<Options> => {
  const layout = field(input, "layout")
  if (layout === "ts") return checked(decodeStrict(TsOptions, input))
  if (layout === "wfdb") return checkedLabels(decodeStrict(WfdbOptions, input))
  if (layout !== "csv-series") return { ok: false, mistakes: [choice("layout", layouts, layout)] }
  const form = field(input, "form")
  if (form === "row") return checked(decodeStrict(RowOptions, input))
  if (form === "long") return checked(decodeStrict(LongOptions, input))
  return { ok: false, mistakes: [choice("form", forms, form)] }
}

/** The options come as unknown JSON; that it is an object is seen before the cast. */
const field = (input: unknown, key: string): unknown =>
  typeof input === "object" && input !== null && key in input ? (input as Readonly<Record<string, unknown>>)[key] : undefined

const choice = (key: string, words: ReadonlyArray<string>, value: unknown): Mistake =>
  value === undefined
    ? { path: [key], problem: "missing", message: "is required and missing", expected: words.map(showValue).join(", ") }
    : invalid([key], words.map(showValue).join(", "), value)

const invalid = (path: ReadonlyArray<string>, expected: string, value: unknown): Mistake => ({
  path,
  problem: "invalid",
  message: "has the wrong value",
  expected,
  actual: showValue(value)
})

const refuse = <A>(decoded: { readonly value: A }, mistakes: ReadonlyArray<Mistake>): Decoded<A> =>
  mistakes.length === 0 ? { ok: true, value: decoded.value } : { ok: false, mistakes }

/** The columns of a table that have a role, by option. */
export const rolesOf = (options: LineOptions): ReadonlyArray<readonly [string, Column]> => {
  if (options.layout === "ts") return []
  const named = (role: string, column: Column | null | undefined): ReadonlyArray<readonly [string, Column]> =>
    column === undefined || column === null ? [] : [[role, column]]
  if (options.form === "row")
    return [
      ...named("label_column", options.label_column),
      ...named("id_column", options.id_column),
      ...named("group_column", options.group_column)
    ]
  return [
    ...named("series_column", options.series_column),
    ...named("label_column", options.label_column),
    ...named("group_column", options.group_column),
    ...named("time", options.time?.column),
    ...options.value_columns.map((column) => ["value_columns", column] as const)
  ]
}

const checked = <A extends LineOptions>(decoded: Decoded<A>): Decoded<A> => {
  if (!decoded.ok) return decoded
  const options: LineOptions = decoded.value
  const { classes, target } = options
  const mistakes: Array<Mistake> = partsTwice(options)
  if (target === "class" && (classes === undefined || classes === null))
    mistakes.push({ path: ["classes"], problem: "missing", message: "is required and missing", expected: '"scan" or a list of labels' })
  if (target === "scalar" && classes !== undefined && classes !== null)
    mistakes.push(invalid(["classes"], "null, because the target is a number", classes))
  const taken = new Map<Column, string>()
  for (const [role, column] of rolesOf(options)) {
    const other = taken.get(column)
    if (other === undefined) taken.set(column, role)
    else mistakes.push(invalid([role], `a column that is not the ${other} already`, column))
    if (options.layout === "csv-series" && options.form === "row" && !options.header && typeof column === "string")
      mistakes.push(invalid([role], "a number from 1, because the file has no header", column))
  }
  return refuse(decoded, mistakes)
}

const checkedLabels = (decoded: Decoded<WfdbOptions>): Decoded<WfdbOptions> => {
  if (!decoded.ok) return decoded
  const { labels, classes } = decoded.value
  const mistakes: Array<Mistake> = partsTwice(decoded.value)
  if (Object.keys(labels).length === 0) mistakes.push(invalid(["labels"], "at least one annotation symbol", labels))
  if (classes !== "scan")
    for (const [symbol, label] of Object.entries(labels))
      if (!classes.includes(label)) mistakes.push(invalid(["labels", symbol], `one of ${classes.map(showValue).join(", ")}`, label))
  return refuse(decoded, mistakes)
}

const partsTwice = ({ parts }: Options): Array<Mistake> => {
  if (parts === "scan") return []
  const paths = parts.map(({ path }) => path)
  return paths.flatMap((path, at) =>
    paths.indexOf(path) === at ? [] : [invalid(["parts", String(at), "path"], "a file that is not named already", path)]
  )
}
