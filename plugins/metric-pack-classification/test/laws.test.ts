import { classSamples, describeLaws, manifestLaws, metricPackLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

const classes = ["a", "b", "c"].map((label, class_id) => ({ class_id, label }))

for (const undefined_in_macro of ["insufficient", "zero"])
  describeLaws(
    { describe, it },
    `classification is a metric pack (undefined_in_macro = ${undefined_in_macro})`,
    metricPackLaws({
      pack: plugin.classification,
      options: { undefined_in_macro },
      context: { output_type: "class", classes },
      scored: classSamples(classes, { scores: true })
    })
  )
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
