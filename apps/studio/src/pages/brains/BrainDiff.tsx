/** Two brains against each other: what the genomes say differently, and which synapses changed, with both weights. */
import { useMemo } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { inline, number } from "../../format.ts"
import type { PageProps } from "../../pages.ts"
import { link, navigate, useSearch } from "../../router.ts"
import { Answer, Badge, Button, type Column, Hash, Page, Panel, Stat, Table, tableCsv } from "../../ui/index.ts"
import {
  type BrainData,
  type BrainDiffData,
  type DiffSide,
  type GenomeDifference,
  placeText,
  type SynapseChange,
  type SynapseCounts,
  whereText
} from "./model/brain.ts"
import "./brains.css"

type Names = ReadonlyMap<string, string>

/** Names of areas by id, of whichever side is a registered brain. */
const useNames = (...refs: ReadonlyArray<string>): Names => {
  const ref = refs.find((each) => each.includes("@"))
  const query = useQuery<BrainData>("brain.show", ref === undefined ? null : { brain: ref })
  return useMemo(
    () => new Map([...(query.data?.development.areas ?? []), ...(query.data?.areas ?? [])].map(({ id, name }) => [id, name])),
    [query.data]
  )
}

const SideView = ({ title, side, other }: { readonly title: string; readonly side: DiffSide; readonly other: DiffSide }) => {
  const [run] = side.name.split(":")
  return (
    <Panel title={title}>
      <p>
        {side.name.includes("@") ? (
          <a href={link("/brains/:ref", { ref: side.name })}>{side.name}</a>
        ) : run?.startsWith("r-") ? (
          <a href={link("/runs/:run", { run })}>{side.name}</a>
        ) : (
          side.name
        )}
      </p>
      <dl class="key-value">
        <div>
          <dt>Genome</dt>
          <dd>
            <Hash value={side.genome_sha256} />{" "}
            {side.genome_sha256 === other.genome_sha256 ? <span class="muted">same</span> : <Badge tone="warn">differs</Badge>}
          </dd>
        </div>
        <div>
          <dt>State</dt>
          <dd>
            <Hash value={side.learned_hash} />{" "}
            {side.learned_hash === other.learned_hash ? <span class="muted">same</span> : <Badge tone="warn">differs</Badge>}
          </dd>
        </div>
      </dl>
    </Panel>
  )
}

const signed = (value: number): string => `${value > 0 ? "+" : value < 0 ? "−" : ""}${number(Math.abs(value))}`

const topColumns = (names: Names): ReadonlyArray<Column<SynapseChange>> => [
  { key: "source", title: "From", value: (row) => placeText(row.source, names), width: 130, pinned: true },
  { key: "target", title: "To", value: (row) => placeText(row.target, names), width: 120 },
  {
    key: "difference",
    title: "Effect",
    hint: "Of the potential that a spike delivers",
    value: (row) => row.difference,
    show: (row) => signed(row.difference),
    align: "right",
    width: 100
  },
  { key: "before", title: "Weight before", value: (row) => row.before?.weight ?? null, align: "right", width: 130 },
  { key: "after", title: "Weight after", value: (row) => row.after?.weight ?? null, align: "right", width: 130 },
  { key: "change", title: "Change", value: (row) => row.change, width: 100 }
]

interface MappingChange extends SynapseCounts {
  readonly from: string
  readonly to: string
}

