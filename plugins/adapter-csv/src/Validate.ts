/**
 * The full scan: every record is read once, every problem is counted, and what the trainer has to know of the samples is found.
 *
 * What is kept grows with the number of records (one index entry each) and with nothing else. Sharp edge: a broken quotation mark,
 * a NUL byte or a byte that is not UTF-8 ends the scan, because nobody can say where the next record begins; everything before it
 * is reported as well.
 */
import {
  ApprovedRoots,
  type DatasetScan,
  type FileInfo,
  type IndexEntry,
  Progress,
  type Source,
  showValue,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { chooseDelimiter, HEAD_BYTES, isBlank } from "./Delimiter.ts"
import { type Finding, type Findings, findings } from "./Findings.ts"
import { labelReader } from "./LabelReader.ts"
import { readNumber } from "./NumberCell.ts"
import type { Delimiter, Options, ResolvedOptions } from "./Options.ts"
import { type Feature, fingerprintOf, type Plan, planOf, recordHash } from "./Plan.ts"
import { type CsvRecord, type Dialect, MAX_RECORD_BYTES, type Reading, readRecords, type Stop } from "./Records.ts"

/** The delimiter that the options name, or the one that the rule finds. */
export const resolveDelimiter = (file: FileInfo, options: Options): Effect.Effect<Delimiter | undefined, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    if (options.delimiter !== "scan") return options.delimiter
    const head = yield* (yield* ApprovedRoots).read(file.path, 0, Math.min(HEAD_BYTES, file.bytes))
    return chooseDelimiter(head, head.length === file.bytes, options.quote)?.delimiter
  })

export const validate = (source: Source, options: Options): Effect.Effect<ValidationReport, TrainerError, ApprovedRoots | Progress> =>
  Effect.gen(function* () {
    const file = yield* (yield* ApprovedRoots).info(source.path)
    const progress = yield* Progress
    const found = findings()
    const delimiter = yield* resolveDelimiter(file, options)
    const dialect: Dialect = { delimiter: delimiter ?? ",", quote: options.quote }
    const scan = scanner(options, found)
    let reading: Reading = { bytes: file.bytes, breaks: [0] }
    if (file.bytes === 0) found.add(emptyFile)
    else if (delimiter === undefined) found.add(noDelimiter)
    else {
      const onProgress = (done: number, total: number) => progress.report(done, total, `scan ${source.path}`)
      reading = yield* readRecords(file, { dialect, onRecord: scan.onRecord, hashAll: false, onProgress })
      if (reading.stop !== undefined) found.add(stopFinding(reading.stop))
      else scan.end()
    }
    const result = scan.result()
    const diagnostics = yield* found.diagnostics(file, reading.breaks, dialect)
    const counted = { diagnostics, error_count: found.errors(), warning_count: found.warnings() }
    if (found.errors() > 0 || result === undefined || reading.sha256 === undefined || delimiter === undefined) return counted
    const { plan, classes, index, shape } = result
    return {
      ...counted,
      scan: {
        content_hash: reading.sha256,
        schema_fingerprint: fingerprintOf(plan, classes),
        modality: "tabular",
        output_type: "class",
        shape,
        classes: classes.map((label, class_id) => ({ class_id, label })),
        index,
        files: [{ path: source.path, bytes: file.bytes, sha256: reading.sha256 }]
      },
      resolved_options: {
        delimiter,
        quote: options.quote,
        decimal: options.decimal,
        header: true,
        label_column: options.label_column,
        id_column: options.id_column ?? null,
        group_column: options.group_column ?? null,
        split_column: options.split_column ?? null,
        columns: plan.columns,
        classes
      } satisfies ResolvedOptions
    }
  })

const emptyFile: Finding = {
  code: "csv/EMPTY-FILE",
  severity: "error",
  message: "the file has no bytes",
  help: "check how the file was made"
}

const noDelimiter: Finding = {
  code: "csv/NO-DELIMITER",
  severity: "error",
  message: "none of comma, semicolon, tab and vertical bar cuts the first line into two cells or more",
  help: 'name the delimiter, delimiter = ";" say, or check that this is a table with a label and a number per record'
}

