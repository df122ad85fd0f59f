/**
 * A condition held against columns: which of them there are, whether what is asked of them can be asked, and which rows meet it.
 *
 * The logic has three values. A comparison with a cell that is null is neither true nor false, and so is its negation: `not metric.f1 > 0.9`
 * does not list the runs that have no f1. Only `has:` knows about null. Sharp edge: a column that no run brings (`metric.acuracy`) is no
 * mistake, for a run may bring it tomorrow; it meets nothing, and a warning says so.
 */
import { didYouMean } from "@feagi-trainer/contracts"
import type { QueryMistake } from "./parseQuery.ts"
import { type Comparison, fieldText, type Operator, type Query, type Span } from "./Query.ts"
import { type Cell, type CellType, fixedColumn, fixedColumns, isOpenColumn, openPrefixes } from "./RunColumn.ts"

/** Cells by position of the run. */
export interface QueriedColumn {
  readonly key: string
  readonly type: CellType
  readonly cells: ReadonlyArray<Cell | undefined>
}

export interface QuerySource {
  /** The keys of all open columns. */
  readonly open: Iterable<string>
  /** By key. Undefined: no run has such a thing. */
  readonly column: (key: string) => QueriedColumn | undefined
}

export interface CompiledQuery {
  /** Whether the run at a position meets the condition. */
  readonly meets: (position: number) => boolean
  /** All of them, about a column that is not there or what is asked of one; the condition must not be used where there is one. */
  readonly mistakes: ReadonlyArray<QueryMistake & { readonly about: "column" | "comparison" }>
  readonly warnings: ReadonlyArray<QueryMistake>
}

type Verdict = boolean | undefined
type Test = (position: number) => Verdict

/** The key of a column by any of its names, or why there is none. */
export const resolveColumn = (
  name: string,
  source: QuerySource
): { readonly key: string } | { readonly unknown: Omit<QueryMistake, "from" | "to">; readonly open: boolean } => {
  const fixed = fixedColumn(name)
  if (fixed !== undefined) return { key: fixed.key }
  if (isOpenColumn(name)) {
    if (source.column(name) !== undefined) return { key: name }
    const near = didYouMean(name, source.open)
    return {
      open: true,
      unknown: {
        message: `no run has "${name}"`,
        help: near === undefined ? "feagi-trainer run columns   lists what there is" : `did you mean ${fieldText(near)}?`
      }
    }
  }
  const open = [...source.open]
  const tails = new Map(
    openPrefixes.flatMap((prefix) => open.filter((key) => key.startsWith(prefix)).map((key) => [key.slice(prefix.length), key] as const))
  )
  const exact = tails.get(name)
  const near = exact ?? didYouMean(name, [...fixedColumns.flatMap(({ key, also = [] }) => [key, ...also]), ...open])
  return {
    open: false,
    unknown: {
      message: `there is no column "${name}"`,
      help: near === undefined ? "feagi-trainer run columns   lists what there is" : `did you mean ${fieldText(near)}?`
    }
  }
}

export const compileQuery = (query: Query, source: QuerySource): CompiledQuery => {
  const mistakes: Array<CompiledQuery["mistakes"][number]> = []
  const warnings: Array<QueryMistake> = []
  const never: Test = () => undefined

  const columnOf = (name: string, at: Span): QueriedColumn | undefined => {
    const found = resolveColumn(name, source)
    if ("key" in found) return source.column(found.key)
    if (found.open) warnings.push({ ...at, ...found.unknown })
    else mistakes.push({ ...at, ...found.unknown, about: "column" })
    return undefined
  }

  const build = (node: Query): Test => {
    switch (node.kind) {
      case "all":
        return () => true
      case "and":
        return every(node.of.map(build))
      case "or":
        return some(node.of.map(build))
      case "not": {
        const inner = build(node.of)
        return (position) => {
          const verdict = inner(position)
          return verdict === undefined ? undefined : !verdict
        }
      }
      case "has": {
        const found = columnOf(node.field, node.at)
        return found === undefined ? () => false : (position) => isThere(found.cells[position])
      }
      case "compare": {
        const found = columnOf(node.field, node.at.field)
        if (found === undefined) return never
        const made = comparison(node, found)
        if (typeof made === "function") return made
        mistakes.push({ ...made, about: "comparison" })
        return never
      }
    }
  }

  const test = build(query)
  return { meets: (position) => test(position) === true, mistakes, warnings }
}

