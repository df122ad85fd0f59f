/** Scorecards: the portable results of scored phases, and how far each may be trusted. */
import { useMemo } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { link, navigate, useSearch } from "../../router.ts"
import { Answer, Badge, Button, type Column, Empty, Hash, Page, Time, tableCsv } from "../../ui/index.ts"
import { SearchTable } from "../lists/SearchTable.tsx"
import { type CardRow, marksOf, metricNames, usualMetric } from "./model/cards.ts"
import "./scorecards.css"

export const Marks = ({ card }: { readonly card: Parameters<typeof marksOf>[0] }) => (
  <span class="row card-marks">
    {marksOf(card).map(({ word, tone }) => (
      <Badge key={word} tone={tone}>
        {word}
      </Badge>
    ))}
  </span>
)

const columnsOf = (metric: string): ReadonlyArray<Column<CardRow>> => [
  { key: "scorecard", title: "Scorecard", value: (row) => row.scorecard_id, width: 170, pinned: true },
  {
    key: "status",
    title: "Status",
    value: (row) =>
      marksOf(row)
        .map(({ word }) => word)
        .join(", "),
    show: (row) => <Marks card={row} />,
    width: 210
  },
  {
    key: "run",
    title: "Run",
    value: (row) => row.run_id,
    show: (row) => <a href={link("/runs/:run", { run: row.run_id })}>{row.run_id}</a>,
    width: 170
  },
  { key: "phase", title: "Phase", value: (row) => row.phase, width: 100 },
  { key: "value", title: metric === "" ? "Value" : metric, value: (row) => row.metrics[metric] ?? null, align: "right", width: 120 },
  { key: "body", title: "Hash", value: (row) => row.body_sha256, show: (row) => <Hash value={row.body_sha256} />, width: 140 },
  { key: "created", title: "Created", value: (row) => row.created_at, show: (row) => <Time at={row.created_at} />, width: 120 }
]

const textOf = (row: CardRow): string =>
  [row.scorecard_id, row.run_id, row.phase, row.body_sha256, ...marksOf(row).map(({ word }) => word)].join(" ")

export default function ScorecardsPage() {
  const query = useQuery<ReadonlyArray<CardRow>>("scorecard.ls", {})
  const [chosen, setChosen] = useSearch("metric")
  const [phase, setPhase] = useSearch("phase")
  const [marked, setMarked] = useSearch("marked")
  const names = useMemo(() => metricNames(query.data ?? []), [query.data])
  const metric = chosen === "" ? usualMetric(names) : chosen
  const columns = useMemo(() => columnsOf(metric), [metric])
  const phases = [...new Set((query.data ?? []).map((card) => card.phase))]
  const rows = useMemo(() => (query.data ?? []).filter((card) => phase === "" || card.phase === phase).toReversed(), [query.data, phase])
  const pair = marked.split(",").filter((id) => id !== "")
  return (
    <Page
      title="Scorecards"
      command={query.command}
      files={{ name: "scorecards", ...(query.data === undefined ? {} : { json: query.data, csv: () => tableCsv(columns, rows) }) }}
      actions={
        <Button
          icon="compare"
          disabled={pair.length !== 2}
          title="Mark two scorecards; the first is the baseline"
          onClick={() => navigate(link("/scorecards/:id", { id: pair[1] ?? "" }, { baseline: pair[0] ?? "" }))}
        >
          Compare two
        </Button>
      }
    >
      <Answer query={query} what="Scorecards">
        {(all) =>
          all.length === 0 ? (
            <Empty title="No scorecard yet" icon="card">
              <p>Every scored phase of a run leaves one: start a run, or import a bundle.</p>
              <a class="button primary" href="/new">
                New run
              </a>
            </Empty>
          ) : (
            <SearchTable
              label="Scorecards"
              rows={rows}
              columns={columns}
              rowKey={(row) => row.scorecard_id}
              href={(row) => link("/scorecards/:id", { id: row.scorecard_id })}
              textOf={textOf}
              placeholder="Scorecard, run, status or hash"
              note="newest first"
              filters={
                <>
                  <label class="row">
                    Metric
                    <select value={metric} onChange={(event) => setChosen(event.currentTarget.value)}>
                      {names.map((name) => (
                        <option key={name} value={name}>
                          {name}
                        </option>
                      ))}
                    </select>
                  </label>
                  <label class="row">
                    Phase
                    <select value={phase} onChange={(event) => setPhase(event.currentTarget.value)}>
                      <option value="">all</option>
                      {phases.map((name) => (
                        <option key={name} value={name}>
                          {name}
                        </option>
                      ))}
                    </select>
                  </label>
                </>
              }
              selected={new Set(pair)}
              onSelect={(next) => setMarked([...next].join(","))}
            />
          )
        }
      </Answer>
    </Page>
  )
}
