/**
 * `tokenise`: a text as numbers, over a vocabulary that is learnt from the declared part. Either the ids of its tokens in a row of fixed
 * length, or how often each known token occurs.
 *
 * Sharp edge: id 0 is no token, it fills the row. With `unknown = "index"` id 1 is every token that is not known, and the known ones begin
 * at 2; with `unknown = "refuse"` they begin at 1.
 */
import {
  type IRSample,
  optionsFrom,
  type SampleShape,
  type Selected,
  type TabularShape,
  TrainerError,
  Transform
} from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { readText, sampleFault, textShape } from "./Texts.ts"
import { tokeniserNames, tokenisers } from "./Tokenisers.ts"
import { type Vocabulary, vocabularyFold } from "./Vocabulary.ts"

const id = "tokenise"

/** A run document names every feature. */
const MOST = 65_536

const Side = Schema.Literals(["start", "end", "refuse"])
const Ids = Schema.Struct({
  form: Schema.Literal("ids"),
  length: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: MOST })),
  /** Where a shorter text is filled with 0. */
  pad: Side,
  /** Where a longer text is cut. */
  cut: Side
})
const Bag = Schema.Struct({ form: Schema.Literal("bag-of-tokens") })

export const TokeniseOptions = Schema.Struct({
  tokeniser: Schema.Literals(tokeniserNames),
  max_size: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: MOST })),
  /** A token that is not in the vocabulary: the sample is refused, or all of them share one index. */
  unknown: Schema.Literals(["refuse", "index"]),
  output: Schema.Union([Ids, Bag]).annotate({
    expected:
      '{ form = "ids", length = N, pad = "start" | "end" | "refuse", cut = "start" | "end" | "refuse" } or { form = "bag-of-tokens" }'
  })
})
export type TokeniseOptions = typeof TokeniseOptions.Type

/** The index of the first known token among all indices, of which the one before it, if any, is that of unknown ones. */
const firstKnown = ({ unknown }: TokeniseOptions): number => (unknown === "index" ? 1 : 0)

const shapeOf = (options: TokeniseOptions, shape: SampleShape, { tokens }: Vocabulary): Selected<TabularShape> => {
  const texts = textShape(id, shape)
  if (!texts.ok) return texts
  const { output } = options
  if (output.form === "ids") {
    const max = firstKnown(options) + tokens.length
    return {
      ok: true,
      value: { kind: "tabular", features: Array.from({ length: output.length }, (_, index) => ({ name: `token${index}`, min: 0, max })) }
    }
  }
  const max = tokenisers[options.tokeniser].most(texts.value.length[1])
  const names = [...(options.unknown === "index" ? ["unknown"] : []), ...tokens.map((token) => `count.${token}`)]
  return { ok: true, value: { kind: "tabular", features: names.map((name) => ({ name, min: 0, max })) } }
}

const known = new WeakMap<Vocabulary, ReadonlyMap<string, number>>()

/** Where every token stands: made once for a vocabulary, not once for a sample. */
const placesOf = (vocabulary: Vocabulary): ReadonlyMap<string, number> => {
  const places = known.get(vocabulary) ?? new Map(vocabulary.tokens.map((token, index) => [token, index]))
  known.set(vocabulary, places)
  return places
}

/** The index of every token, from 0; unknown ones share index 0 where they may. */
const indicesOf = (options: TokeniseOptions, vocabulary: Vocabulary, sample: IRSample): ReadonlyArray<number> | TrainerError => {
  const text = readText(id, sample)
  if (text instanceof TrainerError) return text
  const places = placesOf(vocabulary)
  const indices: Array<number> = []
  for (const token of tokenisers[options.tokeniser].tokens(text)) {
    const place = places.get(token)
    if (place === undefined && options.unknown === "refuse")
      return sampleFault(
        id,
        "UNKNOWN",
        sample,
        "has a token that was not learnt",
        `one of ${vocabulary.tokens.length} tokens`,
        JSON.stringify(token),
        'write unknown = "index", or a larger max_size'
      )
    indices.push(place === undefined ? 0 : place + firstKnown(options))
  }
  return indices
}

const rowOfIds = (output: typeof Ids.Type, indices: ReadonlyArray<number>, sample: IRSample): ReadonlyArray<number> | TrainerError => {
  const { length, pad, cut } = output
  const ids = indices.map((index) => index + 1)
  const [wanted, got] = [`${length} tokens`, String(ids.length)]
  if (ids.length > length && cut === "refuse")
    return sampleFault(id, "LONG", sample, "has too many tokens", wanted, got, "write a larger length, or cut")
  if (ids.length < length && pad === "refuse")
    return sampleFault(id, "SHORT", sample, "has too few tokens", wanted, got, "write a smaller length, or pad")
  if (ids.length >= length) return cut === "start" ? ids.slice(ids.length - length) : ids.slice(0, length)
  const fill = Array.from({ length: length - ids.length }, () => 0)
  return pad === "start" ? [...fill, ...ids] : [...ids, ...fill]
}

export const tokenise: Transform<TokeniseOptions, Vocabulary> = Transform.define<TokeniseOptions, Vocabulary>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(TokeniseOptions),
  fit: (options, shape) => vocabularyFold(id, options, shape),
  shape: ({ options, shape, fitted }) => shapeOf(options, shape, fitted),
  apply: ({ options, fitted }, sample) => {
    const indices = indicesOf(options, fitted, sample)
    if (indices instanceof TrainerError) return Effect.fail(indices)
    const row =
      options.output.form === "ids"
        ? rowOfIds(options.output, indices, sample)
        : counted(indices, firstKnown(options) + fitted.tokens.length)
    return row instanceof TrainerError ? Effect.fail(row) : Effect.succeed({ ...sample, modality: "tabular", payload: { tabular: row } })
  }
})

const counted = (indices: ReadonlyArray<number>, size: number): ReadonlyArray<number> => {
  const counts = Array.from({ length: size }, () => 0)
  for (const index of indices) counts[index] = (counts[index] ?? 0) + 1
  return counts
}
