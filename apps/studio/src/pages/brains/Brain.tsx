/** One brain: its areas and mappings, what grew of them, where it came from, and what it may be held against. */
import { useMemo, useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { bytes, inline } from "../../format.ts"
import type { PageProps } from "../../pages.ts"
import { link, navigate, useSearch } from "../../router.ts"
import { Answer, Badge, Button, type Column, Hash, KeyValue, Page, Panel, Stat, Table, Tabs, tableCsv } from "../../ui/index.ts"
import { Lineage } from "./Lineage.tsx"
import { type AreaRow, areaRows, type BrainData, type BrainRow, type MappingRow, mappingRows, refOf } from "./model/brain.ts"
import "./brains.css"

const areaColumns: ReadonlyArray<Column<AreaRow>> = [
  { key: "name", title: "Area", value: (row) => row.name, width: 170, pinned: true },
  { key: "kind", title: "Type", value: (row) => row.kind, width: 150 },
  { key: "size", title: "Dimensions", value: (row) => row.size, hint: "Voxels along x, y and z", width: 120 },
  { key: "voxels", title: "Voxels", value: (row) => row.voxels, align: "right", width: 90 },
  { key: "neurons", title: "Neurons", value: (row) => row.neurons, align: "right", width: 90 },
  { key: "id", title: "Id", value: (row) => row.id, show: (row) => <code>{row.id}</code>, width: 150 }
]

const mappingColumns: ReadonlyArray<Column<MappingRow>> = [
  { key: "from", title: "From", value: (row) => row.from, width: 150, pinned: true },
  { key: "to", title: "To", value: (row) => row.to, width: 150 },
  { key: "morphology", title: "Morphology", value: (row) => row.morphology, width: 150 },
  { key: "plasticity", title: "Plasticity", value: (row) => row.plasticity, width: 210 },
  { key: "modulators", title: "Modulated by", value: (row) => row.modulators, width: 150 },
  { key: "synapses", title: "Synapses", value: (row) => row.synapses, align: "right", width: 100 }
]

const Against = ({ brain }: { readonly brain: BrainData }) => {
  const others = useQuery<ReadonlyArray<BrainRow>>("brain.ls", {})
  const refs = [
    ...(brain.lineage === null ? [] : [`${brain.lineage.run_id}:initial`]),
    ...(others.data ?? []).map(refOf).filter((ref) => ref !== refOf(brain))
  ]
  const [chosen, setChosen] = useState("")
  const before = chosen === "" ? (refs[0] ?? "") : chosen
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault()
        if (before.trim() !== "") navigate(link("/brains/:a/diff/:b", { a: before.trim(), b: refOf(brain) }))
      }}
    >
      <label class="row">
        Compare with
        <input class="mono" type="text" list="brain-refs" value={before} onInput={(event) => setChosen(event.currentTarget.value)} />
      </label>
      <datalist id="brain-refs">
        {refs.map((ref) => (
          <option key={ref} value={ref} />
        ))}
      </datalist>
      <Button type="submit" icon="compare" disabled={before.trim() === ""}>
        Compare
      </Button>
    </form>
  )
}

const Body = ({ brain }: { readonly brain: BrainData }) => {
  const [tab, setTab] = useSearch("tab", "areas")
  const [sort, setSort] = useSearch("sort")
  const areas = useMemo(() => areaRows(brain), [brain])
  const mappings = useMemo(() => mappingRows(brain), [brain])
  const { development } = brain
  return (
    <>
      <div class="stats">
        <Stat label="Areas" value={areas.length} hint={`${brain.areas.length} in the genome`} />
        <Stat label="Neurons" value={development.neurons} />
        <Stat label="Synapses" value={development.synapses} />
        <Stat
          label="Plastic mappings"
          value={development.mappings.filter(({ plastic }) => plastic).length}
          hint={`of ${development.mappings.length}`}
        />
      </div>
      <Tabs
        label="Parts of the brain"
        value={tab}
        onChange={setTab}
        tabs={[
          { id: "areas", title: "Areas", badge: areas.length },
          { id: "mappings", title: "Mappings", badge: mappings.length },
          { id: "modulators", title: "Modulators", badge: brain.modulators.length },
          { id: "lineage", title: "Lineage" },
          { id: "identity", title: "Identity" }
        ]}
      >
        {tab === "mappings" ? (
          <>
            <Table label="Mappings" rows={mappings} columns={mappingColumns} rowKey={(row) => row.key} sort={sort} onSort={setSort} />
            {mappings.map((row) => (
              <details key={row.key}>
                <summary>
                  Rule from {row.from} to {row.to}
                </summary>
                <KeyValue items={Object.entries(row.rule).map(([name, value]) => [name, value])} />
              </details>
            ))}
          </>
        ) : tab === "modulators" ? (
          brain.modulators.length === 0 ? (
            <p class="muted">The genome has no modulator.</p>
          ) : (
            brain.modulators.map(({ name, properties }) => (
              <Panel key={name} title={name}>
                <KeyValue items={Object.entries(properties).map(([key, value]) => [key, value])} />
              </Panel>
            ))
          )
        ) : tab === "lineage" ? (
          <Panel title="Where it came from">
            <Lineage brain={brain} />
          </Panel>
        ) : tab === "identity" ? (
          <Panel title="Identity">
            <KeyValue
              items={[
                ["Genome, bytes as given", <Hash key="g" value={brain.genome_sha256} />],
                ["Genome, canonical", <Hash key="c" value={brain.canonical_sha256} />],
                ["What grew", <Hash key="d" value={brain.development_sha256} />],
                ["Connectome file", <Hash key="f" value={brain.connectome?.sha256} />],
                ["State when grown or learnt", <Hash key="l" value={brain.connectome?.learned_hash ?? development.learned_hash} />],
                ["Seed of the growth", <Hash key="s" value={development.seed} />],
                ["Genome format", `${brain.version_of_genome}, schema ${brain.genome_schema_version}, ${bytes(brain.bytes)}`],
                ["Grown by", `${development.backend.plugin.id} ${development.backend.plugin.version}, FEAGI ${development.core_version}`],
                ["Options of the growth", inline(development.backend.options)],
                ["Affect channels", inline(development.affect_channels)],
                ["Findings", development.findings.length === 0 ? "none" : inline(development.findings)]
              ]}
            />
          </Panel>
        ) : (
          <Table label="Areas" rows={areas} columns={areaColumns} rowKey={(row) => row.id} sort={sort} onSort={setSort} />
        )}
      </Tabs>
    </>
  )
}

export default function BrainPage({ params }: PageProps) {
  const ref = params.ref ?? ""
  const query = useQuery<BrainData>("brain.show", { brain: ref })
  const brain = query.data
  return (
    <Page
      title={ref}
      crumbs={[{ label: "Brains", href: "/brains" }]}
      beside={
        brain === undefined ? null : (
          <Badge tone={brain.lineage === null ? "neutral" : "info"}>{brain.lineage === null ? "genome" : "snapshot"}</Badge>
        )
      }
      command={query.command}
      files={{ name: `brain-${ref}`, ...(brain === undefined ? {} : { json: brain, csv: () => tableCsv(areaColumns, areaRows(brain)) }) }}
      actions={brain === undefined ? null : <Against brain={brain} />}
    >
      <Answer query={query} what="Brain">
        {(data) => <Body brain={data} />}
      </Answer>
    </Page>
  )
}
