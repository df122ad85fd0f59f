import { describeLaws, manifestLaws, samplerLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

describeLaws({ describe, it }, "sequential is a sampler", samplerLaws({ sampler: plugin.sequential, options: {}, epochs: "same" }))
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
