/**
 * The options: one closed set per layout. Nothing that a sample depends on has a default; what may be left out says "there is none".
 *
 * Sharp edge: `classes` may be the word "scan", and the report of the scan then carries the classes that were found. Without a label
 * `classes` has to be null, so that nobody takes a corpus without answers for one with answers.
 */
import { type Decoded, decodeStrict, didYouMean, type Mistake, showValue } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { ENCODINGS } from "./Encoding.ts"

const LAYOUTS = ["class-folders", "jsonl", "csv", "lines", "conll"] as const

export const DELIMITERS = [",", ";", "\t", "|"] as const

const Name = Schema.String.check(Schema.isMinLength(1))
const Position = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
const orNone = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** File, relative to the source, → a word that holds for all of it. */
const PerFile = Schema.Record(Name, Name).check(
  Schema.makeFilter((table: Readonly<Record<string, string>>) => Object.keys(table).length > 0, { expected: "at least one file" })
)

/** "é" as one code point and as two is one class to every reader, so that a list may not hold both. */
const distinct = Schema.makeFilter(
  (names: ReadonlyArray<string>) => new Set(names.map((name) => name.normalize("NFC"))).size === names.length,
  { expected: "class names that are all different, in Unicode normal form as well" }
)
const Classes = Schema.Union([Schema.Literal("scan"), Schema.NonEmptyArray(Name).check(distinct)]).annotate({
  expected: '"scan" or a list of class names that are all different, in Unicode normal form as well'
})
const ClassesOrNone = Schema.NullOr(Classes).annotate({
  expected: '"scan", a list of class names that are all different, or null where there is no label'
})

const encoding = Schema.Literals([...ENCODINGS])

const ClassFolders = Schema.Struct({
  layout: Schema.Literal("class-folders"),
  encoding,
  /** false: `<class>/**`; true: `<split>/<class>/**`. */
  split_folders: Schema.Boolean,
  /** Files and folders, relative to the source, that are no documents. */
  ignore: orNone(Schema.Array(Name)),
  classes: Classes
})
const JsonLines = Schema.Struct({
  layout: Schema.Literal("jsonl"),
  encoding,
  text_field: Name,
  label_field: Schema.NullOr(Name),
  id_field: orNone(Name),
  group_field: orNone(Name),
  split_field: orNone(Name),
  time_field: orNone(Name),
  splits: orNone(PerFile),
  classes: ClassesOrNone
})
/** By name where there is a header, else by number from 1. */
const Column = Schema.Union([Name, Position]).annotate({ expected: "the name of a column, or its number from 1 where there is no header" })
const Csv = Schema.Struct({
  layout: Schema.Literal("csv"),
  encoding,
  delimiter: Schema.Literals([...DELIMITERS]),
  /** Doubled inside a quoted cell. "none": a quotation mark is a character like any other. */
  quote: Schema.Literals(['"', "'", "none"]),
  header: Schema.Boolean,
  text_column: Column,
  label_column: Schema.NullOr(Column),
  id_column: orNone(Column),
  group_column: orNone(Column),
  split_column: orNone(Column),
  time_column: orNone(Column),
  splits: orNone(PerFile),
  classes: ClassesOrNone
})
const Lines = Schema.Struct({
  layout: Schema.Literal("lines"),
  encoding,
  labels: Schema.NullOr(PerFile),
  splits: orNone(PerFile),
  classes: ClassesOrNone
})
const Conll = Schema.Struct({
  layout: Schema.Literal("conll"),
  encoding,
  separator: Schema.Literals([" ", "\t"]),
  token_column: Position,
  label_column: Position,
  splits: orNone(PerFile),
  /** The tags. */
  classes: Classes
})

export type ClassFolderOptions = typeof ClassFolders.Type
export type JsonLinesOptions = typeof JsonLines.Type
export type CsvOptions = typeof Csv.Type
export type LinesOptions = typeof Lines.Type
export type ConllOptions = typeof Conll.Type
/** Many documents in a file. */
export type RecordOptions = JsonLinesOptions | CsvOptions | LinesOptions | ConllOptions
export type Options = ClassFolderOptions | RecordOptions

/** What a record can say besides its text, with the field or column that says it. */
export type Role = "text" | "label" | "id" | "group" | "split" | "time"
export type Field = string | number
export type Fields = { readonly [R in Role]?: Field }

const given = (fields: { readonly [R in Role]: Field | null | undefined }): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== null && field !== undefined))

export const fieldsOf = (options: JsonLinesOptions | CsvOptions): Fields =>
  options.layout === "jsonl"
    ? given({
        text: options.text_field,
        label: options.label_field,
        id: options.id_field,
        group: options.group_field,
        split: options.split_field,
        time: options.time_field
      })
    : given({
        text: options.text_column,
        label: options.label_column,
        id: options.id_column,
        group: options.group_column,
        split: options.split_column,
        time: options.time_column
      })

