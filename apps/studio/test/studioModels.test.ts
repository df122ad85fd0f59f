import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { areaRows, mappingRows, placeText, refOf, whereText } from "../src/pages/brains/model/brain.ts"
import { endsOf, isFaithful } from "../src/pages/brains/model/ends.ts"
import { matching } from "../src/pages/lists/matching.ts"
import { firstParty, notListed } from "../src/pages/plugins/model/firstParty.ts"
import { type Chain, type Entry, gridOf, mayText, packageRows, reachOf, shortId } from "../src/pages/plugins/model/plugins.ts"
import { type Card, marksOf, metricNames, unlike, usualMetric, valueRows, verifiedText } from "../src/pages/scorecards/model/cards.ts"

describe("a brain", () => {
  const brain = {
    areas: [
      { id: "i", name: "features", group: "IPU", size: [16, 1, 5] },
      { id: "o", name: "classes", group: "OPU", size: [3, 1, 1] }
    ],
    mappings: [
      {
        from: "i",
        to: "o",
        rules: [
          {
            morphology_id: "all_to_all",
            plasticity_flag: true,
            plasticity_mode: "stdp",
            plasticity_window: 1,
            plasticity_eta: 0.02,
            modulators: ["pain"]
          },
          { morphology_id: "block", plasticity_flag: false }
        ]
      }
    ],
    development: {
      areas: [
        { id: "i", name: "features", dimensions: [16, 1, 5], neurons: 80 },
        { id: "x", name: "Pain", dimensions: [1, 1, 1], neurons: 1 }
      ],
      mappings: [{ from: "i", to: "o", plastic: true, synapses: 240 }],
      affect_channels: [],
      backend: { plugin: { id: "e", version: "1" }, options: {} },
      core_version: "0",
      findings: [],
      learned_hash: "h",
      neurons: 81,
      synapses: 240,
      seed: "s"
    }
  }

  it("shows the areas of the genome with what grew, then those that the engine added", () => {
    expect(areaRows(brain).map(({ name, kind, size, voxels, neurons, named }) => [name, kind, size, voxels, neurons, named])).toEqual([
      ["features", "input", "16 × 1 × 5", 80, 80, true],
      ["classes", "output", "3 × 1 × 1", 3, null, true],
      ["Pain", "added by the engine", "1 × 1 × 1", 1, 1, false]
    ])
  })

  it("has a row for each rule of a mapping, by names of areas", () => {
    expect(
      mappingRows(brain).map(({ from, to, morphology, plasticity, modulators, synapses }) => [
        from,
        to,
        morphology,
        plasticity,
        modulators,
        synapses
      ])
    ).toEqual([
      ["features", "classes", "all_to_all", "stdp, window 1, rate 0.02", "pain", 240],
      ["features", "classes", "block", "fixed", "", 240]
    ])
    const difference = { area: "i", area_name: "features", to: null, to_name: null, property: "x", change: "changed" } as const
    expect([
      whereText(difference),
      whereText({ ...difference, to: "o", to_name: null }),
      whereText({ ...difference, area: null, area_name: null })
    ]).toEqual(["features", "features to o", "the genome"])
    expect(refOf({ name: "learned", version: 2 })).toBe("learned@2")
    expect(placeText({ area: "i", x: 1, y: 2, z: 3 }, new Map([["i", "features"]]))).toBe("features 1,2,3")
  })

  it("is held against what its run recorded at the end of the phase, and no record is not a match", () => {
    const run = { document: { learner: { initial_hash: "start" } }, phases: [{ phase: "train", connectome_hash: "end" }] }
    expect(endsOf(run, "train")).toEqual({ start: "start", end: "end" })
    const snapshot = (learned_hash: string) => ({ connectome: { learned_hash, sha256: "", seed: "" } })
    expect(isFaithful(snapshot("end"), endsOf(run, "train"))).toBe(true)
    expect(isFaithful(snapshot("other"), endsOf(run, "train"))).toBe(false)
    expect(isFaithful(snapshot("end"), endsOf(run, "test"))).toBeNull()
    expect(endsOf(undefined, "train")).toEqual({ start: null, end: null })
  })
})

