import { accepts } from "@feagi-trainer/conformance"
import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"

const schedule = { epochs_to_full: 4, start_fraction: 0.25, pacing: "linear" }
const good = { by: "difficulty", order: "rising", schedule, within: "shuffled" }
const scheduled = (over: object) => ({ ...good, schedule: { ...schedule, ...over } })
const without = (key: string) => Object.fromEntries(Object.entries(good).filter(([each]) => each !== key))

const corpus: ReadonlyArray<readonly [string, unknown, boolean]> = [
  ["a schedule", good, true],
  ["the other words", { ...scheduled({ pacing: "root" }), order: "falling", within: "sorted" }, true],
  ["one step", scheduled({ epochs_to_full: 1, pacing: "step" }), true],
  ...Object.keys(good).map((key) => [`no ${key}`, without(key), false] as const),
  ["no name", { ...good, by: "" }, false],
  ["another order", { ...good, order: "up" }, false],
  ["another order within", { ...good, within: "random" }, false],
  ["another pacing", scheduled({ pacing: "exponential" }), false],
  ["no epoch", scheduled({ epochs_to_full: 0 }), false],
  ["half an epoch", scheduled({ epochs_to_full: 1.5 }), false],
  ["nothing to start with", scheduled({ start_fraction: 0 }), false],
  ["everything to start with", scheduled({ start_fraction: 1 }), false],
  ["an unknown key", { ...good, seed: 1 }, false],
  ["an unknown key inside", scheduled({ step: 2 }), false],
  ["a list", [], false],
  ["null", null, false]
]

describe("manifest", () => {
  const schema = manifest.entries[0]?.options_schema ?? {}

  it("is a manifest", () => {
    expect(decodeStrict(PluginManifest, manifest)).toMatchObject({ ok: true })
  })

  it("names exactly what the module exports", () => {
    expect(manifest.entries.map((entry) => entry.export)).toEqual(Object.keys(exported))
    for (const { kind, id, spec } of manifest.entries) expect(exported.curriculum).toMatchObject({ kind, id, spec })
  })

  it.each(corpus)("agrees with the decoder on %s", (_, value, accepted) => {
    expect(accepts(schema, value)).toBe(accepted)
    expect(exported.curriculum.decodeOptions(value).ok).toBe(accepted)
  })

  it("reports every mistake at once", () => {
    const decoded = exported.curriculum.decodeOptions({ ...scheduled({ pacing: "fast", start_fraction: 2 }), by: 1, seed: 7 })
    expect(decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join("."))).toEqual(
      expect.arrayContaining(["by", "schedule.pacing", "schedule.start_fraction", "seed"])
    )
  })
})
