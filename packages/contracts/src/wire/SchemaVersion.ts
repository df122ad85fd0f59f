/**
 * The `schema_version` every top-level contract opens with. Ours is 1, as upstream's.
 * Sharp edge: upstream reads any number here; a larger one than ours is refused, because its meaning is unknown.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"

/** The version written, and the only one read. */
export const SCHEMA_VERSION = 1 as const

/** The integer 1. */
export const SchemaVersion = Schema.declareConstructor<number, number | bigint>()(
  [],
  () => (input, ast, options) =>
    input === SCHEMA_VERSION ? Effect.succeed(SCHEMA_VERSION) : Effect.fail(new SchemaIssue.InvalidType(ast, input, options)),
  {
    expected: String(SCHEMA_VERSION),
    wireInteger: "u32",
    wireSchemaVersion: true,
    toCodecJson: () =>
      Schema.link<number>()(Schema.Literal(SCHEMA_VERSION), {
        decode: SchemaGetter.transform((version): number => version),
        encode: SchemaGetter.transform(() => SCHEMA_VERSION)
      })
  }
)