const isLabelled = (options: Options): boolean => {
  switch (options.layout) {
    case "jsonl":
      return options.label_field !== null
    case "csv":
      return options.label_column !== null
    case "lines":
      return options.labels !== null
    default:
      return true
  }
}

/** The options with nothing left to find and nothing implied: what is registered. */
export const resolved = (options: Options, classes: ReadonlyArray<string>): Readonly<Record<string, unknown>> => {
  const found = { classes: isLabelled(options) ? classes : null }
  const none = { splits: null }
  switch (options.layout) {
    case "class-folders":
      return { ignore: null, ...options, ...found }
    case "jsonl":
      return { id_field: null, group_field: null, split_field: null, time_field: null, ...none, ...options, ...found }
    case "csv":
      return { id_column: null, group_column: null, split_column: null, time_column: null, ...none, ...options, ...found }
    default:
      return { ...none, ...options, ...found }
  }
}

const wrong = (path: ReadonlyArray<string>, expected: string, value: unknown): Mistake => ({
  path,
  problem: "invalid",
  message: "has the wrong value",
  expected,
  actual: showValue(value)
})

/** Decodes the fields of the layout that is named, then checks what stands between them. */
export const decodeOptions = (input: unknown): Decoded<Options> => {
  const layout = typeof input === "object" && input !== null && "layout" in input ? input.layout : undefined
  const decoded = decodeLayout(layout, input)
  if (!decoded.ok) return decoded
  const mistakes = mistakesBetween(decoded.value)
  return mistakes.length === 0 ? decoded : { ok: false, mistakes }
}

const decodeLayout = (layout: unknown, input: unknown): Decoded<Options> => {
  switch (layout) {
    case "class-folders":
      return decodeStrict(ClassFolders, input)
    case "jsonl":
      return decodeStrict(JsonLines, input)
    case "csv":
      return decodeStrict(Csv, input)
    case "lines":
      return decodeStrict(Lines, input)
    case "conll":
      return decodeStrict(Conll, input)
    default: {
      const expected = `one of ${LAYOUTS.map((each) => showValue(each)).join(", ")}`
      const suggestion = typeof layout === "string" ? didYouMean(layout, LAYOUTS) : undefined
      const mistake: Mistake =
        layout === undefined
          ? { path: ["layout"], problem: "missing", message: "is required and missing", expected }
          : { ...wrong(["layout"], expected, layout), ...(suggestion === undefined ? {} : { suggestion }) }
      return { ok: false, mistakes: [mistake] }
    }
  }
}

const mistakesBetween = (options: Options): ReadonlyArray<Mistake> => {
  const mistakes: Array<Mistake> = []
  if (isLabelled(options) !== (options.classes !== null))
    mistakes.push(
      wrong(
        ["classes"],
        isLabelled(options) ? '"scan" or a list, because there is a label' : "null, because there is no label",
        options.classes
      )
    )
  if (options.layout === "jsonl" || options.layout === "csv") mistakes.push(...mistakesOfFields(options))
  if (options.layout === "conll" && options.token_column === options.label_column)
    mistakes.push(wrong(["label_column"], "a column that is not the token_column already", options.label_column))
  if (options.layout === "lines" && options.labels !== null && isTable(options.splits)) {
    const [labelled, split] = [Object.keys(options.labels), Object.keys(options.splits)].map((names) => [...names].sort())
    if (showValue(labelled) !== showValue(split))
      mistakes.push(wrong(["splits"], `the files of labels: ${labelled?.join(", ")}`, options.splits))
  }
  return mistakes
}

const isTable = (table: Readonly<Record<string, string>> | null | undefined): table is Readonly<Record<string, string>> =>
  table !== null && table !== undefined

const mistakesOfFields = (options: JsonLinesOptions | CsvOptions): ReadonlyArray<Mistake> => {
  const noun = options.layout === "jsonl" ? "field" : "column"
  const taken = new Map<Field, string>()
  const mistakes: Array<Mistake> = []
  for (const [role, field] of Object.entries(fieldsOf(options))) {
    const key = `${role}_${noun}`
    const earlier = taken.get(field)
    if (earlier !== undefined) mistakes.push(wrong([key], `a ${noun} that is not the ${earlier} already`, field))
    taken.set(field, key)
    if (options.layout === "csv" && options.header !== (typeof field === "string"))
      mistakes.push(
        wrong([key], options.header ? "a name, because there is a header" : "a number from 1, because there is no header", field)
      )
    if (role === "split" && isTable(options.splits))
      mistakes.push(wrong(["splits"], `null, because the ${key} says the part`, options.splits))
  }
  return mistakes
}
