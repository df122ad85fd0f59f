/**
 * The measures of a training as text: JSON lines, or CSV, of which each can be made from the other without a loss. Numbers are written
 * in their shortest form that reads back to the same bits; a measure that a step does not have is an absent member and an empty cell.
 *
 * Sharp edge: CSV needs the names of all columns for its first line, so that it is written from all records at once.
 */
import { canonical, fromCanonical } from "@feagi-trainer/determinism"

export interface MetricRecord {
  /** From 1. */
  readonly step: number
  readonly metrics: Readonly<Record<string, number>>
}

/** One line for a record: `{"metrics":{…},"step":n}`. */
export const jsonLine = (record: MetricRecord): string => `${canonical(record)}\n`
export const jsonLines = (records: ReadonlyArray<MetricRecord>): string => records.map(jsonLine).join("")

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const recordOf = (value: unknown, line: number): MetricRecord => {
  if (isTable(value) && typeof value.step === "number" && isTable(value.metrics)) {
    const metrics = Object.entries(value.metrics).map(([name, number]) => {
      if (typeof number !== "number" && typeof number !== "bigint")
        throw new SyntaxError(`line ${line}: expected a number for ${JSON.stringify(name)}, got ${canonical(number)}`)
      return [name, Number(number)] as const
    })
    return { step: value.step, metrics: Object.fromEntries(metrics) }
  }
  throw new SyntaxError(`line ${line}: expected {"metrics": {…}, "step": n}, got ${canonical(value)}`)
}

/** Reads what `jsonLines` wrote. Throws a SyntaxError that names the line. */
export const readJsonLines = (text: string): ReadonlyArray<MetricRecord> =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line, at) => recordOf(fromCanonical(line), at + 1))

const quoted = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)
const cell = (number: number | undefined): string => (number === undefined ? "" : Object.is(number, -0) ? "-0" : String(number))

/** A header of `step` and the names of all measures by code unit, then a line for each record. RFC 4180 with line feeds. */
export const csv = (records: ReadonlyArray<MetricRecord>): string => {
  const names = [...new Set(records.flatMap(({ metrics }) => Object.keys(metrics)))].sort()
  const lines = records.map(({ step, metrics }) =>
    [String(step), ...names.map((name) => cell(Object.hasOwn(metrics, name) ? metrics[name] : undefined))].join(",")
  )
  return [["step", ...names.map(quoted)].join(","), ...lines].map((line) => `${line}\n`).join("")
}

/** Cells of all lines; a quoted cell may hold commas, quotes and line feeds. */
const cellsOf = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const lines: Array<Array<string>> = []
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)/gy
  let line: Array<string> = []
  let at = 0
  for (const [all, inQuotes, plain, end] of text.matchAll(pattern)) {
    at += all.length
    line.push(inQuotes === undefined ? (plain ?? "") : inQuotes.replaceAll('""', '"'))
    if (end === "\n") {
      lines.push(line)
      line = []
    }
  }
  if (at !== text.length)
    throw new SyntaxError(`expected cells that end in a comma or a line feed, got ${JSON.stringify(text.slice(at, at + 20))}`)
  return lines
}

const numberOf = (text: string, line: number): number => {
  const number = Number(text)
  if (text.trim() !== text || (text !== "NaN" && Number.isNaN(number)))
    throw new SyntaxError(`line ${line}: expected a number, got ${JSON.stringify(text)}`)
  return number
}

/** Reads what `csv` wrote. Throws a SyntaxError that names the line. */
export const readCsv = (text: string): ReadonlyArray<MetricRecord> => {
  const [header = [], ...lines] = cellsOf(text)
  if (header[0] !== "step") throw new SyntaxError(`line 1: expected a first column "step", got ${JSON.stringify(header[0])}`)
  return lines.map((cells, at) => {
    if (cells.length !== header.length) throw new SyntaxError(`line ${at + 2}: expected ${header.length} cells, got ${cells.length}`)
    const metrics = header.flatMap((name, column) => {
      const text = cells[column] ?? ""
      return column === 0 || text === "" ? [] : [[name, numberOf(text, at + 2)] as const]
    })
    return { step: numberOf(cells[0] ?? "", at + 2), metrics: Object.fromEntries(metrics) }
  })
}
