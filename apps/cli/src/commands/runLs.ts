/**
 * `run ls` and `run columns`: the runs of the store as a table that can be searched, sorted, cut and exported, and what it can be asked for.
 *
 * Sharp edge: `--json` alone gives the rows that the plain table shows (kind `runs`); every further flag, or `--table`, gives a page of the
 * table with its columns (kind `run-table`).
 */
import { trainerError } from "@feagi-trainer/contracts"
import { type Cell, type CellType, openRunTable, type RunTable, type RunTablePage } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { columnNames } from "../columnNames.ts"
import { json } from "../flags.ts"
import { emit, Out, say } from "../Out.ts"
import { cellData, runTableData, runTableText, tableFormats } from "../runTableText.ts"
import { stored } from "../services.ts"
import { textTable } from "../textTable.ts"

const count = (name: string, what: string) =>
  Flag.Int(name).pipe(
    Flag.withDescription(what),
    Flag.filter(
      (value) => value >= 0,
      () => "a whole number from 0"
    ),
    Flag.optional
  )

const text = (name: string, metavar: string, what: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(what), Flag.optional)

/** What the table shows of every run unless other columns are asked for. */
const plainColumns = ["run_id", "group_id", "name", "seed", "status", "mutated", "phase", "primary_metric", "score"] as const

const plainRows = (page: RunTablePage) =>
  page.rows.map(({ cells: [run_id, group_id, name, seed, status, mutated, phase, metric, value] }) => ({
    run_id,
    group_id,
    name,
    seed,
    status,
    brain_mutated: mutated === true,
    phase,
    metric,
    value
  }))

const plainText = (page: RunTablePage, whenEmpty: string): string =>
  textTable(
    [
      { title: "RUN", cell: (row) => wordOf(row.run_id) },
      { title: "GROUP", cell: (row) => wordOf(row.group_id) },
      { title: "NAME", cell: (row) => wordOf(row.name) },
      { title: "SEED", cell: (row) => wordOf(row.seed) },
      { title: "STATUS", cell: (row) => (row.brain_mutated ? `${wordOf(row.status)}, brain mutated` : wordOf(row.status)) },
      { title: "PHASE", cell: (row) => wordOf(row.phase) },
      { title: "SCORE", cell: (row) => (typeof row.value === "number" ? `${wordOf(row.metric)} ${row.value.toFixed(4)}` : null) }
    ],
    plainRows(page),
    whenEmpty
  )

const wordOf = (cell: Cell | undefined): string | null => (cell === null || cell === undefined ? null : String(cell))

/** For people: times to the minute, numbers to six digits. */
const shown = (cell: Cell, type: CellType): string | number | null => {
  if (cell === null) return null
  if (type === "time") return String(cellData(cell, type)).slice(0, 16).replace("T", " ")
  if (typeof cell === "number") return Number.isInteger(cell) ? cell : Number(cell.toPrecision(6))
  if (typeof cell === "boolean") return cell ? "yes" : "no"
  return typeof cell === "object" ? cell.join(" ") || null : String(cell)
}

const tableText = (page: RunTablePage, whenEmpty: string): string =>
  textTable(
    [
      { title: "RUN", cell: (row: RunTablePage["rows"][number]) => row.run_id },
      ...page.columns.flatMap(({ key, type }, index) =>
        key === "run_id"
          ? []
          : [{ title: key.toUpperCase(), cell: (row: RunTablePage["rows"][number]) => shown(row.cells[index] ?? null, type) }]
      )
    ],
    page.rows,
    whenEmpty
  )

