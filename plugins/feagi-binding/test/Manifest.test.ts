import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"
import { unavailableSchemes } from "../src/Scheme.ts"
import { accepts } from "./jsonSchema.ts"
import { backendOptions, encoderOptions, templateOptions } from "./support.ts"

const { scheme } = encoderOptions
const entries = new Map(Object.entries(exported))
const corpus: ReadonlyArray<readonly [string, string, unknown, boolean]> = [
  ["embedded", "limits", backendOptions, true],
  ["embedded", "no validation", { max_voxels: 1, max_synapses: 1 }, false],
  ["embedded", "a limit of 0", { ...backendOptions, max_voxels: 0 }, false],
  ["embedded", "an unknown key", { ...backendOptions, threads: 2 }, false],
  ["percentage", "the recipe", encoderOptions, true],
  ["percentage", "written ranges", { ...encoderOptions, range: [[0, 1]] }, true],
  ["percentage", "no range at all", { ...encoderOptions, range: [] }, false],
  ["percentage", "a range of three", { ...encoderOptions, range: [[0, 1, 2]] }, false],
  ["percentage", "another range", { ...encoderOptions, range: "all" }, false],
  ["percentage", "fractional", { ...encoderOptions, scheme: { ...scheme, spacing: "fractional" } }, true],
  ["percentage", "one bin", { ...encoderOptions, scheme: { ...scheme, bins: 1 } }, false],
  ["percentage", "too many bins", { ...encoderOptions, scheme: { ...scheme, bins: 1001 } }, false],
  ["percentage", "17 tilings", { ...encoderOptions, scheme: { ...scheme, tilings: 17 } }, false],
  ["percentage", "an unavailable scheme", { ...encoderOptions, scheme: { ...scheme, scheme: "rate" } }, false],
  ["percentage", "an unknown area", { ...encoderOptions, area: "iimg" }, false],
  ["percentage", "a list", [], false],
  ["boolean", "the first group", { area: "idgp", first_group: 0 }, true],
  ["boolean", "no area", { first_group: 0 }, false],
  ["miscClass", "the first group", { area: "omis", group: 0 }, true],
  ["miscClass", "a group too far", { area: "omis", group: 65_536 }, false],
  ["tabularClassification", "the genome of the tests", templateOptions, true],
  ["tabularClassification", "weight 0", { ...templateOptions, initial_weight: 0 }, false],
  ["tabularClassification", "a half burst", { ...templateOptions, plasticity_window: 0.5 }, false],
  ["tabularClassification", "an unknown key", { ...templateOptions, hidden: 3 }, false]
]

describe("manifest", () => {
  it("is a manifest", () => {
    expect(decodeStrict(PluginManifest, manifest)).toMatchObject({ ok: true })
  })

  it("names exactly what the module exports", () => {
    expect(manifest.entries.map((entry) => entry.export).sort()).toEqual(Object.keys(exported).sort())
    for (const { kind, id, spec, export: name } of manifest.entries) expect(entries.get(name)).toMatchObject({ kind, id, spec })
  })

  it.each(corpus)("agrees with the decoder of %s on %s", (name, _, value, accepted) => {
    const entry = manifest.entries.find((each) => each.export === name)
    expect(accepts(entry?.options_schema ?? {}, value)).toBe(accepted)
    expect(entries.get(name)?.decodeOptions(value).ok).toBe(accepted)
  })

  it("tells of every scheme whether it is available", () => {
    const provides = manifest.entries.find((entry) => entry.id === "percentage")?.provides as {
      schemes: Record<string, { available: boolean }>
    }
    expect(Object.entries(provides.schemes).flatMap(([name, { available }]) => (available ? [] : [name]))).toEqual([...unavailableSchemes])
  })

  it("leaves rules between fields to the decoders", () => {
    const heavy = { ...templateOptions, initial_weight: 5 }
    expect(exported.tabularClassification.decodeOptions(heavy)).toMatchObject({
      ok: false,
      mistakes: [{ path: [], expected: "initial_weight at most max_weight" }]
    })
    expect(exported.percentage.decodeOptions({ ...encoderOptions, range: [[1, 1]] }).ok).toBe(false)
  })
})
