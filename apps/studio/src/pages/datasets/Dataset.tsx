/** One registered version of a dataset: what is in it, sample by sample, how it can be dealt out, what fits it, whether it is still itself. */
import { useState } from "preact/hooks"
import { useJob, useQuery } from "../../api.ts"
import { bytes, number } from "../../format.ts"
import type { PageProps } from "../../pages.ts"
import { link, useSearch } from "../../router.ts"
import {
  Answer,
  Badge,
  Button,
  type CellValue,
  type Column,
  Empty,
  Field,
  Figure,
  Hash,
  Icon,
  KeyValue,
  Page,
  Panel,
  Stat,
  Status,
  Table,
  Tabs,
  Time
} from "../../ui/index.ts"
import { JobView } from "../../ui/JobView.tsx"
import { Scroll } from "../../ui/Scroll.tsx"
import { Plugins } from "../wizard/Compatibility.tsx"
import { SampleTable } from "../wizard/SampleTable.tsx"
import { LabelTable } from "../wizard/Source.tsx"
import { type SplitData, SplitView } from "../wizard/Split.tsx"
import { exact, type Sample } from "../wizard/samples.ts"
import { shareSum } from "../wizard/sourceRequest.ts"
import { type TemplateRow, useStill } from "../wizard/useWizard.ts"
import { balanceOf } from "./balance.ts"
import "../wizard/style.css"

interface DatasetData {
  readonly name: string
  readonly version: number
  readonly dataset_version_id: string
  readonly dataset_asset_id: string
  readonly content_hash: string
  readonly schema_fingerprint: string
  readonly scan_sha256: string
  readonly modality: string
  readonly output_type: string
  readonly sample_count: number
  readonly adapter: { readonly id: string; readonly version: string }
  readonly adapter_options: Readonly<Record<string, unknown>>
  readonly shape?: {
    readonly kind: string
    readonly features?: ReadonlyArray<{ readonly name: string; readonly min?: number; readonly max?: number }>
  }
  readonly classes?: ReadonlyArray<{ readonly class_id: number; readonly label: string; readonly samples: number }>
  readonly parts?: Readonly<Record<string, number>>
  readonly groups?: number
  readonly values?: ReadonlyArray<unknown>
  readonly label_map: unknown
  readonly leakage: Readonly<Record<string, unknown>> | null
  readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: number; readonly sha256: string }>
}

export default function DatasetPage({ params }: PageProps) {
  const dataset = params.ref ?? ""
  const shown = useQuery<DatasetData>("dataset.show", { dataset })
  const [tab, setTab] = useSearch("tab", "overview")
  return (
    <Page
      title={dataset}
      crumbs={[{ label: "Datasets", href: "/datasets" }]}
      command={shown.command}
      files={{ name: dataset.replace("@", "-"), json: shown.data }}
      actions={
        <a class="button primary" href={`/new?dataset=${encodeURIComponent(dataset)}`}>
          New run with it
        </a>
      }
    >
      <div class="dataset-page">
        <Answer query={shown} what="Asking for the dataset">
          {(data) => (
            <div class="stack">
              <div class="stats">
                <Stat label="Samples" value={data.sample_count} />
                <Stat label="Modality" value={data.modality} />
                <Stat
                  label="Target"
                  value={data.output_type}
                  {...(data.classes === undefined || data.classes.length === 0 ? {} : { hint: `${data.classes.length} classes` })}
                />
                <Stat label="Files" value={data.files.length} hint={bytes(data.files.reduce((sum, file) => sum + file.bytes, 0))} />
                <Stat label="Adapter" value={data.adapter.id.split("#").at(-1) ?? ""} hint={data.adapter.version} />
              </div>
              <Tabs
                label={`Views of ${dataset}`}
                tabs={[
                  { id: "overview", title: "Overview" },
                  { id: "samples", title: "Samples" },
                  { id: "split", title: "Split and leakage" },
                  { id: "fits", title: "Compatibility" },
                  { id: "check", title: "Integrity" },
                  { id: "runs", title: "Used by" }
                ]}
                value={tab}
                onChange={setTab}
              >
                {tab === "samples" ? <Samples data={data} /> : null}
                {tab === "split" ? <SplitTab data={data} /> : null}
                {tab === "fits" ? <Fits dataset={dataset} /> : null}
                {tab === "check" ? <Integrity data={data} /> : null}
                {tab === "runs" ? <UsedBy dataset={dataset} /> : null}
                {["samples", "split", "fits", "check", "runs"].includes(tab) ? null : <Overview data={data} />}
              </Tabs>
            </div>
          )}
        </Answer>
      </div>
    </Page>
  )
}