const every =
  (tests: ReadonlyArray<Test>): Test =>
  (position) => {
    let verdict: Verdict = true
    for (const test of tests) {
      const one = test(position)
      if (one === false) return false
      if (one === undefined) verdict = undefined
    }
    return verdict
  }

const some =
  (tests: ReadonlyArray<Test>): Test =>
  (position) => {
    let verdict: Verdict = false
    for (const test of tests) {
      const one = test(position)
      if (one === true) return true
      if (one === undefined) verdict = undefined
    }
    return verdict
  }

/** An empty list is an answer: nobody gave it a tag. */
const isThere = (cell: Cell | undefined): boolean => cell !== undefined && cell !== null && !(typeof cell === "object" && cell.length === 0)

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** A number as it is written; an integer that a double cannot hold is a bigint. */
const numberOf = (text: string): number | bigint | undefined => {
  if (!numberPattern.test(text)) return undefined
  if (/^[+-]?\d+$/.test(text)) {
    const whole = BigInt(text.replace(/^\+/, ""))
    return whole >= BigInt(Number.MIN_SAFE_INTEGER) && whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : whole
  }
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** The first and the last millisecond of what a date or a time names, in UTC: a day, a minute, a second. */
export const timeSpan = (text: string): { readonly first: number; readonly last: number } | undefined => {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?Z?)?$/.exec(text)
  if (parts === null) return undefined
  const [, day = "", minute, second, fraction] = parts
  const iso = `${day}T${minute ?? "00:00"}:${second ?? "00"}.${(fraction ?? "").padEnd(3, "0")}Z`
  const first = Date.parse(iso)
  // The parser of the platform takes 31 February for 3 March.
  if (!Number.isFinite(first) || new Date(first).toISOString() !== iso) return undefined
  const length =
    minute === undefined ? 86_400_000 : second === undefined ? 60_000 : fraction === undefined ? 1000 : 10 ** (3 - fraction.length)
  return { first, last: first + length - 1 }
}

const operatorsOf: Readonly<Record<CellType, ReadonlyArray<Operator>>> = {
  number: ["=", "!=", "<", "<=", ">", ">=", ":"],
  integer: ["=", "!=", "<", "<=", ">", ">=", ":"],
  time: ["=", "!=", "<", "<=", ">", ">=", ":"],
  boolean: ["=", "!=", ":"],
  text: ["=", "!=", ":", "~", "!~"],
  list: ["=", "!=", ":", "~", "!~"],
  mixed: ["=", "!=", "<", "<=", ">", ">=", ":", "~", "!~"]
}

const typeNames: Readonly<Record<CellType, string>> = {
  number: "a number",
  integer: "a whole number",
  time: "a time",
  boolean: "true or false",
  text: "a text",
  list: "a list of words",
  mixed: "of several types"
}

const comparison = (node: Comparison, { key, type, cells }: QueriedColumn): Test | QueryMistake => {
  const { operator, value, quoted, at, field } = node
  if (!operatorsOf[type].includes(operator))
    return {
      ...at.operator,
      message: `"${field}" is ${typeNames[type]}, of which ${operator} cannot be asked`,
      expected: operatorsOf[type].join("  "),
      ...(operator === "~" || operator === "!~" ? {} : type === "text" ? { help: `patterns:  ${fieldText(field)} ~ "iris*"` } : {})
    }
  const wrong = (expected: string): QueryMistake => ({
    ...at.value,
    message:
      value.toLowerCase() === "null" || value.toLowerCase() === "none"
        ? `"${field}" is ${typeNames[type]}; what is not there equals nothing`
        : `"${field}" is ${typeNames[type]}`,
    expected,
    ...(/^(?:null|none)$/i.test(value) ? { help: `not has:${fieldText(field)}` } : {})
  })
  const number = quoted ? undefined : numberOf(value)
  const truth = quoted ? undefined : value === "true" ? true : value === "false" ? false : undefined
  switch (type) {
    case "number":
    case "integer":
      return number === undefined
        ? wrong("a number such as 0.9, -3 or 1e-4, without quotes")
        : (position) => order(cells[position], number, number, operator)
    case "time": {
      const span = timeSpan(value)
      if (span === undefined) return wrong("a day such as 2026-01-31, or a time such as 2026-01-31T18:00, in UTC")
      return (position) => order(cells[position], span.first, span.last, operator)
    }
    case "boolean":
      return truth === undefined ? wrong("true or false") : (position) => same(cells[position], truth, operator)
    case "text":
    case "list":
      return textTest(node, key, cells)
    case "mixed": {
      const words = operatorsOf.text.includes(operator) ? textTest(node, key, cells) : undefined
      return (position) => {
        const cell = cells[position]
        if (typeof cell === "number" || typeof cell === "bigint")
          return number === undefined || operator === "~" || operator === "!~" ? undefined : order(cell, number, number, operator)
        if (typeof cell === "boolean") return truth === undefined ? undefined : same(cell, truth, operator)
        return words?.(position)
      }
    }
  }
}

