import { accepts } from "@feagi-trainer/conformance"
import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"

const corpus: ReadonlyArray<readonly [string, unknown, boolean]> = [
  ["a window", { window: 10 }, true],
  ["the smallest window", { window: 2 }, true],
  ["a window of one sample", { window: 1 }, false],
  ["half a sample", { window: 2.5 }, false],
  ["a window in words", { window: "10" }, false],
  ["nothing", {}, false],
  ["a list", [], false],
  ["null", null, false],
  ["an unknown key", { window: 10, seed: 1 }, false]
]

describe("manifest", () => {
  const schema = manifest.entries[0]?.options_schema ?? {}

  it("is a manifest", () => {
    expect(decodeStrict(PluginManifest, manifest)).toMatchObject({ ok: true })
  })

  it("names exactly what the module exports", () => {
    expect(manifest.entries.map((entry) => entry.export)).toEqual(Object.keys(exported))
    for (const { kind, id, spec } of manifest.entries) expect(exported.stratified).toMatchObject({ kind, id, spec })
  })

  it.each(corpus)("agrees with the decoder on %s", (_, value, accepted) => {
    expect(accepts(schema, value)).toBe(accepted)
    expect(exported.stratified.decodeOptions(value).ok).toBe(accepted)
  })

  it("reports every mistake at once", () => {
    const decoded = exported.stratified.decodeOptions({ window: 0, seed: 7 })
    expect(decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join("."))).toEqual(expect.arrayContaining(["window", "seed"]))
  })
})
