/**
 * Which character separates the cells, by a rule that anyone can follow with a pencil.
 *
 * The first 100 records are cut with each delimiter. One that cuts the first record into at least two cells is possible; the best
 * has the most records as long as the first one, then the most cells, then the earlier place in `, ; TAB |`. Sharp edge: only the
 * first 64 KiB are looked at, so that the rule is a proposal and the full scan is the proof.
 */
import { ApprovedRoots, type FileInfo, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Dialect } from "./Dialect.ts"
import { DELIMITERS, type Delimiter, type Options } from "./Options.ts"
import { markBytes } from "./Records.ts"
import { isBlank, scanner, textsOf } from "./Scanner.ts"

/** Bytes at the beginning of a file that are looked at. */
export const HEAD_BYTES = 64 * 1024
/** Records that are looked at, behind the header. */
const HEAD_RECORDS = 100

/** The beginning of a file, and whether it is all of it. */
export interface Head {
  readonly bytes: Uint8Array
  readonly whole: boolean
}

export const readHead = (file: FileInfo): Effect.Effect<Head, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const bytes = yield* (yield* ApprovedRoots).read(file.path, 0, Math.min(HEAD_BYTES, file.bytes))
    return { bytes, whole: bytes.length === file.bytes }
  })

/** The complete records at the beginning of a file. What cannot be cut is the scan's to report. */
export const headRecords = ({ bytes, whole }: Head, dialect: Dialect): ReadonlyArray<ReadonlyArray<string>> => {
  const records: Array<ReadonlyArray<string>> = []
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  scanner(dialect).cut(view, markBytes(bytes), bytes.length, whole, 0, (row) => {
    if (!isBlank(row)) records.push(textsOf(row))
    return records.length <= HEAD_RECORDS
  })
  return records
}

export interface DelimiterChoice {
  readonly delimiter: Delimiter
  /** Records that were looked at, and how many of them have as many cells as the first. */
  readonly records: number
  readonly agreeing: number
  readonly cells: number
}

/** The choice of the rule above; absent when no delimiter makes two columns. */
export const chooseDelimiter = (head: Head, quote: Dialect["quote"]): DelimiterChoice | undefined => {
  let best: DelimiterChoice | undefined
  for (const delimiter of DELIMITERS) {
    const records = headRecords(head, { delimiter, quote })
    const cells = records[0]?.length ?? 0
    const agreeing = records.filter((record) => record.length === cells).length
    if (cells < 2) continue
    if (best === undefined || agreeing > best.agreeing || (agreeing === best.agreeing && cells > best.cells))
      best = { delimiter, records: records.length, agreeing, cells }
  }
  return best
}

/** The delimiter that the options name, or the one that the rule finds in this file. */
export const resolveDelimiter = (
  file: FileInfo,
  options: Pick<Options, "delimiter" | "quote">
): Effect.Effect<Delimiter | undefined, TrainerError, ApprovedRoots> =>
  options.delimiter === "scan"
    ? Effect.map(readHead(file), (head) => chooseDelimiter(head, options.quote)?.delimiter)
    : Effect.succeed(options.delimiter)
