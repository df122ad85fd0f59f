/**
 * A metric over the seeds of a run group: mean, spread and the interval of Student's t, as upstream's MetricStat says it.
 *
 * Sharp edges: the interval is about the seeds, not about the samples, and may leave [0, 1]; with one seed there is no spread to see, and
 * the wire says so with stddev 0 and an interval of no width, so read `n` first. A seed without a number makes the statistic
 * insufficient: leaving it out would keep only the seeds that went well.
 */
import { type InsufficientData, isInsufficient, type MetricStat, type MetricValue } from "@feagi-trainer/contracts"
import { ExactSum } from "@feagi-trainer/determinism"
import { checkConfidence, studentCritical } from "./Critical.ts"

/**
 * mean = Σx/n; stddev = √(Σ(x − mean)²/(n − 1)), 0 for n = 1; interval = mean ± t·stddev/√n with t = Student's quantile of
 * (1 + confidence)/2 at n − 1 degrees of freedom. Sums are exact, so the order of the seeds cannot be seen.
 * Throws RangeError on a confidence outside (0, 1) and on a value that is not finite.
 */
export const metricStat = (values: ReadonlyArray<number>, confidence: number): MetricStat | InsufficientData => {
  checkConfidence(confidence)
  return values.length === 0 ? { insufficient: "there is no value" } : ofNumbers(values, confidence)
}

const ofNumbers = (values: ReadonlyArray<number>, confidence: number): MetricStat => {
  const wrong = values.findIndex((value) => !Number.isFinite(value))
  if (wrong !== -1) throw new RangeError(`a statistic is made of finite numbers; value ${wrong} of ${values.length} is ${values[wrong]}`)
  const n = values.length
  const mean = ExactSum.value(ExactSum.addAll(ExactSum.empty, values)) / n
  const squares = ExactSum.addAll(
    ExactSum.empty,
    values.map((value) => (value - mean) * (value - mean))
  )
  const stddev = n === 1 ? 0 : Math.sqrt(ExactSum.value(squares) / (n - 1))
  const margin = n === 1 ? 0 : (studentCritical(confidence, n - 1) * stddev) / Math.sqrt(n)
  return { n, mean, stddev, ci_low: mean - margin, ci_high: mean + margin, confidence_level: confidence }
}

/** Some seeds have no number for a metric; the statistic is not made of the others. */
export interface InsufficientSeeds extends InsufficientData {
  readonly seeds: number
  readonly insufficient_seeds: number
}
export type SeedStat = MetricStat | InsufficientSeeds

/** Whether a statistic over seeds is one. */
export const isSeedStat = (stat: SeedStat): stat is MetricStat => !("insufficient" in stat)

/**
 * The statistic of every metric over the seeds, given the values of each seed.
 * Throws RangeError when the seeds do not all have the same metrics, on a value that is not finite and on a confidence outside (0, 1).
 */
export const metricStats = (
  seeds: ReadonlyArray<Readonly<Record<string, MetricValue>>>,
  confidence: number
): Readonly<Record<string, SeedStat>> => {
  checkConfidence(confidence)
  const [first] = seeds
  if (first === undefined) throw new RangeError("a statistic over seeds needs at least one seed")
  const names = Object.keys(first).sort()
  for (const [index, values] of seeds.entries()) {
    const others = Object.keys(values)
    const missing = names.filter((name) => !Object.hasOwn(values, name))
    const extra = others.filter((name) => !Object.hasOwn(first, name))
    if (missing.length + extra.length > 0) {
      throw new RangeError(
        `all seeds must have the same metrics; seed ${index} ${[
          ...(missing.length > 0 ? [`lacks ${missing.join(", ")}`] : []),
          ...(extra.length > 0 ? [`has ${extra.join(", ")} besides`] : [])
        ].join(" and ")}, compared with seed 0`
      )
    }
  }
  return Object.fromEntries(
    names.map((name) => [
      name,
      statOf(
        seeds.map((values) => values[name] ?? { insufficient: "absent" }),
        confidence
      )
    ])
  )
}

const statOf = (values: ReadonlyArray<MetricValue>, confidence: number): SeedStat => {
  const without = values.flatMap((value, seed) => (isInsufficient(value) ? [{ seed, reason: value.insufficient }] : []))
  const [example] = without
  if (example !== undefined) {
    return {
      insufficient: `${without.length} of ${values.length} seeds have no value; seed ${example.seed}: ${example.reason}`,
      seeds: values.length,
      insufficient_seeds: without.length
    }
  }
  return ofNumbers(
    values.filter((value) => typeof value === "number"),
    confidence
  )
}
