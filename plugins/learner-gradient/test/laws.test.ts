import { readFileSync } from "node:fs"
import { describeLaws, learnerLaws, manifestLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"
import { lessons, open } from "./support.ts"

describeLaws(
  { describe, it },
  "a gradient model is a learner",
  learnerLaws({
    open: (seed) => open({}, { seed }),
    training: lessons.slice(0, 48),
    probes: lessons.slice(48, 53).map(({ sample }) => sample)
  })
)

const packageJson: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
describeLaws({ describe, it }, "learner-gradient is a plugin package", manifestLaws(manifest, exported, packageJson))
