/**
 * The target of a labelled sequence: which characters each token is, and its class.
 *
 * Sharp edge: spans count UTF-16 code units, the end excluded, so that `text.slice(start, end)` is the token; a token may hold blanks,
 * so that cutting the text at blanks is no way to find it.
 */
import { Schema } from "effect"

/** Output type of the samples, and type of their targets. */
export const TOKEN_LABELS = "@feagi-trainer/adapter-text#token-labels"

/** `labels[i]` is the class id of the token `spans[i]`. */
export const TokenLabels = Schema.Struct({
  spans: Schema.Array(Schema.Tuple([Schema.Int, Schema.Int])),
  labels: Schema.Array(Schema.Int)
})
export type TokenLabels = typeof TokenLabels.Type

/** The tokens of a text. */
export const tokensOf = (text: string, { spans }: TokenLabels): ReadonlyArray<string> => spans.map(([start, end]) => text.slice(start, end))
