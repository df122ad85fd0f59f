/**
 * Decodes what a person wrote: an unknown key is a mistake, every mistake is reported, each with its path and the nearest
 * known key. Documents that a program wrote are decoded by the wire package instead, which keeps what it does not know.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import { didYouMean } from "./didYouMean.ts"

/** One mistake at one path of a decoded value. */
export interface Mistake {
  readonly path: ReadonlyArray<string | number>
  readonly problem: "missing" | "unknown-key" | "invalid"
  readonly message: string
  readonly expected?: string
  readonly actual?: string
  readonly suggestion?: string
}

export type Decoded<A> = { readonly ok: true; readonly value: A } | { readonly ok: false; readonly mistakes: ReadonlyArray<Mistake> }

export const decodeStrict = <A, E>(schema: Schema.Codec<A, E>, input: unknown): Decoded<A> => {
  const result = Schema.decodeUnknownResult(schema)(input, { errors: "all", onExcessProperty: "error" })
  if (Result.isSuccess(result)) return { ok: true, value: result.success }
  const mistakes = leaves(result.failure.issue, [], input)
  return { ok: false, mistakes }
}

/** How a value is shown in a message: JSON text, cut to 80 characters, so that a SHA-256 is whole. */
export const showValue = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (typeof value === "bigint") return String(value)
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value)
  const text = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

const valueAt = (input: unknown, path: ReadonlyArray<string | number>): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[key] : undefined),
    input
  )

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const describe = (issue: SchemaIssue.Issue): string => {
  const text = format(issue).issues.map((each) => each.message)
  return [...new Set(text)].join("; ").replace(/^Expected /, "")
}

const keysOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  ast._tag === "Objects" ? ast.propertySignatures.map((signature) => String(signature.name)) : []

const leaves = (issue: SchemaIssue.Issue, path: ReadonlyArray<string | number>, input: unknown): ReadonlyArray<Mistake> => {
  switch (issue._tag) {
    case "Pointer":
      return leaves(issue.issue, [...path, ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))], input)
    case "Composite":
      return issue.issues.flatMap((each) => leaves(each, path, input))
    case "Encoding":
      return leaves(issue.issue, path, input)
    case "AnyOf": {
      // One member that got as far as a deeper key is the one that was meant; otherwise the whole union is the expectation.
      const deep = issue.issues.flatMap((each) => leaves(each, path, input))
      const members = issue.issues.length
      if (members === 1) return deep
      return [invalid(issue, path, input)]
    }
    case "Filter":
      // A check over several fields may say which of them it means.
      return issue.issue._tag === "Pointer" || issue.issue._tag === "Composite"
        ? leaves(issue.issue, path, input)
        : [invalid(issue, path, input)]
    case "MissingKey":
      return [{ path, problem: "missing", message: "is required and missing" }]
    case "UnexpectedKey": {
      const suggestion = didYouMean(String(path.at(-1) ?? ""), keysOf(issue.ast))
      return [
        {
          path,
          problem: "unknown-key",
          message: `unknown key "${String(path.at(-1) ?? "")}"`,
          ...(suggestion === undefined ? {} : { suggestion })
        }
      ]
    }
    default:
      return [invalid(issue, path, input)]
  }
}

const invalid = (issue: SchemaIssue.Issue, path: ReadonlyArray<string | number>, input: unknown): Mistake => ({
  path,
  problem: "invalid",
  message: "has the wrong value",
  expected: describe(issue),
  actual: showValue(valueAt(input, path))
})
