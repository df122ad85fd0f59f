import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"
import { options, settings } from "./process/learner.ts"

describe("manifest", () => {
  it("is a manifest", () => {
    expect(decodeStrict(PluginManifest, manifest)).toMatchObject({ ok: true })
  })

  it("names exactly what the module exports", () => {
    expect(manifest.entries.map((entry) => entry.export)).toEqual(Object.keys(exported))
    for (const { kind, id, spec } of manifest.entries) expect(exported.tfjs).toMatchObject({ kind, id, spec })
  })

  it("requires the options that a plan requires, and promises no bits on another machine", () => {
    const [entry] = manifest.entries
    expect([...(entry?.options_schema.required ?? [])].sort()).toEqual(Object.keys({ ...options, ...settings }).sort())
    expect(entry?.deterministic).toBe(false)
  })
})
