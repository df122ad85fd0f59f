/**
 * The command that an operation stands for. Sharp edge: a value is joined to its flag (`--flag=value`), so that none is read as another
 * flag; what has a position is checked not to look like one.
 */
import { printJson } from "./json.ts"
import { type Field, type Input, idPatterns, idShapes, type OperationId, type Route, routeOf } from "./routes.ts"

/** One thing that is wrong with an input. */
export interface InputProblem {
  readonly field: string
  readonly problem: "unknown" | "missing" | "invalid"
  readonly expected: string
  readonly actual?: string
}

const largestSeed = 18_446_744_073_709_551_615n

const shown = (value: unknown): string => {
  if (value === undefined) return "nothing"
  const text =
    typeof value === "bigint"
      ? String(value)
      : (JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each)) ?? String(value))
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const controls = /[\u0000-\u001f\u007f]/
const wellFormed = (text: string): boolean => text.isWellFormed()

const expectation = (field: Field): string => {
  switch (field.type) {
    case "id":
      return idShapes[field.is ?? "sample"]
    case "ids":
      return `a list, each ${idShapes[field.is ?? "sample"]}`
    case "choice":
      return `one of ${(field.choices ?? []).join(", ")}`
    case "texts":
      return "a list of texts"
    case "path":
      return "a path of this machine that does not begin with -"
    case "integer":
      return "a whole number"
    case "number":
      return "a number"
    case "boolean":
      return "true or false"
    case "document":
      return "a JSON object"
    case "seed":
      return "a whole number from 0 to 2^64 - 1"
    case "text":
      if (field.in === "header") return "an etag as an answer has it: visible ASCII without quotes"
      return field.argv === "stdin" ? "a text" : "a text of one line without control characters"
  }
}

const isLine = (value: unknown, longest = 4096): value is string =>
  typeof value === "string" && value.length <= longest && wellFormed(value) && !controls.test(value)

const fits = (field: Field, value: unknown): boolean => {
  // What stands behind the words alone must not look like a flag.
  const isId = (text: unknown): boolean =>
    typeof text === "string" &&
    wellFormed(text) &&
    idPatterns[field.is ?? "sample"].test(text) &&
    (field.argv !== "position" || !text.startsWith("-"))
  switch (field.type) {
    case "id":
      return isId(value)
    case "ids":
      return Array.isArray(value) && value.length <= 1000 && value.every(isId)
    case "choice":
      return typeof value === "string" && (field.choices ?? []).includes(value)
    case "text":
      if (field.in === "header") return typeof value === "string" && /^[!#-~]{1,200}$/.test(value)
      if (field.argv === "stdin" || field.argv === "--note") return typeof value === "string" && wellFormed(value) && !value.includes("\0")
      return isLine(value) && (field.argv !== "position" || !value.startsWith("-"))
    case "texts":
      return Array.isArray(value) && value.length <= 1000 && value.every((each) => isLine(each, 65_536))
    case "path":
      return isLine(value) && value !== "" && !value.startsWith("-")
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value)
    case "number":
      return typeof value === "number" && Number.isFinite(value)
    case "boolean":
      return typeof value === "boolean"
    case "document":
      return typeof value === "object" && value !== null && !Array.isArray(value)
    case "seed":
      if (typeof value === "string") return /^(?:0|[1-9][0-9]{0,19})$/.test(value) && BigInt(value) <= largestSeed
      if (typeof value === "bigint") return value >= 0n && value <= largestSeed
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
  }
}

/** Everything that is wrong with an input, in the order of the table; unknown members last. */
export const inputProblems = (route: Route, input: Readonly<Record<string, unknown>>): ReadonlyArray<InputProblem> => {
  const problems: Array<InputProblem> = []
  for (const [name, field] of Object.entries(route.fields)) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined
    if (value === undefined) {
      if (field.required) problems.push({ field: name, problem: "missing", expected: expectation(field) })
    } else if (!fits(field, value)) problems.push({ field: name, problem: "invalid", expected: expectation(field), actual: shown(value) })
  }
  for (const name of Object.keys(input))
    if (!Object.hasOwn(route.fields, name))
      problems.push({ field: name, problem: "unknown", expected: Object.keys(route.fields).join(", ") || "nothing" })
  return problems
}

/** Whether two calls of this operation with these inputs are one and the same is decided by these words and the stdin. */
const wordsOf = (route: Route, input: Readonly<Record<string, unknown>>): ReadonlyArray<string> => {
  const positions: Array<string> = []
  const flags: Array<string> = []
  for (const [name, field] of Object.entries(route.fields)) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined
    if (value === undefined || field.argv === "none" || field.argv === "stdin") continue
    const values = Array.isArray(value)
      ? field.joined === true
        ? value.length === 0
          ? []
          : [value.join(",")]
        : value.map(String)
      : [String(value)]
    if (field.argv === "position") positions.push(...values)
    else if (field.type === "boolean") flags.push(value === true ? field.argv : `--no-${field.argv.slice(2)}`)
    else flags.push(...values.map((each) => `${field.argv}=${each}`))
  }
  return [...route.words, ...positions, ...flags]
}

/** The words behind `ftr`. The input has to be one that {@link inputProblems} finds nothing in; throws `RangeError` otherwise. */
export const argvOf = <Id extends OperationId>(operation: Id, input: Input<Id>): ReadonlyArray<string> => {
  const route = routeOf(operation)
  const given = input as Readonly<Record<string, unknown>>
  const [problem] = inputProblems(route, given)
  if (problem !== undefined)
    throw new RangeError(
      `${operation}: ${problem.field} is ${problem.problem}, expected ${problem.expected}${problem.actual === undefined ? "" : `, got ${problem.actual}`}`
    )
  return wordsOf(route, given)
}

/** What the command reads from stdin, or nothing. */
export const stdinOf = <Id extends OperationId>(operation: Id, input: Input<Id>): string | undefined => {
  const given = input as Readonly<Record<string, unknown>>
  for (const [name, field] of Object.entries(routeOf(operation).fields))
    if (field.argv === "stdin" && Object.hasOwn(input, name))
      return field.type === "document" ? printJson(given[name]) : String(given[name])
  return undefined
}

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/
/** One word for a POSIX shell. */
export const quoted = (word: string): string => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** The line that a person types for the same: with `ftr` in front, and a file for what comes over stdin. */
export const commandOf = <Id extends OperationId>(operation: Id, input: Input<Id>): string => {
  const given = argvOf(operation, input)
  const line = ["ftr", ...given.map(quoted)].join(" ")
  return stdinOf(operation, input) === undefined ? line : `${line} < run-file`
}
