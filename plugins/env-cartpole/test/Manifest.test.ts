/** The manifest, the decoder and the module agree. */
import { accepts, describeLaws, manifestLaws } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

const good = { step_limit: 500, reward: "upright" }
const corpus: ReadonlyArray<readonly [what: string, options: unknown, accepted: boolean]> = [
  ["sound options", good, true],
  ["the other reward", { ...good, reward: "fall" }, true],
  ["no step at all", { ...good, step_limit: 0 }, false],
  ["half a step", { ...good, step_limit: 0.5 }, false],
  ["another reward", { ...good, reward: "money" }, false],
  ["an unknown key", { ...good, mood: 1 }, false],
  ["no options", {}, false]
]

describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))

describe("the options", () => {
  it.each(corpus)("are taken alike by decoder and manifest: %s", (_, options, accepted) => {
    const schema = manifest.entries[0]?.options_schema
    expect({ decoder: plugin.cartPole.decodeOptions(options).ok, schema: accepts(schema, options) }).toEqual({
      decoder: accepted,
      schema: accepted
    })
  })

  it("have no default: what is left out is named", () => {
    const decoded = plugin.cartPole.decodeOptions({})
    expect(decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join("."))).toEqual(["step_limit", "reward"])
  })
})
