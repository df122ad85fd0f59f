import { describeLaws, manifestLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as module from "../src/index.ts"
import { cases, row, table } from "./cases.ts"
import { describeCases, describeManifest, describeReadme } from "./support.ts"

const plugin = { manifest, module, url: import.meta.url }
const scaling = { range: [0, 1], out_of_range: "clip", constant: "low" }

describeLaws({ describe, it }, "the package", manifestLaws(manifest, module, packageJson))
describeCases(plugin, cases)
describeManifest(plugin, [
  ["flatten", { range: "declared" }, true],
  ["flatten", { range: [0, 1.5] }, true],
  ["flatten", { range: [0] }, false],
  ["flatten", { range: "all" }, false],
  ["flatten", {}, false],
  ["standardise", { constant: "refuse" }, true],
  ["standardise", { constant: "zero" }, true],
  ["standardise", { constant: 0 }, false],
  ["standardise", { constant: "zero", epsilon: 1 }, false],
  ["minMax", scaling, true],
  ["minMax", { ...scaling, out_of_range: "keep", constant: "refuse" }, true],
  ["minMax", { ...scaling, range: [0, 1, 2] }, false],
  ["minMax", { ...scaling, range: "unit" }, false],
  ["minMax", { ...scaling, out_of_range: "wrap" }, false],
  ["minMax", { range: [0, 1] }, false],
  ["select", { features: ["a", "b"] }, true],
  ["select", { features: [] }, false],
  ["select", { features: ["a", "a"] }, false],
  ["select", { features: [0] }, false],
  ["select", { features: "a" }, false],
  ["select", [], false],
  ["select", null, false]
])
describeReadme(plugin, { table, row })
