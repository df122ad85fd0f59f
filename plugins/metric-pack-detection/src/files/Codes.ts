/** The codes of what can be wrong with files; docs/reference/errors.md says of each what to do. */
export const codes = {
  emptyFile: "detection/EMPTY",
  notText: "detection/NO-UTF8",
  byteOrderMark: "detection/BYTE-ORDER-MARK",
  notJson: "detection/NO-JSON",
  missingField: "detection/MISSING-FIELD",
  badField: "detection/BAD-FIELD",
  notFinite: "detection/NOT-FINITE",
  duplicateKey: "detection/DUPLICATE-KEY",
  duplicateId: "detection/DUPLICATE-ID",
  unknownImage: "detection/UNKNOWN-IMAGE",
  badMask: "detection/BAD-MASK",
  badKeypoints: "detection/BAD-KEYPOINTS",
  targets: "detection/TARGETS",
  more: "detection/MORE"
} as const

export type Code = (typeof codes)[keyof typeof codes]
