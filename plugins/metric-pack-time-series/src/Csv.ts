/**
 * CSV with the numbers of a series: `sample_id,target,prediction`, or `sample_id,target/0,…,prediction/0,…` for vectors; RFC 4180, with
 * LF or CRLF, no spaces around cells. It becomes the rows that the JSON form has, so everything after it is checked once.
 *
 * Sharp edge: a row whose prediction cells are all empty is an abstention. A cell is a decimal number as JSON has it: `nan`, `1,5` and
 * ` 1` are refused, not understood.
 */
import {
  readScoreText,
  type ScoreElement,
  type ScoreFile,
  type ScoreMistake,
  type ScoreRowsRead,
  scoreDiagnostics,
  scoreRows,
  showValue
} from "@feagi-trainer/contracts"
import { notCsv, rowKeys, seriesCodes } from "./Codes.ts"

interface Line {
  readonly offset: number
  readonly cells: ReadonlyArray<string>
}

const cellAt = /"([^"]*(?:""[^"]*)*)"|([^",\r\n]*)/y

/** The records of a text, or where it stops being CSV. */
const recordsOf = (text: string): { readonly records: ReadonlyArray<Line>; readonly stopped?: number } => {
  const records: Array<Line> = []
  let at = 0
  while (at < text.length) {
    const offset = at
    const cells: Array<string> = []
    for (;;) {
      cellAt.lastIndex = at
      const [whole = "", quoted, plain = ""] = cellAt.exec(text) ?? []
      cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
      at += whole.length
      if (text[at] !== ",") break
      at += 1
    }
    if (text.startsWith("\r\n", at)) at += 2
    else if (text[at] === "\n") at += 1
    else if (at < text.length) return { records, stopped: at }
    records.push({ offset, cells })
  }
  return { records }
}

/** How many numbers a target has by this header; 0 for a scalar, nothing where it is another header. */
const widthOf = (header: ReadonlyArray<string>): number | undefined => {
  const width = (header.length - 1) / 2
  const numbered = (side: string): ReadonlyArray<string> =>
    Array.from({ length: Math.max(0, Math.floor(width)) }, (_, index) => `${side}/${index}`)
  const same = (names: ReadonlyArray<string>): boolean =>
    names.length === header.length && names.every((name, index) => name === header[index])
  if (same(["sample_id", "target", "prediction"])) return 0
  return width >= 1 && same(["sample_id", ...numbered("target"), ...numbered("prediction")]) ? width : undefined
}

const decimal = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/

/** A file as rows with `sample_id`, `target` and `prediction`. */
export const readCsvRows = (file: ScoreFile): ScoreRowsRead => {
  const codes = { ...seriesCodes, emptyFile: notCsv }
  const read = readScoreText(file, codes, "a header, and a line for each sample")
  if (!read.ok) return read
  const { text } = read.text
  const refuse = (mistake: ScoreMistake): ScoreRowsRead => ({ ok: false, diagnostics: scoreDiagnostics(read.text, [mistake]) })
  const { records, stopped } = recordsOf(text)
  if (stopped !== undefined)
    return refuse({
      code: notCsv,
      offset: stopped,
      message: "this is no CSV",
      expected: "a comma or the end of the line after a cell",
      actual: JSON.stringify(text.charAt(stopped)),
      help: 'write a cell that has quotes or commas in quotes, and a quote in it twice: "a ""b"""'
    })
  const [header, ...body] = records
  const columns = header?.cells ?? []
  const width = widthOf(columns)
  if (width === undefined)
    return refuse({
      code: notCsv,
      offset: 0,
      message: "the first line is no header",
      expected: "sample_id,target,prediction or, for vectors, sample_id,target/0,…,prediction/0,…",
      actual: columns.join(",")
    })
  if (body.length === 0)
    return refuse({
      code: codes.row,
      offset: 0,
      message: "the file has no row",
      expected: "at least one sample",
      actual: "a header alone"
    })
  const mistakes: Array<ScoreMistake> = []
  const elements: Array<ScoreElement> = []
  for (const { offset, cells } of body) {
    const [sample_id = ""] = cells
    const at = { code: codes.row, offset, ...(sample_id === "" ? {} : { sample_id }) }
    if (cells.length !== columns.length) {
      const expected = `${columns.length} cells, as in the header`
      mistakes.push({ ...at, message: "a line has another number of cells", expected, actual: String(cells.length) })
      continue
    }
    const half = 1 + Math.max(1, width)
    const silent = cells.slice(half).every((cell) => cell === "")
    const numbers = cells.slice(1, silent ? half : undefined).map((cell, index) => {
      const value = decimal.test(cell) ? Number(cell) : Number.NaN
      if (!Number.isFinite(value))
        mistakes.push({
          ...at,
          field: columns[index + 1] ?? "",
          message: "this is no number",
          expected: "a decimal number that a double holds, such as -1.5e3",
          actual: showValue(cell),
          ...(cell === "" && index + 1 >= half ? { help: "an abstention leaves every cell of the prediction empty" } : {})
        })
      return value
    })
    const of = (from: number): unknown => (width === 0 ? numbers[from] : numbers.slice(from, from + width))
    elements.push({ offset, value: { sample_id, target: of(0), prediction: silent ? null : of(half - 1) } })
  }
  const rows = scoreRows(read.text, elements, codes, rowKeys)
  return { ok: true, ...rows, mistakes: [...mistakes, ...rows.mistakes] }
}
