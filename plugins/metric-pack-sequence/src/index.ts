/** The entries of this plugin: the metric packs `sequence` and `sequence-tags`, and their protocols. */
export {
  sequenceHoldout,
  sequenceTrainTest,
  spansHoldout,
  spansTrainTest,
  tokenTagsHoldout,
  tokenTagsTrainTest
} from "./Protocols.ts"
export { sequence, TEXT } from "./Sequence.ts"
export { sequenceTags, TAGS } from "./SequenceTags.ts"
export type { SpanScheme } from "./Spans.ts"
export type { TagCounts } from "./TagCounts.ts"
export type { TagOptions } from "./TagOptions.ts"
export type { TextOptions } from "./TextOptions.ts"
export type { TextSums } from "./TextSums.ts"
