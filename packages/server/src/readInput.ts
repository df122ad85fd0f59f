/** Path, query and body as the one input of an operation. A name that the table does not have is refused, as is a value that does not fit. */
import { type Diagnostic, didYouMean } from "@feagi-trainer/contracts"
import { type Field, headerOf, inputProblems, type Route } from "@feagi-trainer/control-api"
import { Json, type JsonValue } from "@feagi-trainer/determinism"
import type { Headers } from "./guard.ts"
import { refuse, refuseAll } from "./Reply.ts"

export type Given = Readonly<Record<string, unknown>>

const knownIn = (route: Route, place: Field["in"]): ReadonlyArray<string> =>
  Object.entries(route.fields)
    .filter(([, field]) => field.in === place)
    .map(([name]) => name)

const unknown = (name: string, place: string, known: ReadonlyArray<string>): Diagnostic => {
  const near = didYouMean(name, known)
  return {
    code: "FT6004",
    severity: "error",
    field: name.slice(0, 80),
    message: `${place} has no such member`,
    expected: known.length === 0 ? "none" : known.join(", "),
    ...(near === undefined ? {} : { help: `did you mean "${near}"?` })
  }
}

const words: ReadonlyMap<string, boolean> = new Map([
  ["1", true],
  ["true", true],
  ["0", false],
  ["false", false]
])

/** Text of an address as the type of its field; what does not fit stays text and is refused as such. */
const typed = (field: Field, text: string): unknown => {
  if (field.type === "boolean") return words.get(text) ?? text
  if (field.type === "integer") return /^-?(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : text
  if (field.type === "number") return /^-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?$/i.test(text) ? Number(text) : text
  return text
}

const fromQuery = (route: Route, query: ReadonlyArray<readonly [string, string]>, problems: Array<Diagnostic>): Record<string, unknown> => {
  const known = knownIn(route, "query")
  const given: Record<string, unknown> = {}
  for (const [name, text] of query) {
    const field = known.includes(name) ? route.fields[name] : undefined
    if (field === undefined) problems.push(unknown(name, "the query", known))
    else if (field.type === "texts" || field.type === "ids") given[name] = [...((given[name] ?? []) as ReadonlyArray<string>), text]
    else if (Object.hasOwn(given, name))
      problems.push({ code: "FT6004", severity: "error", field: name, message: "stands in the query twice" })
    else given[name] = typed(field, text)
  }
  return given
}

const poisoned: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"])
/** Names that some code somewhere takes for the prototype of an object; none of ours is called so. */
const holdsPoison = (value: JsonValue): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (Array.isArray(value)) return value.some(holdsPoison)
  return Object.entries(value).some(([key, inner]) => poisoned.has(key) || holdsPoison(inner))
}

/** @throws Refusal 400 with every place that is wrong */
const readJson = (text: string): JsonValue => {
  const parsed = Json.parse(text, { maxDepth: 16 })
  if (parsed.ok) return parsed.value
  throw refuseAll(
    400,
    parsed.problems
      .slice(0, 20)
      .map(({ message, line, column }) => ({ code: "FT6005", severity: "error", message: `the body is no JSON: ${message}`, line, column }))
  )
}

const fromBody = (route: Route, text: string, problems: Array<Diagnostic>): Record<string, unknown> => {
  const known = knownIn(route, "body")
  if (text === "") return {}
  const value = readJson(text)
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refuse(400, {
      code: "FT6005",
      message: "the body is no JSON object",
      expected: known.length === 0 ? "{}" : `{${known.join(", ")}}`
    })
  if (holdsPoison(value))
    throw refuse(400, {
      code: "FT6005",
      message: "the body has a member of a name that is never used",
      expected: "none of __proto__, constructor, prototype"
    })
  const given: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    if (!known.includes(name)) problems.push(unknown(name, "the body", known))
    else given[name] = inner
  }
  return given
}

/** Conditions of HTTP: one that is not kept must not be passed over in silence. */
const conditions: ReadonlyArray<string> = ["if-match", "if-unmodified-since"]

const fromHeaders = (route: Route, headers: Headers, problems: Array<Diagnostic>): Record<string, unknown> => {
  const given: Record<string, unknown> = {}
  const known = knownIn(route, "header")
  for (const name of known) {
    const text = headers.get(headerOf(name))
    if (text === undefined) continue
    const tag = /^"([!#-~]{1,200})"$/.exec(text)?.[1]
    if (tag === undefined)
      problems.push({
        code: "FT6004",
        severity: "error",
        field: headerOf(name),
        message: "has the wrong value",
        expected: "one strong etag in quotes, as an answer has it",
        actual: text.slice(0, 80)
      })
    else given[name] = tag
  }
  for (const name of conditions)
    if (headers.has(name) && !known.some((each) => headerOf(each) === name))
      problems.push({
        code: "FT6004",
        severity: "error",
        field: name,
        message: "this operation keeps no such condition",
        help: "leave it out"
      })
  return given
}

/**
 * Everything that is wrong, at once.
 *
 * @param body text of the body, empty without one
 * @throws Refusal 400
 */
export const readInput = (
  route: Route,
  path: Readonly<Record<string, string>>,
  query: ReadonlyArray<readonly [string, string]>,
  headers: Headers,
  body: string
): Given => {
  const problems: Array<Diagnostic> = []
  const given = {
    ...path,
    ...fromQuery(route, query, problems),
    ...fromHeaders(route, headers, problems),
    ...fromBody(route, body, problems)
  }
  for (const { field, problem, expected, actual } of inputProblems(route, given))
    problems.push({
      code: "FT6004",
      severity: "error",
      field,
      message: problem === "missing" ? "is required and missing" : "has the wrong value",
      expected,
      ...(actual === undefined ? {} : { actual })
    })
  if (problems.length > 0) throw refuseAll(400, problems)
  return given
}
