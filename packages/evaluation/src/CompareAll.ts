/**
 * More than two runs over the same samples: every pair, or every run against one that was named beforehand, with Holm's correction over the
 * pairs of each metric.
 *
 * Sharp edges: a family is all pairs of one metric, so a reader of many metrics corrects once more (see `holm`); verdicts are those of the
 * corrected p; every pair is drawn from the same seed, so that a pair has the same interval in whichever company it is compared.
 */
import {
  type Diagnostic,
  directionOf,
  isInsufficient,
  type MetricContext,
  type MetricPack,
  type MetricValue,
  type Scored
} from "@feagi-trainer/contracts"
import type { IntervalMethod } from "./BootstrapInterval.ts"
import { holm } from "./Holm.ts"
import type { PairedOptions } from "./Paired.ts"
import { comparePairedMetrics, type PairedMetric, verdictOf } from "./PairedMetrics.ts"

export interface NamedRun {
  readonly name: string
  readonly scored: ReadonlyArray<Scored>
}

export interface CompareAllRequest<Options, State> extends PairedOptions {
  /** At least two, each name once. */
  readonly runs: ReadonlyArray<NamedRun>
  /** A baseline is run a of every pair. */
  readonly against: "all-pairs" | { readonly baseline: string }
  readonly pack: MetricPack<Options, State>
  readonly options: Options
  readonly context: MetricContext
  /** `percentile` where it is left out. */
  readonly method?: IntervalMethod
}

export interface FamilyMetric extends PairedMetric {
  /** p after Holm's correction over the pairs that have one. */
  readonly p_holm: MetricValue
}

export interface ComparedPair {
  readonly a: string
  readonly b: string
  readonly metrics: Readonly<Record<string, FamilyMetric>>
}

export type CompareAllResult =
  | { readonly ok: true; readonly n: number; readonly pairs: ReadonlyArray<ComparedPair> }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

const pairsOf = (runs: ReadonlyArray<NamedRun>, against: CompareAllRequest<never, never>["against"]) => {
  const names = runs.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new RangeError(`every run is compared under a name of its own; "${twice}" is given twice`)
  if (runs.length < 2) throw new RangeError(`a comparison needs at least two runs; got ${runs.length}`)
  if (against === "all-pairs") return runs.flatMap((a, index) => runs.slice(index + 1).map((b) => ({ a, b })))
  const baseline = runs.find(({ name }) => name === against.baseline)
  if (baseline === undefined) throw new RangeError(`the baseline is one of ${names.join(", ")}; got ${against.baseline}`)
  return runs.filter((run) => run !== baseline).map((b) => ({ a: baseline, b }))
}

/** p of one metric for every pair that has one, corrected. */
const corrected = (ps: ReadonlyArray<MetricValue>): ReadonlyArray<MetricValue> => {
  const known = ps.flatMap((p, index) => (isInsufficient(p) ? [] : [{ index, p }]))
  const found = holm(known.map(({ p }) => p))
  const all = [...ps]
  for (const [at, { index }] of known.entries()) all[index] = found[at] ?? 1
  return all
}

/** Throws RangeError on fewer than two runs, a name given twice, an unknown baseline, and where `comparePairedMetrics` does. */
export const compareAll = <Options, State>(request: CompareAllRequest<Options, State>): CompareAllResult => {
  const { runs, against, ...how } = request
  const pairs = pairsOf(runs, against).map(({ a, b }) => ({
    a: a.name,
    b: b.name,
    result: comparePairedMetrics({ ...how, a: a.scored, b: b.scored })
  }))
  const diagnostics = pairs.flatMap(({ a, b, result }) =>
    result.ok ? [] : result.diagnostics.map((each) => ({ ...each, message: `${a} and ${b}: ${each.message}` }))
  )
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  const compared = pairs.flatMap(({ a, b, result }) => (result.ok ? [{ a, b, n: result.n, metrics: result.metrics }] : []))
  const names = [...new Set(compared.flatMap(({ metrics }) => Object.keys(metrics)))]
  const absent: MetricValue = { insufficient: "absent" }
  const families = new Map(names.map((name) => [name, corrected(compared.map(({ metrics }) => metrics[name]?.p ?? absent))]))
  return {
    ok: true,
    n: compared[0]?.n ?? 0,
    pairs: compared.map(({ a, b, metrics }, index) => ({
      a,
      b,
      metrics: Object.fromEntries(
        Object.entries(metrics).map(([name, metric]) => {
          const p_holm = families.get(name)?.[index] ?? absent
          return [name, { ...metric, p_holm, verdict: verdictOf(metric.interval, p_holm, directionOf(request.pack, name)) }]
        })
      )
    }))
  }
}
