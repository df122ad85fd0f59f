/**
 * What stands in which cell of a record: the header, held against the options.
 *
 * Sharp edge: nothing is matched loosely. A name with another case, or with a blank at its end, is another name; the message
 * shows the nearest one.
 */
import { hash } from "node:crypto"
import { didYouMean, showValue } from "@feagi-trainer/contracts"
import type { Finding } from "./Findings.ts"
import { type Column, EVERY_OTHER, type Options, type Role, rolesOf } from "./Options.ts"

export interface Feature {
  readonly name: string
  /** Index of the cell in a record. */
  readonly cell: number
  readonly missing: { readonly texts: ReadonlySet<string>; readonly value: number } | undefined
}

export interface Plan {
  readonly names: ReadonlyArray<string>
  /** In the order of the header: the order of the payload. */
  readonly features: ReadonlyArray<Feature>
  readonly label: number
  readonly id: number | undefined
  readonly group: number | undefined
  readonly split: number | undefined
  /** Every column without a role, nothing left to find. */
  readonly columns: Readonly<Record<string, Column>>
}

export type Planned = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly findings: ReadonlyArray<Finding> }

const list = (names: ReadonlyArray<string>): string => {
  const shown = names.slice(0, 12).map((name) => showValue(name))
  return names.length > 12 ? `${shown.join(", ")} and ${names.length - 12} more` : shown.join(", ")
}

const error = (code: string, message: string, rest: Omit<Finding, "code" | "message" | "severity">): Finding => ({
  code: `csv/${code}`,
  severity: "error",
  message,
  ...rest
})

/** Every mistake of the header, or the plan. `record` is the first byte of the header. */
export const planOf = (names: ReadonlyArray<string>, options: Options, record: number): Planned => {
  const findings = [
    ...mistakesOfNames(names, record),
    ...mistakesOfRoles(names, options, record),
    ...mistakesOfColumns(names, options, record)
  ]
  if (findings.length > 0) return { ok: false, findings }
  const roles = new Map(rolesOf(options))
  const at = (role: Role): number | undefined => {
    const name = roles.get(role)
    return name === undefined ? undefined : names.indexOf(name)
  }
  const taken = new Set(roles.values())
  const columns: Array<readonly [string, Column]> = []
  const features: Array<Feature> = []
  names.forEach((name, cell) => {
    if (taken.has(name)) return
    const column = columnOf(options, name)
    if (column === undefined) return
    columns.push([name, column])
    if (column.type === "ignore") return
    const missing = column.missing === undefined ? undefined : { texts: new Set(column.missing.texts), value: column.missing.value }
    features.push({ name, cell, missing })
  })
  const label = at("label_column")
  if (features.length === 0 || label === undefined) {
    const message = "the file has no column that is a number, so that there is nothing to learn from"
    const help = 'name at least one column with { type = "number" }, or another delimiter'
    return { ok: false, findings: [error("NO-FEATURES", message, { help, spot: { record } })] }
  }
  return {
    ok: true,
    plan: {
      names,
      features,
      label,
      id: at("id_column"),
      group: at("group_column"),
      split: at("split_column"),
      // Entries, not assignment: a column may be named __proto__.
      columns: Object.fromEntries(columns)
    }
  }
}

const columnOf = (options: Options, name: string): Column | undefined => {
  if (options.columns === "scan") return { type: "number" }
  if (Object.hasOwn(options.columns, name)) return options.columns[name]
  return Object.hasOwn(options.columns, EVERY_OTHER) ? options.columns[EVERY_OTHER] : undefined
}

const mistakesOfNames = (names: ReadonlyArray<string>, record: number): ReadonlyArray<Finding> => {
  const first = new Map<string, number>()
  return names.flatMap((name, cell): ReadonlyArray<Finding> => {
    const spot = { record, cell }
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

const absent = (name: string, names: ReadonlyArray<string>, record: number, subject: string): Finding => {
  const near = didYouMean(name, names)
  const oneColumn =
    names.length === 1 ? '; the header is one cell, so that the delimiter may be another one: delimiter = "scan" looks for it' : ""
  return error("NO-COLUMN", `${subject} is not a column of the file`, {
    field: name,
    spot: { record },
    expected: `one of ${list(names)}`,
    actual: showValue(name),
    help: `${near === undefined ? "use a name of the first line" : `did you mean ${showValue(near)}?`}${oneColumn}`
  })
}

const mistakesOfRoles = (names: ReadonlyArray<string>, options: Options, record: number): ReadonlyArray<Finding> =>
  rolesOf(options).flatMap(([role, name]) => (names.includes(name) ? [] : [absent(name, names, record, role)]))

const mistakesOfColumns = (names: ReadonlyArray<string>, options: Options, record: number): ReadonlyArray<Finding> => {
  if (options.columns === "scan") return []
  const taken = new Set(rolesOf(options).map(([, name]) => name))
  const declared = Object.keys(options.columns).filter((name) => name !== EVERY_OTHER)
  const unknown = declared.flatMap((name) => (names.includes(name) ? [] : [absent(name, names, record, "an entry of columns")]))
  const undeclared = names.flatMap((name, cell): ReadonlyArray<Finding> => {
    if (name === "" || taken.has(name) || columnOf(options, name) !== undefined) return []
    const help = `columns = { ${showValue(name)} = { type = "number" } } or { type = "ignore" }; "*" stands for every column that is not named`
    return [error("UNDECLARED-COLUMN", "the options do not say what this column is", { field: name, spot: { record, cell }, help })]
  })
  return [...unknown, ...undeclared]
}

/** SHA-256 of names, types and classes: what code that reads the samples depends on. Delimiters and the like are not in it. */
export const fingerprintOf = (plan: Plan, classes: ReadonlyArray<string>): string => {
  const nameAt = (cell: number | undefined): string | null => (cell === undefined ? null : (plan.names[cell] ?? null))
  const features = plan.features.map((feature) => [
    feature.name,
    "number",
    feature.missing === undefined ? null : [[...feature.missing.texts].sort(), feature.missing.value]
  ])
  const content = ["tabular", features, nameAt(plan.label), nameAt(plan.id), nameAt(plan.group), nameAt(plan.split), classes]
  return hash("sha256", JSON.stringify(content))
}

/**
 * SHA-256 of a record: of the JSON text of the list of its cells, in the order of the columns, in UTF-8. It is taken after parsing,
 * so that line endings, quoting that is not needed and the delimiter do not matter, and every column counts, the ignored too.
 */
export const recordHash = (cells: ReadonlyArray<string>): string => hash("sha256", JSON.stringify(cells))
