/** A registered brain as it is printed: the data for scripts, and the text for people. */
import type { BrainDevelopment, BrainRecord, Genome, ViewedArea } from "@feagi-trainer/core"
import { genomeView, grownIds } from "@feagi-trainer/core"
import { Json, type JsonValue } from "@feagi-trainer/determinism"
import { textTable } from "../../textTable.ts"

export const brainData = (record: BrainRecord, genome: Genome, development: BrainDevelopment | null) => {
  const view = genomeView(genome.document)
  return {
    ...record,
    version_of_genome: genome.version,
    genome_schema_version: genome.genome_schema_version,
    title: view.title,
    areas: view.areas,
    mappings: view.mappings,
    modulators: view.modulators,
    development
  }
}

/** What made a brain, in few words: a template is recorded with all its options. */
export const sourceText = (source: string): string => {
  const parsed = Json.parse(source)
  if (!parsed.ok || typeof parsed.value !== "object" || parsed.value === null || Array.isArray(parsed.value)) return source
  const { template, version, dataset } = parsed.value as { readonly [key: string]: JsonValue }
  return typeof template === "string" ? `template ${template} ${String(version)} for ${String(dataset)}` : source
}

/** Properties of a mapping's rule that say how it learns, in the order in which they are told. */
const plasticity = [
  ["plasticity_mode", "mode"],
  ["plasticity_eta", "eta"],
  ["plasticity_constant", "constant"],
  ["plasticity_window", "window"],
  ["ltp_multiplier", "ltp"],
  ["ltd_multiplier", "ltd"],
  ["max_weight", "max"]
] as const

/** The members of a rule that a genome of version 2 writes as a list, in its order. */
const listedRule = [
  "morphology_id",
  "morphology_scalar",
  "postSynapticCurrent_multiplier",
  "plasticity_flag",
  "plasticity_constant",
  "ltp_multiplier",
  "ltd_multiplier"
] as const

/** A rule in few words: its morphology, its synapses' weight, and how they learn. */
export const ruleText = (rule: JsonValue): string => {
  if (Array.isArray(rule))
    return ruleText(Object.fromEntries(listedRule.flatMap((key, at) => (rule[at] === undefined ? [] : [[key, rule[at]]]))))
  if (typeof rule !== "object" || rule === null) return JSON.stringify(rule)
  const fields = rule as { readonly [key: string]: JsonValue }
  const said = (key: string, label: string) => (fields[key] === undefined ? [] : [`${label} ${String(fields[key])}`])
  const { modulators } = fields
  const words = [
    String(fields.morphology_id ?? "?"),
    ...said("postSynapticCurrent_multiplier", "×"),
    ...(fields.plasticity_flag === true ? ["plastic:", ...plasticity.flatMap(([key, label]) => said(key, label))] : ["fixed"])
  ]
  return Array.isArray(modulators) && modulators.length > 0 ? `${words.join(" ")}, under ${modulators.join(", ")}` : words.join(" ")
}

const sizeText = (size: ReadonlyArray<number | null>): string => size.map((side) => side ?? "?").join(" × ")

/** Names of areas; two areas of one name are told by their ids. */
export const areaNames = (areas: ReadonlyArray<{ readonly id: string; readonly name: string | null }>): ((id: string) => string) => {
  const names = new Map(areas.map(({ id, name }) => [id, name ?? ""]))
  const often = Map.groupBy(names.values(), (name) => name)
  return (id) => {
    const name = names.get(id) ?? ""
    return name === "" ? id : (often.get(name)?.length ?? 0) > 1 ? `${name} (${id})` : name
  }
}

/** An area that the genome does not name: FEAGI gives every brain its core areas. */
const addedArea = ({ id, name, dimensions }: BrainDevelopment["areas"][number]): ViewedArea => ({
  id,
  name,
  group: "by FEAGI",
  size: dimensions
})

export const brainText = (record: BrainRecord, genome: Genome, development: BrainDevelopment | null): string => {
  const view = genomeView(genome.document)
  const grown = new Map((development?.areas ?? []).map((area) => [area.id, area]))
  const ids = grownIds(view.areas, development?.areas ?? [])
  const said = new Set(ids.values())
  const areas = [...view.areas, ...(development?.areas ?? []).filter(({ id }) => !said.has(id)).map(addedArea)]
  const nameOf = areaNames(areas)
  const synapses = (from: string, to: string) =>
    development?.mappings.find((mapping) => mapping.from === ids.get(from) && mapping.to === ids.get(to))?.synapses ?? null
  const { connectome, lineage } = record
  const backend = development?.backend.plugin
  return [
    `${record.name}@${record.version}${view.title === null ? "" : `  ${view.title}`}`,
    `  genome     ${record.genome_sha256}`,
    `  canonical  ${record.canonical_sha256 ?? genome.canonical_sha256}`,
    `  format     ${genome.version ?? "no version"}, schema ${genome.genome_schema_version ?? "not said"}`,
    `  source     ${sourceText(record.source)}`,
    ...(connectome === null
      ? ["  learnt     nothing: a run develops it from its own seed"]
      : [`  learnt     ${connectome.learned_hash}`, `  connectome ${connectome.sha256}`, `  seed       ${connectome.seed}`]),
    ...(lineage === null
      ? []
      : [
          `  lineage    ${lineage.parent ?? "a generated genome"} → ${lineage.run_id}, phase ${lineage.phase}, on ${lineage.dataset_version_id} (${lineage.dataset_content_hash.slice(0, 12)})`
        ]),
    ...(development === null
      ? ["  grown      not recorded: register it again to find out"]
      : [
          `  grown      ${development.neurons} neurons, ${development.synapses} synapses, by ${backend?.id} ${backend?.version}, FEAGI ${development.core_version}`,
          `             hash ${development.learned_hash}`,
          ...(connectome === null ? [`             seed ${development.seed}`] : [])
        ]),
    "",
    textTable(
      [
        { title: "AREA", cell: (area) => nameOf(area.id) },
        { title: "ID", cell: ({ id }) => id },
        { title: "GROUP", cell: ({ group }) => group ?? "–" },
        { title: "SIZE", cell: ({ size }) => sizeText(size) },
        { title: "NEURONS", cell: ({ id }) => grown.get(ids.get(id) ?? id)?.neurons ?? null }
      ],
      areas,
      "the genome has no area"
    ),
    textTable(
      [
        { title: "FROM", cell: ({ from }) => nameOf(from) },
        { title: "TO", cell: ({ to }) => nameOf(to) },
        { title: "SYNAPSES", cell: ({ from, to }) => synapses(from, to) },
        { title: "RULES", cell: ({ rules }) => rules.map(ruleText).join("; ") }
      ],
      view.mappings,
      "the genome has no mapping"
    ),
    textTable(
      [
        { title: "MODULATOR", cell: ({ name }) => name },
        { title: "PROPERTIES", cell: ({ properties }) => propertiesText(properties) }
      ],
      view.modulators,
      "the genome has no modulator"
    ).trimEnd()
  ].join("\n")
}

const propertiesText = (properties: JsonValue): string =>
  typeof properties === "object" && properties !== null && !Array.isArray(properties)
    ? Object.entries(properties)
        .map(([key, value]) => `${key} ${String(value)}`)
        .join(", ")
    : String(properties)
