/**
 * Reading single fields of records, telling what is wrong with them and going on. Sharp edge: NaN is "there was no usable number"; no
 * number of a file can be it.
 */
import { codes } from "./Codes.ts"
import type { Findings } from "./Findings.ts"
import type { JsonReader } from "./JsonReader.ts"

export interface Source {
  readonly reader: JsonReader
  readonly findings: Findings
  /** The record that is read: its list (`annotations`, or nothing for a file that is a list) and its number there. */
  readonly record: { list: string; index: number }
}

/** `annotations[3].bbox`; put together only for findings. */
export const fieldOf = ({ record }: Source, key: string): string =>
  record.index < 0 ? key : `${record.list}[${record.index}]${key === "" ? "" : `.${key}`}`

const SHOWN = 60

/** The text of the next value, which is read over. */
const shown = (reader: JsonReader): string => {
  reader.peek()
  const start = reader.at
  reader.skip()
  const text = reader.text.slice(start, Math.min(reader.at, start + SHOWN))
  return reader.at - start > SHOWN ? `${text}...` : text
}

const wrongValue = (source: Source, key: string, expected: string): number => {
  const { reader, findings } = source
  reader.peek()
  const at = reader.at
  findings.add({ code: codes.badField, message: "has the wrong value", at, field: fieldOf(source, key), expected, actual: shown(reader) })
  return Number.NaN
}

/** A finite number. */
export const readFinite = (source: Source, key: string): number => {
  const { reader, findings } = source
  if (reader.peek() !== "number") return wrongValue(source, key, "a number")
  const at = reader.at
  const value = reader.number()
  if (Number.isNaN(value)) {
    const actual = reader.text.slice(at, reader.at)
    findings.add({
      code: codes.notFinite,
      message: "is no finite number",
      at,
      field: fieldOf(source, key),
      expected: "a finite number",
      actual
    })
  }
  return value
}

/** A whole number of at most 2^53. */
export const readWhole = (source: Source, key: string): number => {
  const { reader, findings } = source
  if (reader.peek() !== "number") return wrongValue(source, key, "a whole number")
  const at = reader.at
  const value = reader.number()
  if (Number.isSafeInteger(value)) return value
  findings.add({
    code: codes.badField,
    message: "has the wrong value",
    at,
    field: fieldOf(source, key),
    expected: "a whole number",
    actual: reader.text.slice(at, reader.at)
  })
  return Number.NaN
}

/** 0 or 1, also as false or true. */
export const readFlag = (source: Source, key: string): number => {
  const { reader, findings } = source
  const kind = reader.peek()
  if (kind === "true" || kind === "false") return reader.word() === "true" ? 1 : 0
  if (kind !== "number") return wrongValue(source, key, "0 or 1")
  const at = reader.at
  const value = reader.number()
  if (value === 0 || value === 1) return value
  findings.add({
    code: codes.badField,
    message: "has the wrong value",
    at,
    field: fieldOf(source, key),
    expected: "0 or 1",
    actual: reader.text.slice(at, reader.at)
  })
  return Number.NaN
}

/** Appends the numbers of a list; says how many there were, or −1 when it is no list of finite numbers. */
export const readNumbers = (source: Source, key: string, into: Array<number>): number => {
  const { reader } = source
  if (reader.peek() !== "array") {
    wrongValue(source, key, "a list of numbers")
    return -1
  }
  let isGood = true
  let count = 0
  reader.array((index) => {
    const value = readItem(source, key, index)
    if (Number.isNaN(value)) isGood = false
    into.push(value)
    count++
  })
  return isGood ? count : -1
}

/** The same for four numbers, in place, because there are hundreds of thousands of them; what is behind the fourth is read over. */
export const readFour = (source: Source, key: string, into: Array<number>): number => {
  const { reader } = source
  if (reader.peek() !== "array") {
    wrongValue(source, key, "a list of four numbers")
    return -1
  }
  let isGood = true
  let count = 0
  reader.array((index) => {
    const value = readItem(source, key, index)
    if (Number.isNaN(value)) isGood = false
    if (index < 4) into[index] = value
    count++
  })
  return isGood ? count : -1
}

const readItem = (source: Source, key: string, index: number): number => {
  const value = source.reader.peek() === "number" ? source.reader.number() : Number.NaN
  if (Number.isNaN(value)) reportItem(source, `${key}[${index}]`)
  return value
}

/** The reader stands before a value that is no number, or behind one that is not finite. */
const reportItem = (source: Source, key: string): void => {
  const { reader, findings } = source
  const before = reader.text.slice(Math.max(0, reader.at - 24), reader.at)
  const number = /-?(?:NaN|Infinity|[0-9][0-9.eE+-]*)$/.exec(before)?.[0]
  if (number === undefined) wrongValue(source, key, "a number")
  else
    findings.add({
      code: codes.notFinite,
      message: "is no finite number",
      at: reader.at - number.length,
      field: fieldOf(source, key),
      expected: "a finite number",
      actual: number
    })
}

/** Tells of a key that stands twice in a record. `bits` are the keys so far, `bit` is this one. */
export const onceMore = (source: Source, bits: number, bit: number, key: string, at: number): number => {
  if ((bits & bit) !== 0)
    source.findings.add({
      code: codes.duplicateKey,
      message: "stands twice in one record",
      at,
      field: fieldOf(source, key),
      help: "leave one of them"
    })
  return bits | bit
}

/** Whether the next value is of a kind; when not, that is told and the value is read over. */
export const expectKind = (source: Source, kind: "object" | "array", key: string, expected: string): boolean => {
  if (source.reader.peek() === kind) return true
  wrongValue(source, key, expected)
  return false
}

/** Tells of a key that a record does not have. */
export const missing = (source: Source, at: number, key: string, expected: string, help?: string): void =>
  source.findings.add({
    code: codes.missingField,
    message: "is required and missing",
    at,
    field: fieldOf(source, key),
    expected,
    ...(help === undefined ? {} : { help })
  })

/** Four numbers into `box`; says whether they are. */
export const readBox = (source: Source, box: Array<number>): boolean => {
  const { reader, findings } = source
  reader.peek()
  const at = reader.at
  const count = readNumbers(source, "bbox", box)
  if (count >= 0 && count !== 4)
    findings.add({
      code: codes.badField,
      message: "is no box",
      at,
      field: fieldOf(source, "bbox"),
      expected: "x, y, width, height",
      actual: `${count} numbers`
    })
  return count === 4
}
