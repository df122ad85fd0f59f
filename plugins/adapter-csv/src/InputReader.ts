/**
 * From the cells of a record to the doubles of its inputs, and from these to features.
 *
 * A number is itself, a boolean 0 or 1, a category the number of its text in the vocabulary of the column. Sharp edge: a scan knows the
 * order of the values of a category only at its end, so that what was read becomes features (`expand`) only then.
 */
import { showValue } from "@feagi-trainer/contracts"
import type { Finding, Findings, Spot } from "./Findings.ts"
import { isWhole, type NumberForm, plainNumber, readNumber } from "./NumberCell.ts"
import type { Options } from "./Options.ts"
import type { Input, Plan } from "./Plan.ts"
import { isOneOf, type Row, textAt } from "./Scanner.ts"
import { VALUES, type Vocabulary, vocabulary } from "./Vocabulary.ts"

export interface InputReader {
  readonly inputs: ReadonlyArray<Input>
  /** Fills `into` from `at` on, one double per input; NaN where a cell cannot be read. */
  readonly read: (row: Row, file: number, into: Float64Array, at: number) => void
  /** A number that is no feature: the target, a value for samplers. */
  readonly number: (row: Row, input: Input) => number
  /** 1 for each input that is a category. */
  readonly isText: Uint8Array
  /** Tells why a cell was read as NaN. */
  readonly refuse: (row: Row, input: Input, sample: string, spot: Spot, found: Findings) => void
  /** The column whose missing cell leaves the record out. */
  readonly dropped: (row: Row) => number | undefined
  /** Text of a category: the `k`-th input was read as `value`. */
  readonly text: (k: number, value: number) => string
  readonly vocabulary: (input: Input) => Vocabulary | undefined
  /** Whether a category has more values than a scan takes. */
  readonly full: () => boolean
}

/** No byte is a decimal mark. */
const NO_MARK = -1
/** The input is not read as a plain number at first. */
const UNMARKED = -2

export const inputReader = (plan: Plan, options: Options): InputReader => {
  const { inputs } = plan
  const mark = options.decimal.charCodeAt(0)
  const vocabularies = inputs.map(({ name, cell, column }) =>
    column.type === "category" ? vocabulary(VALUES, name, cell, column.values) : undefined
  )
  const cells = Int32Array.from(inputs, ({ cell }) => cell)
  /** What separates the decimals of a number that is never missing: nothing in an integer. */
  const marks = Int16Array.from(inputs, ({ column: { type }, missing }) =>
    missing.length > 0 || (type !== "number" && type !== "integer") ? UNMARKED : type === "integer" ? NO_MARK : mark
  )
  const vocabularyOf = new Map(inputs.map((input, k) => [input, vocabularies[k]]))
  const categories = vocabularies.filter((words) => words !== undefined)
  const droppers = [
    ...inputs.flatMap(({ cell, drops, missing }) => (drops ? [{ cell, texts: missing }] : [])),
    ...(plan.roleMissing.length === 0 ? [] : plan.roleCells.map((cell) => ({ cell, texts: plan.roleMissing })))
  ]

  const number = (row: Row, { cell, column, missing }: Input): number => {
    if (missing.length > 0 && isOneOf(row, cell, missing)) return standIn(column)
    const plain = plainNumber(row.bytes, row.starts[cell] ?? 0, row.ends[cell] ?? 0, column.type === "integer" ? NO_MARK : mark)
    if (!Number.isNaN(plain)) return plain
    const text = textAt(row, cell)
    if (column.type === "integer" && !isWhole(text)) return Number.NaN
    const read = readNumber(text, options)
    return read.ok ? read.value : Number.NaN
  }
  const boolean = (row: Row, { cell, column, missing, yes, no }: Input): number => {
    if (missing.length > 0 && isOneOf(row, cell, missing)) return standIn(column)
    return isOneOf(row, cell, yes) ? 1 : isOneOf(row, cell, no) ? 0 : Number.NaN
  }
  const category = (row: Row, file: number, { cell, column, missing }: Input, words: Vocabulary): number => {
    const { missing: stated } = column
    const instead = missing.length > 0 && isOneOf(row, cell, missing) && stated?.policy !== "drop-row" ? stated?.value : undefined
    const read = typeof instead === "string" ? words.read(instead, row, file) : words.readCell(row, file)
    return read === -1 ? Number.NaN : read
  }

  return {
    inputs,
    isText: Uint8Array.from(vocabularies, (words) => (words === undefined ? 0 : 1)),
    read: (row, file, into, at) => {
      const { bytes, starts, ends } = row
      for (let k = 0; k < inputs.length; k++) {
        const mark = marks[k] ?? UNMARKED
        const cell = cells[k] ?? 0
        const plain = mark === UNMARKED ? Number.NaN : plainNumber(bytes, starts[cell] ?? 0, ends[cell] ?? 0, mark)
        into[at + k] = plain
        const input = Number.isNaN(plain) ? inputs[k] : undefined
        if (input === undefined) continue
        const words = vocabularies[k]
        into[at + k] =
          words !== undefined
            ? category(row, file, input, words)
            : input.column.type === "boolean"
              ? boolean(row, input)
              : number(row, input)
      }
    },
    number,
    refuse: (row, input, sample, spot, found) => {
      const words = vocabularyOf.get(input)
      const text = textAt(row, input.cell)
      if (words !== undefined) return words.refuse(text, sample, spot, found)
      const code = codeOf(text, input, options)
      found.add(code, input.name, () => badCell(code, text, input, options, sample, spot))
    },
    dropped: (row) => droppers.find(({ cell, texts }) => isOneOf(row, cell, texts))?.cell,
    text: (k, value) => vocabularies[k]?.text(value) ?? "",
    vocabulary: (input) => vocabularyOf.get(input),
    full: () => categories.some((words) => words.full())
  }
}