describe("plugins", () => {
  const entry = (id: string, change: Partial<Entry> = {}): Entry => ({
    id,
    kind: "encoder",
    title: `What ${id} is`,
    qualified_id: `@x/p#${id}`,
    package: "@x/p",
    version: "1",
    source: "link",
    deterministic: true,
    files_sha256: "f",
    capabilities: { fs: false, net: false, child_process: false },
    ...change
  })
  const chain = (modality: string, output_type: string, fits: Chain["fits"], learnt_by: ReadonlyArray<string> = []): Chain => ({
    modality,
    output_type,
    fits,
    learnt_by,
    missing: []
  })

  it("may what any of their entries may, and are deterministic when all of them are", () => {
    const [row, ...rest] = packageRows([
      entry("a"),
      entry("b", { capabilities: { fs: true, net: false, child_process: false } }),
      entry("c", { kind: "decoder", deterministic: false })
    ])
    expect(rest).toEqual([])
    expect([row?.kinds, row?.deterministic, mayText(row?.capabilities ?? entry("x").capabilities)]).toEqual([
      "2 × encoder, decoder",
      false,
      "files"
    ])
    expect(mayText(entry("a").capabilities)).toBe("computes only")
  })

  it("reach as far as the last kind that fits", () => {
    expect(
      [
        chain("image", "class", { adapter: ["a"], "metric-pack": ["m"] }, ["brain"]),
        chain("image", "boxes", { adapter: ["a"], "metric-pack": ["m"] }),
        chain("image", "x", { adapter: ["a"] }),
        chain("image", "y", { "metric-pack": ["m"] })
      ].map(reachOf)
    ).toEqual(["learnt", "measured", "read", "none"])
  })

  it("stand in a grid with what is learnt first and answers of packages that nobody reads last", () => {
    const grid = gridOf([
      chain("image", "@x/p#episode", {}),
      chain("image", "vector", {}),
      chain("image", "class", { adapter: ["a"] }, ["brain"]),
      chain("text", "class", {})
    ])
    expect([grid.outputs, grid.modalities]).toEqual([
      ["class", "vector", "@x/p#episode"],
      ["image", "text"]
    ])
    expect(grid.at("image", "class")?.learnt_by).toEqual(["brain"])
    expect(grid.at("text", "vector")).toBeUndefined()
  })
})

describe("an id of an entry", () => {
  it("is known by what stands behind its package", () => {
    expect([shortId("@x/p#a"), shortId("class")]).toEqual(["a", "class"])
  })
})

describe("a search in a list", () => {
  it("finds the rows in which every word occurs, in any order and case", () => {
    const rows = ["percentage encoder", "boolean decoder", "Boolean encoder"]
    const found = (text: string) => matching(rows, (row) => row, text)
    expect(found(" ENC boolean ")).toEqual(["Boolean encoder"])
    expect(found("coder")).toEqual(rows)
    expect(found("enc none")).toEqual([])
    expect(found("  ")).toBe(rows)
  })
})

