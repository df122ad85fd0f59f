import { accepts } from "@feagi-trainer/conformance"
import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"

const good = {
  reinforce: { channel: "pleasure", magnitude: 100 },
  suppress: { channel: "pain", magnitude: 100 },
  margin: 0.02,
  teach: true,
  timing: { reinforce: 0, reinforce_present: 1, suppress: 2, suppress_present: 3 }
}
const { margin: _margin, ...withoutMargin } = good
const timing = (...offsets: ReadonlyArray<unknown>) => ({
  ...good,
  timing: { reinforce: offsets[0], reinforce_present: offsets[1], suppress: offsets[2], suppress_present: offsets[3] }
})

const corpus: ReadonlyArray<readonly [string, unknown, boolean]> = [
  ["the recipe", good, true],
  ["margin 0", { ...good, margin: 0 }, true],
  ["no teaching", { ...good, teach: false }, true],
  ["the latest offsets", timing(13, 14, 15, 16), true],
  ["a cortical area as channel", { ...good, reinforce: { channel: "___pleas", magnitude: 0.5 } }, true],
  ["nothing", {}, false],
  ["a list", [], false],
  ["no margin", withoutMargin, false],
  ["an unknown key", { ...good, mode: "always" }, false],
  ["an unknown key inside", { ...good, suppress: { ...good.suppress, sign: -1 } }, false],
  ["magnitude 0", { ...good, reinforce: { channel: "joy", magnitude: 0 } }, false],
  ["a negative magnitude", { ...good, suppress: { channel: "ouch", magnitude: -1 } }, false],
  ["a magnitude above 100", { ...good, suppress: { channel: "ouch", magnitude: 100.5 } }, false],
  ["a magnitude in words", { ...good, suppress: { channel: "ouch", magnitude: "1" } }, false],
  ["a negative margin", { ...good, margin: -0.01 }, false],
  ["an empty channel", { ...good, reinforce: { channel: "", magnitude: 1 } }, false],
  ["a channel with a blank", { ...good, reinforce: { channel: "a b", magnitude: 1 } }, false],
  ["teach as a word", { ...good, teach: "yes" }, false],
  ["an offset of a half", timing(0, 0.5, 2, 3), false],
  ["an offset below 0", timing(-1, 1, 2, 3), false],
  ["an offset beyond 16", timing(0, 1, 2, 17), false],
  ["a missing offset", { ...good, timing: { reinforce: 0, reinforce_present: 1, suppress: 2 } }, false]
]

describe("manifest", () => {
  const schema = manifest.entries[0]?.options_schema ?? {}

  it("is a manifest", () => {
    expect(decodeStrict(PluginManifest, manifest)).toMatchObject({ ok: true })
  })

  it("names exactly what the module exports", () => {
    expect(manifest.entries.map((entry) => entry.export)).toEqual(Object.keys(exported))
    for (const { kind, id, spec } of manifest.entries) expect(exported.supervised).toMatchObject({ kind, id, spec })
  })

  it.each(corpus)("agrees with the decoder on %s", (_, value, accepted) => {
    expect(accepts(schema, value)).toBe(accepted)
    expect(exported.supervised.decodeOptions(value).ok).toBe(accepted)
  })

  it("leaves the two rules between fields to the decoder, which names them", () => {
    const oneChannel = { ...good, suppress: { channel: "pleasure", magnitude: 1 } }
    for (const value of [timing(0, 2, 1, 3), timing(0, 1, 1, 3), timing(0, 1, 2, 2), oneChannel]) expect(accepts(schema, value)).toBe(true)
    expect(exported.supervised.decodeOptions(timing(0, 1, 1, 3))).toMatchObject({
      ok: false,
      mistakes: [{ path: ["timing"], expected: "offsets that increase: reinforce < reinforce_present < suppress < suppress_present" }]
    })
    expect(exported.supervised.decodeOptions(oneChannel)).toMatchObject({
      ok: false,
      mistakes: [{ path: [], expected: expect.stringContaining("two different channels") }]
    })
  })

  it("reports all mistakes at once", () => {
    const decoded = exported.supervised.decodeOptions({ ...withoutMargin, teach: 1, timinng: {}, timing: timing(0, 1, 2, 17).timing })
    expect(decoded.ok ? [] : decoded.mistakes.map((mistake) => mistake.path.join("."))).toEqual(
      expect.arrayContaining(["margin", "teach", "timinng", "timing.suppress_present"])
    )
  })
})
