/**
 * From a document to a typed value, or to every mistake with its file, line and column. Mistakes of options that a plugin decodes
 * later are placed by the same function.
 *
 * Sharp edge: `1.0` and `1e3` are refused for an integer field although they are whole, because a determinant of results has one
 * spelling. Which fields want integers is asked of the schema itself: it must refuse the number's neighbours on both sides.
 */
import { type Diagnostic, decodeStrict, type Mistake, showValue } from "@feagi-trainer/contracts"
import type { JsonPath, JsonValue } from "@feagi-trainer/determinism"
import type * as Schema from "effect/Schema"
import { Code } from "./Code.ts"
import type { Format, Located, Place } from "./Document.ts"
import { emptyTable, isFloatText, isList, isTable, showPath, valueAt } from "./Value.ts"

export type DecodedDocument<A> =
  | { readonly ok: true; readonly value: A }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

/**
 * Decodes a document strictly: unknown keys are mistakes, and all mistakes are returned, sorted by place. `code` stands for a wrong
 * value (FT1004 unless told otherwise); the other codes are fixed.
 */
export const decodeDocument = <A, E>(schema: Schema.Codec<A, E>, document: Located, code: string = Code.wrongValue): DecodedDocument<A> => {
  const decoded = decodeStrict(schema, document.value)
  const mistakes = decoded.ok ? [] : decoded.mistakes
  const all = [...mistakes, ...fractionalIntegers(schema, document, [], mistakes)]
  if (decoded.ok && all.length === 0) return { ok: true, value: decoded.value }
  return { ok: false, diagnostics: diagnosticsFor(document, [], all, code) }
}

/** The same for a part of a document, such as the options of a plugin that stand under `basePath`. */
export const decodeAt = <A, E>(
  schema: Schema.Codec<A, E>,
  document: Located,
  basePath: JsonPath,
  code: string = Code.wrongValue
): DecodedDocument<A> => {
  const decoded = decodeStrict(schema, valueAt(document.value, basePath))
  const mistakes = decoded.ok ? [] : decoded.mistakes
  const all = [...mistakes, ...fractionalIntegers(schema, document, basePath, mistakes)]
  if (decoded.ok && all.length === 0) return { ok: true, value: decoded.value }
  return { ok: false, diagnostics: diagnosticsFor(document, basePath, all, code) }
}

/** Places mistakes whose paths start at `basePath` of the document, sorted by file order of the first, then line and column. */
export const diagnosticsFor = (
  document: Located,
  basePath: JsonPath,
  mistakes: ReadonlyArray<Mistake>,
  code: string = Code.wrongValue
): ReadonlyArray<Diagnostic> => {
  const found = mistakes.map((mistake) => diagnose(document, [...basePath, ...mistake.path], mistake, code))
  const files = [...new Set(found.map((each) => each.file))]
  return found
    .map((each, index) => ({ each, index }))
    .sort(
      (left, right) =>
        files.indexOf(left.each.file) - files.indexOf(right.each.file) ||
        (left.each.line ?? 0) - (right.each.line ?? 0) ||
        (left.each.column ?? 0) - (right.each.column ?? 0) ||
        left.index - right.index
    )
    .map(({ each }) => each)
}

const diagnose = (document: Located, path: JsonPath, mistake: Mistake, code: string): Diagnostic => {
  switch (mistake.problem) {
    case "unknown-key": {
      const suggestion = mistake.suggestion
      return {
        severity: "error",
        code: Code.unknownKey,
        ...placeOf(document, path, "key"),
        message: `${mistake.message}${suggestion === undefined ? "" : `; did you mean "${suggestion}"?`}`,
        help: suggestion === undefined ? "remove it, or look the name up in the reference" : `rename it to "${suggestion}", or remove it`
      }
    }
    case "missing":
      return {
        severity: "error",
        code: Code.missing,
        ...placeOf(document, path.slice(0, -1), "key"),
        field: showPath(path),
        message: mistake.message,
        help: `add ${assignment(String(path.at(-1) ?? ""), "...", document.formatOf(path))}`
      }
    case "invalid":
      return wrongValue(document, path, mistake, code)
  }
}

/** The place of a key or value; where there is none, that of the nearest table around it. */
const placeOf = (document: Located, path: JsonPath, what: "key" | "value"): Place | undefined => {
  for (let length = path.length; length >= 0; length -= 1) {
    const part = path.slice(0, length)
    const place = what === "key" ? (document.keyPositionOf(part) ?? document.positionOf(part)) : document.positionOf(part)
    if (place !== undefined) return place
  }
  return undefined
}

const wrongValue = (document: Located, path: JsonPath, mistake: Mistake, code: string): Diagnostic => {
  const text = document.textOf(path)
  const value = valueAt(document.value, path)
  const quotes = needsQuotes(mistake, value)
  const help = helpFor(document, path, mistake, value, text)
  // a number is shown as it was written: 1.10, not 1.1
  const actual = typeof value === "number" && text !== undefined ? text : mistake.actual
  return {
    severity: "error",
    code: quotes ? Code.needsQuotes : code,
    ...placeOf(document, path, "value"),
    ...(path.length === 0 ? {} : { field: showPath(path) }),
    message: mistake.message,
    ...(mistake.expected === undefined ? {} : { expected: mistake.expected }),
    ...(actual === undefined ? {} : { actual }),
    ...(help === undefined ? {} : { help })
  }
}

