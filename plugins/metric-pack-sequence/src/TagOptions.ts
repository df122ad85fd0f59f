/** The one option of the pack `sequence-tags`: how spans are read out of tags. Left out it is `conlleval`, as in seqeval. */
import { type OptionsDecoder, optionsFrom } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { SpanScheme } from "./Spans.ts"

export const TagOptions = Schema.Struct({
  /** `none` for tags that are no spans, such as parts of speech. */
  spans: SpanScheme.pipe(Schema.withDecodingDefaultKey(Effect.succeed("conlleval" as const)))
})
export type TagOptions = typeof TagOptions.Type

export const decodeTagOptions: OptionsDecoder<TagOptions> = optionsFrom(TagOptions)
