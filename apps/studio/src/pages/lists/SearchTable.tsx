/** The shape of every list of the project: words to look for, other filters beside them, how many are left, and the table. */
import type { ComponentChildren, ComponentProps } from "preact"
import { useMemo } from "preact/hooks"
import { useSearch } from "../../router.ts"
import { type Column, Empty, Table } from "../../ui/index.ts"
import { matching } from "./matching.ts"
import "./lists.css"

type TableProps<Row> = Omit<ComponentProps<typeof Table<Row>>, "rows" | "sort" | "onSort" | "empty">

export const SearchTable = <Row,>({
  rows,
  textOf,
  placeholder,
  filters,
  note,
  ...table
}: TableProps<Row> & {
  readonly rows: ReadonlyArray<Row>
  readonly columns: ReadonlyArray<Column<Row>>
  /** What is searched of a row; keep it stable. */
  readonly textOf: (row: Row) => string
  readonly placeholder: string
  readonly filters?: ComponentChildren
  /** Behind the count. */
  readonly note?: string
}) => {
  const [text, setText] = useSearch("q")
  const [sort, setSort] = useSearch("sort")
  const shown = useMemo(() => matching(rows, textOf, text), [rows, textOf, text])
  return (
    <div class="stack">
      <div class="row list-filter">
        <label class="row list-search">
          Search
          <input type="search" placeholder={placeholder} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        {filters}
        <span class="muted list-count" role="status">
          {shown.length === rows.length ? rows.length : `${shown.length} of ${rows.length}`}
          {note === undefined ? "" : `, ${note}`}
        </span>
      </div>
      <Table
        {...table}
        rows={shown}
        sort={sort}
        onSort={setSort}
        empty={
          <Empty title="Nothing matches">
            <button type="button" onClick={() => setText(null)}>
              Clear the search
            </button>
          </Empty>
        }
      />
    </div>
  )
}
