/** The registry of bindings knows what manifests say and nothing else. */
import { readFileSync } from "node:fs"
import { type EntryManifest, type PluginKind, PluginManifest } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { type BindingEntry, bindingRegistry, resolveBinding, schemeRows } from "../../src/index.ts"

type Facts = EntryManifest["provides"]
const entry = (kind: PluginKind, id: string, provides: Facts): BindingEntry => ({
  id,
  manifest: {
    kind,
    id: id.split("#")[1] ?? id,
    spec: 1,
    title: id,
    options_schema: {},
    provides,
    requires: {},
    deterministic: true,
    capabilities: { fs: false, net: false, child_process: false },
    export: "x"
  }
})

const feagi = readFileSync(new URL("../../../../plugins/feagi-binding/feagi-trainer.plugin.json", import.meta.url), "utf8")
const shipped = Schema.decodeUnknownSync(PluginManifest)(JSON.parse(feagi)).entries.map(
  (manifest): BindingEntry => ({ id: `@feagi-trainer/feagi-binding#${manifest.id}`, manifest })
)

const classes = entry("decoder", "a#classes", { bindings: [{ output_type: "class", io_type: "MiscData", units: ["omis"] }] })
const levels = entry("decoder", "a#levels", {
  bindings: [{ output_type: ["class", "scalar"], io_type: ["Percentage", "SignedPercentage"], units: ["ocnt", "omot"] }],
  unavailable: { output_type: "bbox_set", because: "there are no boxes" }
})

describe("rows", () => {
  it("are one for each pair of a subject and a value type that an entry declares", () => {
    const { rows, unavailable, unreadable } = bindingRegistry([classes, levels])
    expect(rows.map(({ subject, io_type, entry: by }) => [subject, io_type, by])).toEqual([
      ["class", "MiscData", "a#classes"],
      ["class", "Percentage", "a#levels"],
      ["class", "SignedPercentage", "a#levels"],
      ["scalar", "Percentage", "a#levels"],
      ["scalar", "SignedPercentage", "a#levels"]
    ])
    expect(rows.every(({ direction }) => direction === "out")).toBe(true)
    expect(unavailable).toEqual([{ direction: "out", subject: "bbox_set", entry: "a#levels", because: "there are no boxes" }])
    expect(unreadable).toEqual([])
  })

  it("do not depend on the order in which packages are installed", () => {
    const again = bindingRegistry(shipped.toReversed())
    expect(again).toEqual(bindingRegistry(shipped))
    expect(again.rows.length).toBeGreaterThan(50)
  })

  it("come from encoders and decoders alone", () => {
    const bindings = [{ output_type: "class", io_type: "MiscData", units: ["omis"] }]
    expect(bindingRegistry([entry("reward", "a#r", { bindings }), entry("metric-pack", "a#m", { bindings })]).rows).toEqual([])
  })

  it("that cannot be read are told with their place, and the others stay", () => {
    const { rows, unreadable } = bindingRegistry([
      entry("decoder", "a#d", {
        bindings: [
          { output_type: "class", io_type: "MiscData" },
          { output_type: "class", io_type: "MiscData", units: ["omis"] }
        ],
        unavailable: [{ output_type: "bbox_set" }]
      }),
      entry("encoder", "a#e", { bindings: [{ output_type: "class", io_type: "MiscData", units: ["imis"] }] })
    ])
    expect(rows).toHaveLength(1)
    expect(unreadable).toEqual([
      { entry: "a#d", message: "provides.bindings[0] is no { output_type, io_type, units } or { output_type, because }" },
      { entry: "a#d", message: "provides.unavailable[0] is no { output_type, io_type, units } or { output_type, because }" },
      { entry: "a#e", message: "provides.bindings[0] is no { shape, io_type, units } or { shape, because }" }
    ])
  })
})

