import { describe, expect, it } from "vitest"
import { diffGenomes, type GenomeDocument, genomeView, grownIds, ignoredMembers, knownVersion, readGenome } from "../../src/brain/index.ts"

const rule = { morphology_id: "all_to_all", plasticity_flag: true, plasticity_eta: 0.02, modulators: ["pleasure", "pain"] }
const genome = {
  genome_title: "Two areas",
  version: "3.0",
  genome_schema_version: 7,
  timestamp: 1,
  signatures: { genome: "a" },
  change_history: [{ at: 1 }],
  physiology: { simulation_timestep: 0.025, quantization_precision: "fp32" },
  modulators: { pleasure: { type: "synaptic.reward", magnitude_percent: 100, graded: false } },
  blueprint: {
    "_____10c-aWluZgEAAAA=-cx-__name-t": "features",
    "_____10c-aWluZgEAAAA=-cx-_group-t": "IPU",
    "_____10c-aWluZgEAAAA=-cx-___bbx-i": 4,
    "_____10c-aWluZgEAAAA=-cx-___bby-i": 1,
    "_____10c-aWluZgEAAAA=-cx-___bbz-i": 10,
    "_____10c-aWluZgEAAAA=-cx-dstmap-d": { "b21pcwoAAAA=": [rule] },
    "_____10c-aWluZgEAAAA=-nx-fire_t-f": 1,
    "_____10c-b21pcwoAAAA=-cx-__name-t": "classes"
  }
}
type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

const hashOf = (value: unknown): string => {
  const read = readGenome(JSON.stringify(value))
  if (!read.ok) throw new Error(read.diagnostics[0]?.message)
  return read.genome.canonical_sha256
}
const documentOf = (value: unknown): GenomeDocument => {
  const read = readGenome(JSON.stringify(value))
  if (!read.ok) throw new Error(read.diagnostics[0]?.message)
  return read.genome.document
}

/** The same members in the opposite order, everywhere. */
const reversed = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(reversed)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([key, member]) => [key, reversed(member)])
        )
      : value

const pathsOf = (value: Json, path: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner as Json, [...path, key]))
    : [path]

/** The same document with the value at one path replaced by another of its kind. */
const altered = (value: Json, [key, ...rest]: ReadonlyArray<string>): Json => {
  if (key === undefined)
    return typeof value === "number" ? value - 0.5 : typeof value === "boolean" ? !value : value === "3.0" ? "2.0" : `${String(value)}!`
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? altered(item as Json, rest) : (item as Json)))
  const fields = value as { readonly [key: string]: Json }
  const changed = key === "genome_schema_version" ? 6 : altered(fields[key] ?? null, rest)
  return { ...fields, [key]: changed }
}

describe("the canonical hash of a genome", () => {
  it("is the same for other white space, another order of members and another writing of a number", () => {
    const text = JSON.stringify(reversed(genome), undefined, 3).replace("0.025", "2.50e-2").replace("0.02,", "0.020,")
    expect(text).not.toBe(JSON.stringify(genome))
    const read = readGenome(text)
    expect(read.ok && read.genome.canonical_sha256).toBe(hashOf(genome))
  })

  it("is another one when any property that FEAGI reads changes, and the same for every one that it does not", () => {
    const before = hashOf(genome)
    const paths = pathsOf(genome)
    expect(paths.length).toBeGreaterThan(20)
    for (const path of paths) {
      const ignored = ignoredMembers.some((each) => each === path[0])
      expect([path.join("."), hashOf(altered(genome, path)) === before]).toEqual([path.join("."), ignored])
    }
    expect(ignoredMembers).toEqual(["change_history", "signatures", "timestamp"])
  })

  it("keeps the order of lists: the rules of a mapping are applied one after the other", () => {
    const two = (rules: ReadonlyArray<unknown>) => ({
      ...genome,
      blueprint: { ...genome.blueprint, "_____10c-aWluZgEAAAA=-cx-dstmap-d": { "b21pcwoAAAA=": rules } }
    })
    const other = { ...rule, morphology_id: "block_to_block" }
    expect(hashOf(two([rule, other]))).not.toBe(hashOf(two([other, rule])))
  })
})

describe("a genome that is not known", () => {
  const codes = (text: string) => {
    const read = readGenome(text)
    return read.ok ? [] : read.diagnostics.map(({ code, field }) => [code, field])
  }

  it("is refused when its format is newer than the newest that is known, in either number", () => {
    expect(knownVersion).toEqual({ version: "3.0", genome_schema_version: 7 })
    expect(codes(JSON.stringify({ ...genome, genome_schema_version: 8 }))).toEqual([["FT2602", "genome_schema_version"]])
    expect(codes(JSON.stringify({ ...genome, version: "3.1" }))).toEqual([["FT2602", "version"]])
    expect(codes(JSON.stringify({ ...genome, version: "10.0", genome_schema_version: 99 }))).toEqual([
      ["FT2602", "version"],
      ["FT2602", "genome_schema_version"]
    ])
    expect(codes(JSON.stringify({ ...genome, version: "2.0", genome_schema_version: 2 }))).toEqual([])
  })

  it("is refused with every problem: no JSON, no object, a version of another type, no blueprint", () => {
    expect(codes("{")[0]?.[0]).toBe("FT1001")
    expect(codes("[]")).toEqual([["FT2601", undefined]])
    const none = readGenome('{"version":"3.0"}')
    expect(none.ok ? [] : none.diagnostics.map(({ field, actual }) => [field, actual])).toEqual([["blueprint", "nothing"]])
    expect(codes(JSON.stringify({ version: 3, genome_schema_version: 1.5 }))).toEqual([
      ["FT2601", "version"],
      ["FT2601", "genome_schema_version"],
      ["FT2601", "blueprint"]
    ])
  })

  it("may say no version at all: then none is recorded", () => {
    const read = readGenome(JSON.stringify({ blueprint: {} }))
    expect(read.ok && [read.genome.version, read.genome.genome_schema_version]).toEqual([null, null])
  })
})

