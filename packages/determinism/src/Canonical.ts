/**
 * Canonical JSON: one value, one text, so that equal values have equal hashes. It is RFC 8785 (keys sorted by UTF-16 code units, numbers
 * in ECMAScript's shortest form, no white space), extended by what RFC 8785 loses: `bigint` is written as its digits, `-0` as `-0`, and
 * the numbers JSON lacks as the tagged objects `{"$number":"NaN"}`, `{"$number":"Infinity"}`, `{"$number":"-Infinity"}`.
 *
 * Escaping: an object whose only key is `$number` (or that key behind further `$`) is data that looks like a tag; it is written with one
 * more `$`, and `fromCanonical` takes one off. Every other object stands as it is, `{"$ref": …}` included.
 *
 * Sharp edges: members that are `undefined` are left out, so `{a: undefined}` and `{}` are one value. A `number` that is an integer from
 * 2^53 to below 1e21 is written by its shortest digits, as RFC 8785 wants, and shares its text with the `bigint` of those digits, as which
 * it is read back (2^60 gives 1152921504606847000): keep exact large integers in `bigint` from the start. Only plain objects, arrays
 * and `Uint8Array` (written as the list of its bytes) are accepted, so a Date, Map, Set, other typed array or class instance is an error and never an accidental `{}`.
 */
import { Json, type JsonValue } from "./Json.ts"
import { sha256Hex } from "./Sha256.ts"

/** The deepest nesting that has a canonical form; deeper values are taken for a mistake and named. */
const maxDepth = 1000

const tag = "$number"
const looksLikeTag = /^\$+number$/

/** A value that has no canonical form. `path` leads to it in JSONPath notation, such as `$.samples[3].when`. */
export class CanonicalError extends Error {
  override readonly name = "CanonicalError"
  readonly path: string

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.path = path
  }
}

interface Step {
  readonly parent: Step | undefined
  readonly key: string | number
  readonly container: object
  readonly depth: number
}

const pathOf = (step: Step | undefined): string => {
  const parts: Array<string> = []
  for (let at = step; at !== undefined; at = at.parent) {
    if (typeof at.key === "number") parts.push(`[${at.key}]`)
    else parts.push(/^[A-Za-z_$][\w$]*$/.test(at.key) ? `.${at.key}` : `[${JSON.stringify(at.key)}]`)
  }
  return `$${parts.reverse().join("")}`
}

const fail = (at: Step | undefined, reason: string): never => {
  throw new CanonicalError(pathOf(at), reason)
}

const numberText = (value: number): string => {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value)
  return `{"${tag}":"${value}"}`
}

const stringText = (value: string, at: Step | undefined, what: string): string =>
  value.isWellFormed() ? JSON.stringify(value) : fail(at, `${what} holds a lone surrogate, which has no UTF-8 form; repair the text`)

const enter = (container: object, key: string | number, parent: Step | undefined): Step => {
  const depth = (parent?.depth ?? 0) + 1
  return { parent, key, container, depth }
}

/** Refuses a container that holds itself, and nesting beyond `maxDepth`. */
const guard = (container: object, at: Step | undefined): void => {
  for (let outer = at; outer !== undefined; outer = outer.parent) {
    if (outer.container === container) fail(at, "the value contains itself; canonical JSON has no references, write an id instead")
  }
  if ((at?.depth ?? 0) >= maxDepth) fail(undefined, `nested deeper than ${maxDepth} levels; flatten the value`)
}

const arrayText = (value: ReadonlyArray<unknown>, at: Step | undefined): string => {
  guard(value, at)
  // Array.from reads holes as undefined, which then names its index
  return `[${Array.from(value, (item, index) => textOf(item, enter(value, index, at))).join(",")}]`
}

const nameOf = (value: object): string => {
  const maker: unknown = Reflect.get(value, "constructor")
  return typeof maker === "function" && maker.name !== "" ? maker.name : "object with a prototype of its own"
}

