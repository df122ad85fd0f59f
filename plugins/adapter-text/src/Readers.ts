/**
 * Readers: one for each layout that has several documents in a file.
 *
 * Nothing is trimmed or coerced: a field has to be there and hold a text. Sharp edge: labels, ids, groups and parts may be integers
 * in JSON, told by their digits; a field that holds texts in one record and integers in another is an error, because "1" and 1 would
 * become one class.
 */
import { didYouMean, showValue } from "@feagi-trainer/contracts"
import { cutCells } from "./Cells.ts"
import { document, type Fault, faults, header, type Read, type RecordReader } from "./Document.ts"
import { loneSurrogate } from "./Encoding.ts"
import { scanJson } from "./JsonScan.ts"
import {
  type ConllOptions,
  type CsvOptions,
  type Field,
  type Fields,
  fieldsOf,
  type JsonLinesOptions,
  type RecordOptions,
  type Role
} from "./Options.ts"

const loneCr = (index: number): Fault => ({
  code: "LONE-CR",
  message: "a carriage return without a line feed: some programs break the line here, others do not",
  index,
  help: "save the file with LF or CR LF line endings"
})

const loneCrIn = (text: string): number => text.search(/\r(?!\n)/)

const lineReader: RecordReader = (text) => {
  const at = loneCrIn(text)
  return at === -1 ? document({ text }) : faults(loneCr(at))
}

/** The value of a field, and its place in the record. */
interface Said {
  readonly value: unknown
  readonly index: number
}

const absent = (field: Field, names: Iterable<string>, noun: string, index: number): Fault => {
  const known = [...names]
  const near = didYouMean(String(field), known)
  return {
    code: noun === "column" ? "NO-COLUMN" : "NO-FIELD",
    message: `the ${noun} is not there`,
    index,
    field: String(field),
    expected: `one of ${known
      .slice(0, 12)
      .map((name) => showValue(name))
      .join(", ")}${known.length > 12 ? ", …" : ""}`,
    actual: "nothing",
    help: near === undefined ? `name another ${noun} in the options, or correct the data` : `did you mean ${showValue(near)}?`
  }
}

/** What each field held first: a text or a number. */
export type Kinds = Map<Field, string>

/** Every fault of the fields, or the document. */
const documentOf = (said: ReadonlyMap<Role, Said>, fields: Fields, kinds: Kinds): Read => {
  const found: Array<Fault> = []
  const values: { text?: string; label?: string; id?: string; group?: string; split?: string; time?: number } = {}
  for (const [role, { value, index }] of said) {
    const field = fields[role] ?? role
    const at = { index, field: String(field), actual: showValue(value) }
    if (role === "time") {
      const time = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value
      if (typeof time === "number" && Number.isSafeInteger(time)) values.time = time
      else found.push({ ...at, code: "NOT-A-TIME", message: "is no point in time", expected: "Unix milliseconds, a whole number" })
      continue
    }
    const kind = typeof value
    const first = kinds.get(field) ?? kind
    const whole = typeof value === "number" && Number.isSafeInteger(value) && role !== "text"
    if (typeof value !== "string" && !whole)
      found.push({
        ...at,
        code: "NOT-TEXT",
        message: "is no text",
        expected: role === "text" ? "a text" : "a text, or an integer up to 2^53"
      })
    else if (kind !== first)
      found.push({
        ...at,
        code: "MIXED-TYPES",
        message: `is a ${kind}, and a ${first} in records before`,
        expected: `a ${first}`,
        help: "write the field in one way throughout"
      })
    else {
      kinds.set(field, kind)
      const text = String(value)
      if (text === "" && role !== "text")
        found.push({
          ...at,
          code: `EMPTY-${role.toUpperCase()}`,
          message: `the ${role} is empty`,
          help: `fill it in, or declare that there is no ${role}`
        })
      else if (text.includes("\0")) found.push({ ...at, code: "NUL", message: "holds a NUL character", help: "delete it" })
      else if (!text.isWellFormed())
        found.push({
          ...at,
          code: "LONE-SURROGATE",
          message: "half of a character is missing",
          actual: `U+${text.charCodeAt(loneSurrogate(text)).toString(16).toUpperCase()} alone`,
          help: "export the text again"
        })
      else values[role] = text
    }
  }
  return found.length > 0 || values.text === undefined ? faults(...found) : document({ ...values, text: values.text })
}

const jsonReader = (options: JsonLinesOptions, kinds: Kinds): RecordReader => {
  const fields = fieldsOf(options)
  return (text) => {
    const scanned = scanJson(text)
    if (!scanned.ok)
      return faults({
        code: "NOT-JSON",
        message: "the line is not JSON from here on",
        index: scanned.at,
        expected: "one complete JSON object per line"
      })
    const value: unknown = JSON.parse(text)
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return faults({
        code: "NOT-AN-OBJECT",
        message: "the line is JSON, but no object",
        index: 0,
        expected: "an object",
        actual: showValue(value)
      })
    const keys = new Map<string, number>()
    const found: Array<Fault> = []
    for (const { key, at, value: index } of scanned.keys) {
      if (keys.has(key))
        found.push({
          code: "DUPLICATE-KEY",
          message: "the key is there twice",
          index: at,
          actual: showValue(key),
          help: "delete one of them"
        })
      keys.set(key, index)
    }
    const said = new Map<Role, Said>()
    for (const [role, field] of entriesOf(fields)) {
      const index = keys.get(String(field))
      if (index === undefined) found.push(absent(field, keys.keys(), "field", 0))
      // The key is the object's own, because it was found in the text.
      else said.set(role, { value: (value as Readonly<Record<string, unknown>>)[String(field)], index })
    }
    return found.length > 0 ? faults(...found) : documentOf(said, fields, kinds)
  }
}

