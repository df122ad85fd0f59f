import { describeLaws, manifestLaws, samplerLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

const options = {
  by: "difficulty",
  order: "rising",
  schedule: { epochs_to_full: 4, start_fraction: 0.25, pacing: "root" },
  within: "shuffled"
}
const golden = [
  { epoch: 1, order: [11, 0, 8, 10, 16, 14, 5, 1, 4, 7, 6] },
  { epoch: 4, order: [5, 0, 15, 8, 10, 6, 16, 18, 3, 4, 19, 13, 9, 1, 2, 12, 17, 14, 11, 7] }
].map((each) => ({ seed: "golden", items: 20, ...each }))

const suites = [
  ["shuffled", samplerLaws({ sampler: plugin.curriculum, options, epochs: "different", golden })],
  // A sorted epoch draws nothing; epochs differ in how far they go.
  ["sorted", samplerLaws({ sampler: plugin.curriculum, options: { ...options, within: "sorted" }, epochs: "different", seeds: "same" })],
  [
    "falling, in one step",
    samplerLaws({
      sampler: plugin.curriculum,
      options: { ...options, by: "length", order: "falling", schedule: { ...options.schedule, pacing: "step" } },
      epochs: "different"
    })
  ]
] as const

for (const [name, laws] of suites) describeLaws({ describe, it }, `curriculum is a sampler, ${name}`, laws)
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
