/** A comparison as scripts see it: the shapes that docs/reference/json.md promises. */
import type { JsonValue } from "@feagi-trainer/contracts"
import type { AgainstBaseline, RunComparison, SampleChanges } from "@feagi-trainer/core"
import { hashOf } from "@feagi-trainer/determinism"
import { type Difference, type FamilyMetric, mcNemarExact } from "@feagi-trainer/evaluation"
import type { ComparedSide } from "./comparedSide.ts"

const differenceData = ({ field, values }: Difference) => ({ field, ...values })

/** Seen from the run: `a-better` is `worse`. */
export const verdictWord = (verdict: FamilyMetric["verdict"]): string =>
  verdict === "a-better" ? "worse" : verdict === "b-better" ? "better" : verdict

/** Where samples are right or wrong, whether the two runs differ in which ones: only the samples that one of them got right tell. */
export const mcNemarData = ({ judged_by, improved, regressed }: SampleChanges) =>
  judged_by === "class"
    ? {
        only_baseline_right: regressed.length,
        only_run_right: improved.length,
        p: mcNemarExact(regressed.length, improved.length)
      }
    : null

const againstData = ({ run, metrics, samples }: AgainstBaseline) => ({
  run,
  metrics: Object.fromEntries(
    Object.entries(metrics).map(([name, { a, b, diff, interval, p, p_holm, verdict }]) => [
      name,
      { baseline: a, value: b, diff, interval, p, p_holm, verdict: verdictWord(verdict) }
    ])
  ),
  samples: { ...samples, mcnemar: mcNemarData(samples) }
})

/** What two runs were compared by before there could be more of them; kept for those who read it. */
const pairData = (comparison: RunComparison) => {
  if (comparison.labels.length > 2) return {}
  const [only] = comparison.comparisons
  const metrics = Object.entries(only?.metrics ?? {}).map(([name, { p_holm: _, ...metric }]) => [name, metric])
  return { metrics: Object.fromEntries(metrics) }
}

/** Everything that was found. Where the runs lie is no part of `comparison_sha256`, so that two people can say that they saw the same. */
export const comparisonData = (sides: ReadonlyArray<ComparedSide>, comparison: RunComparison) => {
  const runs = sides.map(({ run }, at) => ({
    label: comparison.labels[at] ?? "",
    spec_sha256: run.spec_sha256,
    predictions_sha256: run.phases.find((each) => each.phase === comparison.phase)?.predictions_sha256 ?? null,
    name: run.document.name,
    seed: run.document.seed,
    learner: run.document.learner.kind,
    dataset: run.document.dataset.dataset_version_id
  }))
  const { comparable, shown, watermark, across, undeclared, phase, primary_metric, n, partial } = comparison
  const verdict = { comparable, shown, watermark }
  const found = {
    identity_differences: comparison.identity_differences.map(differenceData),
    treatment_differences: comparison.treatment_differences.map((each) => ({ ...differenceData(each), across: each.across })),
    across,
    undeclared,
    phase,
    primary_metric,
    n,
    partial,
    comparisons: comparison.comparisons.map(againstData),
    slices: comparison.slices,
    config: comparison.settings.map(differenceData),
    provenance: comparison.provenance.map(differenceData)
  }
  return {
    ...verdict,
    comparison_sha256: hashOf({ ...verdict, runs, ...found } as unknown as JsonValue),
    baseline: comparison.labels[0] ?? "",
    runs: runs.map((each, at) => ({
      ...each,
      run_id: sides[at]?.run.run_id ?? "",
      seed: BigInt(each.seed),
      bundle: sides[at]?.bundle ?? null
    })),
    ...pairData(comparison),
    ...found
  }
}