/** Roles that have a field. The names of the roles are the keys of `Fields`, which Object.entries forgets. */
const entriesOf = (fields: Fields): ReadonlyArray<readonly [Role, Field]> => Object.entries(fields) as ReadonlyArray<readonly [Role, Field]>

const csvReader = (options: CsvOptions, kinds: Kinds): RecordReader => {
  const fields = fieldsOf(options)
  const quote = options.quote === "none" ? "" : options.quote
  let columns: ReadonlyMap<Role, number> | undefined
  let unusable = false
  let width = 0
  const plan = (names: ReadonlyArray<string>, starts: ReadonlyArray<number>): ReadonlyArray<Fault> => {
    const found: Array<Fault> = []
    const places = new Map<Role, number>()
    width = names.length
    for (const [role, field] of entriesOf(fields)) {
      const at = typeof field === "number" ? field - 1 : names.indexOf(field)
      const again = typeof field === "number" ? -1 : names.indexOf(field, at + 1)
      if (at === -1 || at >= width)
        found.push(absent(field, options.header ? names : names.map((_, each) => String(each + 1)), "column", 0))
      else if (again !== -1)
        found.push({
          code: "DUPLICATE-COLUMN",
          message: "two columns have this name",
          index: starts[again] ?? 0,
          field: String(field),
          help: "rename one of them"
        })
      places.set(role, at)
    }
    columns = places
    return found
  }
  return (text) => {
    if (unusable) return header
    const cut = cutCells(text, options.delimiter, quote)
    if (!cut.ok) return faults(cutFault(cut.why, cut.at))
    const { cells, starts } = cut
    if (columns === undefined) {
      const found = plan(cells, starts)
      unusable = found.length > 0
      if (unusable) return faults(...found)
      if (options.header) return header
    }
    if (cells.length !== width)
      return faults({
        code: "RAGGED",
        message: options.header
          ? "the record has another number of cells than the header"
          : "the record has another number of cells than the first",
        index: starts[Math.min(cells.length - 1, width)] ?? 0,
        expected: `${width} cells`,
        actual: String(cells.length),
        help: "complete or correct the record; a cell that holds the delimiter has to be quoted"
      })
    const said = new Map<Role, Said>()
    for (const [role, at] of columns ?? []) said.set(role, { value: cells[at] ?? "", index: starts[at] ?? 0 })
    return documentOf(said, fields, kinds)
  }
}

const cutFault = (why: "stray" | "unclosed" | "lone-cr", index: number): Fault => {
  if (why === "lone-cr") return loneCr(index)
  return why === "unclosed"
    ? {
        code: "UNCLOSED-QUOTE",
        message: "a quotation mark opens a cell and nothing closes it",
        index,
        help: 'close it, double it if it belongs to the text, or set quote = "none"'
      }
    : {
        code: "STRAY-QUOTE",
        message: "a quotation mark in the middle of a cell",
        index,
        help: 'quote the whole cell and double the mark inside it, or set quote = "none"'
      }
}

const conllReader = (options: ConllOptions): RecordReader => {
  const { separator, token_column, label_column } = options
  let width = 0
  return (text) => {
    const found: Array<Fault> = []
    const spans: Array<readonly [number, number]> = []
    const tags: Array<string> = []
    const tokens: Array<string> = []
    let end = -1
    let index = 0
    for (const raw of text.split("\n")) {
      const line = raw.endsWith("\r") && index + raw.length < text.length ? raw.slice(0, -1) : raw
      const cells = line.split(separator)
      if (width === 0) width = cells.length
      const [token = "", tag = ""] = [cells[token_column - 1], cells[label_column - 1]]
      const lone = line.indexOf("\r")
      if (lone !== -1) found.push(loneCr(index + lone))
      else if (cells.length !== width || Math.max(token_column, label_column) > width)
        found.push({
          code: "RAGGED",
          message: cells.length === width ? "the line has no such column" : "the line has another number of columns than the first one",
          index,
          expected: cells.length === width ? `at least ${Math.max(token_column, label_column)} columns` : `${width} columns`,
          actual: String(cells.length),
          help: 'columns are separated by exactly one separator; " " and "\\t" are different ones'
        })
      else if (token === "" || tag === "")
        found.push({
          code: token === "" ? "EMPTY-TOKEN" : "EMPTY-LABEL",
          message: token === "" ? "the token is empty" : "the label is empty",
          index,
          help: "fill it in; a column is as wide as its text"
        })
      tokens.push(token)
      tags.push(tag)
      spans.push([end + 1, end + 1 + token.length])
      end += 1 + token.length
      index += raw.length + 1
    }
    return found.length > 0 ? faults(...found) : document({ text: tokens.join(" "), tokens: { spans, tags } })
  }
}

/** A reader for one file, whose first record may be a header. `kinds` is that of all files of the dataset. */
export const readerOf = (options: RecordOptions, kinds: Kinds): RecordReader => {
  switch (options.layout) {
    case "lines":
      return lineReader
    case "jsonl":
      return jsonReader(options, kinds)
    case "csv":
      return csvReader(options, kinds)
    case "conll":
      return conllReader(options)
  }
}
