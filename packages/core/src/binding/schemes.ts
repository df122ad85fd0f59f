/**
 * Encoding schemes by name, as the manifests of installed encoders declare them in `provides.schemes`: which can be had and from whom, and
 * why the others cannot.
 *
 * Sharp edge: a scheme that one encoder has and another has not is available. Two versions of one name are two schemes.
 */
import * as Schema from "effect/Schema"
import type { BindingEntry } from "./registry.ts"

export interface SchemeRow {
  readonly scheme: string
  /** Null where nobody has it. */
  readonly version: string | null
  readonly available: boolean
  /** Encoders that offer it, or that know and lack it; by id. */
  readonly entries: ReadonlyArray<string>
  /** Why it cannot be had; null when it can. */
  readonly because: string | null
}

const Declared = Schema.Union([
  Schema.Struct({ available: Schema.Literal(true), version: Schema.NonEmptyString }),
  Schema.Struct({ available: Schema.Literal(false), because: Schema.NonEmptyString })
])
const isDeclared = Schema.is(Declared)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What can be had first, then by name and version. Facts of another form than `{ available, version | because }` are left out. */
export const schemeRows = (entries: ReadonlyArray<BindingEntry>): ReadonlyArray<SchemeRow> => {
  const declared = entries.flatMap(({ id, manifest }) => {
    const { schemes } = manifest.provides
    if (manifest.kind !== "encoder" || typeof schemes !== "object" || schemes === null) return []
    return Object.entries(schemes).flatMap(([scheme, fact]) => (isDeclared(fact) ? [{ scheme, fact, id }] : []))
  })
  const offered = new Set(declared.flatMap(({ scheme, fact }) => (fact.available ? [scheme] : [])))
  const rows = new Map<string, SchemeRow>()
  for (const { scheme, fact, id } of declared.toSorted((a, b) => compare(a.id, b.id))) {
    if (!fact.available && offered.has(scheme)) continue
    const version = fact.available ? fact.version : null
    const key = JSON.stringify([scheme, version])
    const row = rows.get(key) ?? { scheme, version, available: fact.available, entries: [], because: fact.available ? null : fact.because }
    rows.set(key, { ...row, entries: [...row.entries, id] })
  }
  return [...rows.values()].sort(
    (a, b) => Number(b.available) - Number(a.available) || compare(a.scheme, b.scheme) || compare(a.version ?? "", b.version ?? "")
  )
}
