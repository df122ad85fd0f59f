/** Brains: what is registered, where each came from, and two of them against each other. */
import { useState } from "preact/hooks"
import { useJob, useQuery } from "../../api.ts"
import { link, navigate, useSearch } from "../../router.ts"
import { Answer, Badge, Button, type Column, Dialog, Empty, Failed, Field, Hash, Page, tableCsv, toast } from "../../ui/index.ts"
import { SearchTable } from "../lists/SearchTable.tsx"
import { type BrainRow, refOf } from "./model/brain.ts"
import "./brains.css"

const columns: ReadonlyArray<Column<BrainRow>> = [
  { key: "brain", title: "Brain", value: refOf, width: 180, pinned: true },
  {
    key: "kind",
    title: "Kind",
    value: (row) => (row.lineage === null ? "genome" : "snapshot"),
    show: (row) => <Badge tone={row.lineage === null ? "neutral" : "info"}>{row.lineage === null ? "genome" : "snapshot"}</Badge>,
    width: 110
  },
  {
    key: "source",
    title: "Source",
    value: (row) => row.lineage?.run_id ?? row.source,
    show: (row) =>
      row.lineage === null ? (
        <span class="muted">{row.source}</span>
      ) : (
        <>
          <a href={link("/runs/:run", { run: row.lineage.run_id })}>{row.lineage.run_id}</a> <span class="muted">{row.lineage.phase}</span>
        </>
      ),
    width: 240
  },
  {
    key: "dataset",
    title: "Dataset",
    value: (row) => row.lineage?.dataset_version_id ?? null,
    width: 120
  },
  {
    key: "genome_sha256",
    title: "Genome",
    value: (row) => row.genome_sha256,
    show: (row) => <Hash value={row.genome_sha256} />,
    width: 140
  },
  {
    key: "learned_hash",
    title: "Learned state",
    value: (row) => row.connectome?.learned_hash ?? null,
    show: (row) => <Hash value={row.connectome?.learned_hash} />,
    width: 140
  }
]

const textOf = (row: BrainRow): string =>
  [refOf(row), row.source, row.lineage?.run_id, row.lineage?.dataset_version_id, row.genome_sha256, row.connectome?.learned_hash].join(" ")

const SnapshotDialog = ({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) => {
  const [run, setRun] = useState("latest")
  const [phase, setPhase] = useState("")
  const [name, setName] = useState("")
  const job = useJob("brain.snapshot", (done) => {
    if (done.state !== "done") return
    toast("The snapshot is registered", { tone: "good" })
    onClose()
  })
  const failure = job.job?.state === "failed" ? job.job : undefined
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Register what a run had learnt"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="primary"
            busy={job.job?.state === "running"}
            disabled={run.trim() === "" || name.trim() === ""}
            onClick={() => job.start({ run: run.trim(), name: name.trim(), ...(phase.trim() === "" ? {} : { phase: phase.trim() }) })}
          >
            Register
          </Button>
        </>
      }
    >
      <Field label="Run" hint="Its id, or latest">
        {(wiring) => <input {...wiring} class="mono" type="text" value={run} onInput={(event) => setRun(event.currentTarget.value)} />}
      </Field>
      <Field label="At the end of phase" hint="Left empty: the last phase that learns">
        {(wiring) => <input {...wiring} type="text" value={phase} onInput={(event) => setPhase(event.currentTarget.value)} />}
      </Field>
      <Field label="Name" hint="Lower-case letters, digits, . _ -; the version is counted">
        {(wiring) => <input {...wiring} type="text" value={name} onInput={(event) => setName(event.currentTarget.value)} />}
      </Field>
      {job.error === undefined ? null : <Failed error={job.error} />}
      {failure === undefined ? null : (
        <pre class="job-lines" role="alert">
          {failure.lines.join("\n")}
        </pre>
      )}
    </Dialog>
  )
}

export default function BrainsPage() {
  const query = useQuery<ReadonlyArray<BrainRow>>("brain.ls", {})
  const [marked, setMarked] = useSearch("marked")
  const [open, setOpen] = useState(false)
  const chosen = marked.split(",").filter((ref) => ref !== "")
  const [first, second] = chosen
  return (
    <Page
      title="Brains"
      command={query.command}
      files={{ name: "brains", ...(query.data === undefined ? {} : { json: query.data, csv: () => tableCsv(columns, query.data ?? []) }) }}
      actions={
        <>
          <Button
            icon="compare"
            disabled={first === undefined || second === undefined || chosen.length > 2}
            title="Mark two brains"
            onClick={() => navigate(link("/brains/:a/diff/:b", { a: first ?? "", b: second ?? "" }))}
          >
            Compare two
          </Button>
          <Button icon="plus" onClick={() => setOpen(true)}>
            Snapshot of a run
          </Button>
        </>
      }
    >
      <Answer query={query} what="Brains">
        {(rows) =>
          rows.length === 0 ? (
            <Empty title="No brain is registered yet" icon="brain">
              <p>
                Runs grow their brain from a template, so none has to be registered. To keep what a run learnt as an input of others,
                register a snapshot of it; a genome of your own comes in with <code>ftr brain add FILE --name NAME</code>.
              </p>
            </Empty>
          ) : (
            <SearchTable
              label="Registered brains"
              rows={rows}
              columns={columns}
              rowKey={refOf}
              href={(row) => link("/brains/:ref", { ref: refOf(row) })}
              textOf={textOf}
              placeholder="Name, run, dataset or hash"
              selected={new Set(chosen)}
              onSelect={(next) => setMarked([...next].join(","))}
            />
          )
        }
      </Answer>
      <SnapshotDialog open={open} onClose={() => setOpen(false)} />
    </Page>
  )
}
