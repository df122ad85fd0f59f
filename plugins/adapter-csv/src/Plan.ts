/**
 * What stands in which cell of a record: the header, held against the options.
 *
 * Sharp edge: nothing is matched loosely. A name with another case, or with a blank at its end, is another name; the message
 * shows the nearest one.
 */
import { didYouMean, showValue } from "@feagi-trainer/contracts"
import type { Finding, Spot } from "./Findings.ts"
import { type Column, EVERY_OTHER, type InputColumn, missingOf, type Options, type Role, rolesOf, timeOf } from "./Options.ts"
import type { TimeFormat } from "./TimeCell.ts"
import { showTexts } from "./Vocabulary.ts"

/** A column that is read: one feature, or one per value of a one-hot category. */
export interface Input {
  readonly name: string
  /** Number of the cell in a record. */
  readonly cell: number
  readonly column: InputColumn
  /** The texts of missing cells, as bytes; none when no cell may be missing. */
  readonly missing: ReadonlyArray<Uint8Array>
  /** Whether a record with a missing cell is left out. */
  readonly drops: boolean
  /** Texts of a boolean column, as bytes. */
  readonly yes: ReadonlyArray<Uint8Array>
  readonly no: ReadonlyArray<Uint8Array>
}

export interface Plan {
  readonly names: ReadonlyArray<string>
  /** In the order of the header: the order of the payload. */
  readonly inputs: ReadonlyArray<Input>
  readonly label: number | undefined
  readonly target: Input | undefined
  readonly id: number | undefined
  readonly group: number | undefined
  readonly split: number | undefined
  readonly time: { readonly cell: number; readonly format: TimeFormat } | undefined
  /** Numbers for samplers. */
  readonly values: ReadonlyArray<Input>
  /** Cells that leave the record out when they hold one of the texts. */
  readonly roleCells: ReadonlyArray<number>
  readonly roleMissing: ReadonlyArray<Uint8Array>
  /** Every column that `columns` describes. */
  readonly columns: ReadonlyArray<readonly [name: string, column: Column]>
}

export type Planned = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly findings: ReadonlyArray<Finding> }

const error = (code: string, message: string, rest: Omit<Finding, "code" | "message" | "severity">): Finding => ({
  code: `csv/${code}`,
  severity: "error",
  message,
  ...rest
})

const bytesOf = (texts: ReadonlyArray<string>): ReadonlyArray<Uint8Array> => texts.map((text) => Buffer.from(text))

const inputOf = (name: string, cell: number, column: InputColumn): Input => ({
  name,
  cell,
  column,
  missing: bytesOf(column.missing?.texts ?? []),
  drops: column.missing?.policy === "drop-row",
  yes: column.type === "boolean" ? bytesOf(column.true) : [],
  no: column.type === "boolean" ? bytesOf(column.false) : []
})

/** Every mistake of the header, or the plan. `spot` is where the header stands. */
export const planOf = (names: ReadonlyArray<string>, options: Options, spot: Spot): Planned => {
  const findings = [...mistakesOfNames(names, spot), ...mistakesOfRoles(names, options, spot), ...mistakesOfColumns(names, options, spot)]
  if (findings.length > 0) return { ok: false, findings }
  const columns = columnsOf(names, options)
  const inputs = columns.flatMap(([name, column]) => (column.type === "ignore" ? [] : [inputOf(name, names.indexOf(name), column)]))
  if (inputs.length === 0) {
    const message = "the file has no column that is a number, so that there is nothing to learn from"
    const help = 'name at least one column with { type = "number" }, or another delimiter'
    return { ok: false, findings: [error("NO-FEATURES", message, { help, spot })] }
  }
  const cellOf = (name: string | null | undefined): number | undefined => (typeof name === "string" ? names.indexOf(name) : undefined)
  const number = (name: string): Input => inputOf(name, names.indexOf(name), { type: "number" })
  const time = timeOf(options)
  return {
    ok: true,
    plan: {
      names,
      inputs,
      label: cellOf(options.label_column),
      target: typeof options.target_column === "string" ? number(options.target_column) : undefined,
      id: cellOf(options.id_column),
      group: cellOf(options.group_column),
      split: cellOf(options.split_column),
      time: time === undefined ? undefined : { cell: names.indexOf(time.column), format: time.format },
      values: (options.values_columns ?? []).map((name) => inputs.find((input) => input.name === name && isNumeric(input)) ?? number(name)),
      roleCells: rolesOf(options).flatMap(([role, name]) => (role === "id_column" ? [] : [names.indexOf(name)])),
      roleMissing: bytesOf(options.role_missing?.texts ?? []),
      columns
    }
  }
}

const isNumeric = ({ column: { type } }: Input): boolean => type === "number" || type === "integer"

