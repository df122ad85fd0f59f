import { describeLaws, manifestLaws, samplerLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

const golden = {
  seed: "golden",
  epoch: 3,
  items: 23,
  order: [16, 4, 20, 1, 12, 5, 8, 17, 11, 10, 2, 9, 3, 0, 14, 7, 13, 6, 15, 22, 21, 19, 18]
}

for (const [window, more] of [
  [2, {}],
  [5, { golden: [golden] }],
  [1000, {}]
] as const)
  describeLaws(
    { describe, it },
    `stratified is a sampler, window ${window}`,
    samplerLaws({ sampler: plugin.stratified, options: { window }, epochs: "different", ...more })
  )
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
