/**
 * Proposes how a source can be read, from its first records.
 *
 * The label column is one that is named class, label, target or species, else the last column that is not numbers; every other
 * possibility is a further candidate with less confidence. A column of fractions is a target number and no label. Of a folder, the
 * most tables with one header are proposed as one dataset. Sharp edge: columns and classes are proposed as "scan", because
 * the first records prove neither; `propose` reads everything and says what every column is.
 */
import { ApprovedRoots, type Candidate, type FileInfo, type Source, showValue, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { chooseDelimiter, type DelimiterChoice, type Head, headRecords, readHead } from "./Delimiter.ts"
import { isWhole, readNumber } from "./NumberCell.ts"
import type { Delimiter, Options } from "./Options.ts"
import { byBytes, isTableName, pathOf } from "./Tables.ts"
import { utf8Check } from "./Utf8.ts"

const labelNames = ["class", "label", "target", "species"]
const idNames = ["id", "sample_id"]
const delimiterWords: { readonly [D in Delimiter]: string } = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar" }

/**
 * Candidates, best first. A folder without tables has none. A file that is no table of text has one without any confidence: reading
 * it in that way is how the scan finds out, and says where, what is wrong with it.
 */
export const discover = (source: Source): Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const [infos, [failure]] = yield* Effect.partition([source.path], roots.info)
    const [file] = infos
    if (file !== undefined) return yield* discoverFile(file)
    // What has no size of its own may still be a folder; if it is none either, the first failure says why.
    const [listed] = yield* Effect.partition([source.path], roots.list)
    if (listed[0] === undefined && failure !== undefined) return yield* failure
    return yield* discoverFolder(source, listed[0] ?? [])
  })

const discoverFile = (file: FileInfo): Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    if (file.bytes === 0) return [hopeless("the file is empty")]
    const head = yield* readHead(file)
    if (head.bytes.includes(0) || utf8Check().feed(head.bytes, head.whole) !== undefined)
      return [hopeless("the file is not UTF-8 text", ",")]
    return propose(file.path, head)
  })

const discoverFolder = (
  source: Source,
  listed: ReadonlyArray<FileInfo>
): Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const tables = listed.filter(({ path }) => isTableName(path)).toSorted((left, right) => byBytes(left.path, right.path))
    const groups = new Map<string, Array<FileInfo>>()
    for (const table of tables) {
      const head = yield* readHead(table)
      const delimiter = chooseDelimiter(head, '"')?.delimiter
      const header = delimiter === undefined ? undefined : headRecords(head, { delimiter, quote: '"' })[0]
      if (header !== undefined) groups.set(JSON.stringify(header), [...(groups.get(JSON.stringify(header)) ?? []), table])
    }
    const [equal = []] = [...groups.values()].toSorted((left, right) => right.length - left.length)
    const [first] = equal
    const candidates = first === undefined ? [] : yield* discoverFile(first)
    if (candidates[0] === undefined || candidates[0].confidence === 0) return []
    const files = equal.map(({ path }) => path.slice(pathOf(source, "").length))
    const parts = partsOf(files)
    return candidates.map((each) => ({
      ...each,
      // Tables among other files are hardly what the folder is about.
      confidence: Math.round((each.confidence * equal.length * 100) / listed.length) / 100,
      title: files.length === 1 ? each.title : `${files.length} files: ${each.title}`,
      options: { files, ...(parts === undefined ? {} : { file_split: parts }), ...each.options },
      because: `${equal.length} of ${listed.length} files are tables with the columns of ${showValue(files[0])}; ${each.because}`
    }))
  })

/** Parts of the data that the names of all files say. */
const partsOf = (files: ReadonlyArray<string>): Readonly<Record<string, string>> | undefined => {
  const parts = files.map((name) => /(?:^|[/_.-])(train|val|test)(?:[/_.-]|$)/i.exec(name)?.[1]?.toLowerCase())
  const known = parts.flatMap((part, at) => (part === undefined ? [] : [[files[at] ?? "", part] as const]))
  return known.length === files.length ? Object.fromEntries(known) : undefined
}

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

