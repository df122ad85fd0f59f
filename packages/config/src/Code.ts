/** The stable codes of everything that can be wrong with a document a person wrote. The code decides nothing; the reason does. */
import type { Diagnostic } from "@feagi-trainer/contracts"

export const Code = {
  syntax: "FT1001",
  unknownKey: "FT1002",
  missing: "FT1003",
  wrongValue: "FT1004",
  duplicateKey: "FT1005",
  limit: "FT1006",
  encoding: "FT1007",
  needsQuotes: "FT1008",
  schemaVersion: "FT1009",
  schemaVersionNewer: "FT1010",
  part: "FT1011"
} as const

/** The reason a caller fails with: a document of a newer version is an integrity failure (exit 6), everything else is invalid (exit 3). */
export const reasonOf = (diagnostics: ReadonlyArray<Diagnostic>): "invalid" | "integrity" =>
  diagnostics.some((each) => each.code === Code.schemaVersionNewer) ? "integrity" : "invalid"