/** Names with a role; a value for samplers that `columns` names is a feature as well. */
const takenBy = (options: Options): ReadonlySet<string> =>
  new Set(rolesOf(options).flatMap(([role, name]) => (role === "values_columns" && isNamed(options, name) ? [] : [name])))

const isNamed = ({ columns }: Options, name: string): boolean => columns !== "scan" && Object.hasOwn(columns, name)

const columnsOf = (names: ReadonlyArray<string>, options: Options): Plan["columns"] => {
  const taken = takenBy(options)
  return names.flatMap((name) => {
    const column = taken.has(name) ? undefined : columnOf(options, name)
    return column === undefined ? [] : [[name, column] as const]
  })
}

const columnOf = (options: Options, name: string): Column | undefined => {
  if (options.columns === "scan") return { type: "number" }
  if (Object.hasOwn(options.columns, name)) return options.columns[name]
  return Object.hasOwn(options.columns, EVERY_OTHER) ? options.columns[EVERY_OTHER] : undefined
}

/** What is wrong with the names alone. */
export const mistakesOfNames = (names: ReadonlyArray<string>, record: Spot): ReadonlyArray<Finding> => {
  const first = new Map<string, number>()
  return names.flatMap((name, cell): ReadonlyArray<Finding> => {
    const spot = { ...record, cell }
    if (name === "")
      return [error("EMPTY-HEADER", `column ${cell + 1} has no name`, { spot, help: "give every column of the first line a name" })]
    if (name.startsWith("\uFEFF"))
      return [
        error("SECOND-BOM", `the name of column ${cell + 1} begins with a byte order mark`, { spot, help: "delete the byte order mark" })
      ]
    if (name === EVERY_OTHER)
      return [
        error("RESERVED-HEADER", 'a column is named "*", which stands for every other column in the options', { spot, help: "rename it" })
      ]
    const earlier = first.get(name)
    if (earlier === undefined) {
      first.set(name, cell)
      return []
    }
    const message = `columns ${earlier + 1} and ${cell + 1} have the same name`
    return [error("DUPLICATE-HEADER", message, { field: name, spot, help: "give each column a name of its own" })]
  })
}

const absent = (name: string, names: ReadonlyArray<string>, spot: Spot, subject: string): Finding => {
  const near = didYouMean(name, names)
  const oneColumn =
    names.length === 1 ? '; the header is one cell, so that the delimiter may be another one: delimiter = "scan" looks for it' : ""
  return error("NO-COLUMN", `${subject} is not a column of the file`, {
    field: name,
    spot,
    expected: `one of ${showTexts(names, 12)}`,
    actual: showValue(name),
    help: `${near === undefined ? "use a name of the first line" : `did you mean ${showValue(near)}?`}${oneColumn}`
  })
}

const mistakesOfRoles = (names: ReadonlyArray<string>, options: Options, spot: Spot): ReadonlyArray<Finding> =>
  rolesOf(options).flatMap(([role, name]: readonly [Role, string]) => (names.includes(name) ? [] : [absent(name, names, spot, role)]))

const mistakesOfColumns = (names: ReadonlyArray<string>, options: Options, record: Spot): ReadonlyArray<Finding> => {
  if (options.columns === "scan") return []
  const taken = takenBy(options)
  const known = new Set(names)
  const declared = Object.keys(options.columns).filter((name) => name !== EVERY_OTHER)
  const unknown = declared.flatMap((name) => (known.has(name) ? [] : [absent(name, names, record, "an entry of columns")]))
  const undeclared = names.flatMap((name, cell): ReadonlyArray<Finding> => {
    if (name === "" || taken.has(name) || columnOf(options, name) !== undefined) return []
    const help = `columns = { ${showValue(name)} = { type = "number" } } or { type = "ignore" }; "*" stands for every column that is not named`
    return [error("UNDECLARED-COLUMN", "the options do not say what this column is", { field: name, spot: { ...record, cell }, help })]
  })
  return [...unknown, ...undeclared]
}

/** The columns with the values of categories found. */
export const resolvedColumns = (plan: Plan, valuesOf: (input: Input) => ReadonlyArray<string>): ReadonlyArray<readonly [string, Column]> =>
  plan.columns.map(([name, column]) => {
    if (column.type !== "category") return [name, column] as const
    const input = plan.inputs.find((each) => each.name === name)
    const [first, ...rest] = input === undefined ? [] : valuesOf(input)
    return [name, first === undefined ? column : { ...column, values: [first, ...rest] }] as const
  })

/** What `missing` says, whatever the order of its texts. */
export const missingFact = (column: Column): unknown => {
  const missing = missingOf(column)
  if (missing === undefined) return null
  return [[...missing.texts].sort(), ...(missing.policy === "drop-row" ? [null, "drop-row"] : [missing.value])]
}
