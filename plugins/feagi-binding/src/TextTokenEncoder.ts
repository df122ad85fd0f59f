/**
 * Encoder `text-token`: token ids as FEAGI's text coder has them: id + 1 in binary digits along z, the highest at z = 0, one channel per token.
 *
 * Sharp edge: FEAGI keeps 0 for "no token", as the transform tokenise does for padding. `ids = "from-zero"` adds the 1, `ids = "with-empty"`
 * takes 0 as no token: nothing fires then.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { miscForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { defineInput } from "./InputEncoder.ts"
import { SCHEME_VERSION } from "./Scheme.ts"
import { unitOf } from "./Units.ts"

const TextTokenOptions = Schema.Struct({
  area: Schema.Literals(["iten"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  /** Binary digits. */
  depth: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 32 })),
  /** `from-zero`: the first token has id 0; `with-empty`: it has id 1, and 0 is no token. */
  ids: Schema.Literals(["from-zero", "with-empty"])
})
export type TextTokenOptions = typeof TextTokenOptions.Type

/** Writes `number` in `depth` binary digits, highest first. */
const writeDigits = (number: number, depth: number, into: Float64Array, at: number): void => {
  for (let digit = 0; digit < depth; digit++) into[at + digit] = Math.floor(number / 2 ** (depth - 1 - digit)) % 2
}

export const textToken = defineInput<TextTokenOptions>({
  id: "text-token",
  decodeOptions: optionsFrom(TextTokenOptions),
  takes: ["tabular"],
  scaling: () => ({ range: "given", out_of_range: "refuse", constant_feature: "keep" }),
  layout: ({ area, group, depth, ids }, shape) => {
    const first = ids === "from-zero" ? 1 : 0
    const range = { count: 1, low: 0, high: 2 ** depth - 1 - first, whole: true }
    return {
      ok: true,
      value: {
        uses: [
          { unit: unitOf(area), group, form: miscForm(1, 1, depth), flags: { frame: "Absolute" }, channels: shape.count, layout: { ids } }
        ],
        target: () => range,
        arrange: (tokens) => {
          const digits = new Float64Array(tokens.length * depth)
          for (let i = 0; i < tokens.length; i++) writeDigits((tokens[i] ?? 0) + first, depth, digits, i * depth)
          return digits
        }
      }
    }
  },
  identity: ({ depth }) => ({ scheme: "text_token", version: SCHEME_VERSION, bins: depth, spacing: null })
})