describe("packages that are not installed", () => {
  it("are those of the project, with what they are and what they offer", () => {
    const folder = new URL("../../../plugins/", import.meta.url)
    const read = <D>(name: string, file: string): D => JSON.parse(readFileSync(new URL(`${name}/${file}`, folder), "utf8")) as D
    const found = readdirSync(folder).map((name) => {
      const { name: id, description } = read<{ readonly name: string; readonly description: string }>(name, "package.json")
      const { entries } = read<{ readonly entries: ReadonlyArray<{ readonly kind: string }> }>(name, "feagi-trainer.plugin.json")
      return { name: id, what: description, kinds: [...new Set(entries.map(({ kind }) => kind))].toSorted() }
    })
    expect(firstParty).toEqual(found.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
  })

  it("leave out what the project lists, and can be asked for by kind", () => {
    const listed = firstParty.filter(({ name }) => !name.endsWith("/learner-gradient"))
    expect(notListed(listed).map(({ name }) => name)).toEqual(["@feagi-trainer/learner-gradient"])
    expect(notListed(listed, "task-template")).toHaveLength(1)
    expect(notListed(listed, "sampler")).toEqual([])
  })
})

describe("a scorecard", () => {
  const card: Card = {
    scorecard_id: "sc-1",
    run_id: "r-1",
    phase: "test",
    body_sha256: "",
    links: { verifies: null, verified_by: [], superseded_by: [], supersedes: [] },
    intervals: { accuracy: { low: 0.8, high: 1, confidence: 0.95 }, mcc: { insufficient: "one class" } },
    connectome_hash: null,
    genome_version_id: null,
    dataset_asset_id: "ds",
    dataset_version: "1",
    dataset_content_hash: "d",
    evaluation_protocol_version: "p@1",
    metric_pack: { id: "m", version: "1" },
    split_id: "s",
    backend_fingerprint: {},
    metrics: { accuracy: 0.9, mcc: 0.5, "support/a": 10 },
    status: "self_reported",
    visibility: "local",
    x_feagi_trainer: { insufficient: { brier: "no probabilities" } }
  }

  it("shows values with intervals, and what has none with the reason", () => {
    expect(valueRows(card, undefined, false)).toEqual([
      { name: "accuracy", value: 0.9, low: 0.8, high: 1, because: null, other: null },
      { name: "mcc", value: 0.5, low: null, high: null, because: "one class", other: null },
      { name: "brier", value: null, low: null, high: null, because: "no probabilities", other: null }
    ])
    expect(valueRows(card, { ...card, metrics: { accuracy: 0.7 } }, true).map(({ name, other }) => [name, other])).toEqual([
      ["accuracy", 0.7],
      ["mcc", null],
      ["support/a", null],
      ["brier", null]
    ])
  })

  it("has the usual metric first, averages before single classes", () => {
    const metrics = { "f1/a": 1, "f1/macro": 1, accuracy: 1, abstained: 0, "support/a": 10 }
    expect(valueRows({ ...card, metrics, x_feagi_trainer: {} }, undefined, true).map(({ name }) => name)).toEqual([
      "accuracy",
      "abstained",
      "f1/macro",
      "f1/a",
      "support/a"
    ])
  })

  it("tells which question a verification answered, and never calls a replay at home verified", () => {
    expect(verifiedText({ predictions: 30, verified: true })).toBe("its 30 predictions give these values")
    expect(verifiedText({ predictions: 30, keyid: "0123456789abcdef0123" })).toContain("the key 0123456789abcdef vouches")
    expect(verifiedText({ verified: false, independent: false, verified_scorecard_id: null, origin: "here" })).toContain(
      "stays self-reported"
    )
    expect(verifiedText({ verified: true, independent: true, verified_scorecard_id: "sc-2", origin: "lab" })).toContain("of lab: sc-2")
  })

  it("may be subtracted from another of the same dataset, split, protocol and pack alone", () => {
    expect(unlike(card, { ...card, run_id: "r-2" })).toEqual([])
    expect(unlike(card, { ...card, split_id: "t", metric_pack: { id: "m", version: "2" } })).toEqual(["split", "metric pack"])
    expect(unlike(card, { ...card, dataset_content_hash: "e", evaluation_protocol_version: "p@2" })).toEqual(["dataset", "protocol"])
  })

  it("says superseded before anything else, and every mark that makes it less than whole", () => {
    const said = {
      status: "self_reported",
      verified_by: ["sc-2"],
      superseded_by: [{ scorecard_id: "sc-3", reason: "x" }],
      marks: ["phase train ended early"]
    }
    expect(marksOf(said).map(({ word }) => word)).toEqual(["superseded", "self-reported", "verified elsewhere", "phase train ended early"])
    expect(marksOf({ ...said, status: "verified", superseded_by: [], marks: [] }).map(({ word }) => word)).toEqual(["verified"])
  })

  it("offers every metric but counts, and begins with one that people look for", () => {
    const names = metricNames([{ metrics: { mcc: 1, accuracy: 1 } }, { metrics: { accuracy: 1, "support/a": 1 } }])
    expect(names).toEqual(["accuracy", "mcc"])
    expect([usualMetric(names), usualMetric(["b", "a"]), usualMetric([])]).toEqual(["accuracy", "b", ""])
  })
})
