/**
 * A genome as people think of it: areas, mappings between them with their rules, modulators.
 *
 * FEAGI's flat blueprint writes one key per property, `_____10c-<area>-<cx|nx>-<property>`, where `<area>` is the base64 cortical id (a
 * genome of version 2 has six letters there). Sharp edge: what is not such a key is not shown here; the hash and the comparison of
 * genomes take every member.
 */
import type { JsonValue } from "@feagi-trainer/determinism"
import { type GenomeDocument, isDocument } from "./Genome.ts"

export interface ViewedArea {
  /** As the genome writes it. */
  readonly id: string
  readonly name: string | null
  readonly group: string | null
  /** Voxels along x, y and z; null where the genome does not say one. */
  readonly size: readonly [number | null, number | null, number | null]
}

export interface ViewedMapping {
  readonly from: string
  readonly to: string
  /** The rule as it stands in the genome. */
  readonly rules: ReadonlyArray<JsonValue>
}

export interface GenomeView {
  readonly title: string | null
  readonly areas: ReadonlyArray<ViewedArea>
  readonly mappings: ReadonlyArray<ViewedMapping>
  readonly modulators: ReadonlyArray<{ readonly name: string; readonly properties: JsonValue }>
}

const blueprintKey = /^_____10c-([A-Za-z0-9+/_]+=*)-(cx|nx)-(.+)$/

/** The area and the property that a key of the blueprint is about. */
export const blueprintPlace = (key: string): { readonly area: string; readonly property: string } | undefined => {
  const [, area, , property] = blueprintKey.exec(key) ?? []
  return area === undefined || property === undefined ? undefined : { area, property }
}

/** Property that holds the rules of an area's mappings, by destination. */
export const mappingsProperty = "dstmap-d"

const textOf = (value: JsonValue | undefined): string | null => (typeof value === "string" ? value : null)
const numberOf = (value: JsonValue | undefined): number | null => (typeof value === "number" ? value : null)

export const genomeView = (document: GenomeDocument): GenomeView => {
  const areas = new Map<string, Map<string, JsonValue>>()
  for (const [key, value] of Object.entries(isDocument(document.blueprint) ? document.blueprint : {})) {
    const place = blueprintPlace(key)
    if (place === undefined) continue
    const properties = areas.get(place.area) ?? new Map<string, JsonValue>()
    properties.set(place.property, value)
    areas.set(place.area, properties)
  }
  return {
    title: textOf(document.genome_title),
    areas: [...areas].map(([id, properties]) => ({
      id,
      name: textOf(properties.get("__name-t")),
      group: textOf(properties.get("_group-t")),
      size: [numberOf(properties.get("___bbx-i")), numberOf(properties.get("___bby-i")), numberOf(properties.get("___bbz-i"))]
    })),
    mappings: [...areas].flatMap(([from, properties]) => {
      const rules = properties.get(mappingsProperty)
      return isDocument(rules)
        ? Object.entries(rules).map(([to, list]) => ({
            from,
            to,
            rules: Array.isArray(list) ? (list as ReadonlyArray<JsonValue>) : [list]
          }))
        : []
    }),
    modulators: isDocument(document.modulators)
      ? Object.entries(document.modulators).map(([name, properties]) => ({ name, properties }))
      : []
  }
}
