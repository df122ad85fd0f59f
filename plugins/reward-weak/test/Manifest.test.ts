/** The manifest and the decoders agree on what options are. */
import { accepts } from "@feagi-trainer/conformance"
import { decodeStrict, PluginManifest, type RewardPolicy } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { correctness, margin, predictionError } from "../src/index.ts"
import { correctnessOptions, marginOptions, surpriseOptions, up } from "./options.ts"

type Decoder = RewardPolicy["decodeOptions"]
const policies: Readonly<Record<string, { readonly decode: Decoder; readonly good: Readonly<Record<string, unknown>> }>> = {
  correctness: { decode: correctness.decodeOptions, good: correctnessOptions },
  margin: { decode: margin.decodeOptions, good: marginOptions },
  "prediction-error": { decode: predictionError.decodeOptions, good: surpriseOptions }
}
const explore = (over: Readonly<Record<string, unknown>>) => ({ act: { mode: "explore", at: 1, every: 5, classes: [0, 1], ...over } })

const corpus: ReadonlyArray<readonly [policy: string, what: string, over: Readonly<Record<string, unknown>>, accepted: boolean]> = [
  ...Object.keys(policies).flatMap((policy) => [
    [policy, "sound options", {}, true] as const,
    [policy, "no act", { act: { mode: "none" } }, true] as const,
    [policy, "ignored silence", { abstention: "ignored" }, true] as const,
    [policy, "an unknown key", { mood: 1 }, false] as const,
    [policy, "an act of another mode", { act: { mode: "label", at: 1 } }, false] as const,
    [policy, "an act without a burst", { act: { mode: "answer" } }, false] as const,
    [policy, "a key too many in an act", { act: { mode: "none", at: 1 } }, false] as const,
    [policy, "an affect between two bursts", { affect_at: 0.5 }, false] as const,
    [policy, "an affect after the last burst", { affect_at: 17 }, false] as const,
    [policy, "an abstention of another kind", { abstention: "right" }, false] as const
  ]),
  ["correctness", "a magnitude of 0", { correct: { ...up, magnitude: 0 } }, false],
  ["correctness", "a magnitude above 100", { correct: { ...up, magnitude: 101 } }, false],
  ["correctness", "a channel with a blank", { correct: { ...up, channel: "a b" } }, false],
  ["correctness", "exploration", explore({}), true],
  ["correctness", "exploration of no class", explore({ classes: [] }), false],
  ["correctness", "exploration of a class twice", explore({ classes: [1, 1] }), false],
  ["correctness", "exploration every 0 outcomes", explore({ every: 0 }), false],
  ["margin", "exploration", explore({}), false],
  ["margin", "a tie that is wrong", { tie: "wrong" }, true],
  ["margin", "a tie of another kind", { tie: "right" }, false],
  ["margin", "a threshold of 0", { strength: { mode: "whole", above: 0 } }, true],
  ["margin", "a threshold below 0", { strength: { mode: "whole", above: -1 } }, false],
  ["margin", "a full lead of 0", { strength: { mode: "graded", full: 0 } }, false],
  ["prediction-error", "a rate of 1", { rate: 1 }, true],
  ["prediction-error", "a rate of 0", { rate: 0 }, false],
  ["prediction-error", "a rate above 1", { rate: 1.1 }, false],
  ["prediction-error", "an expectation beyond all rewards", { expectation: 1.5 }, false],
  ["prediction-error", "an expectation in words", { expectation: "much" }, false]
]

describe("manifest", () => {
  it("is a manifest of the three policies", () => {
    expect(decodeStrict(PluginManifest, manifest)).toMatchObject({ ok: true })
    expect(manifest.entries.map(({ id }) => id)).toEqual(Object.keys(policies))
  })

  it.each(corpus)("agrees with the decoder of %s on %s", (policy, _, over, accepted) => {
    const { decode, good } = policies[policy] ?? { decode: correctness.decodeOptions, good: {} }
    const schema = manifest.entries.find(({ id }) => id === policy)?.options_schema ?? {}
    expect({ decoder: decode({ ...good, ...over }).ok, schema: accepts(schema, { ...good, ...over }) }).toEqual({
      decoder: accepted,
      schema: accepted
    })
  })

  it("has no default: every key that is left out is named", () => {
    for (const { decode, good } of Object.values(policies)) {
      const decoded = decode({})
      expect(decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join(".")).sort()).toEqual(Object.keys(good).sort())
    }
  })

  it("leaves the rules between fields to the decoder, which names them", () => {
    const late = correctness.decodeOptions({ ...correctnessOptions, affect_at: 1 })
    expect(late).toMatchObject({ ok: false, mistakes: [{ path: [], expected: "an act after the affect: act.at > affect_at" }] })
    const one = margin.decodeOptions({ ...marginOptions, behind: up })
    expect(one).toMatchObject({ ok: false, mistakes: [{ expected: expect.stringContaining("two different channels") }] })
  })
})