/** Whether a cell lies as the operator asks against everything from `first` to `last`. */
const order = (cell: Cell | undefined, first: number | bigint, last: number | bigint, operator: Operator): Verdict => {
  if (typeof cell !== "number" && typeof cell !== "bigint") return undefined
  switch (operator) {
    case "<":
      return cell < first
    case "<=":
      return cell <= last
    case ">":
      return cell > last
    case ">=":
      return cell >= first
    case "!=":
      return cell < first || cell > last
    default:
      return cell >= first && cell <= last
  }
}

const same = (cell: Cell | undefined, wanted: boolean, operator: Operator): Verdict =>
  typeof cell === "boolean" ? (operator === "!=" ? cell !== wanted : cell === wanted) : undefined

const textTest = ({ operator, value }: Comparison, key: string, cells: ReadonlyArray<Cell | undefined>): Test => {
  const negates = operator === "!=" || operator === "!~"
  const fits =
    operator === "~" || operator === "!~" ? globOf(value) : operator === ":" ? belongs(value, key) : (text: string) => text === value
  return (position) => {
    const cell = cells[position]
    if (cell === null || cell === undefined) return undefined
    if (typeof cell === "string") return fits(cell) !== negates
    return typeof cell === "object" ? cell.some(fits) !== negates : undefined
  }
}

const belongs = (value: string, key: string): ((text: string) => boolean) => {
  const part = fixedColumn(key)?.part
  if (part === "before @" && !value.includes("@"))
    return (text) => text === value || text.slice(0, Math.max(0, text.lastIndexOf("@"))) === value
  if (part === "behind #" && !value.includes("#")) return (text) => text === value || text.slice(text.indexOf("#") + 1) === value
  return (text) => text === value
}

/**
 * A pattern in which `*` stands for any text and `?` for one character; a backslash takes its meaning from what follows. Letters of both
 * cases are alike. The time is at most the product of the two lengths, whatever the pattern.
 */
export const globOf = (pattern: string): ((text: string) => boolean) => {
  const parts: Array<string | { readonly any: "one" | "many" }> = []
  const letters = [...pattern.toLowerCase()]
  for (let index = 0; index < letters.length; index += 1) {
    const letter = letters[index] ?? ""
    if (letter === "\\" && index + 1 < letters.length) {
      index += 1
      parts.push(letters[index] ?? "")
    } else if (letter === "*") parts.push({ any: "many" })
    else if (letter === "?") parts.push({ any: "one" })
    else parts.push(letter)
  }
  return (text) => {
    const subject = [...text.toLowerCase()]
    let [at, part, star, mark] = [0, 0, -1, 0]
    while (at < subject.length) {
      const wanted = parts[part]
      if (wanted !== undefined && typeof wanted !== "string" && wanted.any === "many") {
        star = part
        mark = at
        part += 1
      } else if (wanted !== undefined && (wanted === subject[at] || (typeof wanted !== "string" && wanted.any === "one"))) {
        at += 1
        part += 1
      } else if (star >= 0) {
        mark += 1
        at = mark
        part = star + 1
      } else return false
    }
    while (part < parts.length && typeof parts[part] !== "string" && (parts[part] as { any: string }).any === "many") part += 1
    return part === parts.length
  }
}
