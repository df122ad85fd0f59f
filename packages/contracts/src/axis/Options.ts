/**
 * The options of an entry, decoded strictly.
 *
 * An author who uses Effect gives a Schema; one who does not gives a function that returns the options or throws an Error with
 * a readable message. Both become the same decoder, so that the host knows one shape.
 */
import type * as Schema from "effect/Schema"
import { type Decoded, decodeStrict, showValue } from "../error/decodeStrict.ts"

export type OptionsDecoder<Options> = (input: unknown) => Decoded<Options>

export const optionsFrom =
  <Options, Encoded>(schema: Schema.Codec<Options, Encoded>): OptionsDecoder<Options> =>
  (input) =>
    decodeStrict(schema, input)

export const optionsBy =
  <Options>(parse: (input: unknown) => Options): OptionsDecoder<Options> =>
  (input) => {
    try {
      return { ok: true, value: parse(input) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { ok: false, mistakes: [{ path: [], problem: "invalid", message, actual: showValue(input) }] }
    }
  }
