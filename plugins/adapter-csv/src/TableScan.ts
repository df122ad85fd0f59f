/**
 * What a scan makes of the records, one after the other: entries for the index, the range of every feature, the classes.
 *
 * Sharp edge: entries come out in order but not at once; those of the first records wait until their ranges say whether rounding tells
 * records apart (see NearKey).
 */
import { type Range, type ScannedEntry, showValue } from "@feagi-trainer/contracts"
import type { Finding, Findings, Spot } from "./Findings.ts"
import { fingerprintOf, hasher } from "./Identity.ts"
import { type InputReader, inputReader } from "./InputReader.ts"
import { HEAD_RECORDS, nearKeys, roundingSays } from "./NearKey.ts"
import { type Delimiter, dropsRows, type Options, type ResolvedOptions } from "./Options.ts"
import { type Input, type Plan, planOf, resolvedColumns } from "./Plan.ts"
import { type Row, textAt, textsOf } from "./Scanner.ts"
import { otherHeader, type Table } from "./Tables.ts"
import { readTime } from "./TimeCell.ts"
import { LABELS, type Vocabulary, vocabulary } from "./Vocabulary.ts"

export interface ScanResult {
  readonly schema_fingerprint: string
  readonly features: ReadonlyArray<{ readonly name: string; readonly min: number; readonly max: number }>
  readonly classes: ReadonlyArray<string>
  readonly resolve: (delimiter: Delimiter) => ResolvedOptions
}

export interface TableScan {
  /** `false`: the records of this file cannot be read. */
  readonly header: (row: Row, file: number) => boolean
  readonly record: (row: Row, file: number) => boolean
  readonly endOfFile: (file: number) => void
  readonly end: () => void
  /** The entries that are ready; they are handed out once. */
  readonly take: () => ReadonlyArray<ScannedEntry>
  /** Absent when there is an error. */
  readonly result: () => ScanResult | undefined
}

export const tableScan = (options: Options, tables: readonly [Table, ...Array<Table>], found: Findings): TableScan => {
  let names: ReadonlyArray<string> | undefined
  let samples: Samples | undefined
  let records = 0
  let header: "none" | "refused" | "fine" = "none"
  return {
    header: (row, file) => {
      header = "refused"
      records = 0
      const spot: Spot = { file, record: row.offset, line: row.line }
      const here = textsOf(row)
      if (names !== undefined) {
        const other = otherHeader(here, names, tables[0].info.path, spot)
        if (other !== undefined) found.tell(other)
        if (other === undefined && samples !== undefined) header = "fine"
        return header === "fine"
      }
      names = here
      const planned = planOf(here, options, spot)
      if (planned.ok) {
        header = "fine"
        samples = samplesOf(options, planned.plan, tables, found)
      } else for (const finding of planned.findings) found.tell(finding)
      return planned.ok
    },
    record: (row, file) => {
      records++
      return samples?.add(row, file) ?? false
    },
    endOfFile: (file) => {
      if (header === "none") found.tell({ ...nothing, file, code: "csv/EMPTY-FILE", message: "the file has blank lines only" })
      if (header === "fine" && records === 0)
        found.tell({ ...nothing, file, code: "csv/NO-RECORDS", message: "the file has a header and no record" })
      header = "none"
    },
    end: () => samples?.end(),
    take: () => samples?.take() ?? [],
    result: () => samples?.result()
  }
}

const nothing = { severity: "error", help: "check how the file was made" } as const

type Entry = { -readonly [K in keyof ScannedEntry]: ScannedEntry[K] }

/**
 * Entries are copies of these. Written as literals, so many of them live at once that the engine takes them for long-lived and puts them
 * where only a full collection finds them: 200 MB more for a table of 50 MB.
 */
const blankNear = { key: "" }
const blank: Entry = { content_hash: "", decoded_hash: "", at: [], file: "", line: 0 }
const blankLabelled: Entry = { ...blank, label: "" }
const blankKeyed: Entry = { ...blank, near: blankNear }
const blankBoth: Entry = { ...blankLabelled, near: blankNear }

