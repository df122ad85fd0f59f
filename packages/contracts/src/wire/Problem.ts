/**
 * What is wrong with a document, place by place. A failed decode is told as a flat list, one entry per mistake.
 * Sharp edge: in a union only the variant that the value comes nearest to is explained, not all that do not fit.
 */
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import { didYouMean } from "../error/didYouMean.ts"
import {
  describe,
  discriminatorOf,
  isSchemaVersion,
  memberOf,
  type Path,
  schemaAt,
  tagOf,
  valueAt,
  variantFor,
  variantsOf
} from "./SchemaTree.ts"

/** `newer`: the document states a schema version larger than ours, and nothing else of it was judged. */
export type ProblemKind = "syntax" | "missing" | "invalid" | "newer"

/** One mistake in a value. `path` is a JSON pointer (RFC 6901), empty for the whole document. */
export interface ValueProblem {
  readonly kind: ProblemKind
  readonly path: string
  readonly message: string
  readonly expected: string
  readonly actual: string
}

/** One mistake in a text; line and column count from 1. */
export interface Problem extends ValueProblem {
  readonly line: number
  readonly column: number
}

/** A mistake with the steps that lead to it. */
export interface Located {
  readonly steps: Path
  readonly problem: ValueProblem
}

/** The JSON pointer of a path. */
export const pointer = (path: Path): string => path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text)

/** A value as a message shows it: short, and lists and objects by their size. */
export const show = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "bigint") return String(value)
  if (typeof value === "string") return shorten(JSON.stringify(value))
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value !== "object") return `a ${typeof value}`
  const keys = Object.keys(value)
  return keys.length === 0 ? "an empty object" : shorten(`an object with ${keys.map((key) => JSON.stringify(key)).join(", ")}`)
}

/** A problem at `steps`. */
export const located = (kind: ProblemKind, steps: Path, expected: string, actual: string, help = ""): Located => {
  const path = pointer(steps)
  const place = path === "" ? "the document" : path
  const message =
    kind === "missing" ? `${place} is missing: expected ${expected}${help}` : `${place}: expected ${expected}, found ${actual}${help}`
  return { steps, problem: { kind, path, message, expected, actual } }
}

/** Tells the problems of one document. */
class Teller {
  readonly #root: SchemaAST.AST
  readonly #value: unknown

  constructor(root: SchemaAST.AST, value: unknown) {
    this.#root = root
    this.#value = value
  }

