/**
 * The values of a scorecard with their intervals, beside those of another one. Sharp edge: two scorecards of different benchmarks are shown
 * with what is not the same, and without a difference.
 */
import { useMemo } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { number } from "../../format.ts"
import { link, setSearch, useSearch } from "../../router.ts"
import { type Column, Panel, Table } from "../../ui/index.ts"
import { type Card, type CardRow, unlike, type ValueRow, valueRows } from "./model/cards.ts"

export const columnsOf = (baseline: Card | undefined, comparable: boolean, reasons: boolean): ReadonlyArray<Column<ValueRow>> => [
  { key: "metric", title: "Metric", value: (row) => row.name, width: 190, pinned: true },
  { key: "value", title: "Value", value: (row) => row.value, align: "right", width: 90 },
  {
    key: "interval",
    title: "95 % interval",
    hint: "Bootstrap over the samples",
    value: (row) => row.low,
    show: (row) =>
      row.low === null || row.high === null ? (
        <span class="muted" title={row.because ?? undefined}>
          {row.because === null ? "–" : "insufficient"}
        </span>
      ) : (
        <span class="nowrap">
          {number(row.low)} … {number(row.high)}
        </span>
      ),
    align: "right",
    width: 150
  },
  ...(baseline === undefined
    ? []
    : [
        { key: "baseline", title: "Baseline", value: (row: ValueRow) => row.other, align: "right" as const, width: 110 },
        ...(comparable
          ? [
              {
                key: "difference",
                title: "Difference",
                value: (row: ValueRow) => (row.value === null || row.other === null ? null : row.value - row.other),
                show: (row: ValueRow) => {
                  if (row.value === null || row.other === null) return "–"
                  const difference = row.value - row.other
                  return `${difference > 0 ? "+" : difference < 0 ? "−" : ""}${number(Math.abs(difference))}`
                },
                align: "right" as const,
                width: 110
              }
            ]
          : [])
      ]),
  ...(reasons
    ? [
        {
          key: "because",
          title: "Why there is no value",
          value: (row: ValueRow) => row.because,
          show: (row: ValueRow) => <span class="muted">{row.because ?? ""}</span>,
          width: 300
        }
      ]
    : [])
]

const Baseline = ({ id, chosen }: { readonly id: string; readonly chosen: string }) => {
  const cards = useQuery<ReadonlyArray<CardRow>>("scorecard.ls", {})
  return (
    <label class="row">
      Baseline
      <select value={chosen} onChange={(event) => setSearch({ baseline: event.currentTarget.value })}>
        <option value="">none</option>
        {(cards.data ?? [])
          .filter((card) => card.scorecard_id !== id)
          .map((card) => (
            <option key={card.scorecard_id} value={card.scorecard_id}>
              {card.scorecard_id} · {card.run_id} {card.phase}
            </option>
          ))}
      </select>
    </label>
  )
}

export const Values = ({
  card,
  baseline,
  chosen
}: {
  readonly card: Card
  readonly baseline: Card | undefined
  readonly chosen: string
}) => {
  const [sort, setSort] = useSearch("sort")
  const [counts, setCounts] = useSearch("counts")
  const differs = baseline === undefined ? [] : unlike(card, baseline)
  const rows = useMemo(() => valueRows(card, baseline, counts === "1"), [card, baseline, counts])
  const columns = useMemo(
    () =>
      columnsOf(
        baseline,
        differs.length === 0,
        rows.some(({ because }) => because !== null)
      ),
    [baseline, differs.length, rows]
  )
  return (
    <Panel
      title="Values"
      actions={
        <div class="row">
          <label class="check">
            <input type="checkbox" checked={counts === "1"} onChange={(event) => setCounts(event.currentTarget.checked ? "1" : null)} />
            Class counts
          </label>
          <Baseline id={card.scorecard_id} chosen={baseline?.scorecard_id ?? chosen} />
        </div>
      }
    >
      {differs.length === 0 ? null : (
        <p role="alert" class="tone-warn">
          Not comparable: another {differs.join(", another ")}. The values stand beside each other, without a difference.
        </p>
      )}
      {baseline === undefined || differs.length > 0 ? null : (
        <p class="muted">
          Two numbers differ nearly always; whether a difference is shown says the{" "}
          <a href={link("/compare", {}, { runs: `${baseline.run_id},${card.run_id}`, phase: card.phase })}>comparison of their runs</a>,
          sample by sample.
        </p>
      )}
      <Table label="Values of the scorecard" rows={rows} columns={columns} rowKey={(row) => row.name} sort={sort} onSort={setSort} />
    </Panel>
  )
}
