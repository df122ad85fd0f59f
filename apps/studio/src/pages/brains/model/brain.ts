/**
 * A registered brain as the pages read it: what a genome says beside what grew of it. Sharp edge: areas that the engine adds by itself stand in
 * what grew and not in the genome, and the other way round for a genome whose development refused one.
 */
export interface BrainRow {
  readonly name: string
  readonly version: number
  readonly source: string
  readonly genome_sha256: string
  readonly canonical_sha256: string
  readonly development_sha256: string
  readonly connectome: { readonly learned_hash: string; readonly sha256: string; readonly seed: string } | null
  readonly lineage: Lineage | null
}

export interface Lineage {
  readonly run_id: string
  readonly phase: string
  readonly spec_sha256: string
  readonly dataset_version_id: string
  readonly dataset_content_hash: string
  readonly parent: string | null
}

export interface GenomeArea {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly size: ReadonlyArray<number>
}

export interface Mapping {
  readonly from: string
  readonly to: string
  readonly rules: ReadonlyArray<Readonly<Record<string, unknown>>>
}

export interface BrainData extends BrainRow {
  readonly title: string
  readonly version_of_genome: string
  readonly genome_schema_version: number
  readonly bytes: number
  readonly areas: ReadonlyArray<GenomeArea>
  readonly mappings: ReadonlyArray<Mapping>
  readonly modulators: ReadonlyArray<{ readonly name: string; readonly properties: Readonly<Record<string, unknown>> }>
  readonly development: {
    readonly areas: ReadonlyArray<{
      readonly id: string
      readonly name: string
      readonly dimensions: ReadonlyArray<number>
      readonly neurons: number
    }>
    readonly mappings: ReadonlyArray<{ readonly from: string; readonly to: string; readonly plastic: boolean; readonly synapses: number }>
    readonly affect_channels: ReadonlyArray<string>
    readonly backend: {
      readonly plugin: { readonly id: string; readonly version: string }
      readonly options: Readonly<Record<string, unknown>>
    }
    readonly core_version: string
    readonly findings: ReadonlyArray<unknown>
    readonly learned_hash: string
    readonly neurons: number
    readonly synapses: number
    readonly seed: string
  }
}

/** `name@version`. */
export const refOf = ({ name, version }: Pick<BrainRow, "name" | "version">): string => `${name}@${version}`

export interface AreaRow {
  readonly id: string
  readonly name: string
  readonly kind: string
  /** Of the genome, `16 × 1 × 5`. */
  readonly size: string
  readonly voxels: number | null
  readonly neurons: number | null
  /** Whether the genome names it; the engine adds areas of its own. */
  readonly named: boolean
}

export const sizeText = (size: ReadonlyArray<number>): string => size.join(" × ")

const voxels = (size: ReadonlyArray<number>): number | null =>
  size.length === 0 ? null : size.reduce((product, side) => product * side, 1)

const kinds: Readonly<Record<string, string>> = {
  IPU: "input",
  OPU: "output",
  CORE: "core",
  MODULATOR: "modulator",
  CUSTOM: "inner",
  MEMORY: "memory"
}

/** Areas of the genome in its order, then those that only grew. */
export const areaRows = ({ areas, development }: Pick<BrainData, "areas" | "development">): ReadonlyArray<AreaRow> => {
  const grown = new Map(development.areas.map((area) => [area.id, area]))
  const named = new Set(areas.map(({ id }) => id))
  return [
    ...areas.map(
      ({ id, name, group, size }): AreaRow => ({
        id,
        name,
        kind: kinds[group] ?? group.toLowerCase(),
        size: sizeText(size),
        voxels: voxels(size),
        neurons: grown.get(id)?.neurons ?? null,
        named: true
      })
    ),
    ...development.areas
      .filter(({ id }) => !named.has(id))
      .map(
        ({ id, name, dimensions, neurons }): AreaRow => ({
          id,
          name,
          kind: "added by the engine",
          size: sizeText(dimensions),
          voxels: voxels(dimensions),
          neurons,
          named: false
        })
      )
  ]
}

