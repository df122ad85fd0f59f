import { describeLaws, manifestLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import { describeCases, describeManifest, describeReadme } from "../../transform-tabular/test/support.ts"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as module from "../src/index.ts"
import { cases, text } from "./cases.ts"

const plugin = { manifest, module, url: import.meta.url }
const normal = { unicode: "nfc", case: "lower", white_space: "keep" }
const output = { form: "ids", length: 4, pad: "end", cut: "refuse" }
const tokens = { tokeniser: "bytes", max_size: 10, unknown: "index", output }

describeLaws({ describe, it }, "the package", manifestLaws(manifest, module, packageJson))
describeCases(plugin, cases)
describeManifest(plugin, [
  ["textNormalise", normal, true],
  ["textNormalise", { unicode: "none", case: "keep", white_space: "collapse" }, true],
  ["textNormalise", { ...normal, unicode: "nfd" }, false],
  ["textNormalise", { ...normal, case: "upper" }, false],
  ["textNormalise", { ...normal, white_space: true }, false],
  ["textNormalise", { unicode: "nfc" }, false],
  ["textNormalise", { ...normal, accents: "strip" }, false],
  ["tokenise", tokens, true],
  ["tokenise", { ...tokens, output: { form: "bag-of-tokens" } }, true],
  ["tokenise", { ...tokens, output: { form: "bag-of-tokens", length: 3 } }, false],
  ["tokenise", { ...tokens, output: { ...output, pad: "both" } }, false],
  ["tokenise", { ...tokens, output: { ...output, length: 0 } }, false],
  ["tokenise", { ...tokens, output: "ids" }, false],
  ["tokenise", { ...tokens, tokeniser: "bpe" }, false],
  ["tokenise", { ...tokens, max_size: 0 }, false],
  ["tokenise", { ...tokens, max_size: 65_537 }, false],
  ["tokenise", { ...tokens, unknown: "drop" }, false],
  ["tokenise", { tokeniser: "bytes" }, false]
])
describeReadme(plugin, { text, rng: undefined })