/** What a missing cell is read as. */
const standIn = ({ missing }: Input["column"]): number =>
  missing === undefined || missing.policy === "drop-row" ? Number.NaN : Number(missing.value) + 0

/** One feature, with how it comes out of the doubles of a record. */
export interface Feature {
  readonly name: string
  readonly of: (values: Float64Array, at: number) => number
}

/** The features of a record, known when all of the table was read. */
export const featuresOf = (reader: InputReader): ReadonlyArray<Feature> =>
  reader.inputs.flatMap((input, k): ReadonlyArray<Feature> => {
    const { name, column } = input
    const words = reader.vocabulary(input)?.sorted()
    if (words === undefined || column.type !== "category") return [{ name, of: (values, at) => values[at + k] ?? 0 }]
    const { texts, rank } = words
    if (column.as === "index") return [{ name, of: (values, at) => rank[values[at + k] ?? 0] ?? 0 }]
    return texts.map((text, place) => ({ name: `${name}=${text}`, of: (values, at) => (rank[values[at + k] ?? 0] === place ? 1 : 0) }))
  })

type CellCode = "csv/NOT-A-NUMBER" | "csv/NOT-AN-INTEGER" | "csv/NOT-A-BOOLEAN" | "csv/OUT-OF-RANGE"

const codeOf = (text: string, { column: { type } }: Input, form: NumberForm): CellCode => {
  if (type === "boolean") return "csv/NOT-A-BOOLEAN"
  if (type === "integer") return isWhole(text) ? "csv/OUT-OF-RANGE" : "csv/NOT-AN-INTEGER"
  const read = readNumber(text, form)
  return !read.ok && read.why === "out-of-range" ? "csv/OUT-OF-RANGE" : "csv/NOT-A-NUMBER"
}

const badCell = (code: CellCode, text: string, input: Input, form: NumberForm, sample_id: string, spot: Spot): Finding => {
  const { name, column } = input
  const common = { code, severity: "error", message: "cannot be read", field: name, sample_id, actual: showValue(text), spot } as const
  if (column.type === "boolean")
    return {
      ...common,
      expected: `one of ${[...column.true, ...column.false].map((each) => showValue(each)).join(", ")}`,
      help: "correct the cell, or name its text in true, false or missing"
    }
  const ignore = `leave the column out: columns = { "*" = { type = "number" }, ${showValue(name)} = { type = "ignore" } }`
  if (code === "csv/OUT-OF-RANGE")
    return {
      ...common,
      message: "reading it would change it",
      expected: "a number that a double holds: at most 1.8e308, not rounded to 0, whole numbers beyond 2^53 exact",
      help: `scale the column, or ${ignore}`
    }
  const expected = code === "csv/NOT-AN-INTEGER" ? "a whole number" : "a number"
  return { ...common, expected, help: helpForText(text, input, form, ignore) }
}

const helpForText = (text: string, { name, column }: Input, form: NumberForm, ignore: string): string => {
  const other = form.decimal === "." ? "," : "."
  if (text !== text.trim() && readNumber(text.trim(), form).ok) return "delete the blanks around the number"
  if (column.type === "integer" && readNumber(text, form).ok)
    return `${showValue(name)} = { type = "number" }, if not all of them are whole`
  if (readNumber(text, { ...form, decimal: other }).ok) return `decimal = "${other}" if all numbers of the file are written like this`
  if (column.type === "number" && readNumber(text, { ...form, bare_point: true }).ok)
    return "bare_point = true if numbers of the file may leave out a digit beside the decimal mark"
  const texts = `texts = [${showValue(text)}]`
  const stands = `missing = { ${texts}, policy = "value", value = … } or missing = { ${texts}, policy = "drop-row" }`
  return `correct the cell, or ${ignore}, or say what it stands for: ${showValue(name)} = { type = "${column.type}", … } with ${stands}`
}