export interface MappingRow {
  readonly key: string
  readonly from: string
  readonly to: string
  readonly morphology: string
  readonly plasticity: string
  readonly modulators: string
  /** Of all rules of the pair; null where none grew. */
  readonly synapses: number | null
  readonly rule: Readonly<Record<string, unknown>>
}

const plasticityOf = (rule: Readonly<Record<string, unknown>>): string => {
  if (rule.plasticity_flag !== true) return "fixed"
  const eta = rule.plasticity_eta
  return `${String(rule.plasticity_mode ?? "plastic")}, window ${String(rule.plasticity_window ?? "–")}${eta === undefined ? "" : `, rate ${String(eta)}`}`
}

/** One row for each rule of each pair of areas. */
export const mappingRows = ({
  areas,
  mappings,
  development
}: Pick<BrainData, "areas" | "mappings" | "development">): ReadonlyArray<MappingRow> => {
  const names = new Map([...development.areas, ...areas].map(({ id, name }) => [id, name]))
  return mappings.flatMap(({ from, to, rules }) =>
    rules.map(
      (rule, at): MappingRow => ({
        key: `${from} ${to} ${at}`,
        from: names.get(from) ?? from,
        to: names.get(to) ?? to,
        morphology: String(rule.morphology_id ?? "–"),
        plasticity: plasticityOf(rule),
        modulators: Array.isArray(rule.modulators) ? rule.modulators.map(String).join(", ") : "",
        synapses: development.mappings.find((each) => each.from === from && each.to === to)?.synapses ?? null,
        rule
      })
    )
  )
}

export interface Neighbour {
  readonly area: string
  readonly x: number
  readonly y: number
  readonly z: number
}
export interface SynapseSide {
  readonly weight: number
  readonly potential: number
  readonly inhibitory: boolean
}
export interface SynapseChange {
  readonly source: Neighbour
  readonly target: Neighbour
  readonly change: "changed" | "added" | "removed"
  readonly before: SynapseSide | null
  readonly after: SynapseSide | null
  readonly difference: number
}
export interface SynapseCounts {
  readonly before: number
  readonly after: number
  readonly same: number
  readonly changed: number
  readonly added: number
  readonly removed: number
}
export interface DiffSide {
  readonly name: string
  readonly genome_sha256: string
  readonly canonical_sha256: string
  readonly connectome_sha256: string | null
  readonly learned_hash: string
}
export interface GenomeDifference {
  readonly area: string | null
  readonly area_name: string | null
  readonly to: string | null
  readonly to_name: string | null
  readonly property: string
  readonly change: "added" | "removed" | "changed"
  readonly before?: unknown
  readonly after?: unknown
  /** FEAGI does not read it. */
  readonly ignored?: boolean
}
/** `features to classes`, `features`, or the genome as a whole. */
export const whereText = ({ area, area_name, to, to_name }: GenomeDifference): string =>
  area === null ? "the genome" : `${area_name ?? area}${to === null ? "" : ` to ${to_name ?? to}`}`

export interface BrainDiffData {
  readonly before: DiffSide
  readonly after: DiffSide
  readonly genome: { readonly same: boolean; readonly differences: ReadonlyArray<GenomeDifference> }
  readonly synapses: {
    readonly counts: SynapseCounts
    readonly totals: Readonly<Record<string, number>>
    readonly mappings: ReadonlyArray<SynapseCounts & { readonly from: string; readonly to: string }>
    readonly top: ReadonlyArray<SynapseChange>
  } | null
}

/** A voxel of an area in words; areas are known by id only where nobody gave them a name. */
export const placeText = ({ area, x, y, z }: Neighbour, names: ReadonlyMap<string, string>): string =>
  `${names.get(area) ?? area} ${x},${y},${z}`
