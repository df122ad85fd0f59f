/**
 * How often an interval of 95 % holds what it is about, found by drawing data of a known truth again and again. Everything is drawn from named
 * seeds, so a share of 2000 draws comes out the same to the last digit, and the table in docs/reference/statistics.md can be held to it.
 *
 * Sharp edge: a share of 2000 draws is itself sure to about ±1 %.
 */
import { SeedTree } from "@feagi-trainer/determinism"
import { atomIntervals, type Interval, type IntervalMethod, metricStat, wilsonInterval } from "../../src/index.ts"
import { binomial } from "../../src/Multinomial.ts"

export const draws = 2000
export const confidence = 0.95
export const shareSizes = [5, 10, 20, 50, 100, 200, 500, 1000] as const
export const shares = [10, 30, 50, 70, 90] as const
export const shareMethods = ["wilson", "bca", "percentile", "t"] as const
export type ShareMethod = (typeof shareMethods)[number]
export const meanSizes = [3, 5, 10, 30, 100, 200] as const
export const meanMethods = ["t", "bca", "percentile"] as const
export type MeanMethod = (typeof meanMethods)[number]
export const shapes = ["normal", "exponential"] as const
export type Shape = (typeof shapes)[number]

type Found = Interval | { readonly insufficient: string }

const holds = (interval: Found, truth: number): boolean => !("insufficient" in interval) && interval.low <= truth && truth <= interval.high

/** The mean of a multiset of numbers, with its interval. */
const bootstrap = (values: ReadonlyArray<number>, counts: ReadonlyArray<number>, method: IntervalMethod, resamples: number): Found => {
  const { intervals } = atomIntervals({
    atoms: {
      count: values.length,
      atomOf: Uint32Array.from(counts.flatMap((count, atom) => Array.from({ length: count }, () => atom))),
      values: (multiplicity) => {
        let [sum, n] = [0, 0]
        for (const [atom, times] of multiplicity.entries()) {
          sum += times * (values[atom] ?? 0)
          n += times
        }
        return { mean: sum / n }
      }
    },
    words: SeedTree.root(1).child("coverage/interval").random(),
    resamples,
    confidence,
    method
  })
  return intervals.mean ?? { insufficient: "absent" }
}

const student = (values: ReadonlyArray<number>): Found => {
  const stat = metricStat(values, confidence)
  return "insufficient" in stat ? stat : { low: stat.ci_low, high: stat.ci_high, confidence }
}

const intervalOfShare = (method: ShareMethod, right: number, n: number): Found => {
  if (method === "wilson") return wilsonInterval(right, n, confidence)
  if (method === "t") return student(Array.from({ length: n }, (_, index) => (index < right ? 1 : 0)))
  return bootstrap([0, 1], [n - right, right], method, 2000)
}

/** Whether the interval of so many right answers holds the true share, asked once for each number of them. */
const holding = (n: number, share: number, method: ShareMethod): ((right: number) => boolean) => {
  const known = new Map<number, boolean>()
  return (right) => {
    const before = known.get(right)
    if (before !== undefined) return before
    const now = holds(intervalOfShare(method, right, n), share)
    known.set(right, now)
    return now
  }
}

/** P(X = k) of the binomial, from its largest term to both sides; what lies below 1e-12 of that counts for nothing. */
const likely = (n: number, share: number): ReadonlyArray<readonly [right: number, weight: number]> => {
  const mode = Math.floor((n + 1) * share)
  const found: Array<readonly [number, number]> = [[mode, 1]]
  for (let k = mode, weight = 1; k < n && weight > 1e-12; k++) {
    weight *= ((n - k) * share) / ((k + 1) * (1 - share))
    found.push([k + 1, weight])
  }
  for (let k = mode, weight = 1; k > 0 && weight > 1e-12; k--) {
    weight *= (k * (1 - share)) / ((n - k + 1) * share)
    found.push([k - 1, weight])
  }
  return found
}

export interface Coverage {
  /** Of `draws` data sets, the share whose interval holds the truth. */
  readonly simulated: number
  /** What that tends to: the sum over all data sets there can be. */
  readonly exact: number
}

/** Of `n` right and wrong answers, method by method. @param percent the true share */
export const coverageOfShare = (n: number, percent: number, methods: ReadonlyArray<ShareMethod>): ReadonlyArray<Coverage> => {
  const words = SeedTree.root(1).child(`coverage/share/${n}/${percent}`).random()
  const rights = Array.from({ length: draws }, () => binomial(n, percent, 100, words))
  const weights = likely(n, percent / 100)
  const all = weights.reduce((sum, [, weight]) => sum + weight, 0)
  return methods.map((method) => {
    const within = holding(n, percent / 100, method)
    return {
      simulated: rights.filter(within).length / draws,
      exact: weights.reduce((sum, [right, weight]) => sum + (within(right) ? weight : 0), 0) / all
    }
  })
}

/** The share of `draws` lists of `n` normal numbers (mean 0), or exponential ones (mean 2), whose interval holds the mean. */
export const coverageOfMean = (n: number, shape: Shape, methods: ReadonlyArray<MeanMethod>): ReadonlyArray<number> => {
  const random = SeedTree.root(1).child(`coverage/mean/${shape}/${n}`).random()
  // The squares of two normal deviates add up to an exponential one.
  const one = (): number => (shape === "normal" ? random.normal() : random.normal() ** 2 + random.normal() ** 2)
  const held = methods.map(() => 0)
  for (let draw = 0; draw < draws; draw++) {
    const values = Array.from({ length: n }, one)
    for (const [index, method] of methods.entries()) {
      const ones = values.map(() => 1)
      const interval = method === "t" ? student(values) : bootstrap(values, ones, method, 500)
      if (holds(interval, shape === "normal" ? 0 : 2)) held[index] = (held[index] ?? 0) + 1
    }
  }
  return held.map((count) => count / draws)
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
