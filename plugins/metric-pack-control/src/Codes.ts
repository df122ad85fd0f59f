/** The codes of what can be wrong with files; docs/reference/errors.md says of each what to do. Findings of one kind share one code. */
const notText = "control/NOT-TEXT"
const notJson = "control/NOT-JSON"
const wrongRow = "control/WRONG-ROW"

export const codes = {
  emptyFile: notJson,
  notText,
  byteOrderMark: notText,
  notJson,
  repeatedKey: notJson,
  notAList: wrongRow,
  noSample: wrongRow,
  notAnObject: wrongRow,
  unknownKey: wrongRow,
  missingField: wrongRow,
  wrongId: wrongRow,
  repeatedSample: wrongRow,
  wrongRow,
  wrongStates: "control/WRONG-STATES",
  more: "control/MORE"
}
