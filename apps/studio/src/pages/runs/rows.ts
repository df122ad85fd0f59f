/**
 * The runs table as it comes from the server, in pages: a row is asked for when it comes into view. Sharp edge: rows that were not loaded yet
 * are null; what is exported is asked for anew, in full.
 */
import { type Cell, columnList } from "@feagi-trainer/control-api/run-table"
import { useCallback, useRef, useState } from "preact/hooks"
import { type Query, useQuery } from "../../api.ts"

export type { Cell } from "@feagi-trainer/control-api/run-table"

export interface TableColumn {
  readonly key: string
  readonly title: string
  readonly description?: string
  readonly type: string
  readonly unit?: string
}

export interface RunTable {
  readonly total: number
  readonly matched: number
  readonly archived_hidden: number
  readonly offset: number
  readonly columns: ReadonlyArray<TableColumn>
  readonly rows: ReadonlyArray<{ readonly run_id: string; readonly cells: ReadonlyArray<Cell> }>
}

/** One run: its cells by the key of their column. */
export interface RunRow {
  readonly id: string
  readonly cells: Readonly<Record<string, Cell>>
}

/** What every row brings besides the columns that are shown, as the page needs it to act on it. */
export const carried = ["name", "seed", "status", "tags", "note", "starred", "archived", "group_id", "primary_metric"] as const

export const pageSize = 200

export const rowsOf = (table: RunTable): ReadonlyArray<RunRow> =>
  table.rows.map(({ run_id, cells }) => ({
    id: run_id,
    cells: Object.fromEntries(table.columns.map(({ key }, index) => [key, cells[index] ?? null]))
  }))

export interface Asked {
  readonly where: string
  readonly sort: string
  readonly columns: ReadonlyArray<string>
  readonly archived: boolean
}

/** What `run ls` is asked for what the reader set: defaults are left out, so that the command to copy stays short. */
export const questionOf = ({ where, sort, columns, archived }: Asked) => ({
  ...(where === "" ? {} : { where }),
  ...(sort === "" ? {} : { sort }),
  columns: columnList(columns),
  ...(archived ? { archived: true } : {})
})

/** The same for a page of rows, with what the page needs of each. */
export const inputOf = (asked: Asked, offset: number, limit: number) => ({
  ...questionOf({ ...asked, columns: [...new Set([...asked.columns, ...carried])] }),
  offset,
  limit
})

/** A condition that leaves these runs out, or that is met by them alone. */
export const without = (where: string, runs: ReadonlyArray<string>): string => {
  if (runs.length === 0) return where
  const these = `not (${only(runs)})`
  return where === "" ? these : `(${where}) and ${these}`
}
export const only = (runs: ReadonlyArray<string>): string => runs.map((run) => `run_id = ${run}`).join(" or ")

/** Which pages the rows from `from` to `to` lie on; two at most, as a view is shorter than a page. */
export const pagesOf = (from: number, to: number): readonly [first: number, second: number | null] => {
  const [first, last] = [Math.floor(from / pageSize), Math.floor(Math.max(from, to - 1) / pageSize)]
  return [first, last === first ? null : last]
}

/** All rows that meet a condition, null where not loaded yet, and what asks for those in view. */
export const useRows = (
  asked: Asked,
  ready: boolean
): {
  readonly rows: ReadonlyArray<RunRow | null>
  readonly query: Query<RunTable>
  readonly columns: ReadonlyArray<TableColumn>
  readonly onNeed: (from: number, to: number) => void
} => {
  const [[first, second], setPages] = useState<readonly [number, number | null]>([0, null])
  const key = JSON.stringify(asked)
  const one = useQuery<RunTable>("run.ls", ready ? inputOf(asked, first * pageSize, pageSize) : null, { keep: true })
  const two = useQuery<RunTable>("run.ls", second === null || !ready ? null : inputOf(asked, second * pageSize, pageSize))
  const store = useRef({ key: "", rows: [] as ReadonlyArray<RunRow | null>, seen: new Map<number, RunTable>() })
  // Only what was answered to this question may stand in the table; `keep` shows the old one until then.
  const fresh = one.state === "done"
  for (const table of [fresh ? one.data : undefined, two.data]) {
    if (table === undefined) continue
    if (store.current.key !== key && table === one.data) store.current = { key, rows: [], seen: new Map() }
    if (store.current.key !== key || store.current.seen.get(table.offset) === table) continue
    store.current.seen.set(table.offset, table)
    const rows: Array<RunRow | null> = store.current.rows.slice(0, table.matched)
    while (rows.length < table.matched) rows.push(null)
    for (const [index, row] of rowsOf(table).entries()) rows[table.offset + index] = row
    store.current.rows = rows
  }
  const onNeed = useCallback((from: number, to: number) => {
    setPages((before) => {
      const next = pagesOf(from, to)
      return before[0] === next[0] && before[1] === next[1] ? before : next
    })
  }, [])
  return { rows: store.current.rows, query: one, columns: one.data?.columns ?? [], onNeed }
}
