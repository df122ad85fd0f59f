/**
 * Which samples a run does better or worse than the baseline, one by one: what an average hides.
 *
 * A class is right or wrong. Any other output type is judged by the primary metric of the protocol over each sample alone; there nothing is
 * "wrong in both", because no value of a metric is the border. Sharp edge: a metric that has no value for one sample (an area under a
 * curve, a macro mean) leaves the sample out of all lists, and `not_judged` says how many.
 */
import { isAbstain, isInsufficient, type MetricFold, type MetricValue, type Scored } from "@feagi-trainer/contracts"
import { isCorrect } from "@feagi-trainer/evaluation"

/** One sample in two runs. Class ids, null for an abstention; else values of the metric. */
export interface SampleChange {
  readonly sample_id: string
  /** The class that it is of; null where samples are not judged by class. */
  readonly target: number | null
  readonly baseline: number | null
  readonly run: number | null
}

export interface SampleChanges {
  /** `class`, or the name of the metric. */
  readonly judged_by: string
  /** Samples that both runs answered. */
  readonly matched: number
  /** The run is right or better where the baseline was not. */
  readonly improved: ReadonlyArray<SampleChange>
  readonly regressed: ReadonlyArray<SampleChange>
  /** Wrong in both runs; null where samples are not judged by class. */
  readonly persistent: ReadonlyArray<SampleChange> | null
  readonly unmatched: { readonly baseline_only: ReadonlyArray<string>; readonly run_only: ReadonlyArray<string> }
  /** Samples for which the metric has no value in one of the runs. */
  readonly not_judged: number
}

/** How to judge samples that are not of a class. */
export interface SampleJudge {
  readonly metric: string
  readonly direction: "higher-is-better" | "lower-is-better"
  readonly fold: MetricFold<unknown>
}

type Judged = Pick<SampleChanges, "judged_by" | "improved" | "regressed" | "persistent" | "not_judged">
type Pair = readonly [baseline: Scored, run: Scored]

const classOf = (scored: Scored): number | null =>
  !isAbstain(scored.prediction) && "class" in scored.prediction ? scored.prediction.class.class_id : null

const byClass = (pairs: ReadonlyArray<Pair>): Judged => {
  const improved: Array<SampleChange> = []
  const regressed: Array<SampleChange> = []
  const persistent: Array<SampleChange> = []
  for (const [baseline, run] of pairs) {
    const [before, after] = [isCorrect(baseline), isCorrect(run)]
    if (before && after) continue
    const change: SampleChange = {
      sample_id: baseline.sample_id,
      target: "class" in baseline.target ? baseline.target.class.class_id : null,
      baseline: classOf(baseline),
      run: classOf(run)
    }
    if (after) improved.push(change)
    else if (before) regressed.push(change)
    else persistent.push(change)
  }
  return { judged_by: "class", improved, regressed, persistent, not_judged: 0 }
}

/** The value of the metric over this one sample; a pack that refuses it gives none. */
const alone = ({ metric, fold }: SampleJudge, scored: Scored): MetricValue => {
  try {
    return fold.result(fold.add(fold.empty, scored)).values[metric] ?? { insufficient: "the pack gives no such value" }
  } catch (cause) {
    if (cause instanceof RangeError) return { insufficient: cause.message }
    throw cause
  }
}

const byMetric = (pairs: ReadonlyArray<Pair>, judge: SampleJudge): Judged => {
  const improved: Array<SampleChange> = []
  const regressed: Array<SampleChange> = []
  let not_judged = 0
  for (const [left, right] of pairs) {
    const [baseline, run] = [alone(judge, left), alone(judge, right)]
    if (isInsufficient(baseline) || isInsufficient(run)) {
      not_judged += 1
      continue
    }
    if (baseline === run) continue
    const better = run > baseline === (judge.direction === "higher-is-better")
    ;(better ? improved : regressed).push({ sample_id: left.sample_id, target: null, baseline, run })
  }
  return { judged_by: judge.metric, improved, regressed, persistent: null, not_judged }
}

/** Every list in the order of the baseline's answers, `run_only` in that of the run's. A sample is met once by each of them. */
export const sampleChanges = (baseline: ReadonlyArray<Scored>, run: ReadonlyArray<Scored>, judge: SampleJudge): SampleChanges => {
  const theirs = new Map(run.map((each) => [each.sample_id, each]))
  const ours = new Set(baseline.map((each) => each.sample_id))
  const pairs = baseline.flatMap((left): ReadonlyArray<Pair> => {
    const right = theirs.get(left.sample_id)
    return right === undefined ? [] : [[left, right]]
  })
  const ofClass = pairs.every(([left]) => "class" in left.target)
  return {
    matched: pairs.length,
    unmatched: {
      baseline_only: baseline.flatMap(({ sample_id }) => (theirs.has(sample_id) ? [] : [sample_id])),
      run_only: run.flatMap(({ sample_id }) => (ours.has(sample_id) ? [] : [sample_id]))
    },
    ...(ofClass ? byClass(pairs) : byMetric(pairs, judge))
  }
}
