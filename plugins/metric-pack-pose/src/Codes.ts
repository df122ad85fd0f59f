/** The codes of what can be wrong with files; docs/reference/errors.md says of each what to do. */
export const codes = {
  emptyFile: "pose/EMPTY-FILE",
  notText: "pose/NOT-TEXT",
  byteOrderMark: "pose/NOT-TEXT",
  notJson: "pose/NOT-JSON",
  repeatedKey: "pose/REPEATED-KEY",
  notAList: "pose/NOT-A-LIST",
  noSample: "pose/NO-SAMPLE",
  notAnObject: "pose/NOT-AN-OBJECT",
  unknownKey: "pose/UNKNOWN-KEY",
  missingField: "pose/MISSING-FIELD",
  wrongId: "pose/WRONG-ID",
  repeatedSample: "pose/REPEATED-SAMPLE",
  noTarget: "pose/NO-TARGET",
  wrongTargets: "pose/WRONG-TARGETS",
  more: "pose/MORE",
  wrongPosition: "pose/WRONG-POSITION",
  wrongOrientation: "pose/WRONG-ORIENTATION",
  notUnit: "pose/NOT-UNIT",
  wrongObject: "pose/WRONG-OBJECT",
  otherObject: "pose/OTHER-OBJECT",
  wrongModel: "pose/WRONG-MODEL"
} as const

export type Code = (typeof codes)[keyof typeof codes]
