/**
 * Whether results may be compared, two or more of them: field by field over what identifies the benchmark and over what was done.
 *
 * A difference of identity is never comparable. A difference of treatment is, when every field that differs was declared as the factor
 * under study. Sharp edge: declaring `encoding` covers `encoding` and `encoding.*`, and nothing else; declaring a field that does not
 * exist is a mistake and never ignored, for a misspelt factor would otherwise refuse or, worse, allow by accident. Declaring `learner` where
 * learners differ covers what not all of them have as well: a brain has a genome, a gradient model has none.
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

/** A field that differs, with its value by the label of each result; a result that does not have the field at all has no value here. */
export interface Difference {
  readonly field: string
  readonly values: Readonly<Record<string, JsonValue>>
}

export interface TreatmentDifference extends Difference {
  /** Whether the difference was declared. */
  readonly across: boolean
}

export interface IdentityComparison {
  readonly ok: true
  /** One label per result, in their order: a, b, … */
  readonly labels: ReadonlyArray<string>
  /** No difference of identity and none of treatment that was not declared. `exploratory` does not change it. */
  readonly comparable: boolean
  /** They may be shown side by side: comparable, or asked for as an exploration. */
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

/** What a result is called in a comparison, by its place from 0: a … z, then aa, ab, … */
export const labelOf = (place: number): string => {
  const letter = String.fromCharCode(97 + (place % 26))
  return place < 26 ? letter : labelOf(Math.floor(place / 26) - 1) + letter
}

type Fields = Readonly<Record<string, JsonValue>>

const isFields = (value: JsonValue | undefined): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)

const at = (prefix: string, key: string): string => (prefix === "" ? key : `${prefix}.${key}`)

const keysOf = (all: ReadonlyArray<Fields>): ReadonlyArray<string> => [...new Set(all.flatMap((each) => Object.keys(each)))].sort()

/** Every field in which not all are equal, deepest name first known: objects are entered where all have one, anything else is compared whole. */
export const fieldDifferences = (all: ReadonlyArray<Fields>, prefix = ""): ReadonlyArray<Difference> =>
  keysOf(all).flatMap((key) => {
    const sides = all.map((each) => (Object.hasOwn(each, key) ? each[key] : undefined))
    const field = at(prefix, key)
    const inner = sides.filter(isFields)
    if (inner.length === all.length) return fieldDifferences(inner, field)
    if (new Set(sides.map((side) => (side === undefined ? undefined : canonical(side)))).size < 2) return []
    const values = sides.flatMap(
      (side, place): ReadonlyArray<readonly [string, JsonValue]> => (side === undefined ? [] : [[labelOf(place), side]])
    )
    return [{ field, values: Object.fromEntries(values) }]
  })

/** Every name that can be declared: the fields and the objects that hold them. */
const namesOf = (fields: Fields, prefix = ""): ReadonlyArray<string> =>
  Object.entries(fields).flatMap(([key, value]) => [at(prefix, key), ...(isFields(value) ? namesOf(value, at(prefix, key)) : [])])

/** All dotted prefixes of a name, itself included. */
const prefixesOf = (name: string): ReadonlyArray<string> => name.split(".").map((_, index, parts) => parts.slice(0, index + 1).join("."))

const allNames = (all: ReadonlyArray<Fields>): ReadonlyArray<string> =>
  [...new Set(all.flatMap((each) => namesOf(each)).flatMap(prefixesOf))].sort()

const covers = (declared: string, field: string): boolean => field === declared || field.startsWith(`${declared}.`)

/** The factor that says what kind of learner it is, and with it which fields there are at all. */
const kindOfLearner = "learner"

const acrossFindings = (results: ReadonlyArray<Comparand>, across: ReadonlyArray<string>): ReadonlyArray<Diagnostic> => {
  const treatment = allNames(results.map((each) => each.treatment))
  const identity = allNames(results.map((each) => each.identity))
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

/**
 * Compares any number of results by their fields: a field in which not all of them agree is a difference.
 * Not ok when `across` names what is no treatment field, with every such name at once. Throws RangeError on fewer than two results.
 */
export const compareIdentity = (results: ReadonlyArray<Comparand>, { across, exploratory }: CompareOptions): IdentityResult => {
  if (results.length < 2) throw new RangeError(`a comparison needs at least two results, got ${results.length}`)
  const declared = [...new Set(across)].sort()
  const diagnostics = acrossFindings(results, declared)
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  const identity_differences = fieldDifferences(results.map((each) => each.identity))
  const differences = fieldDifferences(results.map((each) => each.treatment))
  const acrossLearners = declared.includes(kindOfLearner) && differences.some(({ field }) => field === kindOfLearner)
  const treatment_differences = differences.map((each) => ({
    ...each,
    across: declared.some((name) => covers(name, each.field)) || (acrossLearners && Object.keys(each.values).length < results.length)
  }))
  const undeclared = treatment_differences.filter((each) => !each.across).map(({ field }) => field)
  const comparable = identity_differences.length === 0 && undeclared.length === 0
  return {
    ok: true,
    labels: results.map((_, place) => labelOf(place)),
    comparable,
    shown: comparable || exploratory,
    watermark: comparable ? null : watermark,
    identity_differences,
    treatment_differences,
    across: declared,
    undeclared
  }
}

/** `a has 5, b has 7`, `a and c have 5, b has 7`, `a, b and d have 5, c has nothing`: results with one value are named together. */
const sidesText = ({ values }: Difference, labels: ReadonlyArray<string>): string => {
  const alike = Map.groupBy(labels, (label) => {
    const value = values[label]
    return value === undefined ? undefined : canonical(value)
  })
  return [...alike.values()]
    .map((group) => {
      const [first = "", ...others] = group
      const last = others.at(-1)
      const names = last === undefined ? first : `${[first, ...others.slice(0, -1)].join(", ")} and ${last}`
      return `${names} ${last === undefined ? "has" : "have"} ${showValue(values[first])}`
    })
    .join(", ")
}

/**
 * Why results are not comparable: one finding per field in the way, with all values. Empty when they are comparable. Of learners of two
 * kinds it is said that they are, and not what follows from it: declaring the learner covers what only one of them has.
 */
export const comparisonFindings = (comparison: IdentityComparison): ReadonlyArray<Diagnostic> => {
  const otherLearners = comparison.treatment_differences.some(({ field, across }) => field === kindOfLearner && !across)
  const [all, two] = comparison.labels.length === 2 ? ["both", "two "] : ["all of them", ""]
  return [
    ...comparison.identity_differences.map(
      (each): Diagnostic => ({
        code: "FT5103",
        severity: "error",
        message: `not comparable: the ${two}results are of different benchmarks; ${sidesText(each, comparison.labels)}`,
        field: each.field,
        help: `run ${all} on the same benchmark, or look at them side by side with --exploratory`
      })
    ),
    ...comparison.treatment_differences
      .filter(({ across, values }) => !across && (!otherLearners || Object.keys(values).length === comparison.labels.length))
      .map(
        (each): Diagnostic => ({
          code: "FT5104",
          severity: "error",
          message: `not comparable: the ${two}runs were not treated alike; ${sidesText(each, comparison.labels)}`,
          field: each.field,
          help: `if this is the factor under study, declare it: --across ${each.field}`
        })
      )
  ]
}
