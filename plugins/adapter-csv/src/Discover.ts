/**
 * Proposes how a file can be read, from its first records.
 *
 * The label column is one that is named class, label, target or species, else the last column that is not numbers; every other
 * possibility is a further candidate with less confidence. Sharp edge: columns and classes are proposed as "scan", because the
 * first records prove neither; a column of text that is not the label then fails the scan until it is declared `ignore`.
 */
import { ApprovedRoots, type Candidate, type FileInfo, type Source, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { chooseDelimiter, HEAD_BYTES, headRecords } from "./Delimiter.ts"
import { readNumber } from "./NumberCell.ts"
import type { Delimiter, Options } from "./Options.ts"
import { utf8Check } from "./Utf8.ts"

const labelNames = ["class", "label", "target", "species"]
const idNames = ["id", "sample_id"]
const delimiterWords: { readonly [D in Delimiter]: string } = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar" }

/**
 * Candidates, best first. A folder has none: this adapter reads one file. A file that is no table of text has one without any
 * confidence: reading it in that way is how the scan finds out, and says where, what is wrong with it.
 */
export const discover = (source: Source): Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const asFile: Effect.Effect<FileInfo | undefined, TrainerError> = roots.info(source.path)
    // What has no size of its own may still be a folder; if it is none either, the first failure says why.
    const file = yield* asFile.pipe(
      Effect.catch((failure) =>
        Effect.matchEffect(roots.list(source.path), { onSuccess: () => Effect.succeed(undefined), onFailure: () => Effect.fail(failure) })
      )
    )
    if (file === undefined) return []
    if (file.bytes === 0) return [hopeless("the file is empty")]
    const head = yield* roots.read(source.path, 0, Math.min(HEAD_BYTES, file.bytes))
    const whole = head.length === file.bytes
    if (head.includes(0) || utf8Check().feed(head, whole) !== undefined) return [hopeless("the file is not UTF-8 text", ",")]
    return propose(source.path, head, whole)
  })

const hopeless = (because: string, delimiter: Options["delimiter"] = "scan"): Candidate => ({
  confidence: 0,
  title: "No table",
  because,
  options: {
    delimiter,
    quote: '"',
    decimal: ".",
    header: true,
    label_column: "class",
    columns: "scan",
    classes: "scan"
  } satisfies Options
})

const propose = (path: string, head: Uint8Array, whole: boolean): ReadonlyArray<Candidate> => {
  const choice = chooseDelimiter(head, whole, '"')
  if (choice === undefined || choice.records < 2) return [hopeless("no delimiter gives records of equal length")]
  const [names = [], ...rows] = headRecords(head, whole, { delimiter: choice.delimiter, quote: '"' })
  const even = rows.filter((row) => row.length === names.length)
  const cellsAt = (column: number): ReadonlyArray<string> => even.map((row) => row[column] ?? "")
  const decimal = decimalOf(even, choice.delimiter)
  const isText = names.map((_, column) => cellsAt(column).every((cell) => !readNumber(cell, decimal).ok))
  const id = names.findIndex((name, column) => idNames.includes(name.toLowerCase()) && new Set(cellsAt(column)).size === even.length)
  const cut = `${choice.agreeing} of the first ${choice.records} records have ${choice.cells} cells when cut at the ${delimiterWords[choice.delimiter]}`
  const trust = (choice.agreeing / choice.records) * (/\.(csv|tsv|tab|txt|data)$/i.test(path) ? 1 : 0.5)
  return labelCandidates(names, isText, id)
    .map(({ column, confidence, because }): Candidate => {
      const options: Options = {
        delimiter: choice.delimiter,
        quote: '"',
        decimal,
        header: true,
        label_column: names[column] ?? "",
        id_column: names[id] ?? null,
        group_column: null,
        split_column: null,
        columns: "scan",
        classes: "scan"
      }
      return {
        confidence: Math.round(confidence * trust * 100) / 100,
        title: `Table of ${names.length} columns, label ${JSON.stringify(names[column] ?? "")}`,
        options,
        because: `${cut}; ${because}`
      }
    })
    .sort((left, right) => right.confidence - left.confidence)
}

/** A comma, when it does not separate cells and at least one cell is a number with a comma and none is one with a point. */
const decimalOf = (rows: ReadonlyArray<ReadonlyArray<string>>, delimiter: Delimiter): "." | "," => {
  if (delimiter === ",") return "."
  const cells = rows.flat()
  const only = (text: "." | ",", cell: string): boolean => cell.includes(text) && readNumber(cell, text).ok
  return cells.some((cell) => only(",", cell)) && !cells.some((cell) => only(".", cell)) ? "," : "."
}

interface LabelCandidate {
  readonly column: number
  readonly confidence: number
  readonly because: string
}

const labelCandidates = (names: ReadonlyArray<string>, isText: ReadonlyArray<boolean>, id: number): ReadonlyArray<LabelCandidate> => {
  const columns = names.map((_, column) => column).filter((column) => column !== id && names[column] !== "")
  const named = columns.filter((column) => labelNames.includes((names[column] ?? "").toLowerCase()))
  const text = columns.filter((column) => isText[column] === true && !named.includes(column))
  const last = text.at(-1)
  const byName = named.map((column) =>
    named.length === 1
      ? { column, confidence: 0.95, because: "the column is named like a label" }
      : { column, confidence: 0.5, because: "the column is named like a label, and so are others: name label_column" }
  )
  const byText = text.map((column) => {
    if (named.length > 0) return { column, confidence: 0.3, because: "the column is text, but another one is named like a label" }
    if (text.length === 1) return { column, confidence: 0.9, because: "it is the only column that is not numbers" }
    return column === last
      ? { column, confidence: 0.6, because: "it is the last column that is not numbers" }
      : { column, confidence: 0.3, because: "the column is not numbers, but not the last such one" }
  })
  if (named.length + text.length > 0) return [...byName, ...byText]
  return columns.map((column) => ({
    column,
    confidence: column === columns.at(-1) ? 0.2 : 0.1,
    because: "every column is numbers and none is named like a label: name label_column"
  }))
}
