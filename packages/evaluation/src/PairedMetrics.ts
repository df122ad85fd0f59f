/**
 * Every value of a metric pack compared between two runs over the same samples: the interval of the difference by the paired bootstrap,
 * p by the paired permutation test (each sample's two answers swap sides like a coin).
 *
 * Sharp edges: differences are b − a, while the verdict knows which direction is better; the samples are sorted by their id first, so the
 * order in which a run stored them cannot be seen; nothing is dropped: a resample without a value widens the interval (see
 * BootstrapInterval), an assignment without one raises p (see Permutation).
 */
import {
  type Atoms,
  type Diagnostic,
  directionOf,
  type InsufficientData,
  isInsufficient,
  type MetricContext,
  type MetricPack,
  type MetricValue,
  type Scored
} from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"
import { atomIntervals, atomsOf, multiplicities } from "./AtomIntervals.ts"
import type { IntervalMethod } from "./BootstrapInterval.ts"
import { sortedById } from "./MetricIntervals.ts"
import { checkPaired, type PairedOptions, type PairedVerdict, pairBySample } from "./Paired.ts"
import { type Permuted, permute } from "./Permutation.ts"
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
  /** `percentile` where it is left out. */
  readonly method?: IntervalMethod
}

export type PairedMetricsResult =
  | {
      readonly ok: true
      readonly n: number
      readonly metrics: Readonly<Record<string, PairedMetric>>
      /** Whether p is exact, and of how many assignments. */
      readonly permutation: Omit<Permuted, "p">
    }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

type Values = Readonly<Record<string, MetricValue>>

const difference = (a: MetricValue | undefined, b: MetricValue | undefined): MetricValue => {
  if (a === undefined || b === undefined) return { insufficient: "one of the two runs has no such value" }
  if (isInsufficient(a)) return { insufficient: `a: ${a.insufficient}` }
  return isInsufficient(b) ? { insufficient: `b: ${b.insufficient}` } : b - a
}

const differences = (a: Values, b: Values): Values => Object.fromEntries(Object.keys(a).map((name) => [name, difference(a[name], b[name])]))

/** The samples of two runs as pairs of atoms: pairs that cannot be told apart are one kind. */
interface Pairs {
  /** The atom of run a and of run b of each kind. */
  readonly kinds: ReadonlyArray<readonly [a: number, b: number]>
  /** The kind of each pair. */
  readonly kindOf: Uint32Array
  readonly valuesOf: Atoms["values"]
  readonly atoms: number
}

const pairsOf = ({ count, atomOf, values }: Atoms): Pairs => {
  const n = atomOf.length / 2
  const seen = new Map<number, number>()
  const kinds: Array<readonly [number, number]> = []
  const kindOf = new Uint32Array(n)
  for (let index = 0; index < n; index++) {
    const [a, b] = [atomOf[index] ?? 0, atomOf[n + index] ?? 0]
    const key = a * count + b
    const kind = seen.get(key) ?? kinds.length
    if (kind === kinds.length) {
      seen.set(key, kind)
      kinds.push([a, b])
    }
    kindOf[index] = kind
  }
  return { kinds, kindOf, valuesOf: values, atoms: count }
}

/** What the runs are worth when each kind of pair occurs so often, and so many pairs of a kind have swapped sides. */
const sidesOf = (
  { kinds, atoms, valuesOf }: Pairs,
  times: (kind: number) => number,
  swapped: (kind: number) => number
): { readonly a: Values; readonly b: Values } => {
  const left = new Uint32Array(atoms)
  const right = new Uint32Array(atoms)
  for (const [kind, [a, b]] of kinds.entries()) {
    const there = swapped(kind)
    const here = times(kind) - there
    left[a] = (left[a] ?? 0) + here
    right[b] = (right[b] ?? 0) + here
    left[b] = (left[b] ?? 0) + there
    right[a] = (right[a] ?? 0) + there
  }
  return { a: valuesOf(left), b: valuesOf(right) }
}

const none = (): number => 0

/**
 * Draws resamples from the stream `compare/bootstrap` of the seed and assignments from `compare/permutation`, `resamples` of each.
 * Throws RangeError when the pack refuses a sample, there is none, or the options cannot be drawn with.
 */
export const comparePairedMetrics = <Options, State>(request: PairedMetricsRequest<Options, State>): PairedMetricsResult => {
  checkPaired(request)
  const pairing = pairBySample(request.a, request.b)
  if (!pairing.ok) return pairing
  const n = pairing.pairs.length
  if (n === 0) throw new RangeError("a paired comparison needs at least one sample")
  const { pack, options, context, resamples, confidence, method = "percentile" } = request
  const pairs = pairsOf(atomsOf(pack, options, context, [...sortedById(request.a), ...sortedById(request.b)]))
  const own = multiplicities({ count: pairs.kinds.length, atomOf: pairs.kindOf })
  const whole = sidesOf(pairs, (kind) => own[kind] ?? 0, none)
  const seeds = SeedTree.root(request.seed)
  const { intervals } = atomIntervals({
    atoms: {
      count: pairs.kinds.length,
      atomOf: pairs.kindOf,
      values: (multiplicity) => {
        const sides = sidesOf(pairs, (kind) => multiplicity[kind] ?? 0, none)
        return differences(sides.a, sides.b)
      }
    },
    words: seeds.child("compare/bootstrap").random(),
    resamples,
    confidence,
    method
  })
  // Pairs with twice the same answer are the same on either side: nothing to swap.
  const unequal = pairs.kinds.flatMap(([a, b], kind) => (a === b ? [] : [kind]))
  const slotOf = new Map(unequal.map((kind, slot) => [kind, slot]))
  const { p, ...permutation } = permute({
    kinds: unequal.map((kind) => own[kind] ?? 0),
    differences: (swapped) => {
      const sides = sidesOf(
        pairs,
        (kind) => own[kind] ?? 0,
        (kind) => swapped[slotOf.get(kind) ?? -1] ?? 0
      )
      return differences(sides.a, sides.b)
    },
    words: seeds.child("compare/permutation").random(),
    draws: resamples
  })
  const absent = { insufficient: "absent" }
  const metrics = Object.keys(whole.a).map((name): [string, PairedMetric] => {
    const [a, b] = [whole.a[name] ?? absent, whole.b[name] ?? absent]
    const found = { a, b, diff: difference(a, b), interval: intervals[name] ?? absent, p: p[name] ?? absent }
    return [name, { ...found, verdict: verdictOf(found.interval, found.p, directionOf(pack, name)) }]
  })
  return { ok: true, n, metrics: Object.fromEntries(metrics), permutation }
}

/** A side is better when the interval excludes 0 and p < 1 − confidence; an interval that includes 0 shows no difference, whatever p is. */
export const verdictOf = (
  interval: Interval | InsufficientData,
  p: MetricValue,
  direction: "higher-is-better" | "lower-is-better" | undefined
): PairedMetric["verdict"] => {
  if ("insufficient" in interval || isInsufficient(p)) return "insufficient"
  // As a sum, because 1 - 0.95 is a little more than 0.05 in floating point.
  if (p + interval.confidence >= 1 || (interval.low <= 0 && interval.high >= 0)) return "no-difference-shown"
  if (direction === undefined) return "differs"
  return interval.low > 0 === (direction === "higher-is-better") ? "b-better" : "a-better"
}
