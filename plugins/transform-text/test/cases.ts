/** Every operation of the package under options of every kind, with texts that it has to take. */
import type { IRSample, TextShape } from "@feagi-trainer/contracts"
import { type Case, sampleOf } from "../../transform-tabular/test/support.ts"
import { textNormalise, tokenise } from "../src/index.ts"

export const text = (sample_id: string, value: string): IRSample => sampleOf(sample_id, { modality: "text", payload: { text: value } })
export const shape = (least: number, most: number): TextShape => ({ kind: "text", length: [least, most] })

export const training = [text("a", "the cat and the dog"), text("b", "the dog is a dog\n")]
const known = [text("c", "the dog and a cat"), text("d", "dog"), text("e", "")]
const unknown = [...known, text("f", "a bird \u{1f426} sings to the dog and to the cat")]
const odd = [
  text("g", "  \u00c5ngstro\u0308m\t\uff21\u212b \ufb01x\u2003I\u0307\u0130 "),
  text("h", "\u03a3\u03a3 stra\u00dfe"),
  text("i", "")
]

const learnt = { shape: shape(0, 44), training }
export const cases: ReadonlyArray<Case> = [
  {
    name: "normalise-nfc",
    transform: textNormalise,
    options: { unicode: "nfc", case: "keep", white_space: "keep" },
    shape: shape(0, 30),
    samples: odd
  },
  {
    name: "normalise-nfkc-lower",
    transform: textNormalise,
    options: { unicode: "nfkc", case: "lower", white_space: "collapse" },
    shape: shape(0, 30),
    samples: odd
  },
  {
    name: "normalise-none",
    transform: textNormalise,
    options: { unicode: "none", case: "lower", white_space: "keep" },
    shape: shape(0, 30),
    samples: odd
  },
  {
    name: "words-as-ids",
    transform: tokenise,
    options: { tokeniser: "white-space", max_size: 4, unknown: "index", output: { form: "ids", length: 6, pad: "end", cut: "end" } },
    ...learnt,
    samples: unknown
  },
  {
    name: "characters-as-ids",
    transform: tokenise,
    options: { tokeniser: "characters", max_size: 100, unknown: "refuse", output: { form: "ids", length: 8, pad: "start", cut: "start" } },
    ...learnt,
    samples: known
  },
  {
    name: "bytes-counted",
    transform: tokenise,
    options: { tokeniser: "bytes", max_size: 256, unknown: "index", output: { form: "bag-of-tokens" } },
    ...learnt,
    samples: unknown
  },
  {
    name: "words-counted",
    transform: tokenise,
    options: { tokeniser: "white-space", max_size: 50, unknown: "refuse", output: { form: "bag-of-tokens" } },
    ...learnt,
    samples: known
  }
]