interface Samples {
  readonly add: (row: Row, file: number) => boolean
  readonly end: () => void
  readonly take: () => ReadonlyArray<ScannedEntry>
  readonly result: () => ScanResult | undefined
}

const samplesOf = (options: Options, plan: Plan, tables: ReadonlyArray<Table>, found: Findings): Samples => {
  const { inputs } = plan
  const columns = plan.names.length
  const reader = inputReader(plan, options)
  const hashes = hasher()
  const labels =
    plan.label === undefined ? undefined : vocabulary(LABELS, plan.names[plan.label] ?? "", plan.label, options.classes ?? "scan")
  const values = new Float64Array(inputs.length)
  const mins = new Float64Array(inputs.length).fill(Number.POSITIVE_INFINITY)
  const maxs = new Float64Array(inputs.length).fill(Number.NEGATIVE_INFINITY)
  const near = nearHead(reader, mins, maxs)
  const splits = tables.map(({ name }) => (Object.hasOwn(options.file_split ?? {}, name) ? options.file_split?.[name] : undefined))
  let position = 0
  let dropped = 0

  const spotOf = (row: Row, file: number, cell: number): Spot => ({ file, record: row.offset, line: row.line, cell })

  /** The text of a cell that must not be empty. */
  const textOf = (row: Row, file: number, cell: number, sample: string, what: "id" | "group" | "split"): string => {
    const text = textAt(row, cell)
    const field = plan.names[cell] ?? ""
    if (text === "") found.add(`csv/NO-${what.toUpperCase()}`, field, () => emptyRole(what, field, sample, spotOf(row, file, cell)))
    return text
  }

  const readInputs = (row: Row, file: number, sample: string): void => {
    reader.read(row, file, values, 0)
    for (let k = 0; k < inputs.length; k++) {
      const value = values[k] ?? Number.NaN
      if (value < (mins[k] ?? 0)) mins[k] = value
      if (value > (maxs[k] ?? 0)) maxs[k] = value
      const input = inputs[k]
      if (Number.isNaN(value) && input !== undefined) reader.refuse(row, input, sample, spotOf(row, file, input.cell), found)
    }
  }

  const readLabel = (row: Row, file: number, sample: string, words: Vocabulary, cell: number): string | undefined => {
    const number = words.readCell(row, file)
    if (number !== -1) return words.text(number)
    words.refuse(textAt(row, cell), sample, spotOf(row, file, cell), found)
    return undefined
  }

  const readOther = (row: Row, file: number, sample: string, input: Input): number => {
    const value = reader.number(row, input)
    // A value for samplers that is a feature as well was refused as a feature already.
    if (Number.isNaN(value) && !inputs.includes(input)) reader.refuse(row, input, sample, spotOf(row, file, input.cell), found)
    return value
  }

  const readWhen = (row: Row, file: number, sample: string, { cell, format }: NonNullable<Plan["time"]>): number | undefined => {
    const text = textAt(row, cell)
    const time = readTime(text, format)
    const field = plan.names[cell] ?? ""
    if (time === undefined) found.add("csv/NOT-A-TIME", field, () => notATime(text, format, field, sample, spotOf(row, file, cell)))
    return time
  }

  const add = (row: Row, file: number): boolean => {
    if (row.count !== columns) {
      found.add("csv/RAGGED", "", () => ragged(row, columns, position, spotOf(row, file, Math.min(row.count - 1, columns))))
      position++
      return true
    }
    const out = reader.dropped(row)
    if (out !== undefined) {
      dropped++
      const field = plan.names[out] ?? ""
      found.add("csv/DROPPED-ROW", field, () => droppedRow(textAt(row, out), field, spotOf(row, file, out)), "warning")
      return true
    }
    const id = plan.id === undefined ? undefined : textOf(row, file, plan.id, String(position), "id")
    const sample = id ?? String(position)
    position++
    readInputs(row, file, sample)
    const label = labels === undefined || plan.label === undefined ? undefined : readLabel(row, file, sample, labels, plan.label)
    if (plan.target !== undefined) readOther(row, file, sample, plan.target)
    const group = plan.group === undefined ? undefined : textOf(row, file, plan.group, sample, "group")
    const split = plan.split === undefined ? splits[file] : textOf(row, file, plan.split, sample, "split")
    const time = plan.time === undefined ? undefined : readWhen(row, file, sample, plan.time)
    const facts =
      plan.values.length === 0 ? undefined : plan.values.map((input) => [input.name, readOther(row, file, sample, input)] as const)
    if (labels?.full() === true || reader.full()) return false
    if (found.errors() > 0) return true

    const content_hash = hashes.record(row)
    const decoded_hash = hashes.decoded(reader, values)
    const at = tables.length > 1 ? Array.of(file, row.offset, row.length) : Array.of(row.offset, row.length)
    const key = near.key(values)
    const entry: Entry =
      label === undefined
        ? { ...(key === undefined ? blank : blankKeyed), content_hash, decoded_hash, at }
        : { ...(key === undefined ? blankLabelled : blankBoth), content_hash, decoded_hash, at, label }
    if (key !== undefined) entry.near = { ...blankNear, key }
    entry.file = tables[file]?.info.path ?? ""
    entry.line = row.line
    if (id !== undefined) entry.sample_id = id
    if (group !== undefined) entry.group = group
    if (split !== undefined) entry.given_split = split
    if (time !== undefined) entry.time = time
    if (facts !== undefined) entry.values = Object.fromEntries(facts)
    near.add(entry, values)
    return true
  }

  const valuesOf = (input: Input): ReadonlyArray<string> => reader.vocabulary(input)?.sorted().texts ?? []

  return {
    add,
    take: near.take,
    end: () => {
      near.end()
      if (position === 0 && dropped > 0)
        found.tell({ ...nothing, code: "csv/NO-RECORDS", message: "every record is left out for a missing cell" })
      labels?.tellTwins(found)
      for (const input of inputs) reader.vocabulary(input)?.tellTwins(found)
      if (typeof options.dropped_rows === "number" && options.dropped_rows !== dropped)
        found.tell(otherDrops(options.dropped_rows, dropped))
      if (found.errors() > 0 || labels === undefined) return
      labels.sorted().texts.forEach((label, at) => {
        if (labels.counts[at] === 0) found.tell(emptyClass(label, plan.names[plan.label ?? -1] ?? ""))
      })
    },
    result: () => {
      if (found.errors() > 0) return undefined
      const classes = labels?.sorted().texts ?? []
      return {
        schema_fingerprint: fingerprintOf(plan, options, classes, valuesOf),
        features: inputs.flatMap((input, k) => rangesOf(input, reader, [mins[k] ?? 0, maxs[k] ?? 0])),
        classes,
        resolve: (delimiter) => resolve(options, plan, valuesOf, classes, delimiter, dropped)
      }
    }
  }
}

