/**
 * The options of an entry that has none: `{}` and nothing else.
 *
 * Sharp edge: an empty Schema.Struct accepts every value but null and every key, so that the strict decoder is written out.
 */
import { type Mistake, showValue } from "../error/decodeStrict.ts"
import type { OptionsDecoder } from "./Options.ts"

export type NoOptions = Readonly<Record<string, never>>

const isTable = (input: unknown): input is Readonly<Record<string, unknown>> =>
  typeof input === "object" && input !== null && !Array.isArray(input)

/** Every key is a mistake, and all of them are reported. */
export const decodeNoOptions: OptionsDecoder<NoOptions> = (input) => {
  if (!isTable(input))
    return {
      ok: false,
      mistakes: [{ path: [], problem: "invalid", message: "has the wrong value", expected: "an empty table {}", actual: showValue(input) }]
    }
  const mistakes = Object.keys(input).map(
    (key): Mistake => ({
      path: [key],
      problem: "unknown-key",
      message: `unknown key ${showValue(key)}: there are no options`,
      actual: showValue(input[key])
    })
  )
  return mistakes.length === 0 ? { ok: true, value: {} } : { ok: false, mistakes }
}
