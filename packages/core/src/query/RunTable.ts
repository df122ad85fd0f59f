/**
 * The runs table: the facts and marks of all runs as columns in memory, kept up with the journal, and what a condition, an order and a page
 * make of them.
 *
 * A program that lives long refreshes what went on since it looked last; a fresh one begins with what the store kept. Sharp edges: a run
 * whose record is damaged stands in the table with what is known of it, and a warning names it; a run that says running and that no live
 * process holds is shown as interrupted, whatever was kept of it.
 */
import { type Diagnostic, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import type { BlobStore } from "../port/BlobStore.ts"
import { FactsCache, type KeptFacts, type RunHead } from "../port/FactsCache.ts"
import { RunJournal, type RunRow } from "../port/RunJournal.ts"
import { type Marks, noMarks, UserMarks } from "../port/UserMarks.ts"
import type { RunDocument } from "../run/RunDocument.ts"
import { documentOf } from "../run/runs.ts"
import { recordedUnit } from "../run/Telemetry.ts"
import { compileQuery, type QueriedColumn, type QuerySource, resolveColumn } from "./compileQuery.ts"
import { parseQuery, type QueryMistake } from "./parseQuery.ts"
import { fieldsOfQuery } from "./Query.ts"
import { type Cell, type CellType, fixedColumn, fixedColumns, openColumnText, typeOfCells, usualColumns } from "./RunColumn.ts"
import { factsVersion, type RunFacts, runFacts } from "./runFacts.ts"

export interface RunTableRequest {
  /** A condition; empty: every run. */
  readonly where: string
  /** Columns; a `-` before one turns its order around. Empty: oldest first. */
  readonly sort: ReadonlyArray<string>
  /** Undefined: {@link usualColumns}. */
  readonly columns: ReadonlyArray<string> | undefined
  readonly offset: number
  /** Undefined: all. */
  readonly limit: number | undefined
  /** Archived runs as well. A condition that speaks of `archived` decides by itself. */
  readonly archived: boolean
}

export interface TableColumn {
  readonly key: string
  /** For the head of a table. */
  readonly title: string
  readonly description: string
  readonly type: CellType
  readonly unit?: string
}

export interface RunTablePage {
  /** Runs in the store. */
  readonly total: number
  /** Runs that meet the condition. */
  readonly matched: number
  /** Runs that would meet it and are archived. */
  readonly hidden: number
  readonly offset: number
  readonly columns: ReadonlyArray<TableColumn>
  readonly rows: ReadonlyArray<{ readonly run_id: string; readonly cells: ReadonlyArray<Cell> }>
  readonly warnings: ReadonlyArray<Diagnostic>
}

/** A column with what stands in it, for whoever writes a condition. */
export interface ColumnSummary extends TableColumn {
  /** Runs that have a value. */
  readonly runs: number
  /** The most frequent values first, at most five. */
  readonly examples: ReadonlyArray<NonNullable<Cell>>
  /** Of numbers and times. */
  readonly min?: number | bigint
  readonly max?: number | bigint
}

/** Codes: a condition that cannot be read, a column that is not there, a comparison that cannot be made. */
const codes = { syntax: "FT1380", column: "FT1381", comparison: "FT1382" } as const

/** Facts that are worked out and kept in one go. */
const batch = 250

export class RunTable {
  #stamp: string | undefined
  #heads: ReadonlyArray<RunHead> = []
  readonly #columns = new Map<string, Array<Cell | undefined>>()
  #shapes = new WeakMap<ReadonlyArray<string>, ReadonlyArray<Array<Cell | undefined>>>()
  /** The columns of a run, so that they can be taken out again. */
  readonly #keys: Array<ReadonlyArray<string>> = []
  #marks: ReadonlyMap<string, Marks> = new Map()
  #damaged = new Map<string, Diagnostic>()
  /** Positions of runs that say that they run: who holds them is asked every time. */
  #open: ReadonlySet<number> = new Set()
  readonly #types = new Map<string, CellType>()
  #summaries: ReadonlyArray<ColumnSummary> | undefined

  /** Follows the journal and the marks. */
  readonly refresh: Effect.Effect<void, TrainerError, RunJournal | BlobStore | FactsCache | UserMarks> = Effect.suspend(() =>
    this.#one.withPermits(1)(this.#refresh())
  )

  /** Two at once would take turns at setting what they read. */
  readonly #one = Semaphore.makeUnsafe(1)

  #refresh() {
    const table = this
    return Effect.gen(function* () {
      const cache = yield* FactsCache
      const stamp = yield* cache.stamp
      if (stamp !== table.#stamp) {
        const heads = yield* cache.heads
        // Marks are read behind the stamp: at worst they are newer than it, and are read once more.
        const marks = yield* Effect.flatMap(UserMarks, ({ all }) => all)
        if (heads.some((head, at) => table.#heads[at] !== undefined && table.#heads[at]?.row.run_id !== head.row.run_id)) table.#clear()
        const behind = heads.flatMap((head, at) => (table.#heads[at]?.head_sha256 === head.head_sha256 ? [] : [{ head, at }]))
        yield* table.#catchUp(behind)
        table.#heads = heads
        table.#setMarks(marks)
        table.#types.clear()
        table.#summaries = undefined
        table.#open = new Set(heads.flatMap((_, at) => (isOpen(table.#cell("status", at)) ? [at] : [])))
        table.#stamp = stamp
      }
      yield* table.#judgeOpen()
    })
  }

  /** Status as it is now: nothing in the journal tells that a process died. */
  #judgeOpen() {
    const table = this
    return Effect.gen(function* () {
      const journal = yield* RunJournal
      for (const at of table.#open) {
        const head = table.#heads[at]
        if (head === undefined) continue
        const held = yield* journal.isHeld(head.row.run_id)
        const said = table.#said.get(at) ?? "running"
        table.#put("status", at, held ? said : "interrupted")
      }
    })
  }

  /** What the journal says of runs that are open. */
  readonly #said = new Map<number, string>()

  #catchUp(behind: ReadonlyArray<{ readonly head: RunHead; readonly at: number }>) {
    const table = this
    return Effect.gen(function* () {
      if (behind.length === 0) return
      const cache = yield* FactsCache
      const few = behind.length < 100
      const kept = new Map(
        (yield* cache.read(factsVersion, few ? behind.map(({ head }) => head.row.run_id) : undefined)).map(
          (each) => [each.run_id, each] as const
        )
      )
      let fresh: Array<KeptFacts> = []
      for (const { head, at } of behind) {
        const known = kept.get(head.row.run_id)
        if (known !== undefined && known.head_sha256 === head.head_sha256) {
          table.#damaged.delete(head.row.run_id)
          table.#setRun(at, head.row, known.names, known.cells)
          continue
        }
        const made = yield* factsOf(head.row)
        const [names, cells] = [[...made.facts.keys()], [...made.facts.values()]]
        table.#setRun(at, head.row, names, cells)
        if (made.damage === undefined) {
          table.#damaged.delete(head.row.run_id)
          fresh.push({ run_id: head.row.run_id, head_sha256: head.head_sha256, names, cells })
        } else table.#damaged.set(head.row.run_id, made.damage)
        if (fresh.length < batch) continue
        yield* Effect.ignore(cache.write(factsVersion, fresh))
        fresh = []
        // Filling the cache of a large old store takes a while; the rest of the process goes on.
        yield* Effect.yieldNow
      }
      if (fresh.length > 0) yield* Effect.ignore(cache.write(factsVersion, fresh))
    })
  }

  #clear(): void {
    this.#columns.clear()
    this.#shapes = new WeakMap()
    this.#keys.length = 0
    this.#said.clear()
    this.#damaged = new Map()
    this.#heads = []
    this.#marks = new Map()
  }

  #cellsOf(key: string): Array<Cell | undefined> {
    const known = this.#columns.get(key)
    if (known !== undefined) return known
    const made: Array<Cell | undefined> = []
    this.#columns.set(key, made)
    return made
  }

  /** Looked up once for all runs that share a list of names. */
  #columnsOf(names: ReadonlyArray<string>): ReadonlyArray<Array<Cell | undefined>> {
    const known = this.#shapes.get(names)
    if (known !== undefined) return known
    const made = names.map((name) => this.#cellsOf(name))
    this.#shapes.set(names, made)
    return made
  }

  #put(key: string, at: number, cell: Cell | undefined): void {
    put(this.#cellsOf(key), at, cell)
  }

  #cell(key: string, at: number): Cell | undefined {
    return this.#columns.get(key)?.[at]
  }

  #setRun(at: number, row: RunRow, names: ReadonlyArray<string>, cells: ReadonlyArray<NonNullable<Cell>>): void {
    for (const key of this.#keys[at] ?? []) this.#put(key, at, undefined)
    this.#keys[at] = names
    this.#put("run_id", at, row.run_id)
    this.#put("group_id", at, row.group_id)
    this.#put("name", at, row.name)
    this.#put("seed", at, seedOf(row.seed))
    this.#put("attempt", at, row.attempt)
    this.#put("created", at, row.created_at)
    this.#put("spec_sha256", at, row.spec_sha256)
    for (const [index, column] of this.#columnsOf(names).entries()) put(column, at, cells[index])
    const status = cells[names.indexOf("status")]
    if (typeof status === "string" && isOpen(status)) this.#said.set(at, status)
    else this.#said.delete(at)
    this.#setMark(at, this.#marks.get(row.run_id) ?? noMarks)
  }

  #setMark(at: number, marks: Marks): void {
    this.#put("tags", at, marks.tags)
    this.#put("note", at, marks.note)
    this.#put("starred", at, marks.starred)
    this.#put("archived", at, marks.archived)
  }

  #setMarks(marks: ReadonlyMap<string, Marks>): void {
    const before = this.#marks
    this.#marks = marks
    for (const [at, { row }] of this.#heads.entries()) {
      const now = marks.get(row.run_id)
      if (now !== undefined && now.revision !== before.get(row.run_id)?.revision) this.#setMark(at, now)
    }
  }

  readonly #source: QuerySource = {
    open: { [Symbol.iterator]: () => this.#openKeys()[Symbol.iterator]() },
    column: (key) => this.#column(key)
  }

  #openKeys(): ReadonlyArray<string> {
    return [...this.#columns.keys()].filter((key) => fixedColumn(key) === undefined && this.#runsWith(key))
  }

  /** A column stays when the last run that had it went on without it. */
  #runsWith(key: string): boolean {
    return this.#columns.get(key)?.some((cell) => cell !== undefined && cell !== null) ?? false
  }

  #column(key: string): QueriedColumn | undefined {
    const cells = this.#columns.get(key)
    const fixed = fixedColumn(key)
    if (fixed !== undefined) return { key, type: fixed.type, cells: cells ?? [] }
    return cells === undefined || !this.#runsWith(key) ? undefined : { key, type: this.#typeOf(key, cells), cells }
  }

  #typeOf(key: string, cells: ReadonlyArray<Cell | undefined>): CellType {
    const known = this.#types.get(key)
    if (known !== undefined) return known
    const found = typeOfCells(cells)
    // That every accuracy is 1 so far makes it no whole number.
    const type = key.startsWith("metric.") && found === "integer" ? "number" : found
    this.#types.set(key, type)
    return type
  }

  #described(key: string): TableColumn {
    const fixed = fixedColumn(key)
    if (fixed !== undefined) return { key, title: fixed.title, description: fixed.description, type: fixed.type }
    const unit = key.startsWith("cost.") ? recordedUnit(key.slice("cost.".length)) : undefined
    return { key, ...openColumnText(key), type: this.#column(key)?.type ?? "text", ...(unit === undefined ? {} : { unit }) }
  }

  /** A page of the table as it was refreshed last. Fails with reason `usage` and every mistake at once. */
  select(request: RunTableRequest): Effect.Effect<RunTablePage, TrainerError> {
    return Effect.suspend(() => {
      const mistakes: Array<Diagnostic> = []
      const warnings: Array<Diagnostic> = []
      const { where } = request
      const parsed = parseQuery(where)
      if (!parsed.ok) mistakes.push(diagnosticOf("error", codes.syntax, where, parsed.mistake))
      const compiled = compileQuery(parsed.ok ? parsed.query : { kind: "all" }, this.#source)
      for (const mistake of compiled.mistakes) mistakes.push(diagnosticOf("error", codes[mistake.about], where, mistake))
      for (const warning of compiled.warnings) warnings.push(diagnosticOf("warning", codes.column, where, warning))

      const resolve = (name: string, flag: string): string | undefined => {
        const found = resolveColumn(name, this.#source)
        if ("key" in found) return found.key
        const { message, help } = found.unknown
        ;(found.open ? warnings : mistakes).push({
          code: codes.column,
          severity: found.open ? "warning" : "error",
          field: flag,
          message,
          ...(help === undefined ? {} : { help })
        })
        return found.open ? name : undefined
      }
      const sort = request.sort.flatMap((each) => {
        const down = each.startsWith("-")
        const key = resolve(each.replace(/^[+-]/, ""), "--sort")
        return key === undefined ? [] : [{ cells: this.#columns.get(key) ?? [], down }]
      })
      const keys = (request.columns ?? usualColumns).flatMap((each) => resolve(each, "--columns") ?? [])
      const [first, ...rest] = mistakes
      if (first !== undefined) return Effect.fail(trainerErrors("usage", [first, ...rest]))

      const asksArchived = parsed.ok && fieldsOfQuery(parsed.query).some((field) => fixedColumn(field)?.key === "archived")
      const archived = this.#columns.get("archived") ?? []
      const found: Array<number> = []
      let hidden = 0
      for (let at = 0; at < this.#heads.length; at += 1) {
        if (!compiled.meets(at)) continue
        if (!request.archived && !asksArchived && archived[at] === true) hidden += 1
        else found.push(at)
      }
      if (sort.length > 0)
        found.sort((left, right) => {
          for (const { cells, down } of sort) {
            const difference = compareCells(cells[left], cells[right], down)
            if (difference !== 0) return difference
          }
          return left - right
        })
      const { offset, limit } = request
      const shown = limit === undefined ? found.slice(offset) : found.slice(offset, offset + limit)
      return Effect.succeed({
        total: this.#heads.length,
        matched: found.length,
        hidden,
        offset,
        columns: keys.map((key) => this.#described(key)),
        rows: shown.map((at) => ({
          run_id: this.#heads[at]?.row.run_id ?? "",
          cells: keys.map((key) => this.#columns.get(key)?.[at] ?? null)
        })),
        warnings: [...warnings, ...this.#damaged.values()]
      })
    })
  }

  /** Every column that some run has a value in; fixed ones first, then by name. */
  summaries(): ReadonlyArray<ColumnSummary> {
    // A status that changes by itself is in no stamp.
    if (this.#summaries === undefined || this.#open.size > 0) this.#summaries = this.#summarise()
    return this.#summaries
  }

  #summarise(): ReadonlyArray<ColumnSummary> {
    const open = this.#openKeys().toSorted()
    return [...fixedColumns.map(({ key }) => key), ...open].map((key) => {
      const cells = (this.#columns.get(key) ?? []).filter((cell) => cell !== undefined && cell !== null)
      const counts = new Map<string | number | bigint | boolean, number>()
      for (const cell of cells)
        for (const value of typeof cell === "object" ? cell : [cell]) counts.set(value, (counts.get(value) ?? 0) + 1)
      const examples = [...counts].sort((left, right) => right[1] - left[1] || compareCells(left[0], right[0], false))
      const described = this.#described(key)
      const numbers = cells.filter((cell) => typeof cell === "number" || typeof cell === "bigint")
      const [least, most] = [leastOf(numbers), mostOf(numbers)]
      return {
        ...described,
        runs: cells.filter((cell) => typeof cell !== "object" || cell.length > 0).length,
        examples: examples.slice(0, 5).map(([value]) => value),
        ...(least === undefined || most === undefined ? {} : { min: least, max: most })
      }
    })
  }
}

/** Holes would make an array slow: what lies between is said to be absent. */
const put = (cells: Array<Cell | undefined>, at: number, cell: Cell | undefined): void => {
  while (cells.length < at) cells.push(undefined)
  cells[at] = cell
}

const leastOf = (values: ReadonlyArray<number | bigint>): number | bigint | undefined =>
  values.reduce<number | bigint | undefined>((least, value) => (least === undefined || value < least ? value : least), undefined)
const mostOf = (values: ReadonlyArray<number | bigint>): number | bigint | undefined =>
  values.reduce<number | bigint | undefined>((most, value) => (most === undefined || value > most ? value : most), undefined)

const isOpen = (status: Cell | undefined): boolean => status === "running" || status === "validating" || status === "interrupted"

const seedOf = (digits: string): number | bigint => {
  const seed = Number(digits)
  return Number.isSafeInteger(seed) ? seed : BigInt(digits)
}

const rank = (cell: NonNullable<Cell>): number =>
  typeof cell === "number" || typeof cell === "bigint" ? 0 : typeof cell === "boolean" ? 1 : 2

const wordsOf = (cell: string | boolean | ReadonlyArray<string>): string => (typeof cell === "object" ? cell.join(" ") : String(cell))

/** Null is last whichever way; numbers before words, words by code unit. */
export const compareCells = (left: Cell | undefined, right: Cell | undefined, down: boolean): number => {
  if (left === null || left === undefined) return right === null || right === undefined ? 0 : 1
  if (right === null || right === undefined) return -1
  const sign = down ? -1 : 1
  const kinds = rank(left) - rank(right)
  if (kinds !== 0) return sign * kinds
  if ((typeof left === "number" || typeof left === "bigint") && (typeof right === "number" || typeof right === "bigint"))
    return left < right ? -sign : left > right ? sign : 0
  const [a, b] = [wordsOf(left as string), wordsOf(right as string)]
  return a < b ? -sign : a > b ? sign : 0
}

const diagnosticOf = (severity: "error" | "warning", code: string, where: string, mistake: QueryMistake): Diagnostic => ({
  code,
  severity,
  file: "--where",
  line: 1,
  column: mistake.from + 1,
  message: mistake.message,
  ...(mistake.expected === undefined ? {} : { expected: mistake.expected }),
  ...(where.slice(mistake.from, mistake.to).trim() === "" ? {} : { actual: where.slice(mistake.from, mistake.to) }),
  ...(mistake.help === undefined ? {} : { help: mistake.help }),
  excerpt: where
})

/** The facts of a run from its record; where that is damaged, what can be known of it, and the damage. */
const factsOf = (
  row: RunRow
): Effect.Effect<{ readonly facts: RunFacts; readonly damage: Diagnostic | undefined }, TrainerError, RunJournal | BlobStore> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const read = yield* Effect.result(
      Effect.gen(function* () {
        return { events: yield* journal.events(row.run_id), telemetry: yield* journal.telemetry(row.run_id) }
      })
    )
    const damage: Diagnostic = {
      code: "FT1383",
      severity: "warning",
      message: `the record of run ${row.run_id} is damaged; the table shows what is left of it`,
      help: "feagi-trainer artifact verify   names every damage"
    }
    if (read._tag === "Failure") {
      if (read.failure.reason !== "integrity") return yield* Effect.fail(read.failure)
      return { facts: new Map(), damage }
    }
    const document = Option.getOrUndefined(yield* documentOf(row).pipe(Effect.option, Effect.map(Option.filter(isRunDocument))))
    return { facts: runFacts({ document, ...read.success }), damage: document === undefined ? damage : undefined }
  })

/** Bytes that have their hash may still be no run document: a store takes what it is given. */
const isRunDocument = (document: RunDocument): boolean =>
  typeof document === "object" &&
  document !== null &&
  document.kind === "run" &&
  "dataset" in document &&
  "protocol" in document &&
  "learner" in document

const tables = new WeakMap<object, RunTable>()

/** The table of the store in the context, refreshed: the same object for as long as the store is open. */
export const openRunTable: Effect.Effect<RunTable, TrainerError, RunJournal | BlobStore | FactsCache | UserMarks> = Effect.gen(
  function* () {
    const cache = yield* FactsCache
    const table = tables.get(cache) ?? new RunTable()
    tables.set(cache, table)
    yield* table.refresh
    return table
  }
)
