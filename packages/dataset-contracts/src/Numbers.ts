/**
 * The number types of the wire: u8, u16, u32, u64, i64 and f64 of the Rust side.
 * Sharp edge: u64 and i64 are `bigint` in memory, always, because a seed beyond 2^53 must survive; the smaller ones are `number`.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"

/** Name of an integer type of the wire, kept as the annotation `wireInteger` of its schema. */
export type IntegerName = "u8" | "u16" | "u32" | "u64" | "i64"

/** A whole number given as a JSON integer or a `bigint`; `undefined` for everything else. */
const wholeOf = (value: unknown): bigint | undefined => {
  if (typeof value === "bigint") return value
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : undefined
}

/** The JSON Schema of an integer. A bound beyond 2^53 is stated as the excluded power of two above it, which a double holds exactly. */
const jsonInteger = (minimum: bigint, maximum: bigint) =>
  Schema.Finite.check(
    Schema.makeFilter((value: number) => Number.isInteger(value) && value >= Number(minimum) && value <= Number(maximum), {
      toJsonSchema: () => ({
        type: "integer",
        minimum: Number(minimum),
        ...(maximum > BigInt(Number.MAX_SAFE_INTEGER) ? { exclusiveMaximum: Number(maximum + 1n) } : { maximum: Number(maximum) })
      })
    })
  )

const integer = <T extends number | bigint>(name: IntegerName, minimum: bigint, maximum: bigint, carry: (whole: bigint) => T) =>
  Schema.declareConstructor<T, number | bigint>()(
    [],
    () => (input, ast, options) => {
      const whole = wholeOf(input)
      return whole !== undefined && whole >= minimum && whole <= maximum
        ? Effect.succeed(carry(whole))
        : Effect.fail(new SchemaIssue.InvalidType(ast, input, options))
    },
    {
      expected: `an integer from ${minimum} to ${maximum} (${name})`,
      wireInteger: name,
      toCodecJson: () =>
        Schema.link<T>()(jsonInteger(minimum, maximum), {
          decode: SchemaGetter.transform((value) => carry(BigInt(value))),
          encode: SchemaGetter.transform((value) => Number(value))
        })
    }
  )

/** 0 … 255. */
export const U8 = integer("u8", 0n, 255n, Number)
/** 0 … 65 535. */
export const U16 = integer("u16", 0n, 65_535n, Number)
/** 0 … 2^32 − 1. */
export const U32 = integer("u32", 0n, 4_294_967_295n, Number)
/** 0 … 2^64 − 1, a `bigint` in memory. */
export const U64 = integer("u64", 0n, 18_446_744_073_709_551_615n, (whole) => whole)
/** −2^63 … 2^63 − 1, a `bigint` in memory. */
export const I64 = integer("i64", -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n, (whole) => whole)

/** A finite double. A whole number too large to be exact is read as the nearest double, as upstream does. */
export const F64 = Schema.declareConstructor<number, number | bigint>()(
  [],
  () => (input, ast, options) => {
    const value = typeof input === "bigint" ? Number(input) : input
    return typeof value === "number" && Number.isFinite(value)
      ? Effect.succeed(value)
      : Effect.fail(new SchemaIssue.InvalidType(ast, input, options))
  },
  {
    expected: "a finite number (f64)",
    toCodecJson: () =>
      Schema.link<number>()(Schema.Finite, {
        decode: SchemaGetter.passthrough(),
        encode: SchemaGetter.passthrough()
      })
  }
)

const ByteArray = Schema.declare((value: unknown): value is Uint8Array => value instanceof Uint8Array, { expected: "a Uint8Array" })

/** Bytes: a list of integers from 0 to 255 in a document, a `Uint8Array` in memory. */
export const Bytes = Schema.Array(U8).pipe(
  Schema.decodeTo(ByteArray, {
    decode: SchemaGetter.transform<Uint8Array, ReadonlyArray<number>>((list) => Uint8Array.from(list)),
    encode: SchemaGetter.transform<ReadonlyArray<number>, Uint8Array>((bytes) => Array.from(bytes))
  })
)

/** A number whose kind is kept: `number` for what a double holds, `bigint` for a whole number beyond 2^53. */
export const AnyNumber = Schema.declareConstructor<number | bigint>()(
  [],
  () => (input, ast, options) =>
    typeof input === "bigint" || (typeof input === "number" && Number.isFinite(input))
      ? Effect.succeed(input)
      : Effect.fail(new SchemaIssue.InvalidType(ast, input, options)),
  {
    expected: "a number",
    toCodecJson: () =>
      Schema.link<number | bigint>()(Schema.Finite, {
        decode: SchemaGetter.passthrough(),
        encode: SchemaGetter.transform((value) => Number(value))
      })
  }
)
