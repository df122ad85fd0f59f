/** The codes of what can be wrong with files; docs/reference/errors.md says of each what to do. */
export const codes = {
  emptyFile: "classification/EMPTY-FILE",
  notText: "classification/NOT-UTF8",
  byteOrderMark: "classification/BYTE-ORDER-MARK",
  notJson: "classification/NOT-JSON",
  repeatedKey: "classification/REPEATED-KEY",
  notAnArray: "classification/NOT-AN-ARRAY",
  notAnObject: "classification/NOT-AN-OBJECT",
  unknownField: "classification/UNKNOWN-FIELD",
  missingField: "classification/MISSING-FIELD",
  wrongType: "classification/WRONG-TYPE",
  repeatedSample: "classification/REPEATED-SAMPLE",
  mixedClasses: "classification/MIXED-CLASSES",
  mixedScores: "classification/MIXED-SCORES",
  wrongScore: "classification/WRONG-SCORE",
  scoreCount: "classification/SCORE-COUNT",
  scoreClasses: "classification/SCORE-CLASSES",
  givenClasses: "classification/GIVEN-CLASSES",
  noTargetsFile: "classification/NO-TARGETS-FILE",
  more: "classification/MORE-MISTAKES"
} as const

export type Code = (typeof codes)[keyof typeof codes]