const objectText = (value: object, at: Step | undefined): string => {
  guard(value, at)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) {
    fail(at, `expected JSON data, found a ${nameOf(value)}; convert it to plain objects, arrays, strings and numbers first`)
  }
  if (Object.getOwnPropertySymbols(value).length > 0) fail(at, "the object has a symbol as key; canonical JSON keys are strings")
  const members = Object.entries(value).filter((member) => member[1] !== undefined)
  members.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
  const prefix = members.length === 1 && looksLikeTag.test(members[0]?.[0] ?? "") ? "$" : ""
  const texts = members.map(([key, member]) => {
    const inside = enter(value, key, at)
    return `${stringText(prefix + key, inside, "the key")}:${textOf(member, inside)}`
  })
  return `{${texts.join(",")}}`
}

const textOf = (value: unknown, at: Step | undefined): string => {
  switch (typeof value) {
    case "string":
      return stringText(value, at, "the string")
    case "number":
      return numberText(value)
    case "bigint":
      return String(value)
    case "boolean":
      return String(value)
    case "object":
      if (value === null) return "null"
      if (value instanceof Uint8Array) return `[${value.join(",")}]`
      return Array.isArray(value) ? arrayText(value, at) : objectText(value, at)
    case "undefined":
      return fail(at, "undefined has no JSON form here; only an object member may be undefined, and is then left out")
    default:
      return fail(at, `a ${typeof value} has no JSON form; leave it out or convert it`)
  }
}

/**
 * The canonical JSON text of `value`. `canonical(fromCanonical(text)) === text` for every text this function wrote.
 * Throws {@link CanonicalError} with the path of the first value that has no canonical form.
 */
export const canonical = (value: unknown): string => textOf(value, undefined)

/** The UTF-8 bytes of {@link canonical}. */
export const canonicalBytes = (value: unknown): Uint8Array => new TextEncoder().encode(canonical(value))

/** The SHA-256 of {@link canonicalBytes} as 64 lower-case hex digits: equal values, equal hashes. */
export const hashOf = (value: unknown): string => sha256Hex(canonical(value))

const special: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY]
])

const isArray: (value: unknown) => value is ReadonlyArray<unknown> = Array.isArray

const untag = (value: JsonValue, at: Step | undefined): JsonValue => {
  if (typeof value !== "object" || value === null) return value
  if (isArray(value)) return value.map((item, index) => untag(item, enter(value, index, at)))
  const members = Object.entries(value)
  const only = members.length === 1 ? members[0] : undefined
  if (only?.[0] === tag) {
    const found = special.get(only[1])
    if (found !== undefined) return found
    return fail(
      at,
      `expected {"${tag}": "NaN" | "Infinity" | "-Infinity"}, found ${canonical(only[1])}; data of this shape is written as "$${tag}"`
    )
  }
  const escaped = only !== undefined && looksLikeTag.test(only[0])
  const plain: { [key: string]: JsonValue } = Object.create(null)
  for (const [key, member] of members) plain[escaped ? key.slice(1) : key] = untag(member, enter(value, key, at))
  return plain
}

/**
 * Reads a text of {@link canonical} back: tags become numbers, escaped keys lose their extra `$`. White space and key order are not
 * checked; compare `canonical(fromCanonical(text))` with `text` where that matters.
 * Throws `JsonSyntaxError` on a text that is not JSON and {@link CanonicalError} on a tag that names no number.
 */
export const fromCanonical = (text: string): JsonValue => {
  const value = Json.parseOrThrow(text, { maxDepth: maxDepth + 1 })
  return mayHoldTag(text) ? untag(value, undefined) : value
}

/** Most texts hold no tag, and looking at the text is cheaper than walking the value. The word may be spelt with escapes. */
const mayHoldTag = (text: string): boolean => text.includes("number") || text.includes("\\u")
