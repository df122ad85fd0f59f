/** A run as scripts see it: the shapes that docs/reference/json.md promises. */
import { partialPhases, type RunResult } from "@feagi-trainer/core"

/** What a brain learns is a connectome, what any other learner learns are weights. */
const learnt = (kind: string, learned_hash: string | undefined) =>
  kind === "brain" ? { connectome_hash: learned_hash ?? null } : { weights_sha256: learned_hash ?? null }

export const runData = (run: RunResult, kind: string, spec_sha256: string) => ({
  run_id: run.run_id,
  seed: BigInt(run.seed),
  status: run.status,
  predictions_sha256: run.predictions_sha256,
  spec_sha256,
  phases: run.phases.map((phase) => ({
    phase: phase.phase,
    spec_sha256,
    samples: phase.samples,
    predictions_sha256: phase.predictions_sha256 ?? null,
    rewards_sha256: phase.rewards_sha256 ?? null,
    feedback: phase.feedback,
    skipped: phase.skipped ?? null,
    ...learnt(kind, phase.learned_hash),
    scorecard_id: phase.scorecard_id ?? null,
    scorecard_body_sha256: phase.scorecard_body_sha256 ?? null,
    metrics: phase.metrics ?? {}
  })),
  partial: partialPhases(run.phases),
  brain_mutated: run.brain_mutated ?? null,
  continued: run.continued,
  ...learnt(kind, run.phases.at(-1)?.learned_hash),
  scorecard_id: run.phases.findLast((phase) => phase.scorecard_id !== undefined)?.scorecard_id ?? null,
  scorecard_body_sha256: run.phases.findLast((phase) => phase.scorecard_body_sha256 !== undefined)?.scorecard_body_sha256 ?? null
})
