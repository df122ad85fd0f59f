import { describeLaws, manifestLaws, transformLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import { describeCases, describeManifest, describeReadme } from "../../transform-tabular/test/support.ts"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as module from "../src/index.ts"
import { cases, file, files, picture, pixels } from "./cases.ts"

const plugin = { manifest, module, url: import.meta.url }
const decode = { channels: 3, alpha: "drop", orientation: "apply" }
const resize = { width: 8, height: 8, kernel: "linear", fit: "fill" }
const window = { x: 0, y: 0, width: 2, height: 2 }
const rectangle = { x: 0, y: 0, width: 2, height: 2 }
const turn = { degrees: 10, kernel: "linear", outside: [0] }

describeLaws({ describe, it }, "the package", manifestLaws(manifest, module, packageJson))
describeCases(plugin, cases)
// What a JPEG holds is the decoder's business: no golden bytes, the laws alone.
describeLaws(
  { describe, it },
  "decode-files",
  transformLaws({
    transform: module.imageDecode,
    options: decode,
    shape: files,
    samples: ["astronaut.png", "camera.png", "astronaut-alpha.png", "coffee-palette.png", "coffee-turned.jpg"].map((name) => file(name))
  })
)
describeManifest(plugin, [
  ["imageDecode", decode, true],
  ["imageDecode", { channels: 1, alpha: { background: [0, 128, 255] }, orientation: "refuse" }, true],
  ["imageDecode", { ...decode, channels: 2 }, false],
  ["imageDecode", { ...decode, alpha: { background: [0, 0] } }, false],
  ["imageDecode", { ...decode, alpha: { background: [0, 0, 256] } }, false],
  ["imageDecode", { ...decode, alpha: "keep" }, false],
  ["imageDecode", { ...decode, orientation: "ignore" }, false],
  ["imageDecode", { channels: 3 }, false],
  ["imageResize", resize, true],
  ["imageResize", { ...resize, kernel: "lanczos3", fit: "cover" }, true],
  ["imageResize", { ...resize, fit: { contain: { background: [0, 0, 0] } } }, true],
  ["imageResize", { ...resize, fit: "contain" }, false],
  ["imageResize", { ...resize, fit: { contain: { background: [] } } }, false],
  ["imageResize", { ...resize, kernel: "bilinear" }, false],
  ["imageResize", { ...resize, width: 0 }, false],
  ["imageResize", { ...resize, height: 16_385 }, false],
  ["imageCrop", window, true],
  ["imageCrop", { ...window, x: -1 }, false],
  ["imageCrop", { ...window, width: 1.5 }, false],
  ["imageCrop", { x: 0, y: 0 }, false],
  ["imageFlip", { axis: "vertical" }, true],
  ["imageFlip", { axis: "both" }, false],
  ["imageMask", { keep: { rectangle }, outside: [0] }, true],
  ["imageMask", { keep: { circle: { x: 1.5, y: -1, radius: 3 } }, outside: [0, 1, 2, 3] }, true],
  ["imageMask", { keep: { circle: { x: 1.5, y: -1, radius: 0 } }, outside: [0] }, false],
  ["imageMask", { keep: { rectangle: { ...rectangle, radius: 1 } }, outside: [0] }, false],
  ["imageMask", { keep: { rectangle }, outside: [0, 0, 0, 0, 0] }, false],
  ["imageMask", { keep: {}, outside: [0] }, false],
  ["imageNormalise", { mean: [0.5], std: [0.25] }, true],
  ["imageNormalise", { mean: [0.5], std: [0] }, false],
  ["imageNormalise", { mean: [], std: [1] }, false],
  ["imageNormalise", { mean: 0.5, std: 0.25 }, false],
  ["imageStandardise", { constant: "zero" }, true],
  ["imageStandardise", { constant: "keep" }, false],
  ["imageRotate", { by: { quarter_turns: 3 } }, true],
  ["imageRotate", { by: turn }, true],
  ["imageRotate", { by: { quarter_turns: 4 } }, false],
  ["imageRotate", { by: { ...turn, degrees: 181 } }, false],
  ["imageRotate", { by: { ...turn, kernel: "cubic" } }, false],
  ["imageRotate", { by: { ...turn, quarter_turns: 1 } }, false],
  ["imageRotate", { quarter_turns: 1 }, false],
  ["imageRandomFlip", { axis: "horizontal", probability: 1 }, true],
  ["imageRandomFlip", { axis: "horizontal", probability: 0 }, false],
  ["imageRandomFlip", { axis: "horizontal" }, false],
  ["imageRandomCrop", { padding: 4, outside: [0] }, true],
  ["imageRandomCrop", { padding: 0, outside: [0] }, false],
  ["imageRandomBrightness", { max: 255 }, true],
  ["imageRandomBrightness", { max: 0.5 }, false],
  ["imageRandomBrightness", { max: 0 }, false],
  ["imageRandomRotate", { max_degrees: 15.5, kernel: "nearest", outside: [0] }, true],
  ["imageRandomRotate", { max_degrees: 0, kernel: "nearest", outside: [0] }, false]
])
describeReadme(plugin, { picture, pixels, rng: undefined })