const Overview = ({ data }: { readonly data: DatasetData }) => {
  const classes = data.classes ?? []
  const balance = balanceOf(classes.map(({ samples }) => samples))
  const features = data.shape?.features ?? []
  const parts = Object.entries(data.parts ?? {})
  return (
    <div class="stack">
      <div class="columns">
        <Panel title="Classes">
          {classes.length === 0 ? (
            <p class="muted">The targets are not classes.</p>
          ) : (
            <>
              {balance === null ? null : (
                <p>
                  <Badge tone={balance.ratio > 3 ? "warn" : "good"}>
                    <Icon name={balance.ratio > 3 ? "warning" : "check"} />{" "}
                    {balance.ratio === 1 ? "even" : balance.ratio > 3 ? "uneven" : "nearly even"}
                  </Badge>{" "}
                  The largest class has {number(balance.largest)} samples, the smallest {number(balance.smallest)}
                  {balance.empty > 0 ? `; ${balance.empty} have none` : ""}. Always answering the largest would be right in{" "}
                  {number(100 * balance.majority, 3)} %.
                </p>
              )}
              {classes.length > 60 ? null : (
                <Figure
                  figure={{
                    kind: "bars",
                    id: "class-balance",
                    title: "Samples of each class",
                    description: `Samples of each of the ${classes.length} classes of ${data.dataset_version_id}.`,
                    x: { label: "class" },
                    y: { label: "samples" },
                    categories: classes.map(({ label }) => label),
                    series: [{ name: "samples", values: classes.map(({ samples }) => samples) }]
                  }}
                />
              )}
              <LabelTable classes={classes} labelMap={data.label_map} />
            </>
          )}
        </Panel>
        <Panel title="Schema">
          {features.length === 0 ? (
            <KeyValue items={Object.entries(data.shape ?? {}).map(([name, value]) => [name, value] as const)} />
          ) : (
            <Scroll label="Features" tall>
              <table class="plain">
                <thead>
                  <tr>
                    <th scope="col">Feature</th>
                    <th scope="col" class="right">
                      Minimum
                    </th>
                    <th scope="col" class="right">
                      Maximum
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {features.map((feature) => (
                    <tr key={feature.name}>
                      <th scope="row">{feature.name}</th>
                      <td class="right">{exact(feature.min)}</td>
                      <td class="right">{exact(feature.max)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )}
          <KeyValue
            items={[
              parts.length === 0
                ? ["Declared parts", "none"]
                : ["Declared parts", parts.map(([part, count]) => `${part} ${count}`).join(", ")],
              ["Groups", data.groups === undefined || data.groups === 0 ? "none" : data.groups]
            ]}
          />
        </Panel>
      </div>
      <Panel title="Identity">
        <KeyValue
          items={[
            ["Asset id", <Hash value={data.dataset_asset_id} length={40} />],
            ["Content hash", <Hash value={data.content_hash} length={40} />],
            ["Schema hash", <Hash value={data.schema_fingerprint} length={40} />],
            ["Scan record", <Hash value={data.scan_sha256} length={40} />],
            ["Adapter", `${data.adapter.id} ${data.adapter.version}`]
          ]}
        />
        <details>
          <summary>Options of the adapter</summary>
          <KeyValue items={Object.entries(data.adapter_options).map(([name, value]) => [name, value] as const)} />
        </details>
      </Panel>
    </div>
  )
}

const pageSize = 50

const Samples = ({ data }: { readonly data: DatasetData }) => {
  const [fromText, setFrom] = useSearch("from", "0")
  const from = /^\d{1,9}$/.test(fromText) ? Math.min(Number(fromText), Math.max(0, data.sample_count - 1)) : 0
  const preview = useQuery<{ readonly samples: ReadonlyArray<Sample> }>(
    "dataset.preview",
    { dataset: data.dataset_version_id, count: pageSize, from },
    { keep: true }
  )
  const last = Math.min(data.sample_count, from + pageSize)
  const pager = (
    <div class="row">
      <Button icon="left" disabled={from === 0} onClick={() => setFrom(String(Math.max(0, from - pageSize)))}>
        Before
      </Button>
      <span>
        {from + 1} to {last} of {number(data.sample_count)}
      </span>
      <Button icon="right" disabled={last >= data.sample_count} onClick={() => setFrom(String(from + pageSize))}>
        Next
      </Button>
    </div>
  )
  return (
    <div class="stack">
      {pager}
      <Answer query={preview} what="Reading samples">
        {(page) => (
          <SampleTable
            samples={page.samples}
            dataset={data.dataset_version_id}
            features={data.shape?.features?.map(({ name }) => name) ?? []}
            caption={`Samples ${from + 1} to ${last} of ${data.dataset_version_id}`}
          />
        )}
      </Answer>
    </div>
  )
}

const methods = ["stratified", "hash", "grouped", "given"] as const

const SplitTab = ({ data }: { readonly data: DatasetData }) => {
  const declared = Object.keys(data.parts ?? {}).length > 0
  const [method, setMethod] = useSearch("method", declared ? "given" : (data.groups ?? 0) > 0 ? "grouped" : "stratified")
  const [shares, setShares] = useSearch("shares", "train=0.6,val=0.2,test=0.2")
  const [seed, setSeed] = useSearch("seed", "1")
  const fraction = shares.split(",").filter((part) => part !== "")
  const sum = shareSum(fraction.map((part) => part.split("=")[1] ?? ""))
  const given = method === "given"
  const valid = given || (sum === "1" && /^\d{1,20}$/.test(seed))
  const input = useStill(JSON.stringify(given ? { method } : { method, fraction, seed }), 300)
  const split = useQuery<SplitData>(
    "dataset.split",
    valid ? { dataset: data.dataset_version_id, ...(JSON.parse(input) as Readonly<Record<string, unknown>>) } : null,
    { keep: true }
  )
  return (
    <div class="stack">
      <p class="muted">Nothing is written: this is how a run with these lines in its file would deal the samples out.</p>
      <div class="wizard-fields">
        <Field label="Method">
          {(wiring) => (
            <select {...wiring} value={method} onChange={(event) => setMethod(event.currentTarget.value)}>
              {methods.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label="Shares"
          error={given || sum === "1" ? "" : sum === null ? "part=share, parted by commas" : `they sum to ${sum}, not to 1`}
        >
          {(wiring) => (
            <input
              {...wiring}
              type="text"
              class="mono"
              value={shares}
              disabled={given}
              onInput={(event) => setShares(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Seed" error={given || /^\d{1,20}$/.test(seed) ? "" : "a whole number from 0"}>
          {(wiring) => (
            <input
              {...wiring}
              type="text"
              class="mono"
              inputMode="numeric"
              value={seed}
              disabled={given}
              onInput={(event) => setSeed(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      <Answer query={split} what="Dealing out the samples">
        {(answer) => <SplitView data={answer} dataset={data.dataset_version_id} />}
      </Answer>
    </div>
  )
}

const Fits = ({ dataset }: { readonly dataset: string }) => {
  const templates = useQuery<ReadonlyArray<TemplateRow>>("template.ls", { dataset })
  return (
    <div class="stack">
      <Panel title="Templates">
        <Answer query={templates}>
          {(rows) => (
            <Scroll label="Templates">
              <table class="plain">
                <thead>
                  <tr>
                    <th scope="col">Template</th>
                    <th scope="col">Learner</th>
                    <th scope="col">Fits</th>
                    <th scope="col">Because</th>
                    <th scope="col">
                      <span class="visually-hidden">Begin</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => {
                    const usable = row.available && row.applies !== "no"
                    return (
                      <tr key={`${row.learner} ${row.template}`}>
                        <th scope="row" class="nowrap">
                          {row.template}
                        </th>
                        <td>{row.learner}</td>
                        <td>
                          <Badge tone={usable ? "good" : "bad"}>
                            <Icon name={usable ? "check" : "cross"} /> {usable ? "yes" : "no"}
                          </Badge>
                        </td>
                        <td class="muted">{row.reasons.join("; ")}</td>
                        <td class="nowrap">
                          {usable ? (
                            <a href={link("/new", {}, { template: row.template, learner: row.learner, dataset })}>
                              New run<span class="visually-hidden"> with {row.template}</span>
                            </a>
                          ) : null}
                        </td>
                      </tr>
                    )
                  })}
                </tbody>
              </table>
            </Scroll>
          )}
        </Answer>
      </Panel>
      <Plugins dataset={dataset} />
    </div>
  )
}

const Integrity = ({ data }: { readonly data: DatasetData }) => {
  const verify = useJob("dataset.verify")
  const [all, setAll] = useState(false)
  const shown = all ? data.files : data.files.slice(0, 200)
  return (
    <div class="stack">
      <Panel
        title="Content check"
        actions={
          <Button
            icon="check"
            tone="primary"
            busy={verify.job?.state === "running"}
            onClick={() => verify.start({ dataset: data.dataset_version_id })}
          >
            Hash every file again
          </Button>
        }
      >
        {verify.job === undefined && verify.error === undefined ? (
          <p class="muted">Every file is hashed again. The first one that changed is named, with the range of its bytes.</p>
        ) : (
          <JobView what="Hashing" job={verify.job} error={verify.error} cancel={verify.cancel} />
        )}
      </Panel>
      <Panel title="Files">
        <Scroll label="Files" tall>
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col" class="right">
                  Size
                </th>
                <th scope="col">SHA-256</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((file) => (
                <tr key={file.path}>
                  <th scope="row">{file.path}</th>
                  <td class="right">{bytes(file.bytes)}</td>
                  <td>
                    <Hash value={file.sha256} length={20} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
        {shown.length === data.files.length ? null : <Button onClick={() => setAll(true)}>Show all {number(data.files.length)}</Button>}
      </Panel>
    </div>
  )
}

interface RunTable {
  readonly total: number
  readonly matched: number
  readonly rows: ReadonlyArray<{ readonly run_id: string; readonly cells: ReadonlyArray<CellValue> }>
}
type RunRow = RunTable["rows"][number]

const runColumns = "name,seed,status,score,created"
const usedColumns: ReadonlyArray<Column<RunRow>> = [
  { key: "run_id", title: "Run", value: (row) => row.run_id, pinned: true, width: 170 },
  { key: "name", title: "Name", value: (row) => row.cells[0] },
  { key: "seed", title: "Seed", value: (row) => row.cells[1], show: (row) => String(row.cells[1] ?? ""), align: "right" },
  { key: "status", title: "State", value: (row) => row.cells[2], show: (row) => <Status status={String(row.cells[2] ?? "")} /> },
  { key: "score", title: "Score", value: (row) => row.cells[3], align: "right" },
  {
    key: "created",
    title: "Created",
    value: (row) => row.cells[4],
    show: (row) => <Time at={typeof row.cells[4] === "string" ? row.cells[4] : null} />
  }
]

const UsedBy = ({ dataset }: { readonly dataset: string }) => {
  const where = `dataset = "${dataset}"`
  const runs = useQuery<RunTable>("run.ls", { where, columns: runColumns, sort: "-created", limit: 100 })
  return (
    <Answer query={runs} what="Asking for runs">
      {(table) =>
        table.matched === 0 ? (
          <Empty title="No run has used it yet">
            <a class="button primary" href={`/new?dataset=${encodeURIComponent(dataset)}`}>
              New run with it
            </a>
          </Empty>
        ) : (
          <div class="stack">
            <p>
              {number(table.matched)} {table.matched === 1 ? "run has" : "runs have"} used it.{" "}
              <a href={link("/runs", {}, { q: where })}>See them in the table of runs</a>
            </p>
            <Table
              label={`Runs of ${dataset}`}
              rows={table.rows}
              columns={usedColumns}
              rowKey={(row) => row.run_id}
              href={(row) => link("/runs/:run", { run: row.run_id })}
            />
            {table.matched > table.rows.length ? <p class="muted">The newest {table.rows.length}.</p> : null}
          </div>
        )
      }
    </Answer>
  )
}
