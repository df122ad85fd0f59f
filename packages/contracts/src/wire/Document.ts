/**
 * From a JSON text to a document and back, without losing a member or a digit.
 * Sharp edge: the same document always has the same text: declared members in upstream's order, everything else sorted by UTF-8 bytes.
 */
import { Json, type JsonPath, type Positions } from "@feagi-trainer/determinism"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaParser from "effect/SchemaParser"
import { type Contract, type ContractName, contracts } from "./Contracts.ts"
import { EXTENSION_KEY } from "./Extension.ts"
import { type Located, located, newerVersions, type Problem, pointer, problemsOf, show, type ValueProblem } from "./Problem.ts"
import { childSchema, describe, integerName, isOurs, meant, memberOf, type Path, tagOf } from "./SchemaTree.ts"
import { SCHEMA_VERSION } from "./SchemaVersion.ts"

/** The outcome of reading a document: its value, or everything that is wrong with it, in the order of the text. */
export type DecodedDocument<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: ReadonlyArray<Problem> }

/** A value that is not the document it was to be written as. */
export class InvalidDocumentError extends Error {
  override readonly name = "InvalidDocumentError"
  readonly contract: ContractName
  readonly problems: ReadonlyArray<ValueProblem>

  constructor(contract: ContractName, problems: ReadonlyArray<ValueProblem>) {
    super(`this value is no ${contract}:\n${problems.map((problem) => `  ${problem.message}`).join("\n")}`)
    this.contract = contract
    this.problems = problems
  }
}

/** The deepest nesting upstream's parser reads, so that neither side refuses for depth what the other wrote. */
const maxDepth = 127

/** All names resolve to one codec shape; the precise type comes back through `Contract`. */
const codecOf = (name: ContractName): Schema.Codec<unknown, unknown> => contracts[name]

const jsonPath = (steps: Path): JsonPath => steps.map((step) => (typeof step === "symbol" ? String(step) : step))

/** Where a problem stands: at its value, and for what is missing, at the nearest value around it. */
const place = ({ steps, problem }: Located, positions: Positions): Problem & { readonly offset: number } => {
  let path = jsonPath(steps)
  let position = positions.of(path)
  while (position === undefined && path.length > 0) {
    path = path.slice(0, -1)
    position = positions.of(path)
  }
  return { ...problem, line: position?.line ?? 1, column: position?.column ?? 1, offset: position?.offset ?? 0 }
}

const inTextOrder = (problems: ReadonlyArray<Located>, positions: Positions): ReadonlyArray<Problem> =>
  problems
    .map((problem) => place(problem, positions))
    .sort((left, right) => left.offset - right.offset)
    .map(({ offset: _, ...problem }) => problem)

/** Numbers written with a fraction or an exponent (`1.0`) where an integer is declared: equal in value, refused as upstream does. */
const fractionsForIntegers = (root: SchemaAST.AST, value: unknown, positions: Positions): ReadonlyArray<Located> => {
  const found: Array<Located> = []
  // One path, grown and shrunk in place: a mask has as many items as pixels.
  const steps: Array<string | number> = []
  const visit = (schema: SchemaAST.AST | undefined, inner: unknown): void => {
    const ast = schema === undefined ? undefined : meant(schema, inner)
    if (ast === undefined) return
    if (typeof inner === "number") {
      if (integerName(ast) !== undefined && Number.isInteger(inner) && positions.isFloatText(steps)) {
        found.push(located("invalid", [...steps], describe(ast), `${show(inner)} written with a fraction or an exponent`))
      }
    } else if (Array.isArray(inner)) {
      for (const [index, item] of inner.entries()) descend(ast, index, item)
    } else if (typeof inner === "object" && inner !== null) {
      for (const [key, member] of Object.entries(inner)) descend(ast, key, member)
    }
  }
  const descend = (ast: SchemaAST.AST, key: string | number, inner: unknown): void => {
    steps.push(key)
    visit(childSchema(ast, key), inner)
    steps.pop()
  }
  visit(root, value)
  return found
}

/**
 * Reads the document `name` from a JSON text. Members that are not declared are kept, at every level.
 * On failure all problems are given at once; a document of a newer schema version has only problems of the kind `newer`.
 */
export const decodeDocument = <N extends ContractName>(name: N, text: string): DecodedDocument<Contract<N>> => {
  const parsed = Json.parse(text, { maxDepth })
  if (!parsed.ok) {
    return {
      ok: false,
      problems: parsed.problems.map(({ message, line, column }) => ({
        kind: "syntax",
        path: "",
        line,
        column,
        message,
        expected: "a JSON text (RFC 8259) without duplicate keys",
        actual: message
      }))
    }
  }
  const { value, positions } = parsed
  const codec = codecOf(name)
  const newer = newerVersions(codec.ast, value, SCHEMA_VERSION)
  if (newer.length > 0) return { ok: false, problems: inTextOrder(newer, positions) }
  const exit = SchemaParser.decodeUnknownExit(codec)(value, { errors: "all" })
  const issue = Exit.isFailure(exit) ? Option.getOrUndefined(Exit.findErrorOption(exit)) : undefined
  const problems = [
    ...(issue === undefined ? [] : problemsOf(codec.ast, value, issue)),
    ...fractionsForIntegers(codec.ast, value, positions)
  ]
  if (problems.length > 0) return { ok: false, problems: inTextOrder(problems, positions) }
  if (Exit.isFailure(exit)) throw new Error(`decoding a ${name} ended without a value and without a problem`)
  // The codec of `name` produced it; TypeScript cannot index the schemas by a type parameter.
  return { ok: true, value: exit.value as Contract<N> }
}