describe("a view of a genome", () => {
  it("tells areas, mappings with their rules, and modulators", () => {
    const view = genomeView(documentOf(genome))
    expect(view.title).toBe("Two areas")
    expect(view.areas).toEqual([
      { id: "aWluZgEAAAA=", name: "features", group: "IPU", size: [4, 1, 10] },
      { id: "b21pcwoAAAA=", name: "classes", group: null, size: [null, null, null] }
    ])
    expect(view.mappings).toMatchObject([{ from: "aWluZgEAAAA=", to: "b21pcwoAAAA=", rules: [{ plasticity_eta: 0.02 }] }])
    expect(view.modulators).toMatchObject([{ name: "pleasure", properties: { magnitude_percent: 100 } }])
  })
})

describe("the difference of two genomes", () => {
  const changed = {
    ...genome,
    timestamp: 2,
    physiology: { simulation_timestep: 0.01 },
    blueprint: {
      ...genome.blueprint,
      "_____10c-aWluZgEAAAA=-nx-fire_t-f": null,
      "_____10c-aWluZgEAAAA=-cx-dstmap-d": { "b21pcwoAAAA=": [{ ...rule, plasticity_eta: 0.03 }], "X19fZGVhdGg=": [rule] }
    }
  }

  it("names area, mapping and property with both values, and tells apart what FEAGI does not read", () => {
    const found = diffGenomes(documentOf(genome), documentOf(changed))
    expect(found).toEqual([
      {
        area: null,
        area_name: null,
        to: null,
        to_name: null,
        property: "physiology.quantization_precision",
        change: "removed",
        before: "fp32",
        ignored: false
      },
      {
        area: null,
        area_name: null,
        to: null,
        to_name: null,
        property: "physiology.simulation_timestep",
        change: "changed",
        before: 0.025,
        after: 0.01,
        ignored: false
      },
      {
        area: "aWluZgEAAAA=",
        area_name: "features",
        to: null,
        to_name: null,
        property: "fire_t-f",
        change: "changed",
        before: 1,
        after: null,
        ignored: false
      },
      {
        area: "aWluZgEAAAA=",
        area_name: "features",
        to: "X19fZGVhdGg=",
        to_name: null,
        property: "rules",
        change: "added",
        after: [expect.objectContaining({ plasticity_eta: 0.02 })],
        ignored: false
      },
      {
        area: "aWluZgEAAAA=",
        area_name: "features",
        to: "b21pcwoAAAA=",
        to_name: "classes",
        property: "0.plasticity_eta",
        change: "changed",
        before: 0.02,
        after: 0.03,
        ignored: false
      },
      { area: null, area_name: null, to: null, to_name: null, property: "timestamp", change: "changed", before: 1, after: 2, ignored: true }
    ])
  })

  it("is empty for the same genome in another order", () => {
    expect(diffGenomes(documentOf(genome), documentOf(reversed(genome)))).toEqual([])
  })
})

describe("the areas of a genome in the brain that grew of it", () => {
  const area = (id: string, name: string, size: readonly [number, number, number] = [1, 1, 1]) => ({ id, name, group: null, size })
  const grown = (id: string, name: string, dimensions: readonly [number, number, number] = [1, 1, 1]) => ({
    id,
    name,
    dimensions,
    neurons: 1
  })
  const found = (...given: Parameters<typeof grownIds>) => Object.fromEntries(grownIds(...given))

  it("are known by their ids, whatever their names", () => {
    expect(found([area("a", "in"), area("b", "out")], [grown("b", "in"), grown("a", "other", [9, 9, 9])])).toEqual({ a: "a", b: "b" })
  })

  it("are known by name and size where FEAGI gave them other ids", () => {
    expect(
      found([area("_power", "Power"), area("c__lef", "left", [2, 1, 1])], [grown("X1", "Power"), grown("Y1", "left", [2, 1, 1])])
    ).toEqual({
      _power: "X1",
      c__lef: "Y1"
    })
    expect(found([area("c__lef", "left", [2, 1, 1])], [grown("Y1", "left", [3, 1, 1])])).toEqual({})
  })

  it("are not guessed where two could be meant, nor taken from one that is known by its id", () => {
    expect(found([area("old", "twin")], [grown("x", "twin"), grown("y", "twin")])).toEqual({})
    expect(found([area("one", "twin"), area("two", "twin")], [grown("x", "twin")])).toEqual({})
    expect(found([area("a", "same"), area("old", "same")], [grown("a", "same")])).toEqual({ a: "a" })
  })
})
