/**
 * Every value of a metric pack compared between two runs over the same samples: the interval of the difference by the paired bootstrap,
 * p by the paired randomisation test (each sample's two answers swap sides like a coin; Noreen 1989).
 *
 * Sharp edges: differences are b − a, while the verdict knows which direction is better; p is never below 1/(resamples + 1); a difference
 * that some resample leaves without a value has no interval, because dropping those resamples would narrow it.
 */
import {
  type Diagnostic,
  type InsufficientData,
  isInsufficient,
  type MetricContext,
  type MetricPack,
  type MetricValue,
  type Scored
} from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"
import { checkPaired, type PairedOptions, type PairedVerdict, pairBySample, quantile, redraws } from "./Paired.ts"
import type { Interval } from "./Wilson.ts"

export interface PairedMetric {
  readonly a: MetricValue
  readonly b: MetricValue
  readonly diff: MetricValue
  readonly interval: Interval | InsufficientData
  readonly p: MetricValue
  /** `differs` is said of a metric that has no better side, `insufficient` where there is nothing to judge by. */
  readonly verdict: PairedVerdict | "differs" | "insufficient"
}

export interface PairedMetricsRequest<Options, State> extends PairedOptions {
  readonly a: ReadonlyArray<Scored>
  readonly b: ReadonlyArray<Scored>
  readonly pack: MetricPack<Options, State>
  readonly options: Options
  readonly context: MetricContext
}

export type PairedMetricsResult =
  | { readonly ok: true; readonly n: number; readonly metrics: Readonly<Record<string, PairedMetric>> }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

type Values = Readonly<Record<string, MetricValue>>
type Pair = readonly [a: Scored, b: Scored]

const difference = (a: MetricValue | undefined, b: MetricValue | undefined): MetricValue => {
  if (a === undefined || b === undefined) return { insufficient: "one of the two runs has no such value" }
  if (isInsufficient(a)) return { insufficient: `a: ${a.insufficient}` }
  return isInsufficient(b) ? { insufficient: `b: ${b.insufficient}` } : b - a
}

/** `f1/macro` has the direction of `f1/macro`, else of `f1`. */
const directionOf = (directions: MetricPack["directions"], name: string) => directions[name] ?? directions[name.split("/")[0] ?? name]

/** Throws RangeError when the pack refuses a sample, there is none, or the options cannot be drawn with. */
export const comparePairedMetrics = <Options, State>(request: PairedMetricsRequest<Options, State>): PairedMetricsResult => {
  checkPaired(request)
  const pairing = pairBySample(request.a, request.b)
  if (!pairing.ok) return pairing
  const { pairs } = pairing
  if (pairs.length === 0) throw new RangeError("a paired comparison needs at least one sample")
  const fold = request.pack.start(request.options, request.context)
  const valuesOf = (samples: ReadonlyArray<Scored>): Values => fold.result(samples.reduce(fold.add, fold.empty)).values
  const sidesOf = (drawn: ReadonlyArray<Pair>) => ({ a: valuesOf(drawn.map((pair) => pair[0])), b: valuesOf(drawn.map((pair) => pair[1])) })
  const whole = sidesOf(pairs)
  const names = Object.keys(whole.a)
  const resampled = new Map<string, Array<MetricValue>>(names.map((name) => [name, []]))
  const swapped = new Map<string, Array<MetricValue>>(names.map((name) => [name, []]))
  for (const draw of redraws(pairs.length, request)) {
    const sides = sidesOf(draw.flatMap((index) => pairs.slice(index, index + 1)))
    for (const name of names) resampled.get(name)?.push(difference(sides.a[name], sides.b[name]))
  }
  const coin = SeedTree.root(request.seed).child("compare/randomisation").random()
  for (let index = 0; index < request.resamples; index++) {
    const sides = sidesOf(pairs.map(([a, b]) => (coin.below(2) === 0 ? [a, b] : [b, a])))
    for (const name of names) swapped.get(name)?.push(difference(sides.a[name], sides.b[name]))
  }
  const metrics = names.map((name): [string, PairedMetric] => {
    const a = whole.a[name] ?? { insufficient: "absent" }
    const b = whole.b[name] ?? { insufficient: "absent" }
    const diff = difference(a, b)
    const interval = intervalOf(diff, resampled.get(name) ?? [], request.confidence)
    const p = randomisationP(diff, swapped.get(name) ?? [])
    return [name, { a, b, diff, interval, p, verdict: verdictOf(interval, p, directionOf(request.pack.directions, name)) }]
  })
  return { ok: true, n: pairs.length, metrics: Object.fromEntries(metrics) }
}

const numbersOf = (values: ReadonlyArray<MetricValue>): ReadonlyArray<number> => values.filter((value) => typeof value === "number")

const lacking = (values: ReadonlyArray<MetricValue>): InsufficientData | undefined => {
  const missing = values.length - numbersOf(values).length
  return missing === 0 ? undefined : { insufficient: `${missing} of ${values.length} resamples have no value` }
}

const intervalOf = (diff: MetricValue, values: ReadonlyArray<MetricValue>, confidence: number): Interval | InsufficientData => {
  if (isInsufficient(diff)) return diff
  const missing = lacking(values)
  if (missing !== undefined) return missing
  const sorted = [...numbersOf(values)].sort((left, right) => left - right)
  return { low: quantile(sorted, (1 - confidence) / 2), high: quantile(sorted, (1 + confidence) / 2), confidence }
}

/** (1 + how often chance differs at least as much) / (1 + resamples), so that the observed assignment counts as one of them. */
const randomisationP = (diff: MetricValue, values: ReadonlyArray<MetricValue>): MetricValue => {
  if (isInsufficient(diff)) return diff
  const missing = lacking(values)
  if (missing !== undefined) return missing
  // Sums in another order differ in the last digits; a difference that is equal on paper must count as reached.
  const reached = Math.abs(diff) * (1 - 1e-12)
  return (1 + numbersOf(values).filter((value) => Math.abs(value) >= reached).length) / (1 + values.length)
}

const verdictOf = (
  interval: Interval | InsufficientData,
  p: MetricValue,
  direction: "higher-is-better" | "lower-is-better" | undefined
): PairedMetric["verdict"] => {
  if ("insufficient" in interval || isInsufficient(p)) return "insufficient"
  if (p >= 1 - interval.confidence || (interval.low <= 0 && interval.high >= 0)) return "no-difference-shown"
  if (direction === undefined) return "differs"
  return interval.low > 0 === (direction === "higher-is-better") ? "b-better" : "a-better"
}
