/**
 * The full scan: every record is read once, every problem is counted, and what the trainer has to know of the samples goes into the sink.
 *
 * Nothing that is kept grows with the number of records. Sharp edge: a broken quotation mark, a NUL byte or a byte that is not UTF-8
 * ends the scan, because nobody can say where the next record begins; everything before it is reported as well. After the first error
 * no more samples go into the sink, for there will be no dataset.
 */
import {
  type ApprovedRoots,
  IndexSink,
  Progress,
  type IndexSink as Sink,
  type Source,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { resolveDelimiter } from "./Delimiter.ts"
import type { Dialect } from "./Dialect.ts"
import { type Finding, findings } from "./Findings.ts"
import { contentHash } from "./Identity.ts"
import type { Options } from "./Options.ts"
import { stopFinding } from "./StopFinding.ts"
import { tableScan } from "./TableScan.ts"
import { readTable, tablesOf } from "./Tables.ts"

/** Entries that are handed over at once. */
const PAGE = 512

export const validate = (
  source: Source,
  options: Options
): Effect.Effect<ValidationReport, TrainerError, ApprovedRoots | Sink | Progress> =>
  Effect.gen(function* () {
    const progress = yield* Progress
    const sink = yield* IndexSink
    const tables = yield* tablesOf(source, options)
    const found = findings()
    const total = tables.reduce((sum, { info }) => sum + info.bytes, 0)
    const sample = tables.find(({ info }) => info.bytes > 0)?.info
    const delimiter = sample === undefined ? undefined : yield* resolveDelimiter(sample, options)
    const dialect: Dialect = { delimiter: delimiter ?? ",", quote: options.quote }
    const scan = tableScan(options, tables, found)
    const files: Array<{ readonly name: string; readonly path: string; readonly bytes: number; readonly sha256: string }> = []
    let before = 0
    const handOver = Effect.gen(function* () {
      const entries = scan.take()
      for (let at = 0; at < entries.length; at += PAGE) yield* sink.add(entries.slice(at, at + PAGE))
    })

    for (const [number, table] of tables.entries()) {
      const { path, bytes } = table.info
      if (bytes === 0) found.tell(emptyFile(number))
      else if (delimiter === undefined) {
        if (table.info === sample) found.tell({ ...noDelimiter, file: number })
      } else {
        const reading = yield* readTable(table, {
          dialect,
          hashAll: false,
          onHeader: (row) => scan.header(row, number),
          onRecord: (row) => scan.record(row, number),
          onBlanks: (row, count) => found.tell(blankLine(number, row), count),
          onBlock: (done) => Effect.andThen(handOver, progress.report(before + done, total, `scan ${path}`))
        })
        if (reading.stop === undefined) scan.endOfFile(number)
        else found.tell(stopFinding(reading.stop, number))
        if (reading.sha256 !== undefined) files.push({ name: table.name, path, bytes, sha256: reading.sha256 })
      }
      before += bytes
    }
    scan.end()
    yield* handOver

    const result = scan.result()
    const diagnostics = yield* found.diagnostics(
      source.path,
      tables.map(({ info }) => info),
      dialect
    )
    const counted = { diagnostics, error_count: found.errors(), warning_count: found.warnings() }
    if (result === undefined || files.length < tables.length || delimiter === undefined) return counted
    return {
      ...counted,
      scan: {
        content_hash: contentHash(files),
        schema_fingerprint: result.schema_fingerprint,
        modality: "tabular",
        output_type: typeof options.target_column === "string" ? "scalar" : "class",
        shape: { kind: "tabular", features: result.features },
        classes: result.classes.map((label, class_id) => ({ class_id, label })),
        files: files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }))
      },
      resolved_options: result.resolve(delimiter)
    }
  })

const emptyFile = (file: number): Finding => ({
  code: "csv/EMPTY-FILE",
  severity: "error",
  message: "the file has no bytes",
  file,
  help: "check how the file was made"
})

const noDelimiter: Finding = {
  code: "csv/NO-DELIMITER",
  severity: "error",
  message: "none of comma, semicolon, tab and vertical bar cuts the first line into two cells or more",
  help: 'name the delimiter, delimiter = ";" say, or check that this is a table with a label and a number per record'
}

const blankLine = (file: number, row: { readonly offset: number; readonly line: number }): Finding => ({
  code: "csv/BLANK-LINE",
  severity: "warning",
  message: "a blank line between records is skipped",
  spot: { file, record: row.offset, line: row.line },
  help: "delete it; blank lines at the end of the file are fine"
})
