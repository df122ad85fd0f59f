/** The manifest and the decoders agree on what options are. */
import { accepts } from "@feagi-trainer/conformance"
import { decodeStrict, PluginManifest, type RewardPolicy } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { discountedReturn, sparseOutcome } from "../src/index.ts"
import { returnOptions, sparseOptions, up } from "./options.ts"

type Decoder = RewardPolicy["decodeOptions"]
const policies: Readonly<Record<string, { readonly decode: Decoder; readonly good: Readonly<Record<string, unknown>> }>> = {
  return: { decode: discountedReturn.decodeOptions, good: returnOptions },
  "sparse-outcome": { decode: sparseOutcome.decodeOptions, good: sparseOptions }
}
const shaping = (table: Readonly<Record<string, unknown>>) => ({ shaping: table })

const corpus: ReadonlyArray<readonly [policy: string, what: string, over: Readonly<Record<string, unknown>>, accepted: boolean]> = [
  ...Object.keys(policies).flatMap((policy) => [
    [policy, "sound options", {}, true] as const,
    [policy, "an unknown key", { mood: 1 }, false] as const,
    [policy, "an affect between two bursts", { affect_at: 0.5 }, false] as const
  ]),
  ["return", "no discount at all", { gamma: 1 }, true],
  ["return", "a discount above 1", { gamma: 1.01 }, false],
  ["return", "a discount below 0", { gamma: -0.1 }, false],
  ["return", "parts", { deliver: "step" }, true],
  ["return", "a delivery at noon", { deliver: "noon" }, false],
  ["return", "a full return of 0", { strength: { mode: "graded", full: 0 } }, false],
  ["return", "a table", shaping({ mode: "table", values: [0, 1], truncated: "zero" }), true],
  ["return", "an empty table", shaping({ mode: "table", values: [], truncated: "zero" }), false],
  ["return", "a table that does not say what a cut is", shaping({ mode: "table", values: [0] }), false],
  ["return", "weights", shaping({ mode: "linear", weights: [1], bias: 0, truncated: "state" }), true],
  ["return", "weights without a bias", shaping({ mode: "linear", weights: [1], truncated: "state" }), false],
  ["return", "shaping by a program", shaping({ mode: "code", text: "1" }), false],
  ["sparse-outcome", "judgement by the reward", { terminated: "by-reward", truncated: "neither" }, true],
  ["sparse-outcome", "a verdict of another kind", { truncated: "draw" }, false],
  ["sparse-outcome", "a magnitude of 0", { success: { ...up, magnitude: 0 } }, false]
]

describe("manifest", () => {
  it("is a manifest of both policies", () => {
    expect(decodeStrict(PluginManifest, manifest)).toMatchObject({ ok: true })
    expect(manifest.entries.map(({ id }) => id)).toEqual(Object.keys(policies))
  })

  it.each(corpus)("agrees with the decoder of %s on %s", (policy, _, over, accepted) => {
    const { decode, good } = policies[policy] ?? { decode: sparseOutcome.decodeOptions, good: {} }
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

  it("leaves the rule between the channels to the decoder, which names it", () => {
    for (const wrong of [
      discountedReturn.decodeOptions({ ...returnOptions, loss: up }),
      sparseOutcome.decodeOptions({ ...sparseOptions, failure: up })
    ])
      expect(wrong).toMatchObject({ ok: false, mistakes: [{ expected: expect.stringContaining("two different channels") }] })
  })
})