  #invalid(path: Path, expected: string, help = ""): ReadonlyArray<Located> {
    return [located("invalid", path, expected, show(valueAt(this.#value, path)), help)]
  }

  #missing(path: Path): ReadonlyArray<Located> {
    const ast = schemaAt(this.#root, this.#value, path)
    const around = path.slice(0, -1)
    const near = slipFor(path.at(-1), valueAt(this.#value, around), schemaAt(this.#root, this.#value, around))
    const help = near === undefined ? "" : `; is ${JSON.stringify(near)} a slip for it?`
    return [located("missing", path, ast === undefined ? "a value" : describe(ast), "nothing", help)]
  }

  tell(issue: SchemaIssue.Issue, path: Path): ReadonlyArray<Located> {
    switch (issue._tag) {
      case "Pointer":
        return this.tell(issue.issue, [...path, ...issue.path])
      case "Encoding":
        return this.tell(issue.issue, path)
      case "Composite":
        return issue.issues.flatMap((inner) => this.tell(inner, path))
      case "Filter": {
        const expected = issue.filter.annotations?.expected
        return this.#invalid(path, typeof expected === "string" ? expected : "another value")
      }
      case "MissingKey":
        return this.#missing(path)
      case "InvalidType":
        return this.#invalid(path, describe(issue.ast))
      case "AnyOf":
        return this.#union(issue.ast, path)
      default:
        return this.#invalid(path, "another value")
    }
  }

  #union(union: SchemaAST.AST, path: Path): ReadonlyArray<Located> {
    const value = valueAt(this.#value, path)
    const variants = variantsOf(union)
    const variant = variantFor(union, value)
    if (variant === undefined) return this.#noVariant(union, variants, value, path)
    if (isExternallyTagged(variant) && variants.every(isWordOrTagged) && memberOf(value, tagOf(variant) ?? "") === undefined) {
      const tags = variants.map(tagOf).filter((tag) => tag !== undefined)
      return this.#invalid(path, describe(union), suggestion(Object.keys(Object(value)), tags))
    }
    const exit = SchemaParser.decodeUnknownExit(Schema.make<Schema.Codec<unknown, unknown>>(variant))(value, { errors: "all" })
    const inner = Exit.isFailure(exit) ? Option.getOrUndefined(Exit.findErrorOption(exit)) : undefined
    return inner === undefined ? this.#invalid(path, describe(union)) : this.tell(inner, path)
  }

  /** No variant has the JSON type of the value, or the word that tells variants apart is none of the known ones. */
  #noVariant(union: SchemaAST.AST, variants: ReadonlyArray<SchemaAST.AST>, value: unknown, path: Path): ReadonlyArray<Located> {
    const discriminators = variants.map(discriminatorOf).filter((one) => one !== undefined)
    const key = discriminators[0]?.key
    if (key !== undefined && typeof value === "object" && value !== null && !Array.isArray(value)) {
      const words = discriminators.map((one) => String(one.word))
      const expected = `one of ${words.map((word) => JSON.stringify(word)).join(", ")}`
      const given = memberOf(value, key)
      return given === undefined
        ? [located("missing", [...path, key], expected, "nothing")]
        : [located("invalid", [...path, key], expected, show(given), suggestion([given], words))]
    }
    const words = variants.flatMap((one) => (SchemaAST.isLiteral(one) ? [String(one.literal)] : []))
    return this.#invalid(path, describe(union), suggestion([value], words))
  }
}

const isExternallyTagged = (ast: SchemaAST.AST): boolean => tagOf(ast) !== undefined && discriminatorOf(ast) === undefined

const isWordOrTagged = (ast: SchemaAST.AST): boolean => isExternallyTagged(ast) || SchemaAST.isNull(ast) || SchemaAST.isLiteral(ast)

const suggestion = (given: ReadonlyArray<unknown>, words: ReadonlyArray<string>): string => {
  for (const word of given) {
    const near = typeof word === "string" ? didYouMean(word, words) : undefined
    if (near !== undefined && near !== word) return `; did you mean ${JSON.stringify(near)}?`
  }
  return ""
}

/** An undeclared member whose name is near to the missing one. */
const slipFor = (missing: PropertyKey | undefined, parent: unknown, ast: SchemaAST.AST | undefined): string | undefined => {
  if (typeof missing !== "string" || typeof parent !== "object" || parent === null || ast === undefined || !SchemaAST.isObjects(ast))
    return undefined
  const declared = new Set(ast.propertySignatures.map((member) => member.name))
  return didYouMean(
    missing,
    Object.keys(parent).filter((key) => !declared.has(key))
  )
}

/** The problems of a failed decode of `value` with the schema `root`, in no particular order. */
export const problemsOf = (root: SchemaAST.AST, value: unknown, issue: SchemaIssue.Issue): ReadonlyArray<Located> =>
  new Teller(root, value).tell(issue, [])

/** `schema_version`s of `value` that are larger than ours, wherever the schema declares one. */
export const newerVersions = (root: SchemaAST.AST, value: unknown, ours: number): ReadonlyArray<Located> => {
  const found: Array<Located> = []
  const visit = (inner: unknown, steps: Path): void => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return
    for (const [key, member] of Object.entries(inner)) {
      const path = [...steps, key]
      if (key === "schema_version") {
        const larger = typeof member === "bigint" || (typeof member === "number" && Number.isInteger(member)) ? member > ours : false
        const ast = larger ? schemaAt(root, value, path) : undefined
        if (ast !== undefined && isSchemaVersion(ast)) {
          found.push(
            located("newer", path, `at most ${ours}`, show(member), "; a newer release wrote this document, read it with that one")
          )
        }
      } else visit(member, path)
    }
  }
  visit(value, [])
  return found
}
