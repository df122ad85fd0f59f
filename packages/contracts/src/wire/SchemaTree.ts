/**
 * Reads a schema as a tree beside a value: which variant a value means, what a place expects, which members are declared.
 * Sharp edge: transformations are looked through, which is right because those of the wire only add or drop whole members.
 */
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaParser from "effect/SchemaParser"

type AST = SchemaAST.AST

/** Steps from the root of a document: member names and list indices. */
export type Path = ReadonlyArray<PropertyKey>

/** The wire's own annotation `key` of a schema. */
const note = (ast: AST, key: string): unknown => SchemaAST.resolve(ast)?.[key]

/** The Rust name of an integer type, when the schema is one. */
export const integerName = (ast: AST): string | undefined => {
  const name = note(ast, "wireInteger")
  return typeof name === "string" ? name : undefined
}

/** Whether the schema is the `schema_version` of a contract. */
export const isSchemaVersion = (ast: AST): boolean => note(ast, "wireSchemaVersion") === true

/** Whether upstream does not know this variant. */
export const isOurs = (ast: AST): boolean => note(ast, "wireOurs") === true

/** The key that names an externally tagged variant. */
export const tagOf = (ast: AST): string | undefined => {
  const tag = note(ast, "wireTag")
  return typeof tag === "string" ? tag : undefined
}

/** A lazy schema, resolved. */
const reveal = (ast: AST): AST => (SchemaAST.isSuspend(ast) ? reveal(ast.thunk()) : ast)

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value)

/** Member `key` of an object; own members only. */
export const memberOf = (value: unknown, key: PropertyKey): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined

/** The value at `path`, or `undefined`. */
export const valueAt = (value: unknown, path: Path): unknown => path.reduce<unknown>((inner, key) => memberOf(inner, key), value)

/** All variants of a union, unions inside unions included; of any other schema, itself. */
export const variantsOf = (ast: AST): ReadonlyArray<AST> => {
  const shown = reveal(ast)
  return SchemaAST.isUnion(shown) ? shown.types.flatMap(variantsOf) : [shown]
}

/** Whether a value of the JSON type of `value` could be this variant at all. */
const fitsType = (ast: AST, value: unknown): boolean => {
  switch (ast._tag) {
    case "Null":
      return value === null
    case "Literal":
      return ast.literal === value
    case "String":
      return typeof value === "string"
    case "Boolean":
      return typeof value === "boolean"
    case "Objects":
      return isObject(value)
    case "Arrays":
      return Array.isArray(value)
    default:
      return Exit.isSuccess(SchemaParser.decodeUnknownExit(Schema.make<Schema.Codec<unknown, unknown>>(ast))(value))
  }
}

/** The member whose fixed word tells the variants of a union apart (`type`, `scheme`, …), with the word of `ast`. */
export const discriminatorOf = (ast: AST): { readonly key: string; readonly word: unknown } | undefined => {
  if (!SchemaAST.isObjects(ast)) return undefined
  const found = ast.propertySignatures.find((member) => SchemaAST.isLiteral(member.type))
  return found !== undefined && SchemaAST.isLiteral(found.type) ? { key: String(found.name), word: found.type.literal } : undefined
}

/** How many members that must be present are not. */
const missingMembers = (ast: AST, value: unknown): number =>
  SchemaAST.isObjects(ast)
    ? ast.propertySignatures.filter(
        (member) => memberOf(value, member.name) === undefined && !SchemaAST.isOptional(SchemaAST.toEncoded(member.type))
      ).length
    : 0

/**
 * The variant of a union that `value` means: the one with its word, else the one that lacks the fewest members, the first among equals.
 * `undefined` when no variant has the JSON type of the value, or a discriminator holds none of the known words.
 */
export const variantFor = (union: AST, value: unknown): AST | undefined => {
  const fitting = variantsOf(union).filter((variant) => fitsType(variant, value))
  const worded = fitting.filter((variant) => {
    const discriminator = discriminatorOf(variant)
    return discriminator === undefined || discriminator.word === memberOf(value, discriminator.key)
  })
  let best: { readonly variant: AST; readonly missing: number } | undefined
  for (const variant of worded) {
    const missing = missingMembers(variant, value)
    if (best === undefined || missing < best.missing) best = { variant, missing }
  }
  return best?.variant
}

/** The schema without its unions, as `value` means it. */
export const meant = (ast: AST, value: unknown): AST | undefined => {
  const shown = reveal(ast)
  return SchemaAST.isUnion(shown) ? variantFor(shown, value) : shown
}

/** The schema of member or item `key` of `ast`; `undefined` for members that are not declared. */
export const childSchema = (ast: AST, key: PropertyKey): AST | undefined => {
  if (SchemaAST.isArrays(ast)) return ast.elements[Number(key)] ?? ast.rest[0]
  if (!SchemaAST.isObjects(ast)) return undefined
  const declared = ast.propertySignatures.find((member) => member.name === key)
  return declared === undefined ? ast.indexSignatures[0]?.type : declared.type
}

/** The schema at `path` of a document that holds `value`. */
export const schemaAt = (root: AST, value: unknown, path: Path): AST | undefined => {
  let ast = meant(root, value)
  let inner: unknown = value
  for (const [index, key] of path.entries()) {
    if (ast === undefined) return undefined
    inner = memberOf(inner, key)
    const child = childSchema(ast, key)
    ast = child === undefined ? undefined : index === path.length - 1 ? reveal(child) : meant(child, inner)
  }
  return ast
}

/** What a place expects, in words. */
export const describe = (ast: AST): string => {
  const shown = reveal(ast)
  const said = note(shown, "expected")
  if (typeof said === "string") return said
  switch (shown._tag) {
    case "Null":
      return "null"
    case "String":
      return "a string"
    case "Boolean":
      return "true or false"
    case "Literal":
      return JSON.stringify(shown.literal)
    case "Objects": {
      const discriminator = discriminatorOf(shown)
      return discriminator === undefined ? "an object" : `an object with "${discriminator.key}": ${JSON.stringify(discriminator.word)}`
    }
    case "Arrays":
      return shown.elements.length > 0 ? `a list of ${shown.elements.length} values` : "a list"
    case "Union":
      return describeUnion(shown)
    default:
      return "any JSON value"
  }
}

const oneOf = (words: ReadonlyArray<string>): string => (words.length > 1 ? `one of ${words.join(", ")}` : words.join(""))

const describeUnion = (union: AST): string => {
  const variants = variantsOf(union)
  const words = variants.filter(SchemaAST.isLiteral).map((variant) => JSON.stringify(variant.literal))
  const discriminators = variants.map(discriminatorOf).filter((one) => one !== undefined)
  const key = discriminators[0]?.key
  const tagged = variants.filter((variant) => tagOf(variant) !== undefined && discriminatorOf(variant) === undefined)
  const tags = tagged.map((variant) => JSON.stringify(tagOf(variant)))
  const rest = variants.filter(
    (variant) => !SchemaAST.isLiteral(variant) && discriminatorOf(variant) === undefined && !tagged.includes(variant)
  )
  const parts = [
    ...(words.length > 0 ? [oneOf(words)] : []),
    ...(key === undefined ? [] : [`an object whose "${key}" is ${oneOf(discriminators.map((one) => JSON.stringify(one.word)))}`]),
    ...(tags.length > 1
      ? [`an object with exactly one of the keys ${tags.join(", ")}`]
      : tags.map((tag) => `an object with the one key ${tag}`)),
    ...new Set(rest.map(describe))
  ]
  return parts.join(", or ")
}
