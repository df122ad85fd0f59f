/** Datasets: every registered version, newest first, and the way to register another. */
import { useMemo } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { link } from "../../router.ts"
import { Answer, type Column, Empty, Hash, Page, tableCsv } from "../../ui/index.ts"
import { SearchTable } from "../lists/SearchTable.tsx"

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
  {
    key: "dataset",
    title: "Dataset",
    value: (row) => row.dataset_version_id,
    show: (row) => <span title={row.dataset_version_id}>{row.dataset_version_id}</span>,
    pinned: true,
    width: 220
  },
  // A long name is cut where its version stands.
  { key: "version", title: "Version", value: (row) => row.version, align: "right", width: 90 },
  { key: "modality", title: "Modality", value: (row) => row.modality },
  { key: "output", title: "Target", value: (row) => row.output_type },
  { key: "samples", title: "Samples", value: (row) => row.sample_count, align: "right" },
  { key: "adapter", title: "Adapter", value: (row) => `${row.adapter.id.split("#").at(-1)} ${row.adapter.version}` },
  { key: "content", title: "Content hash", value: (row) => row.content_hash, show: (row) => <Hash value={row.content_hash} /> },
  { key: "schema", title: "Schema hash", value: (row) => row.schema_fingerprint, show: (row) => <Hash value={row.schema_fingerprint} /> }
]

const textOf = (row: DatasetRow): string =>
  `${row.dataset_version_id} ${row.modality} ${row.output_type} ${row.adapter.id} ${row.content_hash}`

export default function DatasetsPage() {
  const datasets = useQuery<ReadonlyArray<DatasetRow>>("dataset.ls", {})
  const rows = useMemo(() => (datasets.data ?? []).toReversed(), [datasets.data])
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
            <SearchTable
              label="Datasets"
              rows={rows}
              columns={columns}
              rowKey={(row) => row.dataset_version_id}
              href={(row) => link("/datasets/:ref", { ref: row.dataset_version_id })}
              textOf={textOf}
              placeholder="Name, modality, adapter or hash"
              note="newest first"
            />
          )
        }
      </Answer>
    </Page>
  )
}
