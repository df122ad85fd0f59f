/**
 * The values of the pack, from summaries in the order of their initial states. Fold and resampling both end here.
 *
 * Sharp edges: standard deviations are of the sample (n − 1); an abstained rollout failed, and is in no other value; what was never
 * recovered from is in `recovered` and in no latency.
 */
import { compensatedSum, finiteSum, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import type { Entry, Summary } from "./Episodes.ts"

const insufficient = (why: string): MetricValue => ({ insufficient: why })

/** What is known of some numbers; `why` stands for all of it where there is none. */
const statistics = (numbers: ReadonlyArray<number>, why: string) => {
  const count = numbers.length
  if (count === 0)
    return { mean: insufficient(why), median: insufficient(why), min: insufficient(why), max: insufficient(why), std: insufficient(why) }
  const sorted = numbers.toSorted((left, right) => left - right)
  const at = (rank: number): number => sorted[rank] ?? Number.NaN
  const [min, max] = [at(0), at(count - 1)]
  const total = compensatedSum()
  for (const each of numbers) total.add(each)
  // Of equal numbers the mean is that number, which the rounded quotient may miss by a bit.
  const mean = min === max ? min : total.value() / count
  const squares = compensatedSum()
  for (const each of numbers) squares.add((each - mean) ** 2)
  return {
    mean: finiteSum(mean),
    median: finiteSum(count % 2 === 1 ? at((count - 1) / 2) : (at(count / 2 - 1) + at(count / 2)) / 2),
    min: finiteSum(min),
    max: finiteSum(max),
    std: count < 2 ? insufficient("one rollout has no spread; at least 2 are needed") : finiteSum(Math.sqrt(squares.value() / (count - 1)))
  }
}

const ratio = (part: number, whole: number, why: string): MetricValue => (whole === 0 ? insufficient(why) : part / whole)

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, each) => total + each, 0)

type Outcome = NonNullable<Summary["outcome"]>

const violationValues = (outcomes: ReadonlyArray<Outcome>) => {
  const judged = outcomes.flatMap(({ violations, steps }) => (violations === null ? [] : [{ violations, steps }]))
  const why = "no rollout with a record has constraints"
  const all = sum(judged.map(({ violations }) => violations))
  return {
    violations: ratio(all, judged.length, why),
    "violations/per_step": ratio(all, sum(judged.map(({ steps }) => steps)), judged.length === 0 ? why : "no rollout has a step"),
    "violations/episodes": ratio(judged.filter(({ violations }) => violations > 0).length, judged.length, why)
  }
}

const recoveryValues = (outcomes: ReadonlyArray<Outcome>) => {
  const judged = outcomes.flatMap(({ latencies, steady, steps }) =>
    latencies === null || steady === null ? [] : [{ latencies, steady, steps }]
  )
  const pushes = judged.flatMap(({ latencies }) => latencies)
  const recovered = pushes.filter((latency): latency is number => latency !== null)
  const unjudged = "no rollout with a record has a recovery band"
  const unpushed = judged.length === 0 ? unjudged : "no rollout was perturbed"
  const latency = statistics(recovered, pushes.length === 0 ? unpushed : `none of ${pushes.length} perturbations was recovered from`)
  return {
    recovery_latency: latency.mean,
    "recovery_latency/median": latency.median,
    "recovery_latency/max": latency.max,
    recovered: ratio(recovered.length, pushes.length, unpushed),
    perturbations: pushes.length,
    stability: ratio(
      sum(judged.map(({ steady }) => steady)),
      sum(judged.map(({ steps }) => steps)),
      judged.length === 0 ? unjudged : "no rollout has a step"
    )
  }
}

const costValues = (outcomes: ReadonlyArray<Outcome>) => {
  const costs = outcomes.flatMap(({ cost }) => (cost === null ? [] : [cost]))
  const spikes = sum(costs.map((each) => each.spikes))
  const without = outcomes.length - costs.length
  const why = outcomes.length === 0 ? "no rollout has a record" : `${without} of ${outcomes.length} rollouts have no count of spikes`
  const known = (value: number): MetricValue => (costs.length === 0 || without > 0 ? insufficient(why) : finiteSum(value))
  return {
    "cost/total_spikes": known(spikes),
    "cost/spikes_per_burst": known(spikes / sum(costs.map(({ bursts }) => bursts))),
    "cost/spike_density": known(spikes / sum(costs.map(({ bursts, neurons }) => bursts * neurons)))
  }
}

/** @param entries in the order of their initial states */
export const valuesOf = (entries: ReadonlyArray<Entry>): Readonly<Record<string, MetricValue>> => {
  const summaries = entries.flatMap(({ summary, times }) => Array.from({ length: times }, () => summary))
  const outcomes = summaries.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]))
  const none = "no rollout was scored"
  const silent = summaries.length === 0 ? none : "no rollout has a record"
  const returns = statistics(
    outcomes.map((each) => each.return),
    silent
  )
  const lengths = statistics(
    outcomes.map(({ steps }) => steps),
    silent
  )
  return {
    return: returns.mean,
    "return/median": returns.median,
    "return/min": returns.min,
    "return/max": returns.max,
    return_std: returns.std,
    success_rate: ratio(outcomes.filter(({ success }) => success).length, summaries.length, none),
    episode_length: lengths.mean,
    "episode_length/median": lengths.median,
    "episode_length/min": lengths.min,
    "episode_length/max": lengths.max,
    episode_length_std: lengths.std,
    terminated: ratio(outcomes.filter(({ terminated }) => terminated).length, outcomes.length, silent),
    ...violationValues(outcomes),
    ...recoveryValues(outcomes),
    ...costValues(outcomes),
    answered: ratio(outcomes.length, summaries.length, none),
    abstained: ratio(summaries.length - outcomes.length, summaries.length, none)
  }
}

/** A value for a picture: a gap where there is none. */
export const orGap = (value: MetricValue | undefined): number | null => (value === undefined || isInsufficient(value) ? null : value)
