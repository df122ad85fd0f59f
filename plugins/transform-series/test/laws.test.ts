import { describeLaws, manifestLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import { describeCases, describeManifest, describeReadme } from "../../transform-tabular/test/support.ts"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as module from "../src/index.ts"
import { cases, shape, signal } from "./cases.ts"

const plugin = { manifest, module, url: import.meta.url }
const window = { length: 3, at: "start", pad: "refuse" }
const resample = { length: 3, method: "linear", sample_rate: "keep" }
const scaling = { per: "series", range: [0, 1], constant: "low" }

describeLaws({ describe, it }, "the package", manifestLaws(manifest, module, packageJson))
describeCases(plugin, cases)
describeManifest(plugin, [
  ["seriesWindow", window, true],
  ["seriesWindow", { ...window, at: { offset: 4 }, pad: { value: -0.5 } }, true],
  ["seriesWindow", { ...window, at: "middle" }, false],
  ["seriesWindow", { ...window, at: { offset: -1 } }, false],
  ["seriesWindow", { ...window, at: { offset: 1, from: "end" } }, false],
  ["seriesWindow", { ...window, pad: 0 }, false],
  ["seriesWindow", { ...window, pad: {} }, false],
  ["seriesWindow", { ...window, length: 0 }, false],
  ["seriesWindow", { ...window, length: 2.5 }, false],
  ["seriesWindow", { ...window, stride: 1 }, false],
  ["seriesResample", resample, true],
  ["seriesResample", { ...resample, sample_rate: "scale" }, true],
  ["seriesResample", { ...resample, method: "cubic" }, false],
  ["seriesResample", { ...resample, length: 1_000_001 }, false],
  ["seriesResample", { length: 3, method: "linear" }, false],
  ["seriesZNormalise", { per: "channel", constant: "zero" }, true],
  ["seriesZNormalise", { per: "dataset", constant: "zero" }, false],
  ["seriesZNormalise", { per: "series", constant: "low" }, false],
  ["seriesMinMax", scaling, true],
  ["seriesMinMax", { ...scaling, range: [0] }, false],
  ["seriesMinMax", { ...scaling, constant: "zero" }, false],
  ["seriesJitter", { std: 0.1 }, true],
  ["seriesJitter", { std: 0 }, false],
  ["seriesJitter", { std: "0.1" }, false],
  ["seriesJitter", {}, false]
])
describeReadme(plugin, { shape, signal, rng: undefined })
