/** The codes of what can be wrong with the files of both packs; docs/reference/errors.md says of each what to do. */
import type { ScoreTextCodes } from "@feagi-trainer/contracts"

export interface LineCodes extends ScoreTextCodes {
  readonly lineCount: string
  readonly noTargets: string
  readonly more: string
}

export const textCodes: LineCodes = {
  emptyFile: "sequence/EMPTY-FILE",
  notText: "sequence/NOT-UTF-8",
  byteOrderMark: "sequence/BOM",
  lineCount: "sequence/LINE-COUNT",
  noTargets: "sequence/NO-TARGETS",
  more: "sequence/MORE"
}

export const tagCodes: LineCodes = {
  emptyFile: "sequence-tags/EMPTY-FILE",
  notText: "sequence-tags/NOT-UTF-8",
  byteOrderMark: "sequence-tags/BOM",
  lineCount: "sequence-tags/LINE-COUNT",
  noTargets: "sequence-tags/NO-TARGETS",
  more: "sequence-tags/MORE"
}
