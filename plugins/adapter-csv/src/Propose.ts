/**
 * Reads everything once and proposes a declared schema, with the evidence for every column.
 *
 * Nobody reads by a proposal that was not accepted: it is options for a person to look at. Sharp edge: different values are counted up
 * to a bound, so that the memory does not grow with the records; a column with more of them is told as "more than".
 */
import {
  type ApprovedRoots,
  Progress,
  type Proposal,
  type Source,
  showValue,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { resolveDelimiter } from "./Delimiter.ts"
import { findings } from "./Findings.ts"
import { isWhole, readNumber } from "./NumberCell.ts"
import { type Column, type Options, rolesOf } from "./Options.ts"
import { mistakesOfNames } from "./Plan.ts"
import { type Row, textAt, textsOf } from "./Scanner.ts"
import { stopFinding } from "./StopFinding.ts"
import { otherHeader, readTable, tablesOf } from "./Tables.ts"
import { readTime } from "./TimeCell.ts"
import { showTexts } from "./Vocabulary.ts"

/** Different values of a column that are counted; of a label more, because all of them are proposed. */
const MOST_VALUES = 64
const MOST_CLASSES = 10_000
/** Share of missing cells beyond which a column is not worth the records that it would cost. */
const MOST_MISSING = 0.2
/** Values of a category that is worth a feature each. */
const MOST_ONE_HOT = 20
/** Texts that stand for no value in the files that people exchange. */
const MISSING = new Set(["", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "Null", "null", "None", "none", "-", "?", "."])
const PAIRS: ReadonlyArray<readonly [yes: string, no: string]> = [
  ["true", "false"],
  ["yes", "no"],
  ["t", "f"],
  ["y", "n"]
]

/** What the cells of one column are, in bounded memory. */
interface Looked {
  readonly name: string
  readonly cell: number
  readonly most: number
  cells: number
  numbers: number
  whole: number
  times: number
  /** Whether a number leaves out a digit beside its decimal mark. */
  bare: boolean
  readonly missing: Map<string, number>
  min: number
  max: number
  /** Undefined when there are more than `most`. */
  values: Map<string, number> | undefined
  /** The first cell that is neither a number nor missing. */
  other: { readonly place: string; readonly text: string } | undefined
  firstMissing: string | undefined
}

export const propose = (source: Source, options: Options): Effect.Effect<Proposal, TrainerError, ApprovedRoots | Progress> =>
  Effect.gen(function* () {
    const progress = yield* Progress
    const tables = yield* tablesOf(source, options)
    const delimiter = (yield* resolveDelimiter(tables[0].info, options)) ?? ","
    const dialect = { delimiter, quote: options.quote }
    const found = findings()
    const total = tables.reduce((sum, { info }) => sum + info.bytes, 0)
    let names: ReadonlyArray<string> | undefined
    let columns: ReadonlyArray<Looked> = []
    let ragged = 0
    let firstRagged = ""
    let records = 0
    let before = 0
    for (const [file, table] of tables.entries()) {
      const place = (row: Row): string => `${table.info.path}:${row.line}`
      const reading = yield* readTable(table, {
        dialect,
        hashAll: false,
        onBlock: (done) => progress.report(before + done, total, `look at ${table.info.path}`),
        onHeader: (row) => {
          const here = textsOf(row)
          const spot = { file, record: row.offset, line: row.line }
          const mistakes = names === undefined ? mistakesOfNames(here, spot) : [otherHeader(here, names, tables[0].info.path, spot)]
          for (const mistake of mistakes) if (mistake !== undefined) found.tell(mistake)
          names ??= here
          if (columns.length === 0)
            columns = here.map((name, cell) => emptyColumn(name, cell, name === options.label_column ? MOST_CLASSES : MOST_VALUES))
          return found.errors() === 0
        },
        onRecord: (row) => {
          records++
          if (row.count === columns.length) for (const column of columns) look(column, textAt(row, column.cell), options, place(row))
          else {
            ragged++
            if (ragged === 1) firstRagged = place(row)
          }
          return true
        }
      })
      if (reading.stop !== undefined) found.tell(stopFinding(reading.stop, file))
      before += table.info.bytes
    }
    if (found.errors() > 0) {
      const infos = tables.map(({ info }) => info)
      return yield* trainerErrors("invalid", yield* found.diagnostics(source.path, infos, dialect))
    }
    const uneven = {
      field: "",
      proposed: "correct the records",
      because: `${ragged} of ${records} records have another number of cells than the header, the first in ${firstRagged}`
    }
    const proposal = proposalOf(columns, { ...options, delimiter })
    return ragged === 0 ? proposal : { ...proposal, evidence: [uneven, ...proposal.evidence] }
  })

const emptyColumn = (name: string, cell: number, most: number): Looked => ({
  name,
  cell,
  most,
  cells: 0,
  numbers: 0,
  whole: 0,
  times: 0,
  bare: false,
  missing: new Map(),
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  values: new Map(),
  other: undefined,
  firstMissing: undefined
})

const look = (column: Looked, text: string, { decimal }: Options, place: string): void => {
  column.cells++
  if (MISSING.has(text)) {
    column.missing.set(text, (column.missing.get(text) ?? 0) + 1)
    column.firstMissing ??= place
    return
  }
  if (column.values !== undefined) column.values.set(text, (column.values.get(text) ?? 0) + 1)
  if (column.values !== undefined && column.values.size > column.most) column.values = undefined
  const read = readNumber(text, { decimal, bare_point: true })
  if (read.ok) {
    column.numbers++
    if (!readNumber(text, { decimal }).ok) column.bare = true
    if (isWhole(text)) column.whole++
    column.min = Math.min(column.min, read.value)
    column.max = Math.max(column.max, read.value)
    return
  }
  column.other ??= { place, text }
  if (readTime(text, "iso-8601") !== undefined) column.times++
}

const proposalOf = (columns: ReadonlyArray<Looked>, options: Options): Proposal => {
  const roles = new Map(rolesOf(options).map(([role, name]) => [name, role]))
  const free = columns.filter(({ name }) => !roles.has(name)).map((column) => ({ column, ...proposed(column) }))
  const taken = columns.filter(({ name }) => roles.has(name))
  const label = taken.find(({ name }) => name === options.label_column)
  const classes = label?.values === undefined ? [] : [...label.values.keys()].sort()
  const lacking = taken.filter(({ name, missing }) => missing.size > 0 && name !== options.id_column)
  const texts = [...new Set(lacking.flatMap(({ missing }) => [...missing.keys()]))].sort()
  const evidenceOfRole = (column: Looked) => {
    const role = roles.get(column.name) ?? ""
    const drop = lacking.includes(column) ? `; records without it are left out: role_missing` : ""
    return { column, evidence: { field: column.name, proposed: `${role}${drop}`, because: factsOf(column) } }
  }
  const evidence = [
    ...free.map(({ column, because, told }) => ({ column, evidence: { field: column.name, proposed: told, because } })),
    ...taken.map(evidenceOfRole)
  ]
  return {
    options: {
      ...options,
      columns: Object.fromEntries(free.map(({ column, spec }) => [column.name, spec])),
      ...(columns.some(({ bare }) => bare) ? { bare_point: true } : {}),
      ...(classes.length === 0 ? {} : { classes }),
      ...(texts.length === 0 ? {} : { role_missing: { texts, policy: "drop-row" } })
    },
    evidence: evidence.sort((left, right) => left.column.cell - right.column.cell).map((each) => each.evidence)
  }
}

/** What a column is proposed to be. */
const proposed = (column: Looked): { readonly spec: Column; readonly told: string; readonly because: string } => {
  const { cells, numbers, whole, missing, values, other } = column
  const filled = cells - [...missing.values()].reduce((sum, count) => sum + count, 0)
  const because = factsOf(column)
  const [text, ...texts] = [...missing.keys()].sort()
  const absent = text === undefined ? {} : { missing: { texts: [text, ...texts], policy: "drop-row" } as const }
  const say = (spec: Column, why: string) => ({ spec, told: tellColumn(spec), because: why === "" ? because : `${because}; ${why}` })
  if (filled === 0) return say({ type: "ignore" }, "it is empty")
  if (cells - filled > cells * MOST_MISSING)
    return say({ type: "ignore" }, "too much of it is missing to leave the records out; a value for missing cells is yours to choose")
  const choose = text === undefined ? "" : "leaving records out invents nothing; a value for missing cells is yours to choose"
  if (numbers === filled) return say({ type: whole === filled ? "integer" : "number", ...absent }, choose)
  if (numbers * 10 >= filled * 9)
    return say({ type: "number", ...absent }, `nearly all are numbers: correct the others, or declare them missing, first ${other?.place}`)
  const words = values === undefined ? [] : [...values.keys()].sort()
  const pair = PAIRS.find(([yes, no]) => words.length > 0 && words.every((word) => [yes, no].includes(word.toLowerCase())))
  const [yes, ...moreYes] = words.filter((word) => word.toLowerCase() === pair?.[0])
  const [no, ...moreNo] = words.filter((word) => word.toLowerCase() === pair?.[1])
  if (yes !== undefined && no !== undefined)
    return say({ type: "boolean", true: [yes, ...moreYes], false: [no, ...moreNo], ...absent }, choose)
  const [first, ...rest] = words
  if (first !== undefined && numbers === 0 && words.length <= MOST_ONE_HOT && filled >= 2 * words.length)
    return say({ type: "category", as: "one-hot", values: [first, ...rest], ...absent }, choose)
  const why =
    column.times === filled
      ? 'it is times: time_column with time_format = "iso-8601" makes them known to samplers'
      : "it is text that has no meaning as a number"
  return say({ type: "ignore" }, why)
}

const tellColumn = (spec: Column): string => {
  const missing = spec.type === "ignore" || spec.missing === undefined ? "" : ", records with a missing cell left out"
  return `${spec.type === "category" ? `category as ${spec.as}` : spec.type}${missing}`
}

const factsOf = ({ cells, numbers, whole, missing, values, most, min, max, other, firstMissing, bare }: Looked): string => {
  const empty = [...missing.values()].reduce((sum, count) => sum + count, 0)
  const others = cells - empty - numbers
  return [
    `${cells} cells: ${numbers} numbers (${whole} whole), ${empty} missing, ${others} other`,
    ...(values === undefined ? [`more than ${most} different values`] : [`${values.size} different values`]),
    ...(numbers === 0 ? [] : [`from ${min} to ${max}`]),
    ...(bare ? ["some written like .5 or 5."] : []),
    ...(empty === 0 ? [] : [`missing as ${showTexts([...missing.keys()].sort())}, first ${firstMissing}`]),
    ...(other === undefined ? [] : [`first other ${other.place} ${showValue(other.text)}`])
  ].join(", ")
}
