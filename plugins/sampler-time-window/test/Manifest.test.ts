import { accepts } from "@feagi-trainer/conformance"
import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"

const good = { length: 4, stride: 2, order: "time", incomplete: "drop" }
const without = (key: string) => Object.fromEntries(Object.entries(good).filter(([each]) => each !== key))

const corpus: ReadonlyArray<readonly [string, unknown, boolean]> = [
  ["overlapping windows", good, true],
  ["the other words", { length: 1, stride: 1, order: "shuffled-windows", incomplete: "keep" }, true],
  ...Object.keys(good).map((key) => [`no ${key}`, without(key), false] as const),
  ["an empty window", { ...good, length: 0 }, false],
  ["windows that stand still", { ...good, stride: 0 }, false],
  ["half a stride", { ...good, stride: 0.5 }, false],
  ["another order", { ...good, order: "shuffled" }, false],
  ["another word for incomplete", { ...good, incomplete: true }, false],
  ["an unknown key", { ...good, seed: 1 }, false],
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
    for (const { kind, id, spec } of manifest.entries) expect(exported.timeWindow).toMatchObject({ kind, id, spec })
  })

  it.each(corpus)("agrees with the decoder on %s", (_, value, accepted) => {
    expect(accepts(schema, value)).toBe(accepted)
    expect(exported.timeWindow.decodeOptions(value).ok).toBe(accepted)
  })

  it("reports every mistake at once", () => {
    const decoded = exported.timeWindow.decodeOptions({ length: 0, stride: -1, order: "time", seed: 7 })
    expect(decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join("."))).toEqual(
      expect.arrayContaining(["length", "stride", "incomplete", "seed"])
    )
  })
})