const stopFinding = ({ why, at, record }: Stop): Finding => {
  const common = { severity: "error", spot: { record, byte: at } } as const
  switch (why) {
    case "nul":
      return {
        ...common,
        code: "csv/NUL",
        message: "a NUL byte: this is not a text file, or it was cut by a crash",
        help: "export it again"
      }
    case "utf8":
      return { ...common, code: "csv/NOT-UTF-8", message: "a byte that is not UTF-8; the scan ends here", help: "save the file as UTF-8" }
    case "utf16":
      return { ...common, code: "csv/NOT-UTF-8", message: "the file begins like UTF-16, not like UTF-8", help: "save the file as UTF-8" }
    case "quote":
      return {
        ...common,
        spot: { record, quote: true },
        code: "csv/STRAY-QUOTE",
        message: "a quotation mark in the middle of a cell; the scan ends here, because records can no longer be told apart",
        help: 'quote the whole cell and double the mark inside it, or set quote = "none" if this file quotes nothing'
      }
    case "too-long":
      return {
        ...common,
        spot: { record, quote: true },
        code: "csv/RECORD-TOO-LONG",
        message: `a record of more than ${MAX_RECORD_BYTES} bytes; the scan ends here`,
        help: "check the line endings and quotation marks of the file; a table of so many columns has to be split"
      }
  }
}

interface ScanResult {
  readonly plan: Plan
  readonly classes: ReadonlyArray<string>
  readonly index: ReadonlyArray<IndexEntry>
  readonly shape: DatasetScan["shape"]
}

/** Takes the records one after the other: blank lines, the header, then samples. */
const scanner = (
  options: Options,
  found: Findings
): {
  readonly onRecord: (record: CsvRecord) => boolean
  readonly end: () => void
  readonly result: () => ScanResult | undefined
} => {
  let blanks: { readonly start: number; count: number } | undefined
  let samples: Samples | undefined
  let columns = 0
  return {
    onRecord: (record) => {
      if (isBlank(record.cells)) {
        if (blanks === undefined) blanks = { start: record.start, count: 0 }
        blanks.count++
        return true
      }
      if (blanks !== undefined) found.add(blankLine(blanks.start), blanks.count)
      blanks = undefined
      if (samples !== undefined) return samples.add(record, columns)
      columns = record.cells.length
      const planned = planOf(record.cells, options, record.start)
      if (planned.ok) samples = samplesOf(options, planned.plan, found)
      else for (const finding of planned.findings) found.add(finding)
      return planned.ok
    },
    end: () => {
      if (samples === undefined && found.errors() === 0) found.add({ ...emptyFile, message: "the file has blank lines only" })
      samples?.end()
    },
    result: () => samples?.result()
  }
}

const blankLine = (start: number): Finding => ({
  code: "csv/BLANK-LINE",
  severity: "warning",
  message: "a blank line between records is skipped",
  spot: { record: start },
  help: "delete it; blank lines at the end of the file are fine"
})

interface Samples {
  readonly add: (record: CsvRecord, columns: number) => boolean
  readonly end: () => void
  readonly result: () => ScanResult | undefined
}