const propose = (path: string, head: Head): ReadonlyArray<Candidate> => {
  const choice = chooseDelimiter(head, '"')
  if (choice === undefined || choice.records < 2) return [hopeless("no delimiter gives records of equal length")]
  const [names = [], ...rows] = headRecords(head, { delimiter: choice.delimiter, quote: '"' })
  const even = rows.filter((row) => row.length === names.length)
  const decimal = decimalOf(even, choice.delimiter)
  const kinds = names.map((_, column) =>
    kindOf(
      even.map((row) => row[column] ?? ""),
      decimal
    )
  )
  const id = names.findIndex(
    (name, column) => idNames.includes(name.toLowerCase()) && new Set(even.map((row) => row[column])).size === even.length
  )
  const trust = (choice.agreeing / choice.records) * (/\.(csv|tsv|tab|txt|data)$/i.test(path) ? 1 : 0.5)
  return targetCandidates(names, kinds, id)
    .map(({ column, confidence, because }): Candidate => {
      const name = names[column] ?? ""
      const scalar = kinds[column] === "fractions"
      const options: Options = {
        delimiter: choice.delimiter,
        quote: '"',
        decimal,
        header: true,
        ...(scalar ? { label_column: null, target_column: name } : { label_column: name }),
        id_column: names[id] ?? null,
        group_column: null,
        split_column: null,
        columns: "scan",
        ...(scalar ? {} : { classes: "scan" })
      }
      return {
        confidence: Math.round(confidence * trust * 100) / 100,
        title: `Table of ${names.length} columns, ${scalar ? "target" : "label"} ${JSON.stringify(name)}`,
        options,
        because: `${cutOf(choice)}; ${because}${scalar ? "; it has fractions, so that it is a number to be estimated" : ""}`
      }
    })
    .sort((left, right) => right.confidence - left.confidence)
}

const cutOf = ({ agreeing, records, cells, delimiter }: DelimiterChoice): string =>
  `${agreeing} of the first ${records} records have ${cells} cells when cut at the ${delimiterWords[delimiter]}`

/** A comma, when it does not separate cells and at least one cell is a number with a comma and none is one with a point. */
const decimalOf = (rows: ReadonlyArray<ReadonlyArray<string>>, delimiter: Delimiter): "." | "," => {
  if (delimiter === ",") return "."
  const cells = rows.flat()
  const only = (text: "." | ",", cell: string): boolean => cell.includes(text) && readNumber(cell, { decimal: text }).ok
  return cells.some((cell) => only(",", cell)) && !cells.some((cell) => only(".", cell)) ? "," : "."
}

type Kind = "text" | "whole" | "fractions"

/** Text when no cell is a number; fractions when all are and one is not whole. */
const kindOf = (cells: ReadonlyArray<string>, decimal: "." | ","): Kind => {
  const numbers = cells.filter((cell) => readNumber(cell, { decimal, bare_point: true }).ok)
  if (numbers.length === 0) return "text"
  return numbers.length === cells.length && numbers.some((cell) => !isWhole(cell)) ? "fractions" : "whole"
}

interface TargetCandidate {
  readonly column: number
  readonly confidence: number
  readonly because: string
}

const targetCandidates = (names: ReadonlyArray<string>, kinds: ReadonlyArray<Kind>, id: number): ReadonlyArray<TargetCandidate> => {
  const columns = names.map((_, column) => column).filter((column) => column !== id && names[column] !== "")
  const named = columns.filter((column) => labelNames.includes((names[column] ?? "").toLowerCase()))
  const text = columns.filter((column) => kinds[column] === "text" && !named.includes(column))
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
    because: "every column is numbers and none is named like a label: name label_column or target_column"
  }))
}
