/** The examples of a protocol: they hold, or what differs is named. */
import type { Protocol } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { checkVectors, packsOfVectors } from "../src/index.ts"
import { answeredWith, context, hitPack, protocol } from "./support.ts"

const plugin = "@you/hits#hits"
const vector = {
  name: "three samples",
  metric_pack: { plugin, options: {} },
  classes: context.classes,
  samples: [answeredWith("a", 1), answeredWith("b", 0), answeredWith("c", -1)],
  values: { hits: 1 / 3, "hits/answered": 0.5 }
}
const withVectors = (...vectors: NonNullable<Protocol["vectors"]>): Protocol => ({ ...protocol, vectors })

describe("checkVectors()", () => {
  it("finds nothing where the pack gives what the protocol says", () => {
    expect(checkVectors(withVectors(vector), plugin, hitPack)).toEqual([])
    expect(checkVectors(protocol, plugin, hitPack)).toEqual([])
  })

  it("names every value that changed, by vector and metric, with both numbers and the way out", () => {
    const found = checkVectors(withVectors({ ...vector, values: { hits: 0.5, gone: 1 } }), plugin, hitPack)
    expect(found.map(({ code, field, expected, actual }) => [code, field, expected, actual])).toEqual([
      ["FT5401", "vectors.three samples.hits", "0.5", String(1 / 3)],
      ["FT5401", "vectors.three samples.gone", "1", "no such value"]
    ])
    expect(found[0]?.help).toContain("another id than hits-holdout")
  })

  it("takes numbers to the tolerance of the protocol and no further", () => {
    const near = withVectors({ ...vector, values: { hits: 1 / 3 + 1e-9 } })
    expect(checkVectors(near, plugin, hitPack)).toHaveLength(1)
    expect(checkVectors({ ...near, verification_tolerance: 1e-8 }, plugin, hitPack)).toEqual([])
  })

  it("does not take too little data for a number, nor the other way round", () => {
    const none = { ...vector, name: "none", samples: [], values: { hits: { insufficient: "any reason" } } }
    expect(checkVectors(withVectors(none), plugin, hitPack)).toEqual([])
    expect(checkVectors(withVectors({ ...none, values: { hits: 0 } }), plugin, hitPack)).toHaveLength(1)
    expect(checkVectors(withVectors({ ...vector, values: { hits: { insufficient: "x" } } }), plugin, hitPack)).toHaveLength(1)
  })

  it("says so when the pack takes neither the options nor the samples", () => {
    const strict = {
      ...hitPack,
      decodeOptions: () => ({ ok: false, mistakes: [{ path: ["k"], problem: "missing", message: "is missing" }] }) as const
    }
    expect(checkVectors(withVectors(vector), plugin, strict)).toMatchObject([{ field: "vectors.three samples.metric_pack.options.k" }])
    const sample = { sample_id: "s", target: { scalar: 1 }, prediction: { scalar: 1 } }
    const [found] = checkVectors(withVectors({ ...vector, samples: [sample] }), plugin, hitPack)
    expect(found?.message).toContain('sample "s"')
  })

  it("asks each pack for its own vectors", () => {
    const other = { ...vector, metric_pack: { plugin: "@you/other#other", options: {} }, values: { hits: 9 } }
    const both = withVectors(vector, other, other)
    expect(packsOfVectors(both)).toEqual([plugin, "@you/other#other"])
    expect(packsOfVectors(protocol)).toEqual([])
    expect(checkVectors(both, plugin, hitPack)).toEqual([])
  })
})
