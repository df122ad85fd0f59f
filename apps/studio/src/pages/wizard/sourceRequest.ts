/**
 * What is said to the server about a source that is not registered: where it is, who reads it, and how. Only what differs from the
 * adapter's own proposal is said, so that the command stays readable; everything is in the record that registering makes.
 */
import { literalOf } from "./readFields.ts"

export type Json = null | boolean | number | bigint | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

const bare = /^[A-Za-z0-9_-]+$/

/** A JSON value as a one-line TOML literal, the form that `--option key=value` takes. Null has none in TOML: throws. */
export const tomlLiteral = (value: Json): string => {
  if (value === null) throw new TypeError("TOML has no null; leave the option out")
  if (typeof value !== "object") return literalOf(value)
  if (isList(value)) return `[${value.map(tomlLiteral).join(", ")}]`
  const entries = Object.entries(value)
  return entries.length === 0
    ? "{}"
    : `{ ${entries.map(([key, each]) => `${bare.test(key) ? key : literalOf(key)} = ${tomlLiteral(each)}`).join(", ")} }`
}
const isList = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

export const recordOf = (value: Json | undefined): Readonly<Record<string, Json>> | null =>
  typeof value === "object" && value !== null && !isList(value) ? value : null

/** One way to read a source, by the adapter that found it. */
export interface Candidate {
  readonly adapter: string
  readonly confidence: number
  readonly title?: string
  readonly because?: string
  readonly options?: Readonly<Record<string, Json>>
}

/** What the adapter then says of it, field by field. */
export interface Proposal {
  readonly adapter: string
  readonly options: Readonly<Record<string, Json>>
  readonly evidence: ReadonlyArray<{ readonly field: string; readonly proposed: unknown; readonly because: string }>
}

/** Less than this is a guess: the command then asks for the options that decide. */
const certain = 0.8

/** Whether the first way is beyond doubt, so that the others need not be shown. */
export const isSure = ([best, second]: ReadonlyArray<Candidate>): boolean =>
  best !== undefined && best.confidence >= certain && (second === undefined || second.confidence < certain)

const text = (value: Json | undefined): string =>
  JSON.stringify(value ?? null, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each))

/**
 * What has to be said with the name of its adapter so that a source is read as a candidate proposes: nothing where the adapter alone would
 * read it so, otherwise the options in which it differs from the adapter's other candidates, or all of them where it has no other.
 */
export const saidOf = (
  candidates: ReadonlyArray<Candidate>,
  chosen: Candidate
): { readonly columns: Readonly<Record<string, string>>; readonly options: Readonly<Record<string, string>> } => {
  const own = candidates.filter(({ adapter }) => adapter === chosen.adapter)
  if (own[0] === chosen && isSure(own)) return { columns: {}, options: {} }
  // Null cannot be said; what is to be found out by a scan is not known yet.
  const known = Object.entries(chosen.options ?? {}).filter(([, value]) => value !== null && value !== "scan")
  const different = known.filter(([key, value]) => own.some(({ options }) => text(options?.[key]) !== text(value)))
  const said = different.length === 0 ? known : different
  const isColumn = ([key]: readonly [string, Json]) => columnFlags.some((flag) => flag === key)
  return {
    columns: Object.fromEntries(said.filter(isColumn).map(([key, value]) => [key, String(value)])),
    options: Object.fromEntries(said.filter((each) => !isColumn(each)).map(([key, value]) => [key, tomlLiteral(value)]))
  }
}

export interface SourceChoice {
  readonly path: string
  readonly adapter: string
  /** Columns by flag name without dashes: `label_column` and its like. */
  readonly columns: Readonly<Record<string, string>>
  /** Options that differ from the proposal, as TOML literals. */
  readonly options: Readonly<Record<string, string>>
  readonly labelMap: string
}

export const columnFlags = ["label_column", "id_column", "group_column", "split_column"] as const

/** The input that all operations about sources share. */
export const sourceInput = (choice: SourceChoice): Readonly<Record<string, unknown>> => ({
  path: choice.path,
  ...(choice.adapter === "" ? {} : { adapter: choice.adapter }),
  ...Object.fromEntries(columnFlags.flatMap((flag) => (choice.columns[flag] ? [[flag, choice.columns[flag]]] : []))),
  ...(Object.keys(choice.options).length === 0
    ? {}
    : { option: Object.entries(choice.options).map(([key, literal]) => `${key}=${literal}`) })
})

const withoutNulls = (value: Json): Json =>
  typeof value !== "object" || value === null
    ? value
    : isList(value)
      ? value.map(withoutNulls)
      : Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, withoutNulls(each)]])))

/**
 * Columns with their types as the option that says the same: the commonest under `*`, the others by name. Null where all are plain numbers,
 * which is what is read without being told.
 */
export const columnsLiteral = (columns: Readonly<Record<string, Json>>): string | null => {
  const said = Object.entries(columns).map(([name, column]) => [name, tomlLiteral(withoutNulls(column))] as const)
  const plain = '{ type = "number" }'
  if (said.every(([, literal]) => literal === plain)) return null
  const counts = new Map<string, number>()
  for (const [, literal] of said) counts.set(literal, (counts.get(literal) ?? 0) + 1)
  const [common, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))
  const others = said.filter(([, literal]) => most === 1 || literal !== common)
  const entries = [
    ...(most === 1 ? [] : [`"*" = ${common}`]),
    ...others.map(([name, literal]) => `${bare.test(name) ? name : literalOf(name)} = ${literal}`)
  ]
  return `{ ${entries.join(", ")} }`
}

/** A name under which a source can be registered, from its path: lower-case letters, digits, dots, dashes and underscores. */
export const proposedName = (path: string): string => {
  const last =
    path
      .split(/[\\/]/)
      .filter((part) => part !== "")
      .at(-1) ?? ""
  const stem = last.replace(/^[0-9a-f]{12}-/, "").replace(/\.[A-Za-z0-9]{1,8}$/, "")
  return stem
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 60)
}

export const isName = (name: string): boolean => /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)

/** The label mapping that a table of new names means; null where every label keeps its name. */
export const labelMapOf = (name: string, classes: ReadonlyArray<string>, renamed: Readonly<Record<string, string>>): Json | null => {
  const map = Object.fromEntries(classes.map((label) => [label, renamed[label]?.trim() || label]))
  if (classes.every((label) => map[label] === label)) return null
  const targets = [...new Set(classes.map((label) => map[label] ?? label))]
  return {
    schema_version: 1,
    name: `${name}-labels`,
    version: 1,
    kind: targets.length === classes.length ? "injective" : "merge",
    classes: targets,
    map
  }
}

/** Fractions as a run file has them: `{ train = 0.6, val = 0.2, test = 0.2 }`. */
export const fractionsLiteral = (fractions: ReadonlyArray<readonly [part: string, share: string]>): string =>
  fractions.length === 0 ? "{}" : `{ ${fractions.map(([part, share]) => `${part} = ${share}`).join(", ")} }`

/** Sum of shares in decimal digits, so that 0.1 + 0.2 is 0.3; null where one is no share. */
export const shareSum = (shares: ReadonlyArray<string>): string | null => {
  let sum = 0n
  for (const share of shares) {
    const found = /^(\d)(?:\.(\d{1,12}))?$/.exec(share.trim())
    if (found === null) return null
    sum += BigInt(found[1] ?? 0) * 10n ** 12n + BigInt((found[2] ?? "").padEnd(12, "0"))
  }
  const text = sum.toString().padStart(13, "0")
  return `${text.slice(0, -12)}.${text.slice(-12)}`.replace(/\.?0+$/, "")
}
