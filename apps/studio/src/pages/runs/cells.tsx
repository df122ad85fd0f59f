/** How the cells of the runs table look, by the type of their column. */
import type { ComponentChildren } from "preact"
import { inline, number, score } from "../../format.ts"
import { Badge, type CellValue, type Column, Icon, IconButton, Status, Time } from "../../ui/index.ts"
import type { Cell, RunRow, TableColumn } from "./rows.ts"

export const groupOf = (key: string): string =>
  key.startsWith("metric.") ? "Metrics" : key.startsWith("param.") ? "What was chosen" : key.startsWith("cost.") ? "Cost" : "Runs"

const widths: Readonly<Record<string, number>> = {
  name: 160,
  run_id: 170,
  seed: 60,
  status: 112,
  phase: 92,
  created: 92,
  updated: 104,
  dataset: 96,
  learner: 88,
  primary_metric: 116,
  score: 186,
  tags: 138,
  note: 220,
  failure: 220,
  plugins: 240,
  starred: 80,
  archived: 84
}

const text = (cell: Cell | undefined): CellValue => (typeof cell === "object" && cell !== null ? cell.join(" ") : (cell ?? null))

/** A number with a bar behind it where it is a share of something. */
const Share = ({ value }: { readonly value: number }) => (
  <span class="runs-share">
    <span class="runs-share-bar" aria-hidden="true">
      <span style={{ width: `${Math.max(0, Math.min(1, value)) * 100}%` }} />
    </span>
    <span class="runs-share-value">{score(value)}</span>
  </span>
)

const shown = (column: TableColumn, cell: Cell | undefined, row: RunRow): ComponentChildren => {
  if (column.key === "seed" && cell !== undefined && cell !== null) return String(cell)
  if (cell === null || cell === undefined || cell === "" || (Array.isArray(cell) && cell.length === 0)) return <span class="muted">–</span>
  if (column.key === "status") return <Status status={String(cell)} />
  if (column.type === "time") return <Time at={cell as number | string} />
  if (column.key === "tags" && Array.isArray(cell))
    return (
      <span class="runs-tags">
        {cell.map((tag) => (
          <Badge key={tag} tone="info">
            {tag}
          </Badge>
        ))}
      </span>
    )
  if (column.type === "boolean") return cell === true ? <Icon name="check" /> : <span class="muted">–</span>
  if (typeof cell === "number") {
    const isShare = (column.key === "score" || column.key.startsWith("metric.")) && cell >= 0 && cell <= 1
    const value = isShare ? <Share value={cell} /> : number(cell)
    if (column.key !== "score") return value
    return (
      <span class="runs-score">
        <span class="muted">{String(row.cells.primary_metric ?? "")}</span>
        {value}
      </span>
    )
  }
  if (column.key === "primary_metric" || column.key === "phase") return <span class="muted">{String(cell)}</span>
  return inline(cell)
}

/** The columns of the table for those of the server: the name and what can be marked always stand first. */
export const columnsOf = (
  list: ReadonlyArray<TableColumn>,
  pinned: ReadonlySet<string>,
  act: {
    readonly star: (row: RunRow) => void
    readonly pin: (row: RunRow) => void
    readonly edit: (row: RunRow) => void
  },
  narrow = false
): ReadonlyArray<Column<RunRow>> => {
  const marks: Column<RunRow> = {
    key: "marks",
    title: "Marks",
    hint: "Star, pin, tags and note",
    sortable: false,
    width: 106,
    value: () => null,
    show: (row) => (
      <span class="runs-marks">
        <IconButton
          icon="star"
          label={row.cells.starred === true ? "Take the star away" : "Star"}
          pressed={row.cells.starred === true}
          filled={row.cells.starred === true}
          onClick={() => act.star(row)}
        />
        <IconButton
          icon="pin"
          label={pinned.has(row.id) ? "Unpin" : "Pin to the top"}
          pressed={pinned.has(row.id)}
          filled={pinned.has(row.id)}
          onClick={() => act.pin(row)}
        />
        <IconButton
          icon="note"
          label={typeof row.cells.note === "string" && row.cells.note !== "" ? `Note: ${row.cells.note}` : "Tags and note"}
          pressed={typeof row.cells.note === "string" && row.cells.note !== ""}
          onClick={() => act.edit(row)}
        />
      </span>
    )
  }
  const rest = list
    .filter(({ key }) => key !== "name")
    .map(
      (column): Column<RunRow> => ({
        key: column.key,
        title: column.title,
        hint: column.description === undefined ? column.key : `${column.key}: ${column.description}`,
        ...(column.unit === undefined || column.unit === "1" ? {} : { unit: column.unit }),
        width: widths[column.key] ?? (column.type === "number" || column.type === "integer" ? 104 : 140),
        align: (column.type === "number" || column.type === "integer") && column.key !== "seed" ? "right" : "left",
        value: (row) => text(row.cells[column.key]),
        show: (row) => shown(column, row.cells[column.key], row)
      })
    )
  const name: Column<RunRow> = {
    key: "name",
    title: "Name",
    pinned: true,
    width: widths.name ?? 160,
    value: (row) => text(row.cells.name),
    show: (row) => (
      <span class="runs-name">
        <strong>{String(row.cells.name ?? row.id)}</strong>
        <code class="muted">{row.id.slice(2, 8)}</code>
      </span>
    )
  }
  // On a phone the first screen belongs to the result; what marks it stands behind.
  const score = rest.filter(({ key }) => key === "score")
  return narrow ? [name, ...score, ...rest.filter(({ key }) => key !== "score"), marks] : [name, marks, ...rest]
}
