/**
 * Whether two results may be compared: field by field over what identifies the benchmark and over what was done.
 *
 * A difference of identity is never comparable. A difference of treatment is, when every field that differs was declared as the factor
 * under study. Sharp edge: declaring `encoding` covers `encoding` and `encoding.*`, and nothing else; declaring a field that does not
 * exist is a mistake and never ignored, for a misspelt factor would otherwise refuse or, worse, allow by accident.
 */
import { type Diagnostic, didYouMean, showValue } from "@feagi-trainer/contracts"
import type { JsonValue } from "@feagi-trainer/dataset-contracts"
import { canonical } from "@feagi-trainer/determinism"

export interface Comparand {
  /** Dataset content, splits, protocol, metric pack, … */
  readonly identity: Readonly<Record<string, JsonValue>>
  /** Learner, genome, encoding, reward policy, … Objects may nest; their fields are named with dots. */
  readonly treatment: Readonly<Record<string, JsonValue>>
}

export interface CompareOptions {
  /** The factors under study: names of treatment fields. */
  readonly across: ReadonlyArray<string>
  /** Show the difference all the same, marked as what it is. */
  readonly exploratory: boolean
}

/** A field that differs; a side that does not have it at all has no value here. */
export interface Difference {
  readonly field: string
  readonly a?: JsonValue
  readonly b?: JsonValue
}

export interface TreatmentDifference extends Difference {
  /** Whether the difference was declared. */
  readonly across: boolean
}

export interface IdentityComparison {
  readonly ok: true
  /** No difference of identity and none of treatment that was not declared. `exploratory` does not change it. */
  readonly comparable: boolean
  /** The two may be shown side by side: comparable, or asked for as an exploration. */
  readonly shown: boolean
  /** To be printed over everything that is made of this comparison; null when it is comparable. */
  readonly watermark: string | null
  readonly identity_differences: ReadonlyArray<Difference>
  readonly treatment_differences: ReadonlyArray<TreatmentDifference>
  /** As declared, sorted, each once. */
  readonly across: ReadonlyArray<string>
  /** Names of treatment fields that differ and were not declared. */
  readonly undeclared: ReadonlyArray<string>
}

export type IdentityResult = IdentityComparison | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

type Fields = Readonly<Record<string, JsonValue>>

const isFields = (value: JsonValue | undefined): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)

const at = (prefix: string, key: string): string => (prefix === "" ? key : `${prefix}.${key}`)

const keysOf = (a: Fields, b: Fields): ReadonlyArray<string> => [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()

const same = (a: JsonValue, b: JsonValue): boolean => canonical(a) === canonical(b)

/** Every field that differs, deepest name first known: two objects are entered, anything else is compared whole. */
const differences = (a: Fields, b: Fields, prefix = ""): ReadonlyArray<Difference> =>
  keysOf(a, b).flatMap((key) => {
    const left = Object.hasOwn(a, key) ? a[key] : undefined
    const right = Object.hasOwn(b, key) ? b[key] : undefined
    const field = at(prefix, key)
    if (isFields(left) && isFields(right)) return differences(left, right, field)
    if (left !== undefined && right !== undefined && same(left, right)) return []
    return [{ field, ...(left === undefined ? {} : { a: left }), ...(right === undefined ? {} : { b: right }) }]
  })

/** Every name that can be declared: the fields and the objects that hold them. */
const namesOf = (fields: Fields, prefix = ""): ReadonlyArray<string> =>
  Object.entries(fields).flatMap(([key, value]) => [at(prefix, key), ...(isFields(value) ? namesOf(value, at(prefix, key)) : [])])

/** All dotted prefixes of a name, itself included. */
const prefixesOf = (name: string): ReadonlyArray<string> => name.split(".").map((_, index, parts) => parts.slice(0, index + 1).join("."))

const allNames = (a: Fields, b: Fields): ReadonlyArray<string> => [...new Set([...namesOf(a), ...namesOf(b)].flatMap(prefixesOf))].sort()

const covers = (declared: string, field: string): boolean => field === declared || field.startsWith(`${declared}.`)

const acrossFindings = (a: Comparand, b: Comparand, across: ReadonlyArray<string>): ReadonlyArray<Diagnostic> => {
  const treatment = allNames(a.treatment, b.treatment)
  const identity = allNames(a.identity, b.identity)
  const listed = treatment.filter((name) => !name.includes(".")).join(", ")
  return across
    .filter((name) => !treatment.includes(name))
    .map((name): Diagnostic => {
      const suggestion = didYouMean(name, treatment)
      return identity.includes(name)
        ? {
            code: "FT5102",
            severity: "error",
            message: `${name} is part of what identifies the benchmark and cannot be a factor under study`,
            field: name,
            expected: `one of ${listed}`,
            help: "results of two benchmarks can only be looked at side by side, with --exploratory"
          }
        : {
            code: "FT5101",
            severity: "error",
            message: "there is no such field to compare across",
            field: name,
            expected: `one of ${listed}, or a field inside one, such as encoding.bins`,
            actual: name,
            help: suggestion === undefined ? "declare a field of the list" : `did you mean ${suggestion}?`
          }
    })
}

const watermark = "EXPLORATORY: these results must not be compared"

/** Compares two results by their fields. Not ok when `across` names what is no treatment field, with every such name at once. */
export const compareIdentity = (a: Comparand, b: Comparand, { across, exploratory }: CompareOptions): IdentityResult => {
  const declared = [...new Set(across)].sort()
  const diagnostics = acrossFindings(a, b, declared)
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  const identity_differences = differences(a.identity, b.identity)
  const treatment_differences = differences(a.treatment, b.treatment).map((each) => ({
    ...each,
    across: declared.some((name) => covers(name, each.field))
  }))
  const undeclared = treatment_differences.filter((each) => !each.across).map(({ field }) => field)
  const comparable = identity_differences.length === 0 && undeclared.length === 0
  return {
    ok: true,
    comparable,
    shown: comparable || exploratory,
    watermark: comparable ? null : watermark,
    identity_differences,
    treatment_differences,
    across: declared,
    undeclared
  }
}

const shownSide = (value: JsonValue | undefined): string => (value === undefined ? "absent" : showValue(value))

/** Why two results are not comparable: one finding per field in the way, with both values. Empty when they are comparable. */
export const comparisonFindings = (comparison: IdentityComparison): ReadonlyArray<Diagnostic> => [
  ...comparison.identity_differences.map(
    ({ field, a, b }): Diagnostic => ({
      code: "FT5103",
      severity: "error",
      message: `not comparable: the two results are of different benchmarks; a has ${shownSide(a)}, b has ${shownSide(b)}`,
      field,
      help: "run both on the same benchmark, or look at them side by side with --exploratory"
    })
  ),
  ...comparison.treatment_differences
    .filter(({ across }) => !across)
    .map(
      ({ field, a, b }): Diagnostic => ({
        code: "FT5104",
        severity: "error",
        message: `not comparable: the two runs were not treated alike; a has ${shownSide(a)}, b has ${shownSide(b)}`,
        field,
        help: `if this is the factor under study, declare it: --across ${field}`
      })
    )
]
