/** Step 2: where the data come from: a registered dataset, a path of this machine, or a file of this browser's. Then how they are split. */
import { useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { useSearch } from "../../router.ts"
import { Answer, Badge, Button, Empty, Icon, Panel, Tabs } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { matching } from "../lists/matching.ts"
import { withDataset } from "./draft.ts"
import { NewSource } from "./NewSource.tsx"
import { literalOf, withValueAt } from "./readFields.ts"
import { SampleTable } from "./SampleTable.tsx"
import { Split } from "./Split.tsx"
import type { Sample } from "./samples.ts"
import { Upload } from "./Upload.tsx"
import type { Wizard } from "./useWizard.ts"

export interface DatasetRow {
  readonly dataset_version_id: string
  readonly name: string
  readonly modality: string
  readonly output_type: string
  readonly sample_count: number
  readonly adapter: { readonly id: string; readonly version: string }
  readonly content_hash: string
}

export const Source = ({ wizard }: { readonly wizard: Wizard }) => {
  const [tab, setTab] = useSearch("source", "registered")
  const [file, setFile] = useState<File | null>(null)
  const choose = (dataset: string) =>
    wizard.change({
      what: `the dataset ${dataset}`,
      draft: (before) => withDataset(before, dataset),
      text: (text) => withValueAt(text, "dataset", literalOf(dataset))
    })
  const registered = (dataset: string) => {
    choose(dataset)
    setTab(null)
  }
  const chosen = wizard.dataset
  return (
    <>
      <Panel title="Source">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields, this takes files */}
        <div
          class="wizard-drop-area"
          role="group"
          aria-label="Sources; files can be dropped here"
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault()
            const dropped = event.dataTransfer?.files[0]
            if (dropped === undefined) return
            setFile(dropped)
            setTab("file")
          }}
        >
          <Tabs
            label="Where the data come from"
            tabs={[
              { id: "registered", title: "Registered datasets" },
              { id: "path", title: "Path on this machine" },
              { id: "file", title: "File to import" }
            ]}
            value={tab}
            onChange={setTab}
          >
            {tab === "path" ? (
              <NewSource onRegistered={registered} />
            ) : tab === "file" ? (
              <Upload file={file} onFile={setFile} onRegistered={registered} />
            ) : (
              <Registered chosen={chosen} onChoose={choose} onNew={() => setTab("path")} />
            )}
          </Tabs>
        </div>
      </Panel>
      {chosen === "" || tab === "path" || tab === "file" ? null : (
        <>
          <Samples key={`samples ${chosen}`} dataset={chosen} />
          <Split key={`split ${chosen}`} wizard={wizard} />
          <Labels dataset={chosen} />
        </>
      )}
    </>
  )
}

