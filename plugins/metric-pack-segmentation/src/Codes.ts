/** The codes of what can be wrong with files; docs/reference/errors.md says of each what to do. */
export const codes = {
  emptyFile: "segmentation/EMPTY-FILE",
  notText: "segmentation/NOT-TEXT",
  byteOrderMark: "segmentation/NOT-TEXT",
  notJson: "segmentation/NOT-JSON",
  repeatedKey: "segmentation/REPEATED-KEY",
  notAList: "segmentation/NOT-A-LIST",
  noSample: "segmentation/NO-SAMPLE",
  notAnObject: "segmentation/NOT-AN-OBJECT",
  unknownKey: "segmentation/UNKNOWN-KEY",
  missingField: "segmentation/MISSING-FIELD",
  wrongId: "segmentation/WRONG-ID",
  repeatedSample: "segmentation/REPEATED-SAMPLE",
  noTarget: "segmentation/NO-TARGET",
  wrongTargets: "segmentation/WRONG-TARGETS",
  more: "segmentation/MORE",
  wrongSize: "segmentation/WRONG-SIZE",
  wrongLabel: "segmentation/WRONG-LABEL",
  wrongRun: "segmentation/WRONG-RUN",
  undeclaredLabel: "segmentation/UNDECLARED-LABEL"
} as const

export type Code = (typeof codes)[keyof typeof codes]
