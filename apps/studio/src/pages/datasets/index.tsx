/** Datasets: every registered version, newest first, and the way to register another. */
import { useMemo } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { link, useSearch } from "../../router.ts"
import { Answer, type Column, Empty, Hash, Page, Table, tableCsv } from "../../ui/index.ts"

export interface DatasetRow {
  readonly dataset_version_id: string
  readonly name: string
  readonly version: number
  readonly dataset_asset_id: string
  readonly content_hash: string
  readonly schema_fingerprint: string
  readonly modality: string
  readonly output_type: string
  readonly sample_count: number
  readonly adapter: { readonly id: string; readonly version: string }
  readonly bytes?: number
}

const columns: ReadonlyArray<Column<DatasetRow>> = [
  { key: "dataset", title: "Dataset", value: (row) => row.dataset_version_id, pinned: true, width: 220 },
  { key: "modality", title: "Kind", value: (row) => row.modality },
  { key: "output", title: "Answer", value: (row) => row.output_type },
  { key: "samples", title: "Samples", value: (row) => row.sample_count, align: "right" },
  { key: "adapter", title: "Read by", value: (row) => `${row.adapter.id.split("#").at(-1)} ${row.adapter.version}` },
  { key: "content", title: "Content", value: (row) => row.content_hash, show: (row) => <Hash value={row.content_hash} /> },
  { key: "schema", title: "Schema", value: (row) => row.schema_fingerprint, show: (row) => <Hash value={row.schema_fingerprint} /> }
]

export default function DatasetsPage() {
  const datasets = useQuery<ReadonlyArray<DatasetRow>>("dataset.ls", {})
  const [sort, setSort] = useSearch("sort")
  const [filter, setFilter] = useSearch("q")
  const rows = useMemo(() => {
    const wanted = filter.trim().toLowerCase()
    return [...(datasets.data ?? [])]
      .reverse()
      .filter((row) =>
        `${row.dataset_version_id} ${row.modality} ${row.output_type} ${row.adapter.id} ${row.content_hash}`.toLowerCase().includes(wanted)
      )
  }, [datasets.data, filter])
  return (
    <Page
      title="Datasets"
      command={datasets.command}
      files={{ name: "datasets", json: datasets.data, csv: () => tableCsv(columns, rows) }}
      actions={
        <a class="button primary" href="/new?step=2&source=path">
          Register a dataset
        </a>
      }
    >
      <Answer query={datasets} what="Asking for datasets">
        {(all) =>
          all.length === 0 ? (
            <Empty title="No dataset is registered" icon="data">
              <p>
                Registering reads a file or folder completely once and records what is in it and its hash. The data stay where they are.
              </p>
              <a class="button primary" href="/new?step=2&source=path">
                Register a dataset
              </a>
            </Empty>
          ) : (
            <div class="stack">
              <div class="row">
                <input
                  type="search"
                  aria-label="Find a dataset"
                  placeholder="Name, kind, adapter or hash"
                  value={filter}
                  onInput={(event) => setFilter(event.currentTarget.value)}
                />
                <span class="muted">
                  {rows.length} of {all.length}
                </span>
              </div>
              <Table
                label="Datasets"
                rows={rows}
                columns={columns}
                rowKey={(row) => row.dataset_version_id}
                href={(row) => link("/datasets/:ref", { ref: row.dataset_version_id })}
                sort={sort}
                onSort={(next) => setSort(next)}
                empty={`No dataset holds "${filter}".`}
              />
            </div>
          )
        }
      </Answer>
    </Page>
  )
}
