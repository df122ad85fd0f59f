/**
 * `text-normalise`: a normal form of Unicode, then lower case, then white space. After a change of case the normal form is made once more,
 * so that what comes out is in it.
 *
 * Sharp edge: normal forms and case are those of the Unicode version that the engine knows. They are settled for every character that has
 * a meaning there; a character that a later version adds stays as it is until the engine knows it.
 */
import { optionsFrom, Transform } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { readText, textShape } from "./Texts.ts"

const id = "text-normalise"

export const NormaliseOptions = Schema.Struct({
  unicode: Schema.Literals(["nfc", "nfkc", "none"]),
  /** `lower`: Unicode's own mapping, of no language in particular. */
  case: Schema.Literals(["lower", "keep"]),
  /** `collapse`: every run of white space is one space, and there is none at either end. */
  white_space: Schema.Literals(["collapse", "keep"])
})
export type NormaliseOptions = typeof NormaliseOptions.Type

const forms = { nfc: "NFC", nfkc: "NFKC" } as const

/** Characters that one character can become at most: a test asks every one. */
export const growth: Readonly<Record<NormaliseOptions["unicode"], number>> = { none: 2, nfc: 4, nfkc: 18 }

export const normalise = (options: NormaliseOptions, text: string): string => {
  const inForm = (given: string): string => (options.unicode === "none" ? given : given.normalize(forms[options.unicode]))
  const formed = inForm(text)
  const cased = options.case === "lower" ? inForm(formed.toLowerCase()) : formed
  return options.white_space === "collapse" ? cased.replace(/\p{White_Space}+/gu, " ").replace(/^ | $/g, "") : cased
}

export const textNormalise: Transform<NormaliseOptions, undefined> = Transform.define<NormaliseOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(NormaliseOptions),
  shape: ({ options, shape }) => {
    const texts = textShape(id, shape)
    if (!texts.ok) return texts
    const [least, most] = texts.value.length
    const grows = options.unicode !== "none" || options.case === "lower"
    // Characters join into one, and a text of nothing but white space ends up empty.
    const low = options.white_space === "collapse" ? 0 : options.unicode === "none" ? least : Math.min(least, 1)
    return { ok: true, value: { kind: "text", length: [low, most * (grows ? growth[options.unicode] : 1)] } }
  },
  apply: ({ options }, sample) => {
    const text = readText(id, sample)
    return typeof text === "string" ? Effect.succeed({ ...sample, payload: { text: normalise(options, text) } }) : Effect.fail(text)
  }
})
