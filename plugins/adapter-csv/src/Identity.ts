/**
 * The hashes of a table: of a record as it is written, of a record as it is read, of the schema, and of several files together.
 *
 * Sharp edge: they are identities. A change of what is hashed makes every registered table a new version.
 */
import { hash } from "node:crypto"
import type { InputReader } from "./InputReader.ts"
import { type Options, timeOf } from "./Options.ts"
import { type Input, missingFact, type Plan, resolvedColumns } from "./Plan.ts"
import { type Row, textsOf } from "./Scanner.ts"

const QUOTE = 0x22
const COMMA = 0x2c

/** Lengths of records whose views are kept. */
const MOST_BEGINNINGS = 2048

export interface Hasher {
  /**
   * SHA-256 of a record: of the JSON text of the list of its cells, in the order of the columns, in UTF-8. It is taken after parsing,
   * so that line endings, quoting that is not needed and the delimiter do not matter, and every column counts, the ignored too.
   */
  readonly record: (row: Row) => string
  /**
   * SHA-256 of what the cells of a record mean: of its inputs in the order of the columns, a number or a boolean as a double of 8 bytes,
   * little end first, a category as the length of its text (4 bytes) and the text in UTF-8. So `1.0`, `1` and a missing cell that is
   * read as 1 are equal. The target is not in it: equal rows with different targets are a conflict that somebody wants to see.
   */
  readonly decoded: (reader: InputReader, values: Float64Array) => string
}

/** Its memory grows by doubling and is used again, so that a record makes no garbage but its hash. */
export const hasher = (): Hasher => {
  let bytes = Buffer.alloc(4096)
  let view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  /** Beginnings of `bytes` by length: records are of few lengths, and a view costs as much as half a hash. */
  let beginnings: Array<Buffer> = []
  const beginning = (size: number): Buffer => {
    const known = beginnings[size]
    if (known !== undefined) return known
    const made = bytes.subarray(0, size)
    if (size < MOST_BEGINNINGS) beginnings[size] = made
    return made
  }
  const reserve = (size: number): void => {
    if (size <= bytes.length) return
    const larger = Buffer.alloc(size * 2)
    bytes.copy(larger)
    bytes = larger
    beginnings = []
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  return {
    record: (row) => {
      if (row.escapes) return hash("sha256", JSON.stringify(textsOf(row)))
      const { bytes: from, starts, ends, count } = row
      reserve((ends[count - 1] ?? 0) - (starts[0] ?? 0) + 3 * count + 2)
      const into = bytes
      let at = 0
      into[at++] = 0x5b
      for (let cell = 0; cell < count; cell++) {
        if (cell > 0) into[at++] = COMMA
        into[at++] = QUOTE
        const end = ends[cell] ?? 0
        for (let place = starts[cell] ?? 0; place < end; place++) into[at++] = from[place] ?? 0
        into[at++] = QUOTE
      }
      into[at++] = 0x5d
      return hash("sha256", beginning(at))
    },
    decoded: (reader, values) => {
      const { inputs, isText } = reader
      let at = 0
      for (let k = 0; k < inputs.length; k++) {
        const value = values[k] ?? 0
        if (isText[k] === 1) {
          const word = Buffer.from(reader.text(k, value))
          reserve(at + 4 + word.length)
          view.setUint32(at, word.length, true)
          at += 4 + word.copy(bytes, at + 4)
        } else {
          reserve(at + 8)
          view.setFloat64(at, value, true)
          at += 8
        }
      }
      return hash("sha256", beginning(at))
    }
  }
}

/**
 * SHA-256 of names, types and classes: what code that reads the samples depends on. Delimiters and the like are not in it. What a
 * table does not use leaves no trace, so that a table of numbers and classes has the fingerprint that it always had.
 */
export const fingerprintOf = (
  plan: Plan,
  options: Options,
  classes: ReadonlyArray<string>,
  valuesOf: (input: Input) => ReadonlyArray<string>
): string => {
  const nameAt = (cell: number | undefined): string | null => (cell === undefined ? null : (plan.names[cell] ?? null))
  const features = resolvedColumns(plan, valuesOf).flatMap(([name, column]): ReadonlyArray<unknown> => {
    if (column.type === "ignore") return []
    const own = column.type === "boolean" ? [column.true, column.false] : column.type === "category" ? [column.as, column.values] : []
    return [[name, column.type, missingFact(column), ...own]]
  })
  const time = timeOf(options)
  const further = {
    ...(plan.target === undefined ? {} : { target: plan.target.name }),
    ...(time === undefined ? {} : { time: [time.column, time.format] }),
    ...(plan.values.length === 0 ? {} : { values: plan.values.map(({ name }) => name) }),
    ...(options.role_missing === undefined ? {} : { role_missing: [...options.role_missing.texts].sort() })
  }
  const content = ["tabular", features, nameAt(plan.label), nameAt(plan.id), nameAt(plan.group), nameAt(plan.split), classes]
  return hash("sha256", JSON.stringify(Object.keys(further).length === 0 ? content : [...content, further]))
}

/**
 * SHA-256 of the content of the dataset: of the bytes of the one file, else of the JSON text of the list of `[name, SHA-256]`. The
 * names are those of the options, so that another place of the folder is the same content.
 */
export const contentHash = (files: ReadonlyArray<{ readonly name: string; readonly sha256: string }>): string => {
  const [only, ...others] = files
  return only !== undefined && others.length === 0
    ? only.sha256
    : hash("sha256", JSON.stringify(files.map(({ name, sha256 }) => [name, sha256])))
}
