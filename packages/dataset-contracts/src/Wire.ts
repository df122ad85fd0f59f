/**
 * How a Rust struct or enum of upstream is said as an Effect Schema: open structs, the three kinds of optional field, externally tagged variants.
 * Sharp edge: members that a schema does not declare are kept at run time and written back, but do not appear in its TypeScript type.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

type Fields = { readonly [name: string]: Schema.Codec<unknown, unknown> }

/** A struct that keeps undeclared members: they survive decode and encode unread. */
export const wireStruct = <const F extends Schema.Struct.Fields>(
  fields: F
): Schema.Codec<Schema.Struct.Type<F>, Schema.Struct.Encoded<F>, Schema.Struct.DecodingServices<F>, Schema.Struct.EncodingServices<F>> => {
  const open = Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])
  // The index signature exists only to carry unknown members along; shown in the type it would hide misspelt accesses.
  return open as unknown as Schema.Codec<
    Schema.Struct.Type<F>,
    Schema.Struct.Encoded<F>,
    Schema.Struct.DecodingServices<F>,
    Schema.Struct.EncodingServices<F>
  >
}

/** A Rust `Option`: missing or null on read, written as `null`. */
export const orNull = <T, E>(schema: Schema.Codec<T, E>) =>
  Schema.NullOr(schema).pipe(Schema.withDecodingDefaultKey(Effect.succeed<E | null>(null)))

/** A Rust `Option` that is skipped when empty: missing or null on read, left out on write. */
export const omittable = <T, E>(schema: Schema.Codec<T, E>) =>
  Schema.optionalKey(Schema.NullOr(Schema.toEncoded(schema))).pipe(
    Schema.decodeTo(Schema.optionalKey(schema), {
      decode: SchemaGetter.transformOptional<E, E | null>((value) => Option.filter(value, (inner): inner is E & {} => inner !== null)),
      encode: SchemaGetter.transformOptional<E | null, E>((value) => value)
    })
  )

/** A list that may be missing on read (null is an error) and is left out on write when empty. */
export const omitEmpty = <T, E>(schema: Schema.Codec<T, E>) => {
  const list = Schema.Array(schema)
  return Schema.optionalKey(Schema.toEncoded(list)).pipe(
    Schema.decodeTo(list, {
      decode: SchemaGetter.transformOptional<ReadonlyArray<E>, ReadonlyArray<E>>((value) => Option.orElseSome(value, () => [])),
      encode: SchemaGetter.transformOptional<ReadonlyArray<E>, ReadonlyArray<E>>((value) =>
        Option.filter(value, (items) => items.length > 0)
      )
    })
  )
}

/** A field that may be missing on read (null is an error), then has upstream's default, and is always written. */
export const withDefault = <T, E>(schema: Schema.Codec<T, E>, missing: E) =>
  schema.pipe(Schema.withDecodingDefaultKey(Effect.succeed(missing)))

/** The union of `{name: value}` objects, exactly one member each. */
export type Tagged<F extends Fields> = { [K in keyof F]: { readonly [P in K]: F[K]["Type"] } }[keyof F]
type TaggedEncoded<F extends Fields> = { [K in keyof F]: { readonly [P in K]: F[K]["Encoded"] } }[keyof F]

/** Says, for the formatter of problems and for `upstreamReadable`, which variants upstream does not know. */
export interface VariantAnnotation {
  /** Variants of ours: upstream cannot read a document that holds one. */
  readonly ours?: boolean
}

/** A Rust enum with data: an object with exactly one of the given keys. `annotations.ours` marks all of them as unknown to upstream. */
export const tagged = <const F extends Fields>(
  variants: F,
  annotations: VariantAnnotation = {}
): Schema.Codec<Tagged<F>, TaggedEncoded<F>> => {
  const members = Object.entries(variants).map(([name, schema]) =>
    wireStruct({ [name]: schema })
      .check(Schema.isMaxProperties(1, { expected: `an object with the one key "${name}"` }))
      .annotate({ wireTag: name, wireOurs: annotations.ours === true })
  )
  // The mapped type above says per key what the loop builds; TypeScript cannot follow Object.entries.
  return Schema.Union(members) as unknown as Schema.Codec<Tagged<F>, TaggedEncoded<F>>
}

/** Words of ours beside upstream's, marked as unknown to upstream. */
export const ourWords = <const L extends ReadonlyArray<string>>(words: L): Schema.Codec<L[number]> =>
  Schema.Union(words.map((word) => Schema.Literal(word as L[number]).annotate({ wireOurs: true })))