const Registered = ({
  chosen,
  onChoose,
  onNew
}: {
  readonly chosen: string
  readonly onChoose: (dataset: string) => void
  readonly onNew: () => void
}) => {
  const datasets = useQuery<ReadonlyArray<DatasetRow>>("dataset.ls", {})
  const [filter, setFilter] = useState("")
  return (
    <Answer query={datasets} what="Asking for datasets">
      {(rows) => {
        if (rows.length === 0)
          return (
            <Empty title="No dataset is registered" icon="data">
              <p>Registering reads a file or folder completely once and records its hash; the data stay where they are.</p>
              <Button tone="primary" icon="plus" onClick={onNew}>
                Register one
              </Button>
            </Empty>
          )
        const found = matching(rows, (row) => `${row.dataset_version_id} ${row.modality} ${row.output_type}`, filter)
        return (
          <div class="stack" data-field="dataset">
            {rows.length < 8 ? null : (
              <input
                type="search"
                aria-label="Find a dataset"
                placeholder="Find a dataset"
                value={filter}
                onInput={(event) => setFilter(event.currentTarget.value)}
              />
            )}
            <fieldset class={found.length > 8 ? "wizard-cards wizard-many" : "wizard-cards"}>
              <legend class="visually-hidden">Registered datasets</legend>
              {[...found].reverse().map((row) => (
                <label key={row.dataset_version_id} class={row.dataset_version_id === chosen ? "wizard-card chosen" : "wizard-card"}>
                  <input
                    type="radio"
                    name="wizard-dataset"
                    checked={row.dataset_version_id === chosen}
                    onChange={() => onChoose(row.dataset_version_id)}
                  />
                  <span>
                    <strong>{row.dataset_version_id}</strong>
                    <span class="muted">
                      {" "}
                      {row.sample_count} samples, {row.modality} for {row.output_type}, read by {row.adapter.id.split("#").at(-1)}
                    </span>
                  </span>
                  <span class="row">
                    {row.dataset_version_id === chosen ? (
                      <Badge tone="good">
                        <Icon name="check" /> chosen
                      </Badge>
                    ) : null}
                    <a href={`/datasets/${encodeURIComponent(row.dataset_version_id)}`}>
                      look<span class="visually-hidden"> at {row.dataset_version_id}</span>
                    </a>
                  </span>
                </label>
              ))}
            </fieldset>
            {found.length === 0 ? <p class="muted">No dataset's name, kind or answer holds "{filter}".</p> : null}
          </div>
        )
      }}
    </Answer>
  )
}

interface Shown {
  readonly shape?: { readonly features?: ReadonlyArray<{ readonly name: string }> }
  readonly sample_count: number
}

const Samples = ({ dataset }: { readonly dataset: string }) => {
  const [open, setOpen] = useState(false)
  const preview = useQuery<{ readonly samples: ReadonlyArray<Sample> }>("dataset.preview", open ? { dataset, count: 100 } : null)
  const shown = useQuery<Shown>("dataset.show", { dataset })
  return (
    <details class="panel" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="panel-head">
        <h2>Samples of {dataset}</h2>
        <span class="muted">
          {shown.data === undefined ? "" : `the first ${Math.min(100, shown.data.sample_count)} of ${shown.data.sample_count}`}
        </span>
      </summary>
      <div class="panel-body">
        <Answer query={preview} what="Reading samples">
          {(data) => (
            <SampleTable
              samples={data.samples}
              dataset={dataset}
              features={shown.data?.shape?.features?.map(({ name }) => name) ?? []}
              caption={`The first ${data.samples.length} samples of ${dataset}`}
            />
          )}
        </Answer>
      </div>
    </details>
  )
}

interface ClassRow {
  readonly class_id: number
  readonly label: string
  readonly samples: number
}

const Labels = ({ dataset }: { readonly dataset: string }) => {
  const shown = useQuery<{ readonly classes?: ReadonlyArray<ClassRow>; readonly label_map?: unknown }>("dataset.show", { dataset })
  return (
    <details class="panel">
      <summary class="panel-head">
        <h2>Labels</h2>
        <span class="muted">{shown.data?.classes === undefined ? "" : `${shown.data.classes.length} classes`}</span>
      </summary>
      <div class="panel-body">
        <Answer query={shown}>{(data) => <LabelTable classes={data.classes ?? []} labelMap={data.label_map} />}</Answer>
      </div>
    </details>
  )
}

/** Classes in the order of their ids, with the label that the source has where a mapping was registered. */
export const LabelTable = ({ classes, labelMap }: { readonly classes: ReadonlyArray<ClassRow>; readonly labelMap: unknown }) => {
  const map = mapOf(labelMap)
  if (classes.length === 0) return <p class="muted">The answers are no classes, so there are no labels.</p>
  return (
    <>
      <Scroll label="Classes">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col" class="right">
                Id
              </th>
              <th scope="col">Label here</th>
              <th scope="col">In the source</th>
              <th scope="col" class="right">
                Samples
              </th>
            </tr>
          </thead>
          <tbody>
            {classes.map((each) => (
              <tr key={each.class_id}>
                <td class="right">{each.class_id}</td>
                <th scope="row">{each.label}</th>
                <td>
                  {map === null
                    ? "the same"
                    : map
                        .filter(([, to]) => to === each.label)
                        .map(([from]) => from)
                        .join(", ")}
                </td>
                <td class="right">{each.samples}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="muted">
        A mapping of labels is part of a registration and of its fingerprint. To use other names, register the source again.
      </p>
    </>
  )
}

const mapOf = (labelMap: unknown): ReadonlyArray<readonly [string, string]> | null => {
  if (typeof labelMap !== "object" || labelMap === null || !("map" in labelMap)) return null
  const { map } = labelMap
  return typeof map === "object" && map !== null ? Object.entries(map).map(([from, to]) => [from, String(to)] as const) : null
}
