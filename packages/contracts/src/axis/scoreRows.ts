/**
 * The samples of a file of scores: objects with a `sample_id` each, all different, and keys that are known.
 *
 * Sharp edge: a row with a mistake is still handed on (`sound: false`), so that a pack can say what else is wrong with it; a row that is
 * no object, or that has a key twice, is not.
 */
import type { Diagnostic } from "../error/Diagnostic.ts"
import { showValue } from "../error/decodeStrict.ts"
import { didYouMean } from "../error/didYouMean.ts"
import type { ScoreFile } from "./MetricFiles.ts"
import { readScoreJson, type ScoreJsonCodes } from "./scoreJson.ts"
import { type ScoreMistake, scoreDiagnostics } from "./scoreMistakes.ts"
import type { ScoreText } from "./scoreText.ts"

/** Codes of a pack for what can be wrong with rows; several may be the same. */
export interface ScoreRowCodes {
  readonly notAList: string
  readonly noSample: string
  readonly notAnObject: string
  readonly unknownKey: string
  readonly missingField: string
  readonly wrongId: string
  readonly repeatedSample: string
}

/** The keys of an object. */
export interface ScoreKeys {
  readonly required: ReadonlyArray<string>
  readonly optional: ReadonlyArray<string>
}

export type ScoreFields = Readonly<Record<string, unknown>>

/** One element of a list, before it is known to be a row. */
export interface ScoreElement {
  readonly offset: number
  readonly value: unknown
}

export interface ScoreRow {
  /** Empty where the row has no id, and then it is not sound. */
  readonly sample_id: string
  readonly offset: number
  readonly fields: ScoreFields
  /** Nothing was wrong with its id and its keys. */
  readonly sound: boolean
}

export interface ScoreRows {
  readonly text: ScoreText
  readonly rows: ReadonlyArray<ScoreRow>
  /** The ids of all rows, also of those with mistakes. */
  readonly ids: ReadonlySet<string>
  readonly mistakes: ReadonlyArray<ScoreMistake>
}

export type ScoreRowsRead = ({ readonly ok: true } & ScoreRows) | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

/** Whether a value of JSON is an object; a list is none. */
export const isScoreFields = (value: unknown): value is ScoreFields => typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * Finds keys that are missing and keys that nobody knows: each a mistake at `at`, whose field is the path of the object. The neighbour of an
 * unknown key is looked for once, because a wrong column stands in every row.
 */
export const keyMistakes = ({ required, optional }: ScoreKeys, codes: Pick<ScoreRowCodes, "unknownKey" | "missingField">) => {
  const known = [...required, ...optional]
  const helps = new Map<string, string>()
  const helpFor = (key: string): string => {
    const before = helps.get(key)
    if (before !== undefined) return before
    const near = didYouMean(key, known)
    const help = near === undefined ? `delete it; known are ${known.join(", ")}` : `did you mean "${near}"?`
    helps.set(key, help)
    return help
  }
  return (fields: ScoreFields, at: Omit<ScoreMistake, "code" | "message">): ReadonlyArray<ScoreMistake> => {
    const path = (key: string): string => (at.field === undefined ? key : `${at.field}.${key}`)
    const missing = required
      .filter((key) => !Object.hasOwn(fields, key))
      .map((key) => ({ ...at, code: codes.missingField, field: path(key), message: `"${key}" is required and missing` }))
    const unknown = Object.keys(fields)
      .filter((key) => !known.includes(key))
      .map((key) => ({ ...at, code: codes.unknownKey, field: path(key), message: `unknown key "${key}"`, help: helpFor(key) }))
    return [...missing, ...unknown]
  }
}

/**
 * The rows among the elements of a list.
 *
 * @param keys of a row; `sample_id` is among the required ones
 * @param ambiguous indices of elements that have a key twice: their id is taken, and nothing else of them is looked at
 */
export const scoreRows = (
  text: ScoreText,
  elements: ReadonlyArray<ScoreElement>,
  codes: ScoreRowCodes,
  keys: ScoreKeys,
  ambiguous: ReadonlySet<number> = new Set()
): ScoreRows => {
  const rows: Array<ScoreRow> = []
  const first = new Map<string, number>()
  const mistakes: Array<ScoreMistake> = []
  const mistakesOf = keyMistakes(keys, codes)
  for (const [index, { offset, value }] of elements.entries()) {
    if (!isScoreFields(value)) {
      const expected = `an object with ${keys.required.join(", ")}`
      mistakes.push({ code: codes.notAnObject, offset, message: "a row is no object", expected, actual: showValue(value) })
      continue
    }
    const given = value.sample_id
    const sample_id = typeof given === "string" ? given : ""
    const at = sample_id === "" ? { offset } : { offset, sample_id }
    const before = mistakes.length
    if (!ambiguous.has(index)) mistakes.push(...mistakesOf(value, at))
    if (sample_id !== "") {
      const other = first.get(sample_id)
      if (other === undefined) first.set(sample_id, offset)
      else
        mistakes.push({
          ...at,
          code: codes.repeatedSample,
          field: "sample_id",
          message: "two rows have the same id",
          expected: "every sample once",
          actual: showValue(sample_id),
          help: `keep one of them; the first begins on line ${text.placeOf(other).line}`
        })
    } else if (Object.hasOwn(value, "sample_id"))
      mistakes.push({
        ...at,
        code: codes.wrongId,
        field: "sample_id",
        message: "this is no id",
        expected: "a text that is not empty",
        actual: showValue(given),
        ...(typeof given === "number" ? { help: `write "${given}"` } : {})
      })
    if (!ambiguous.has(index)) rows.push({ sample_id, offset, fields: value, sound: mistakes.length === before })
  }
  return { text, rows, ids: new Set(first.keys()), mistakes }
}

/** A JSON array of rows; refused is what is no such list at all. */
export const readScoreRows = (file: ScoreFile, codes: ScoreJsonCodes & ScoreRowCodes, keys: ScoreKeys): ScoreRowsRead => {
  const read = readScoreJson(file, codes)
  if (!read.ok) return read
  const { text, value, elements, ambiguous, mistakes } = read.json
  const refuse = (mistake: ScoreMistake): ScoreRowsRead => ({ ok: false, diagnostics: scoreDiagnostics(text, [...mistakes, mistake]) })
  const expected = `a JSON array of objects with ${keys.required.join(", ")}`
  if (!Array.isArray(value))
    return refuse({ code: codes.notAList, offset: 0, message: "the file is no list", expected, actual: showValue(value) })
  if (value.length === 0)
    return refuse({ code: codes.noSample, offset: 0, message: "the list is empty", expected: "at least one sample", actual: "[]" })
  const list = value.map((each: unknown, index): ScoreElement => ({ offset: elements[index] ?? 0, value: each }))
  const rows = scoreRows(text, list, codes, keys, ambiguous)
  return { ok: true, ...rows, mistakes: [...mistakes, ...rows.mistakes] }
}
