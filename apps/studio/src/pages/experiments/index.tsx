/**
 * The history of experiments: every run file with its seeds as one row, mean and interval beside the seeds themselves. Sharp edge: means of
 * groups are drawn together only where dataset, protocol and metric are the same; whether they may be compared says the comparison.
 */
import { useMemo } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { number, plusMinus, score } from "../../format.ts"
import { useShortcuts } from "../../keys.ts"
import { link, navigate, setSearch, useSearch } from "../../router.ts"
import {
  Answer,
  Badge,
  Button,
  type Column,
  ColumnPicker,
  Empty,
  Figure,
  Icon,
  Page,
  Panel,
  Status,
  Table,
  Time,
  tableCsv,
  toast
} from "../../ui/index.ts"
import { Envelope } from "./Envelope.tsx"
import { type Group, halfWidth, historyFigure, intervalColumns, scaleOf, seriesOf, statOf } from "./groups.ts"
import { Strip } from "./Strip.tsx"
import "./style.css"

const statusOf = (group: Group): string =>
  ["running", "paused", "interrupted", "failed"].find((status) => (group.statuses[status] ?? 0) > 0) ??
  Object.keys(group.statuses)[0] ??
  "created"

const columnsOf = (scale: readonly [number, number]): ReadonlyArray<Column<Group>> => [
  {
    key: "name",
    title: "Experiment",
    pinned: true,
    width: 140,
    value: (row) => row.name,
    show: (row) => (
      <>
        <strong>{row.name}</strong> <code class="muted">{row.group_id.slice(2, 8)}</code>
      </>
    )
  },
  {
    key: "strip",
    title: `Seeds from ${number(scale[0])} to ${number(scale[1])}`,
    width: 176,
    sortable: false,
    value: (row) => row.members.map(({ score }) => score ?? "").join(" "),
    show: (row) => <Strip group={row} scale={scale} />
  },
  {
    key: "mean",
    title: "Mean ± interval",
    hint: "Mean over the seeds and half the width of its 95 % interval (Student's t); one seed has none",
    width: 128,
    align: "right",
    value: (row) => statOf(row)?.mean ?? null,
    show: (row) => (statOf(row) === null ? <span class="muted">–</span> : plusMinus(statOf(row)?.mean, halfWidth(row)))
  },
  {
    key: "metric",
    title: "Metric",
    width: 84,
    value: (row) => row.primary_metric,
    show: (row) => <span class="muted">{row.primary_metric ?? "–"}</span>
  },
  { key: "learner", title: "Learner", width: 84, value: (row) => row.learner },
  { key: "dataset", title: "Dataset", width: 88, value: (row) => row.dataset },
  {
    key: "seeds",
    title: "Seeds",
    width: 136,
    value: (row) => row.runs,
    show: (row) => (
      <span class="row nowrap">
        <Status status={statusOf(row)} />
        <span class="muted">
          {row.done}/{row.runs}
        </span>
      </span>
    )
  },
  {
    key: "best",
    title: "Best",
    width: 76,
    align: "right",
    value: (row) => row.best?.score ?? null,
    show: (row) =>
      row.best === null ? (
        <span class="muted">–</span>
      ) : (
        <a href={link("/runs/:run", { run: row.best.run_id })} title={`Seed ${row.best.seed}`}>
          {score(row.best.score)}
        </a>
      )
  },
  { key: "created", title: "Created", width: 92, value: (row) => row.created, show: (row) => <Time at={row.created} /> },
  { key: "protocol", title: "Protocol", width: 190, value: (row) => row.protocol }
]

export default function ExperimentsPage() {
  const session = useQuery("session", {})
  const none = session.data?.runs === 0
  const query = useQuery<ReadonlyArray<Group>>("group.ls", none ? null : {})
  const [sort, setSort] = useSearch("sort", "-created")
  const [dataset, setDataset] = useSearch("dataset")
  const [marked] = useSearch("sel")
  const [hiddenText] = useSearch("hide", "protocol")
  const hidden = useMemo(() => hiddenText.split(",").filter((key) => key !== "" && key !== "none"), [hiddenText])
  const all = query.data ?? []
  const groups = useMemo(() => all.filter((group) => dataset === "" || group.dataset === dataset), [query.data, dataset])
  const datasets = [...new Set(all.flatMap((group) => group.dataset ?? []))].sort()
  const scale = useMemo(() => scaleOf(groups), [groups])
  const columns = useMemo(() => columnsOf(scale), [scale])
  const histories = useMemo(() => seriesOf(groups).filter((series) => series.groups.length > 1), [groups])
  const selected = useMemo(() => new Set(marked.split(",").filter((id) => id !== "")), [marked])
  const compare = () => {
    const runs = groups.filter(({ group_id }) => selected.has(group_id)).flatMap(({ members }) => members.map(({ run_id }) => run_id))
    if (runs.length < 2) toast("Mark experiments with x, then compare all their seeds with c")
    else navigate(link("/compare", {}, { runs: runs.join(",") }))
  }
  useShortcuts([{ keys: "c", says: "Compare the seeds of the marked experiments", group: "Experiments", run: compare }])
  const nothing = (
    <Empty title="No experiment yet" icon="history">
      <p>An experiment is one run file with all its seeds. Several seeds tell what a result is worth.</p>
      <a class="button primary" href="/new">
        Make the first one
      </a>
    </Empty>
  )
  return (
    <Page
      title="Experiments"
      command={query.command}
      files={{
        name: "experiments",
        ...(query.data === undefined ? {} : { json: query.data, csv: () => tableCsv([...columns, ...intervalColumns], groups) })
      }}
      actions={
        none ? null : (
          <>
            <ColumnPicker
              columns={columns.filter(({ key }) => key !== "name")}
              hidden={hidden}
              onChange={(next) => setSearch({ hide: next.length === 0 ? "none" : next.join(",") === "protocol" ? null : next.join(",") })}
            />
            <Button icon="compare" onClick={compare} disabled={selected.size === 0}>
              Compare
            </Button>
            <a class="button primary" href="/new">
              <Icon name="plus" />
              New run
            </a>
          </>
        )
      }
    >
      {none ? nothing : null}
      <Answer query={query} what="Reading the experiments">
        {() =>
          all.length === 0 ? (
            nothing
          ) : (
            <>
              {datasets.length < 2 ? null : (
                <div class="row">
                  <span class="muted">Dataset</span>
                  <Button tone={dataset === "" ? "primary" : "quiet"} onClick={() => setDataset(null)}>
                    all
                  </Button>
                  {datasets.map((name) => (
                    <Button key={name} tone={dataset === name ? "primary" : "quiet"} onClick={() => setDataset(name)}>
                      {name}
                    </Button>
                  ))}
                </div>
              )}
              <Table
                label="Experiments"
                rows={groups}
                columns={columns}
                rowKey={(row) => row.group_id}
                href={(row) => `/runs?q=group:${row.group_id}`}
                sort={sort}
                onSort={(next) => setSort(next === "" ? null : next)}
                hidden={hidden}
                selected={selected}
                onSelect={(next) => setSearch({ sel: [...next].join(",") })}
                maxHeight="56vh"
              />
              <Envelope groups={groups} marked={selected} />
              {histories.length === 0 ? null : (
                <div class="experiment-history">
                  {histories.map((series) => (
                    <Panel key={series.name} title={series.name} actions={<Badge>{series.groups.length} groups</Badge>}>
                      <Figure figure={historyFigure(series.name, series.groups)} />
                    </Panel>
                  ))}
                </div>
              )}
            </>
          )
        }
      </Answer>
    </Page>
  )
}