/** The samples: numbers, labels, ids, groups and splits, each column of them in an array of its own. */
const samplesOf = (options: Options, plan: Plan, found: Findings): Samples => {
  const hashes: Array<string> = []
  const starts: Array<number> = []
  const seen = new Map<string, number>()
  const ids: Array<string> = []
  const labels = labelReader(options, plan, found)
  const classIds: Array<number> = []
  const groups: Array<string> = []
  const splits: Array<string> = []
  const ranges = plan.features.map(() => ({ min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }))

  const text = (cell: number, { cells, start }: CsvRecord, sample: string, what: string): string => {
    const value = cells[cell] ?? ""
    if (value === "")
      found.add({
        code: `csv/NO-${what.toUpperCase()}`,
        severity: "error",
        message: `the ${what} is empty`,
        field: plan.names[cell] ?? "",
        sample_id: sample,
        spot: { record: start, cell },
        help: `fill in the cell, or leave the column out of the options: ${what}_column = null`
      })
    return value
  }
  const numbers = (record: CsvRecord, sample: string): void =>
    plan.features.forEach((feature, at) => {
      const cell = record.cells[feature.cell] ?? ""
      const value = featureValue(cell, feature, options.decimal)
      const range = ranges[at]
      if (typeof value !== "number") found.add(badNumber(cell, feature, value.why, options, record.start, sample))
      else if (range !== undefined) {
        range.min = Math.min(range.min, value)
        range.max = Math.max(range.max, value)
      }
    })
  const identify = (record: CsvRecord, position: number): string => {
    if (plan.id === undefined) return String(position)
    const id = text(plan.id, record, String(position), "id")
    const earlier = seen.get(id)
    if (id !== "" && earlier !== undefined)
      found.add({
        code: "csv/DUPLICATE-ID",
        severity: "error",
        message: "the id is that of line {line} already",
        field: plan.names[plan.id] ?? "",
        sample_id: id,
        actual: showValue(id),
        expected: "an id that no other record has",
        spot: { record: record.start, cell: plan.id },
        other: starts[earlier] ?? 0,
        help: "give every record an id of its own, or leave the column out of the options: id_column = null"
      })
    else seen.set(id, position)
    return id
  }

  return {
    add: (record, columns) => {
      const position = starts.length
      starts.push(record.start)
      if (record.cells.length !== columns) {
        found.add(ragged(record, columns, position))
        hashes.push("")
        return true
      }
      hashes.push(recordHash(record.cells))
      const id = identify(record, position)
      if (plan.id !== undefined) ids[position] = id
      numbers(record, id)
      const label = labels.read(record, id)
      if (plan.group !== undefined) groups[position] = text(plan.group, record, id, "group")
      if (plan.split !== undefined) splits[position] = text(plan.split, record, id, "split")
      classIds[position] = label ?? -1
      return label !== undefined || !labels.full()
    },
    end: () => {
      if (starts.length === 0)
        found.add({
          code: "csv/NO-RECORDS",
          severity: "error",
          message: "the file has a header and no record",
          help: "check how it was made"
        })
      labels.end(classIds)
    },
    result: () => {
      if (found.errors() > 0) return undefined
      const { classes, rank } = labels.classes()
      const occurrences = new Map<string, number>()
      const index = hashes.map((content_hash, position): IndexEntry => {
        const short = content_hash.slice(0, 16)
        const k = occurrences.get(short) ?? 0
        if (plan.id === undefined) occurrences.set(short, k + 1)
        const group = groups[position]
        const given_split = splits[position]
        return {
          sample_id: ids[position] ?? `${short}-${k}`,
          content_hash,
          class_id: rank[classIds[position] ?? -1] ?? -1,
          ...(group === undefined ? {} : { group }),
          ...(given_split === undefined ? {} : { given_split })
        }
      })
      const features = plan.features.map(({ name }, at) => ({ name, min: ranges[at]?.min ?? 0, max: ranges[at]?.max ?? 0 }))
      return { plan, classes, index, shape: { kind: "tabular", features } }
    }
  }
}

const ragged = ({ cells, start }: CsvRecord, columns: number, position: number): Finding => ({
  code: "csv/RAGGED",
  severity: "error",
  message: "the record has another number of cells than the header",
  sample_id: String(position),
  expected: `${columns} cells`,
  actual: String(cells.length),
  // A record that is too long is shown at its first superfluous cell, one that is too short at its last.
  spot: { record: start, cell: Math.min(cells.length - 1, columns) },
  help: "complete or correct the line; a cell that holds the delimiter has to be quoted"
})

/** The number in a cell, or why there is none. */
export const featureValue = (
  cell: string,
  feature: Feature,
  decimal: "." | ","
): number | { readonly why: "not-a-number" | "out-of-range" } => {
  if (feature.missing?.texts.has(cell) === true) return feature.missing.value
  const read = readNumber(cell, decimal)
  return read.ok ? read.value : { why: read.why }
}

const badNumber = (
  cell: string,
  feature: Feature,
  why: "not-a-number" | "out-of-range",
  options: Options,
  record: number,
  sample: string
): Finding => {
  const common = {
    severity: "error",
    field: feature.name,
    sample_id: sample,
    actual: showValue(cell),
    spot: { record, cell: feature.cell }
  } as const
  if (why === "out-of-range")
    return {
      ...common,
      code: "csv/OUT-OF-RANGE",
      message: "reading it would change it",
      expected: "a number that a double holds: at most 1.8e308, not rounded to 0, whole numbers beyond 2^53 exact",
      help: `scale the column, or leave it out: columns = { "*" = { type = "number" }, ${showValue(feature.name)} = { type = "ignore" } }`
    }
  return { ...common, code: "csv/NOT-A-NUMBER", message: "cannot be read", expected: "a number", help: helpForText(cell, feature, options) }
}

const helpForText = (cell: string, feature: Feature, { decimal }: Options): string => {
  const name = showValue(feature.name)
  const other = decimal === "." ? "," : "."
  if (cell !== cell.trim() && readNumber(cell.trim(), decimal).ok) return "delete the blanks around the number"
  if (readNumber(cell, other).ok) return `decimal = "${other}" if all numbers of the file are written like this`
  const ignore = `leave the column out: columns = { "*" = { type = "number" }, ${name} = { type = "ignore" } }`
  const missing = `or say what it stands for: ${name} = { type = "number", missing = { texts = [${showValue(cell)}], value = … } }`
  return `correct the cell, or ${ignore}, ${missing}`
}