export const ls = Command.make(
  "ls",
  {
    where: text("where", "condition", "Runs that meet it, such as  metric.accuracy > 0.9 and tag:baseline; see  run columns"),
    sort: text("sort", "columns", "Columns to sort by, a - before one for its largest first: --sort=-score,name"),
    columns: text("columns", "columns", "Columns to show, with commas between them"),
    limit: count("limit", "How many runs at most"),
    offset: count("offset", "How many to leave out first"),
    archived: Flag.Boolean("archived").pipe(Flag.withDescription("Archived runs as well"), Flag.withDefault(false)),
    table: Flag.Boolean("table").pipe(
      Flag.withDescription("With --json: a page of the table with its columns, as for every flag above"),
      Flag.withDefault(false)
    ),
    format: Flag.Literals("format", tableFormats).pipe(
      Flag.withDescription("Print the table as text for other programs instead"),
      Flag.optional
    ),
    raw: Flag.Boolean("raw").pipe(
      Flag.withDescription("With --format csv or tsv: no apostrophe before what a spreadsheet would compute"),
      Flag.withDefault(false)
    ),
    json
  },
  (flags) =>
    stored(
      Effect.gen(function* () {
        if (flags.json && Option.isSome(flags.format))
          return yield* trainerError("usage", {
            code: "FT1385",
            field: "--format",
            message: "is another form of output than --json",
            help: "leave one of the two out"
          })
        const table = yield* openRunTable
        const asked = [flags.where, flags.sort, flags.columns].some(Option.isSome) || [flags.limit, flags.offset].some(Option.isSome)
        const asTable = asked || flags.archived || flags.table || Option.isSome(flags.format)
        const columns = Option.isSome(flags.columns) ? yield* columnNames("--columns", flags.columns.value) : undefined
        const select = (shownColumns: ReadonlyArray<string> | undefined) =>
          Effect.gen(function* () {
            return yield* table.select({
              where: Option.getOrElse(flags.where, () => ""),
              sort: Option.isSome(flags.sort) ? yield* columnNames("--sort", flags.sort.value) : [],
              columns: shownColumns,
              offset: Option.getOrElse(flags.offset, () => 0),
              limit: Option.getOrUndefined(flags.limit),
              archived: flags.archived
            })
          })
        if (Option.isSome(flags.format)) {
          const page = yield* select(columns)
          yield* warn(page)
          return yield* Effect.flatMap(Out, (out) => out.stdout(runTableText(page, Option.getOrThrow(flags.format), flags.raw)))
        }
        const plain = columns === undefined && !(flags.json && asTable)
        const page = yield* select(plain ? plainColumns : columns)
        const whenEmpty =
          page.total === 0 ? "no run yet" : page.matched === 0 ? "no run meets the condition" : "no run is left behind the offset"
        yield* emit(flags.json, {
          kind: asTable ? "run-table" : "runs",
          data: asTable ? runTableData(page) : plainRows(page),
          human: plain ? plainText(page, whenEmpty) : tableText(page, whenEmpty),
          warnings: page.warnings
        })
        if (flags.json) return
        const { matched, total, rows, hidden } = page
        if (rows.length < matched) yield* say(`${rows.length} of ${matched} runs are shown`)
        else if (Option.isSome(flags.where) && matched > 0) yield* say(`${matched} of ${total} runs`)
        if (hidden > 0) yield* say(`${hidden} archived ${hidden === 1 ? "run is" : "runs are"} not shown; --archived shows them`)
      })
    )
).pipe(
  Command.withExamples([
    {
      command: `feagi-trainer run ls --where "metric.accuracy > 0.9 and dataset:iris" --sort=-score`,
      description: "The best runs of a dataset"
    },
    { command: "feagi-trainer run ls --columns name,seed,param.training.epochs,score --format csv", description: "For a spreadsheet" }
  ])
)

/** What stands beside a table that is no document: said on stderr. */
const warn = (page: RunTablePage) =>
  Effect.forEach(
    page.warnings,
    (warning) => say(`warning[${warning.code}] ${warning.message}${warning.help === undefined ? "" : `; ${warning.help}`}`),
    {
      discard: true
    }
  )

const summaryRows = (table: RunTable) => table.summaries()

export const columns = Command.make("columns", { json }, (flags) =>
  stored(
    Effect.gen(function* () {
      const table = yield* openRunTable
      const rows = summaryRows(table)
      yield* emit(flags.json, {
        kind: "run-columns",
        data: rows.map(({ examples, min, max, ...row }) => ({
          ...row,
          examples: examples.map((each) => cellData(each, row.type)),
          ...(min === undefined || max === undefined ? {} : { min: cellData(min, row.type), max: cellData(max, row.type) })
        })),
        human: textTable(
          [
            { title: "COLUMN", cell: (row) => row.key },
            { title: "TYPE", cell: (row) => (row.unit === undefined || row.unit === "1" ? row.type : `${row.type}, ${row.unit}`) },
            { title: "RUNS", cell: (row) => row.runs },
            { title: "EXAMPLES", cell: (row) => examplesText(row.examples, row.type) }
          ],
          rows,
          "no column"
        )
      })
    })
  )
).pipe(
  Command.withExamples([{ command: "feagi-trainer run columns", description: "What can be asked for in --where, --sort and --columns" }])
)

/** Width that examples may take. */
const widest = 40

const examplesText = (examples: ReadonlyArray<NonNullable<Cell>>, type: CellType): string | null => {
  const texts = examples.map((each) => String(shown(each, type)))
  const kept = texts.slice(0, 1)
  for (const each of texts.slice(1)) {
    if ([...kept, each].join(", ").length > widest) break
    kept.push(each)
  }
  const joined = kept.join(", ")
  return joined === "" ? null : joined.length > widest ? `${joined.slice(0, widest - 1)}…` : joined
}
