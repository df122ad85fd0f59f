import { describeLaws, manifestLaws, samplerLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

const sampler = plugin.timeWindow
const overlapping = { length: 3, stride: 2, order: "shuffled-windows", incomplete: "keep" }
const golden = [{ seed: "golden", epoch: 3, items: 16, order: [8, 9, 10, 15, 2, 5, 8, 10, 11, 0, 4, 15, 1, 6, 7, 7, 12, 13, 3, 14, 13] }]

const suites = [
  ["overlapping", samplerLaws({ sampler, options: overlapping, epochs: "different", golden })],
  ["side by side", samplerLaws({ sampler, options: { ...overlapping, stride: 3 }, epochs: "different" })],
  ["apart and whole", samplerLaws({ sampler, options: { ...overlapping, stride: 4, incomplete: "drop" }, epochs: "different" })],
  // Nothing is drawn: every epoch replays what happened.
  ["in the order of time", samplerLaws({ sampler, options: { ...overlapping, order: "time" }, epochs: "same" })]
] as const

for (const [name, laws] of suites) describeLaws({ describe, it }, `time-window is a sampler, ${name}`, laws)
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