/** Layout of a written document. */
export interface EncodeOptions {
  /** Two spaces of indentation and a final line feed. Compact otherwise. */
  readonly pretty?: boolean
}

/** Order of UTF-8 bytes, which is the order of code points: UTF-16 units, with surrogates above everything else. */
const byUtf8 = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a !== b) {
      const aSurrogate = a >= 0xd800 && a <= 0xdfff
      const bSurrogate = b >= 0xd800 && b <= 0xdfff
      return aSurrogate === bSurrogate ? a - b : aSurrogate ? 1 : -1
    }
  }
  return left.length - right.length
}

/** Declared members as declared, then the others sorted. */
const memberOrder = (ast: SchemaAST.AST | undefined, value: object): ReadonlyArray<string> => {
  const declared = ast !== undefined && SchemaAST.isObjects(ast) ? ast.propertySignatures.map((member) => String(member.name)) : []
  const known = new Set(declared)
  const others = Object.keys(value).filter((key) => !known.has(key))
  return [...declared.filter((key) => Object.hasOwn(value, key)), ...others.sort(byUtf8)]
}

const scalar = (value: unknown): string =>
  typeof value === "bigint" || Object.is(value, -0) ? (value === 0 ? "-0.0" : String(value)) : JSON.stringify(value)

const write = (schema: SchemaAST.AST | undefined, value: unknown, pretty: boolean, indent: string): string => {
  if (typeof value !== "object" || value === null) return scalar(value)
  const ast = schema === undefined ? undefined : meant(schema, value)
  const inner = pretty ? `${indent}  ` : ""
  const items = Array.isArray(value)
    ? value.map((item, index) => write(ast && childSchema(ast, index), item, pretty, inner))
    : memberOrder(ast, value).map((key) => {
        const text = write(ast && childSchema(ast, key), memberOf(value, key), pretty, inner)
        return `${JSON.stringify(key)}:${pretty ? " " : ""}${text}`
      })
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"]
  if (items.length === 0) return `${open}${close}`
  return pretty ? `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}` : `${open}${items.join(",")}${close}`
}

/**
 * Writes the document `name`: declared members in upstream's order, then undeclared ones and maps sorted by UTF-8 bytes.
 * Throws `InvalidDocumentError` when the value does not fit its schema.
 */
export const encodeDocument = <N extends ContractName>(name: N, value: Contract<N>, options: EncodeOptions = {}): string => {
  const codec = codecOf(name)
  const exit = SchemaParser.encodeUnknownExit(codec)(value, { errors: "all" })
  if (Exit.isFailure(exit)) {
    const issue = Option.getOrUndefined(Exit.findErrorOption(exit))
    const problems = issue === undefined ? [] : problemsOf(codec.ast, value, issue).map(({ problem }) => problem)
    throw new InvalidDocumentError(name, problems)
  }
  const pretty = options.pretty === true
  return `${write(codec.ast, exit.value, pretty, "")}${pretty ? "\n" : ""}`
}

/** Whether upstream can read a document; `variant` names the first variant of ours that prevents it, with its JSON pointer. */
export type Readability = { readonly readable: true } | { readonly readable: false; readonly variant: string }

/** Says whether upstream can read this value, written as the document `name`. Members of ours never prevent it: upstream skips them. */
export const upstreamReadable = <N extends ContractName>(name: N, value: Contract<N>): Readability => {
  const visit = (schema: SchemaAST.AST, inner: unknown, steps: Path): string | undefined => {
    const ast = meant(schema, inner)
    if (ast === undefined) return undefined
    if (isOurs(ast)) return `${tagOf(ast) ?? String(inner)} at ${steps.length === 0 ? "the root" : pointer(steps)}`
    if (typeof inner !== "object" || inner === null) return undefined
    // Lists of plain numbers (masks, bytes, samples) can be long and hold no variants.
    if (Array.isArray(inner) && inner.every((item) => typeof item === "number")) return undefined
    for (const [key, member] of Object.entries(inner)) {
      const child = key === EXTENSION_KEY ? undefined : childSchema(ast, key)
      const variant = child && visit(child, member, [...steps, key])
      if (variant !== undefined) return variant
    }
    return undefined
  }
  const variant = visit(codecOf(name).ast, value, [])
  return variant === undefined ? { readable: true } : { readable: false, variant }
}

/** The document without the members of ours at its top level. */
export const stripExtensions = <T extends { readonly [EXTENSION_KEY]?: unknown }>(value: T): T => {
  const { [EXTENSION_KEY]: _, ...rest } = value
  // The one member removed is optional, so what is left is still a T.
  return rest as T
}