/** Holds the entries of the head back until it is known whether they have keys. */
const nearHead = (reader: InputReader, mins: Float64Array, maxs: Float64Array) => {
  const keyOf = nearKeys(reader)
  const fractions = reader.inputs.map(() => false)
  let held: Array<Entry> | undefined = []
  let says = true
  let ready: Array<ScannedEntry> = []
  const release = (): void => {
    if (held === undefined) return
    // Numbers of categories are whole, so that they take no part in it.
    says = roundingSays(fractions.map((each, k) => ({ min: mins[k] ?? 0, max: maxs[k] ?? 0, fractions: each })))
    for (const { near, ...entry } of held) ready.push(says && near !== undefined ? { ...entry, near } : entry)
    held = undefined
  }
  return {
    key: (values: Float64Array): string | undefined => (says ? keyOf(values) : undefined),
    add: (entry: Entry, values: Float64Array): void => {
      if (held === undefined) {
        ready.push(entry)
        return
      }
      values.forEach((value, k) => {
        if (!Number.isInteger(value)) fractions[k] = true
      })
      held.push(entry)
      if (held.length >= HEAD_RECORDS) release()
    },
    end: release,
    take: (): ReadonlyArray<ScannedEntry> => {
      const out = ready
      ready = []
      return out
    }
  }
}

