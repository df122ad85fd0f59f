import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"

const corpus: ReadonlyArray<readonly [unknown, boolean]> = [
  [{}, true],
  [{ seed: 1 }, false],
  [{ a: null, b: undefined }, false],
  [[], false],
  ["", false],
  [0, false],
  [true, false],
  [null, false],
  [undefined, false]
]

/** What the options schema of this manifest says: an object without properties. */
const schemaAccepts = (value: unknown): boolean => {
  const { type, properties, required, additionalProperties } = manifest.entries[0]?.options_schema ?? {}
  expect([type, properties, required, additionalProperties]).toEqual(["object", {}, [], false])
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
}

describe("manifest", () => {
  it("is a manifest", () => {
    expect(decodeStrict(PluginManifest, manifest)).toMatchObject({ ok: true })
  })

  it("names exactly what the module exports", () => {
    expect(manifest.entries.map((entry) => entry.export)).toEqual(Object.keys(exported))
    for (const { kind, id, spec } of manifest.entries) expect(exported.sequential).toMatchObject({ kind, id, spec })
  })

  it("states options that the decoder agrees with", () => {
    for (const [value, accepted] of corpus) {
      expect(schemaAccepts(value)).toBe(accepted)
      expect(exported.sequential.decodeOptions(value).ok).toBe(accepted)
    }
  })

  it("reports every unknown key at once", () => {
    const decoded = exported.sequential.decodeOptions({ seed: 7, shuffle: true })
    expect(decoded).toMatchObject({
      ok: false,
      mistakes: [
        { path: ["seed"], problem: "unknown-key", actual: "7" },
        { path: ["shuffle"], problem: "unknown-key", actual: "true" }
      ]
    })
  })
})
