/**
 * One scorecard: its values with intervals, what it pins, who verified it, and another to hold it against. Sharp edge: two scorecards of
 * different benchmarks are shown with what is not the same, and without a difference.
 */
import { useMemo, useState } from "preact/hooks"
import { type Job, useAction, useJob, useQuery } from "../../api.ts"
import { save } from "../../files.ts"
import { number } from "../../format.ts"
import type { PageProps } from "../../pages.ts"
import { link, setSearch, useSearch } from "../../router.ts"
import {
  Answer,
  Badge,
  Button,
  type Column,
  CopyButton,
  Dialog,
  Failed,
  Field,
  Hash,
  KeyValue,
  Menu,
  Page,
  Panel,
  Table,
  tableCsv,
  toast
} from "../../ui/index.ts"
import { treeOf } from "../compare/model/tree.ts"
import { Tree } from "../compare/Tree.tsx"
import { Marks } from "./index.tsx"
import { type Card, type CardRow, unlike, type ValueRow, valueRows } from "./model/cards.ts"
import "./scorecards.css"

const columnsOf = (baseline: Card | undefined, comparable: boolean, reasons: boolean): ReadonlyArray<Column<ValueRow>> => [
  { key: "metric", title: "Metric", value: (row) => row.name, width: 220, pinned: true },
  { key: "value", title: "Value", value: (row) => row.value, align: "right", width: 110 },
  {
    key: "interval",
    title: "95 % interval",
    hint: "By resampling the samples",
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
    width: 180
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
          title: "Why there is none",
          value: (row: ValueRow) => row.because,
          show: (row: ValueRow) => <span class="muted">{row.because ?? ""}</span>,
          width: 300
        }
      ]
    : [])
]

const JobView = ({ job, done }: { readonly job: Job | undefined; readonly done: string }) =>
  job === undefined ? null : (
    <div class="card-job" aria-live="polite">
      <p class="row">
        <Badge tone={job.state === "done" ? "good" : job.state === "running" ? "info" : "bad"}>{job.state}</Badge>
        {job.state === "done" ? <strong>{done}</strong> : null}
        <code class="muted">ftr {job.command.join(" ")}</code>
      </p>
      {job.lines.length === 0 ? null : <pre class="job-lines">{job.lines.join("\n")}</pre>}
      {job.state === "done" && job.result !== null ? (
        <KeyValue
          items={Object.entries(job.result.data as Readonly<Record<string, unknown>>).map(([name, value]) => [
            name.replaceAll("_", " "),
            value
          ])}
        />
      ) : null}
    </div>
  )

const Verify = ({ id }: { readonly id: string }) => {
  const job = useJob("scorecard.verify", (ended) => {
    toast(ended.state === "done" ? "The scorecard says what its predictions give" : "The scorecard was not verified", {
      tone: ended.state === "done" ? "good" : "bad"
    })
  })
  const busy = job.job?.state === "running"
  return (
    <Panel title="Verify">
      <p>
        Computed again from its predictions, a scorecard has to say the same. Executed again from its pins in another store than the one
        that made it, it becomes a verified one.
      </p>
      <div class="row">
        <Button tone="primary" icon="check" busy={busy} onClick={() => job.start({ scorecard: id })}>
          Compute again
        </Button>
        <Button icon="play" busy={busy} onClick={() => job.start({ scorecard: id, replay: true })}>
          Execute the run again
        </Button>
        {busy ? <Button onClick={job.cancel}>Cancel</Button> : null}
      </div>
      {job.error === undefined ? null : <Failed error={job.error} />}
      <JobView job={job.job} done="verified" />
    </Panel>
  )
}

