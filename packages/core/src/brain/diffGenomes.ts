/**
 * What two genomes say differently, property by property, told by area and mapping. Members that FEAGI does not read are told apart
 * from those that it does.
 */
import { canonical, type JsonValue } from "@feagi-trainer/determinism"
import { type GenomeDocument, ignoredMembers, isDocument } from "./Genome.ts"
import { blueprintPlace, genomeView, mappingsProperty } from "./genomeView.ts"

export interface GenomeDifference {
  /** The area that the property belongs to, by id and by name; null for a property of the genome as a whole. */
  readonly area: string | null
  readonly area_name: string | null
  /** Where the mapping leads that the property belongs to; null where it is none of a mapping. */
  readonly to: string | null
  readonly to_name: string | null
  /** Name of the property; within a mapping with the number of its rule, such as `0.plasticity_eta`. */
  readonly property: string
  readonly change: "added" | "removed" | "changed"
  /** Absent where it was not there: null is a value. */
  readonly before?: JsonValue
  readonly after?: JsonValue
  /** FEAGI does not read it. */
  readonly ignored: boolean
}

type Path = ReadonlyArray<string>

interface Leaf {
  readonly path: Path
  readonly before?: JsonValue
  readonly after?: JsonValue
}

const childrenOf = (value: JsonValue | undefined): ReadonlyMap<string, JsonValue> | undefined => {
  if (Array.isArray(value)) return new Map((value as ReadonlyArray<JsonValue>).map((item, index) => [String(index), item]))
  return isDocument(value) ? new Map(Object.entries(value)) : undefined
}

const equal = (before: JsonValue | undefined, after: JsonValue | undefined): boolean =>
  before !== undefined && after !== undefined && canonical(before) === canonical(after)

/** Differing leaves in the order of their paths. A side that has no such member is absent. */
const leaves = (path: Path, before: JsonValue | undefined, after: JsonValue | undefined): ReadonlyArray<Leaf> => {
  if (equal(before, after)) return []
  const left = childrenOf(before)
  const right = childrenOf(after)
  const bothContain = left !== undefined && right !== undefined && Array.isArray(before) === Array.isArray(after)
  if (!bothContain || path.length >= deepest)
    return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }]
  const keys = [...new Set([...left.keys(), ...right.keys()])]
  return keys.flatMap((key) => leaves([...path, key], left.get(key), right.get(key)))
}

/** Beyond this many steps a difference is told as a whole. */
const deepest = 64

export const diffGenomes = (before: GenomeDocument, after: GenomeDocument): ReadonlyArray<GenomeDifference> => {
  const names = new Map([before, after].flatMap((each) => genomeView(each).areas.map(({ id, name }) => [id, name] as const)))
  const place = ({ path }: Leaf): Pick<GenomeDifference, "area" | "to" | "property"> => {
    const [top, key, ...rest] = path
    const found = top === "blueprint" && key !== undefined ? blueprintPlace(key) : undefined
    if (found === undefined) return { area: null, to: null, property: path.join(".") }
    const [to, ...property] = rest
    return found.property === mappingsProperty && to !== undefined
      ? { area: found.area, to, property: property.length === 0 ? "rules" : property.join(".") }
      : { area: found.area, to: null, property: [found.property, ...rest].join(".") }
  }
  const told = leaves([], before, after).map((leaf): GenomeDifference => {
    const { area, to, property } = place(leaf)
    return {
      area,
      area_name: area === null ? null : (names.get(area) ?? null),
      to,
      to_name: to === null ? null : (names.get(to) ?? null),
      property,
      change: leaf.before === undefined ? "added" : leaf.after === undefined ? "removed" : "changed",
      ...(leaf.before === undefined ? {} : { before: leaf.before }),
      ...(leaf.after === undefined ? {} : { after: leaf.after }),
      ignored: ignoredMembers.some((each) => each === leaf.path[0])
    }
  })
  return told.toSorted(
    (left, right) =>
      Number(left.ignored) - Number(right.ignored) ||
      order(left.area, right.area) ||
      order(left.to, right.to) ||
      order(left.property, right.property)
  )
}

/** By code units; what belongs to no area comes first. */
const order = (left: string | null, right: string | null): number => {
  const [a, b] = [left ?? "", right ?? ""]
  return a < b ? -1 : a > b ? 1 : 0
}