const mappingColumns = (names: Names): ReadonlyArray<Column<MappingChange>> => [
  { key: "from", title: "From", value: (row) => names.get(row.from) ?? row.from, width: 150, pinned: true },
  { key: "to", title: "To", value: (row) => names.get(row.to) ?? row.to, width: 150 },
  ...(["before", "after", "same", "changed", "added", "removed"] as const).map(
    (key): Column<MappingChange> => ({
      key,
      title: `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
      value: (row) => row[key],
      align: "right",
      width: 95
    })
  )
]

const shown = (value: unknown) => (value === undefined ? null : inline(value))

const genomeColumns: ReadonlyArray<Column<GenomeDifference>> = [
  { key: "where", title: "Of", value: whereText, width: 190, pinned: true },
  { key: "property", title: "Property", value: (row) => row.property, show: (row) => <code>{row.property}</code>, width: 230 },
  { key: "change", title: "Change", value: (row) => (row.ignored === true ? `${row.change}, not read by FEAGI` : row.change), width: 180 },
  { key: "before", title: "Before", value: (row) => shown(row.before), width: 200 },
  { key: "after", title: "After", value: (row) => shown(row.after), width: 200 }
]

const GenomeDifferences = ({ data }: { readonly data: BrainDiffData }) =>
  data.genome.same ? (
    <p class="muted">The genomes are the same, property by property.</p>
  ) : (
    <Table
      label="Differences of the genomes"
      rows={data.genome.differences}
      columns={genomeColumns}
      rowKey={(row) => `${whereText(row)} ${row.property} ${row.change}`}
    />
  )

const Body = ({ data, names }: { readonly data: BrainDiffData; readonly names: Names }) => {
  const [sort, setSort] = useSearch("sort")
  const { synapses } = data
  const top = useMemo(() => topColumns(names), [names])
  const mappings = useMemo(() => mappingColumns(names), [names])
  return (
    <>
      <div class="columns">
        <SideView title="Before" side={data.before} other={data.after} />
        <SideView title="After" side={data.after} other={data.before} />
      </div>
      <Panel title="Genome">
        <GenomeDifferences data={data} />
      </Panel>
      {synapses === null ? (
        <Panel title="Synapses">
          <p class="muted">The synapses of these two cannot be told apart one by one.</p>
        </Panel>
      ) : (
        <>
          <div class="stats">
            <Stat label="Synapses" value={synapses.counts.after} hint={`${synapses.counts.before} before`} />
            <Stat label="Changed" value={synapses.counts.changed} />
            <Stat label="Added" value={synapses.counts.added} />
            <Stat label="Removed" value={synapses.counts.removed} />
            <Stat label="Sum of changes" value={number(synapses.totals.absolute)} hint="of the potential delivered, without sign" />
          </div>
          <Panel title="By mapping">
            <Table label="Synapses by mapping" rows={synapses.mappings} columns={mappings} rowKey={(row) => `${row.from} ${row.to}`} />
          </Panel>
          <Panel title={`The ${synapses.top.length} largest changes`}>
            <Table
              label="Largest changes of synapses"
              rows={synapses.top}
              columns={top}
              rowKey={(row) => `${inline(row.source)} ${inline(row.target)} ${row.change}`}
              sort={sort}
              onSort={setSort}
            />
          </Panel>
        </>
      )}
    </>
  )
}

export default function BrainDiffPage({ params }: PageProps) {
  const [before, after] = [params.a ?? "", params.b ?? ""]
  const [count, setCount] = useSearch("top", "20")
  const top = /^[1-9]\d{0,3}$/.test(count) ? Number(count) : 20
  const query = useQuery<BrainDiffData>("brain.diff", { before, after, top }, { keep: true })
  const names = useNames(after, before)
  return (
    <Page
      title="Two brains"
      crumbs={[{ label: "Brains", href: "/brains" }]}
      beside={
        <span class="muted brain-value">
          from {before} to {after}
        </span>
      }
      command={query.command}
      files={{
        name: "brain-diff",
        ...(query.data === undefined ? {} : { json: query.data, csv: () => tableCsv(topColumns(names), query.data?.synapses?.top ?? []) })
      }}
      actions={
        <>
          <label class="row">
            Changes shown
            <select value={String(top)} onChange={(event) => setCount(event.currentTarget.value)}>
              {["20", "100", "500"].map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
          <Button icon="compare" onClick={() => navigate(link("/brains/:a/diff/:b", { a: after, b: before }))}>
            Swap
          </Button>
        </>
      }
    >
      <Answer query={query} what="Growing and comparing both brains">
        {(data) => <Body data={data} names={names} />}
      </Answer>
    </Page>
  )
}
