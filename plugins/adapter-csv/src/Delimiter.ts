/**
 * Which character separates the cells, by a rule that anyone can follow with a pencil.
 *
 * The first 100 records are cut with each delimiter. One that cuts the first record into at least two cells is possible; the best
 * has the most records as long as the first one, then the most cells, then the earlier place in `, ; TAB |`. Sharp edge: only the
 * first 64 KiB are looked at, so that the rule is a proposal and the full scan is the proof.
 */
import { parse } from "csv-parse/sync"
import { DELIMITERS, type Delimiter } from "./Options.ts"
import { csvOptions, type Dialect } from "./Records.ts"

/** Bytes at the beginning of a file that are looked at. */
export const HEAD_BYTES = 64 * 1024
/** Records that are looked at. */
export const HEAD_RECORDS = 100

/** The complete records at the beginning of a file. */
export const headRecords = (head: Uint8Array, whole: boolean, dialect: Dialect): ReadonlyArray<ReadonlyArray<string>> => {
  const records: Array<ReadonlyArray<string>> = []
  // A file that is longer than the head ends in the middle of a record, and what cannot be cut is the scan's to report.
  const lastBreak = Math.max(head.lastIndexOf(10), head.lastIndexOf(13))
  const complete = whole ? head : head.subarray(0, lastBreak + 1)
  try {
    parse(Buffer.from(complete.buffer, complete.byteOffset, complete.byteLength), {
      ...csvOptions(dialect, (cells) => void (isBlank(cells) ? 0 : records.push(cells))),
      to: HEAD_RECORDS + 1
    })
  } catch {
    return records
  }
  return records
}

/** A line without a character is no record. */
export const isBlank = (cells: ReadonlyArray<string>): boolean => cells.length === 1 && cells[0] === ""

export interface DelimiterChoice {
  readonly delimiter: Delimiter
  /** Records that were looked at, and how many of them have as many cells as the first. */
  readonly records: number
  readonly agreeing: number
  readonly cells: number
}

/** The choice of the rule above; absent when no delimiter makes two columns. */
export const chooseDelimiter = (head: Uint8Array, whole: boolean, quote: Dialect["quote"]): DelimiterChoice | undefined => {
  let best: DelimiterChoice | undefined
  for (const delimiter of DELIMITERS) {
    const records = headRecords(head, whole, { delimiter, quote })
    const cells = records[0]?.length ?? 0
    const agreeing = records.filter((record) => record.length === cells).length
    if (cells < 2) continue
    if (best === undefined || agreeing > best.agreeing || (agreeing === best.agreeing && cells > best.cells))
      best = { delimiter, records: records.length, agreeing, cells }
  }
  return best
}