/** The ranges of the features of one input. */
const rangesOf = (input: Input, reader: InputReader, [min, max]: Range): ScanResult["features"] => {
  const { name, column } = input
  const words = reader.vocabulary(input)
  if (words === undefined || column.type !== "category") return [{ name, min, max }]
  const { texts, rank } = words.sorted()
  const counts = texts.map(() => 0)
  rank.forEach((place, number) => {
    counts[place] = words.counts[number] ?? 0
  })
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (column.as === "index") return [{ name, min: counts.findIndex((count) => count > 0), max: counts.findLastIndex((count) => count > 0) }]
  return texts.map((text, place) => ({ name: `${name}=${text}`, min: counts[place] === total ? 1 : 0, max: counts[place] === 0 ? 0 : 1 }))
}

/** The options with nothing left to find; what was not asked for stays away. */
const resolve = (
  options: Options,
  plan: Plan,
  valuesOf: (input: Input) => ReadonlyArray<string>,
  classes: ReadonlyArray<string>,
  delimiter: Delimiter,
  dropped: number
): ResolvedOptions => {
  const { classes: _classes, dropped_rows: _dropped, ...given } = options
  const [first, ...rest] = classes
  return {
    ...given,
    delimiter,
    label_column: options.label_column ?? null,
    id_column: options.id_column ?? null,
    group_column: options.group_column ?? null,
    split_column: options.split_column ?? null,
    // Entries, not assignment: a column may be named __proto__.
    columns: Object.fromEntries(resolvedColumns(plan, valuesOf)),
    ...(first === undefined ? {} : { classes: [first, ...rest] }),
    ...(dropsRows(options) || options.dropped_rows !== undefined ? { dropped_rows: dropped } : {})
  }
}

const ragged = ({ count }: Row, columns: number, position: number, spot: Spot): Finding => ({
  code: "csv/RAGGED",
  severity: "error",
  message: "the record has another number of cells than the header",
  sample_id: String(position),
  expected: `${columns} cells`,
  actual: String(count),
  // A record that is too long is shown at its first superfluous cell, one that is too short at its last.
  spot,
  help: "complete or correct the line; a cell that holds the delimiter has to be quoted"
})

const droppedRow = (text: string, field: string, spot: Spot): Finding => ({
  code: "csv/DROPPED-ROW",
  severity: "warning",
  message: "the record is left out, because a cell of it is missing",
  field,
  actual: showValue(text),
  spot,
  help: 'fill in the cell, or say what it stands for: policy = "value"'
})

const otherDrops = (expected: number, actual: number): Finding => ({
  code: "csv/DROPPED-ROWS",
  severity: "error",
  message: "another number of records is left out than the options say",
  field: "dropped_rows",
  expected: String(expected),
  actual: String(actual),
  help: `look at the records that are left out, then set dropped_rows = ${actual}`
})

const emptyRole = (what: "id" | "group" | "split", field: string, sample_id: string, spot: Spot): Finding => ({
  code: `csv/NO-${what.toUpperCase()}`,
  severity: "error",
  message: `the ${what} is empty`,
  field,
  sample_id,
  spot,
  help: `fill in the cell, or leave the column out of the options: ${what}_column = null`
})

const notATime = (text: string, format: string, field: string, sample_id: string, spot: Spot): Finding => ({
  code: "csv/NOT-A-TIME",
  severity: "error",
  message: "cannot be read",
  field,
  sample_id,
  expected:
    format === "iso-8601"
      ? "a time like 2026-01-31T23:59:59.999Z, with Z or an offset, or a date alone"
      : `a time in whole milliseconds, written as ${format}`,
  actual: showValue(text),
  spot,
  help: "correct the cell, or name another time_format"
})

const emptyClass = (label: string, field: string): Finding => ({
  code: "csv/EMPTY-CLASS",
  severity: "warning",
  message: `no record has the declared class ${showValue(label)}`,
  field,
  help: "delete it from classes, unless a later version of the file has it"
})