describe("a package from elsewhere", () => {
  const custom = { custom: "@x/eyes#saccade" }
  const eyes = [
    entry("decoder", "@x/eyes#saccade", { bindings: [{ output_type: custom, io_type: "GazeProperties", units: ["ogaz"] }] }),
    entry("encoder", "@x/eyes#retina", {
      bindings: [{ shape: "spikes", io_type: "SegmentedImageFrame", units: ["isvi"] }],
      schemes: { latency: { available: true, version: "3" } }
    })
  ]
  const registry = bindingRegistry([...shipped, ...eyes])

  it("adds an output type, a kind of sample and a scheme by its manifest", () => {
    expect(resolveBinding(registry, { direction: "out", subject: custom })).toMatchObject({
      ok: true,
      row: { entry: "@x/eyes#saccade", io_type: "GazeProperties", units: ["ogaz"], subject: "@x/eyes#saccade" }
    })
    expect(schemeRows(eyes)).toEqual([{ scheme: "latency", version: "3", available: true, entries: ["@x/eyes#retina"], because: null }])
  })

  it("makes a question ambiguous that had one answer before", () => {
    const more = entry("decoder", "@x/eyes#sets", { bindings: [{ output_type: "class_set", io_type: "MiscData", units: ["omis"] }] })
    const question = { direction: "out", subject: "class_set" } as const
    expect(resolveBinding(registry, question)).toMatchObject({ ok: true, row: { entry: "@feagi-trainer/feagi-binding#class-set" } })
    expect(resolveBinding(bindingRegistry([...shipped, more]), question)).toMatchObject({
      ok: false,
      problem: "ambiguous",
      message:
        "output type class_set can be bound in 2 ways: @feagi-trainer/feagi-binding#class-set (MiscData on omis); @x/eyes#sets (MiscData on omis)",
      help: "name the entry"
    })
  })
})

describe("a question", () => {
  const registry = bindingRegistry(shipped)

  it("has the answer that its entry, value type and unit leave", () => {
    expect(resolveBinding(registry, { direction: "out", subject: "class", entry: "misc-class" })).toMatchObject({
      ok: true,
      row: { io_type: "MiscData" },
      because:
        "output type class with entry misc-class: @feagi-trainer/feagi-binding#misc-class (MiscData on omis) is the only binding that the installed manifests declare"
    })
    expect(resolveBinding(registry, { direction: "in", subject: "image", io_type: "ImageFrame", entry: "image-frame" })).toMatchObject({
      ok: true,
      row: { units: ["iimg"] }
    })
  })

  it("that means several is refused with every one of them", () => {
    const answer = resolveBinding(registry, { direction: "out", subject: "scalar", unit: "omot" })
    expect(answer).toMatchObject({ ok: false, problem: "ambiguous", help: "name the entry and the io_type" })
    expect(answer.ok ? [] : answer.candidates.map(({ entry: by }) => by.split("#")[1])).toEqual(["motor", "motor", "scalar"])
  })

  it("that no installed entry can answer says so, and what is there instead", () => {
    const none = resolveBinding(registry, { direction: "in", subject: "text" })
    expect(none).toMatchObject({ ok: false, problem: "none", candidates: [] })
    expect(none.ok ? "" : none.help).toContain("provides.bindings")
    const other = resolveBinding(registry, { direction: "out", subject: "keypoints", io_type: "MiscData" })
    expect(other).toMatchObject({
      ok: false,
      problem: "none",
      help: "there is @feagi-trainer/feagi-binding#keypoints (PoseEstimationData on opos)"
    })
  })

  it("about boxes is answered with the reason why there are none", () => {
    const answer = resolveBinding(registry, { direction: "out", subject: "bbox_set" })
    expect(answer).toMatchObject({ ok: false, problem: "unavailable" })
    expect(answer.ok ? "" : answer.message).toMatch(/^output type bbox_set cannot be bound: no decoder of FEAGI 0\.0\.53 yields boxes/)
  })
})

describe("encoding schemes", () => {
  it("that FEAGI lacks are there with their reason, behind those that can be had", () => {
    const rows = schemeRows(shipped)
    expect(rows.filter(({ available }) => !available).map(({ scheme }) => scheme)).toEqual(["rate", "temporal", "value"])
    expect(rows.findIndex(({ available }) => !available)).toBe(rows.length - 3)
    for (const { available, version, because } of rows) expect([version === null, because === null]).toEqual([!available, available])
    expect(rows.find(({ scheme }) => scheme === "population_single_spike")?.entries.map((id) => id.split("#")[1])).toContain("percentage")
  })

  it("are available when one encoder has them, whoever lacks them", () => {
    const has = entry("encoder", "b#has", { schemes: { rate: { available: true, version: "1" } } })
    const lacks = entry("encoder", "a#lacks", { schemes: { rate: { available: false, because: "no" } } })
    const newer = entry("encoder", "c#newer", { schemes: { rate: { available: true, version: "2" } } })
    expect(schemeRows([lacks, newer, has])).toEqual([
      { scheme: "rate", version: "1", available: true, entries: ["b#has"], because: null },
      { scheme: "rate", version: "2", available: true, entries: ["c#newer"], because: null }
    ])
    expect(schemeRows([lacks])).toEqual([{ scheme: "rate", version: null, available: false, entries: ["a#lacks"], because: "no" }])
    expect(schemeRows([entry("encoder", "a#odd", { schemes: { rate: true } }), entry("decoder", "a#d", has.manifest.provides)])).toEqual([])
  })
})