const Supersede = ({ id, open, onClose }: { readonly id: string; readonly open: boolean; readonly onClose: () => void }) => {
  const [by, setBy] = useState("")
  const [reason, setReason] = useState("")
  const cards = useQuery<ReadonlyArray<CardRow>>("scorecard.ls", open ? {} : null)
  const action = useAction("scorecard.supersede")
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Read another scorecard instead"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="danger"
            busy={action.busy}
            disabled={by.trim() === "" || reason.trim() === ""}
            onClick={async () => {
              const answer = await action.act({ scorecard: id, by: by.trim(), reason: reason.trim() })
              if (answer === undefined) return
              toast("Said; both scorecards stay as they are", { tone: "good" })
              onClose()
            }}
          >
            Supersede
          </Button>
        </>
      }
    >
      <p>
        Whoever opens <code>{id}</code> is told to read the other one. Nothing is deleted or changed, and the reason is kept.
      </p>
      <Field label="To be read instead">
        {(wiring) => (
          <>
            <input {...wiring} class="mono" type="text" list="cards" value={by} onInput={(event) => setBy(event.currentTarget.value)} />
            <datalist id="cards">
              {(cards.data ?? [])
                .filter((card) => card.scorecard_id !== id)
                .map((card) => (
                  <option key={card.scorecard_id} value={card.scorecard_id}>
                    {card.run_id} {card.phase}
                  </option>
                ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label="Why" hint="In a sentence; it is kept with the link.">
        {(wiring) => (
          <textarea {...wiring} rows={2} maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        )}
      </Field>
      {action.error === undefined ? null : <Failed error={action.error} />}
    </Dialog>
  )
}

const CardLink = ({ id }: { readonly id: string }) => <a href={link("/scorecards/:id", { id })}>{id}</a>

const Standing = ({ card }: { readonly card: Card }) => {
  const { verifies, verified_by, superseded_by, supersedes } = card.links
  const none = verifies === null && verified_by.length === 0 && superseded_by.length === 0 && supersedes.length === 0
  return (
    <Panel title="Standing">
      {superseded_by.map(({ scorecard_id, reason }) => (
        <p key={scorecard_id} class="tone-bad" role="note">
          Read <CardLink id={scorecard_id} /> instead: {reason}
        </p>
      ))}
      {supersedes.map((id) => (
        <p key={id}>
          To be read instead of <CardLink id={id} />
        </p>
      ))}
      {verifies === null ? null : (
        <p>
          Verifies <CardLink id={verifies} />: its run was executed again in another store and gave the same.
        </p>
      )}
      {verified_by.map((id) => (
        <p key={id}>
          Verified by <CardLink id={id} />
        </p>
      ))}
      {none ? <p class="muted">Reported by the store that made it; nobody has verified or superseded it.</p> : null}
      <p class="muted">
        A signature is a file beside the scorecard: made by <code>ftr scorecard sign</code>, checked by{" "}
        <code>ftr scorecard verify --signature</code>.
      </p>
    </Panel>
  )
}

const Pins = ({ card }: { readonly card: Card }) => {
  const own = card.x_feagi_trainer ?? {}
  const recorded = { backend_fingerprint: card.backend_fingerprint, ...own }
  return (
    <Panel title="What it pins">
      <KeyValue
        items={[
          [
            "Run",
            <a key="run" href={link("/runs/:run", { run: card.run_id })}>
              {card.run_id}
            </a>
          ],
          ["Body", <Hash key="body" value={card.body_sha256} />],
          ["Dataset", `${card.dataset_asset_id}, version ${card.dataset_version}`],
          ["Content of the dataset", <Hash key="content" value={card.dataset_content_hash} />],
          ["Split", card.split_id],
          ["Protocol", card.evaluation_protocol_version],
          ["Metric pack", `${card.metric_pack.id} ${card.metric_pack.version}`],
          ["Genome", <Hash key="genome" value={card.genome_version_id} />],
          ["What was learnt", <Hash key="learnt" value={card.connectome_hash} />],
          ["Run document", <Hash key="spec" value={typeof own.spec_sha256 === "string" ? own.spec_sha256 : null} />],
          ["Predictions", <Hash key="predictions" value={typeof own.predictions_sha256 === "string" ? own.predictions_sha256 : null} />]
        ]}
      />
      <details>
        <summary>Everything as recorded: encoding, reward, controls, engine</summary>
        <Tree node={treeOf([recorded])} labels={["a"]} empty="" />
      </details>
    </Panel>
  )
}

const Baseline = ({ id, chosen }: { readonly id: string; readonly chosen: string }) => {
  const cards = useQuery<ReadonlyArray<CardRow>>("scorecard.ls", {})
  return (
    <label class="row">
      Hold against
      <select value={chosen} onChange={(event) => setSearch({ baseline: event.currentTarget.value })}>
        <option value="">nothing</option>
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

const Values = ({ card, baseline }: { readonly card: Card; readonly baseline: Card | undefined }) => {
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
        <label class="row check">
          <input type="checkbox" checked={counts === "1"} onChange={(event) => setCounts(event.currentTarget.checked ? "1" : null)} />
          counts of classes
        </label>
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

export default function ScorecardPage({ params }: PageProps) {
  const id = params.id ?? ""
  const query = useQuery<Card>("scorecard.show", { scorecard: id, intervals: true })
  const [against] = useSearch("baseline")
  const baseline = useQuery<Card>("scorecard.show", against === "" ? null : { scorecard: against })
  const [superseding, setSuperseding] = useState(false)
  const card = query.data
  return (
    <Page
      title={card?.scorecard_id ?? id}
      crumbs={[{ label: "Scorecards", href: "/scorecards" }]}
      beside={
        card === undefined ? null : (
          <Marks card={{ status: card.status, marks: [], verified_by: card.links.verified_by, superseded_by: card.links.superseded_by }} />
        )
      }
      command={query.command}
      files={{
        name: `scorecard-${id}`,
        ...(card === undefined
          ? {}
          : { json: card, csv: () => tableCsv(columnsOf(baseline.data, true, true), valueRows(card, baseline.data, true)) })
      }}
      actions={
        card === undefined ? null : (
          <>
            <Baseline id={card.scorecard_id} chosen={against} />
            <Menu label="Export" icon="download">
              <Button
                tone="quiet"
                onClick={() => {
                  const { run_id: _run, phase: _phase, body_sha256: _body, links: _links, intervals: _intervals, ...document } = card
                  save(
                    `${card.scorecard_id}.json`,
                    `${JSON.stringify(document, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value), 2)}\n`,
                    "application/json"
                  )
                }}
              >
                The document alone
              </Button>
              <CopyButton
                text={`ftr scorecard export ${card.scorecard_id} --out FOLDER`}
                label="Copy the export command"
                what="Copied the command"
              />
            </Menu>
            <Button onClick={() => setSuperseding(true)}>Supersede</Button>
          </>
        )
      }
    >
      <Answer query={query} what="Scorecard">
        {(data) => (
          <div class="stack card-page">
            {baseline.error === undefined ? null : <Failed error={baseline.error} again={baseline.again} />}
            <Values card={data} baseline={baseline.data} />
            <div class="columns">
              <Standing card={data} />
              <Verify id={data.scorecard_id} />
            </div>
            <Pins card={data} />
            <Supersede id={data.scorecard_id} open={superseding} onClose={() => setSuperseding(false)} />
          </div>
        )}
      </Answer>
    </Page>
  )
}
