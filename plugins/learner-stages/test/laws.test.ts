/**
 * The laws of learners, of which a stage is one that takes steps instead of samples: what a law calls training on n samples is n steps of
 * the stage here, whichever samples these are.
 */
import { readFileSync } from "node:fs"
import { describeLaws, learnerLaws, manifestLaws } from "@feagi-trainer/conformance"
import type { LearnerSession } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"
import { advance, cases, open } from "./support.ts"

const bySteps = (session: LearnerSession): LearnerSession => ({
  ...session,
  train: (batch) => (batch.length === 0 ? Effect.succeed([]) : advance(session, batch.length))
})

// One case of each stage: those of Session.test.ts are all of them.
for (const name of ["supervised", "rl", "dpo", "distillation"] as const)
  describeLaws(
    { describe, it },
    `the stage of the case "${name}" is a learner`,
    learnerLaws({
      open: (seed) => Effect.map(open(name, { seed }), bySteps),
      training: cases[name].samples.slice(0, 4).map((sample) => ({ sample, target: sample.target ?? { scalar: 0 } })),
      probes: cases[name].samples.slice(0, 3)
    })
  )

const packageJson: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
describeLaws({ describe, it }, "learner-stages is a plugin package", manifestLaws(manifest, exported, packageJson))