/** A value that would be the string that is wanted, had it quotes. */
const needsQuotes = (mistake: Mistake, value: JsonValue | undefined): boolean =>
  (mistake.expected ?? "").split(" | ").includes("string") &&
  (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")

const truths: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["on", true],
  ["true", true],
  ["no", false],
  ["off", false],
  ["false", false]
])

const helpFor = (
  document: Located,
  path: JsonPath,
  mistake: Mistake,
  value: JsonValue | undefined,
  text: string | undefined
): string | undefined => {
  const key = path.at(-1)
  const write = (shown: string): string => `write ${typeof key === "string" ? assignment(key, shown, document.formatOf(path)) : shown}`
  if (text !== undefined && needsQuotes(mistake, value)) return write(`"${text}"`)
  const expected = mistake.expected ?? ""
  if (typeof value === "number" && Number.isInteger(value) && expected === "an integer") return write(String(value))
  if (typeof value !== "string") return undefined
  const truth = truths.get(value.toLowerCase())
  if (truth !== undefined && expected === "boolean") return write(String(truth))
  if (/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(value) && /^(?:number|an integer)$/.test(expected)) return write(value)
  return undefined
}

/** One line that sets a key, in the format of the file. */
const assignment = (key: string, value: string, format: Format): string => {
  const name = format !== "json" && /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key)
  return format === "toml" ? `${name} = ${value}` : `${name}: ${value}`
}

/** Whole numbers spelt as floats, as paths from `base`. */
const floatPaths = (document: Located, base: JsonPath): ReadonlyArray<JsonPath> => {
  const found: Array<JsonPath> = []
  const walk = (value: JsonValue | undefined, path: JsonPath): void => {
    if (isList(value)) {
      value.forEach((item, index) => {
        walk(item, [...path, index])
      })
    } else if (isTable(value)) {
      for (const [key, member] of Object.entries(value)) walk(member, [...path, key])
    } else if (typeof value === "number" && Number.isInteger(value) && isFloatText(document.textOf([...base, ...path]) ?? "")) {
      found.push(path)
    }
  }
  walk(valueAt(document.value, base), [])
  return found
}

/** A copy in which the numbers at `paths` (sorted as a walk finds them) are moved by a fraction. */
const moved = (value: JsonValue, paths: ReadonlyArray<JsonPath>, depth: number, sign: 1 | -1): JsonValue => {
  if (typeof value === "number") {
    // exact as long as the sum is not an integer again
    return value + sign * (Math.abs(value) < 2 ** 32 ? 2 ** -20 : 0.5)
  }
  const groups = Map.groupBy(paths, (path) => path[depth])
  if (isList(value)) {
    return value.map((item, index) => {
      const inner = groups.get(index)
      return inner === undefined ? item : moved(item, inner, depth + 1, sign)
    })
  }
  if (!isTable(value)) return value
  const copy = emptyTable()
  for (const [key, member] of Object.entries(value)) {
    const inner = groups.get(key)
    copy[key] = inner === undefined ? member : moved(member, inner, depth + 1, sign)
  }
  return copy
}

/** More probes than this would make the cost of a hostile document quadratic. */
const maxSingleProbes = 100

const fractionalIntegers = <A, E>(
  schema: Schema.Codec<A, E>,
  document: Located,
  base: JsonPath,
  known: ReadonlyArray<Mistake>
): ReadonlyArray<Mistake> => {
  const paths = floatPaths(document, base)
  const value = valueAt(document.value, base)
  if (paths.length === 0 || value === undefined) return []
  const keyOf = (path: JsonPath): string => JSON.stringify(path)
  const knownKeys = new Set(known.map((each) => keyOf(each.path)))
  /** Paths that the schema finds wrong only since the numbers were moved. */
  const news = (which: ReadonlyArray<JsonPath>, sign: 1 | -1): ReadonlySet<string> => {
    const decoded = decodeStrict(schema, moved(value, which, 0, sign))
    if (decoded.ok) return new Set()
    return new Set(decoded.mistakes.map((each) => keyOf(each.path)).filter((key) => !knownKeys.has(key)))
  }
  const up = news(paths, 1)
  const down = news(paths, -1)
  const both = new Set([...up].filter((key) => down.has(key)))
  if (both.size === 0) return []
  let probes = 0
  const wanted = paths.filter((path) => {
    if (both.has(keyOf(path))) return true
    // a union reports at its own place, so each number below it is asked alone
    if (!path.some((_, length) => both.has(keyOf(path.slice(0, length))))) return false
    probes += 1
    return probes <= maxSingleProbes && news([path], 1).size > 0 && news([path], -1).size > 0
  })
  return wanted.map((path) => ({
    path,
    problem: "invalid",
    message: "has the wrong value",
    expected: "an integer",
    actual: document.textOf([...base, ...path]) ?? showValue(valueAt(value, path))
  }))
}
