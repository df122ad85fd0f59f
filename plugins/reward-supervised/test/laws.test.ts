import { classOutcomes, describeLaws, manifestLaws, rewardLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

const options = {
  reinforce: { channel: "pleasure", magnitude: 100 },
  suppress: { channel: "pain", magnitude: 50 },
  margin: 0.05,
  teach: true,
  timing: { reinforce: 0, reinforce_present: 1, suppress: 2, suppress_present: 3 }
}

describeLaws(
  { describe, it },
  "supervised is a reward policy",
  rewardLaws({ policy: plugin.supervised, options, outcomes: classOutcomes(3) })
)
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
