/**
 * What the layouts made of lines have in common: a head, then records of one or more lines, each of which can be decoded by itself.
 *
 * The scan and a session use the same reader, so that a sample is decoded by the same code when it is found and when it is read. Sharp
 * edge: lines with one key are one record only while they stand together.
 */
import type { Details, Findings } from "./Findings.ts"
import { placeOf, type TextLine } from "./Lines.ts"
import { type NumberCell, readNumber } from "./Numbers.ts"
import type { Missing } from "./Options.ts"
import { fillMissing, type Series, type SeriesRecord } from "./Series.ts"

export interface PartReader {
  /** The key of the record that the line belongs to; absent when it belongs to none (the head, a comment). */
  readonly take: (line: TextLine) => string | number | undefined
  /** Absent after a finding. */
  readonly decode: (lines: ReadonlyArray<TextLine>) => SeriesRecord | undefined
  /** Classes that the head declares. */
  readonly classes: () => ReadonlyArray<string> | undefined
  /** Reports what the end of the file leaves open. */
  readonly end: () => void
}

/** What has to be the same in every part of a data set; the first part that says it sets it. */
export interface Agreement {
  channels: number | undefined
  classes: ReadonlyArray<string> | undefined
}

/** Whether the cell is a number or a missing value; `NaN` for the latter, absent after a finding. */
export const cellValue = (found: Findings, cell: string, field: string, place: () => Omit<Details, "message">): number | undefined => {
  const read: NumberCell = readNumber(cell)
  if (typeof read === "number") return read
  if (read === "missing") return Number.NaN
  if (read === "not-a-number")
    found.error("NOT-A-NUMBER", field, () => ({
      message: "cannot be read",
      ...place(),
      expected: "a number",
      actual: JSON.stringify(cell.slice(0, 60)),
      help: "correct the cell; a value that is missing is ?, NaN or an empty cell"
    }))
  else
    found.error("OUT-OF-RANGE", field, () => ({
      message: "reading it would change it",
      ...place(),
      expected: "a number that a double holds: at most 1.8e308, not rounded to 0, whole numbers beyond 2^53 exact",
      actual: JSON.stringify(cell.slice(0, 60)),
      help: "scale the values"
    }))
  return undefined
}

/** The number that is to be predicted. */
export const scalarTarget = (found: Findings, cell: string, place: () => Omit<Details, "message">): number | undefined => {
  const read = readNumber(cell)
  if (typeof read === "number") return read
  found.error("BAD-TARGET", undefined, () => ({
    message: "the target is no number",
    ...place(),
    expected: "a number",
    actual: JSON.stringify(cell.slice(0, 60)),
    help: 'correct it, or set target = "class"'
  }))
  return undefined
}

/** Applies the policy for missing values; every value that stays missing is a finding at its place. */
export const complete = (
  found: Findings,
  series: Series,
  missing: Missing,
  fieldOf: (channel: number) => string,
  placeAt: (at: number) => Omit<Details, "message">
): boolean => {
  const left = fillMissing(series, missing)
  for (const at of left)
    if (missing === "refuse")
      found.error("MISSING-VALUE", fieldOf(at % series.channels), () => ({
        message: "a value is missing",
        ...placeAt(at),
        expected: "a number",
        help: 'complete the file, or say what is read instead: missing = "interpolate-linear" or missing = { value = … }'
      }))
    else
      found.error("MISSING-AT-EDGE", fieldOf(at % series.channels), () => ({
        message: "a missing value at the beginning or the end of a series has no neighbour to be interpolated from",
        ...placeAt(at),
        expected: "a number",
        help: "cut the series, or say what is read instead: missing = { value = … }"
      }))
  return left.length === 0
}

export const emptySeries = (found: Findings, file: string, line: TextLine): void =>
  found.error("EMPTY-SERIES", undefined, () => ({
    message: "the series has no value",
    ...placeOf(file, line, 0),
    help: "delete the record, or complete it"
  }))
