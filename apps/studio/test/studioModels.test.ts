import { describe, expect, it } from "vitest"
import { areaRows, mappingRows, placeText, refOf, whereText } from "../src/pages/brains/model/brain.ts"
import { endsOf, isFaithful } from "../src/pages/brains/model/ends.ts"
import {
  type Chain,
  type Entry,
  gridOf,
  mayText,
  packageRows,
  reachOf,
  searched,
  shortId,
  subjectText
} from "../src/pages/plugins/model/plugins.ts"
import { type Card, marksOf, metricNames, unlike, usualMetric, valueRows } from "../src/pages/scorecards/model/cards.ts"

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

  it("are found by every word, in id, title and kind", () => {
    const all = [entry("percentage"), entry("boolean", { kind: "decoder" })]
    expect(searched(all, "WHAT enc", "").map(({ id }) => id)).toEqual(["percentage"])
    expect(searched(all, "", "decoder").map(({ id }) => id)).toEqual(["boolean"])
    expect([shortId("@x/p#a"), shortId("class"), subjectText('{"custom":"@x/p#a"}'), subjectText("image")]).toEqual([
      "a",
      "class",
      "a",
      "image"
    ])
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
