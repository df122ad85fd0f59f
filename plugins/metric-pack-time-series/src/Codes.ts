/** The codes of what can be wrong with the files of both packs; docs/reference/errors.md says of each what to do. */
import type { ScoreJsonCodes, ScoreRowCodes } from "@feagi-trainer/contracts"

export interface FileCodes extends ScoreJsonCodes, ScoreRowCodes {
  /** Whatever is wrong with a row. */
  readonly row: string
  readonly more: string
}

/** Every finding about a text, about JSON and about a row is one and the same. */
const codesOf = (text: string, json: string, row: string, more: string): FileCodes => ({
  emptyFile: json,
  notText: text,
  byteOrderMark: text,
  notJson: json,
  repeatedKey: json,
  notAList: row,
  noSample: row,
  notAnObject: row,
  unknownKey: row,
  missingField: row,
  wrongId: row,
  repeatedSample: row,
  row,
  more
})

export const seriesCodes = codesOf("time-series/NOT-TEXT", "time-series/NOT-JSON", "time-series/WRONG-ROW", "time-series/MORE")
export const notCsv = "time-series/NOT-CSV"

export const eventCodes = codesOf(
  "time-series-events/NOT-TEXT",
  "time-series-events/NOT-JSON",
  "time-series-events/WRONG-ROW",
  "time-series-events/MORE"
)

/** The keys of a row. */
export const rowKeys = { required: ["sample_id", "target", "prediction"], optional: [] }
