/**
 * Wilcoxon's signed-rank test (1945): do paired numbers differ, judged by the ranks of the differences, so that one wild difference counts no
 * more than any other large one. Exact up to 50 differences, ties among them included; beyond by the normal approximation.
 *
 * Sharp edges: differences of exactly 0 are left out, as Wilcoxon did, and counted; p is 1, not absent, when nothing is left. It asks whether
 * the differences lie symmetrically about 0, which is not whether the means are equal.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import { normalAbove } from "./Normal.ts"

export interface Wilcoxon {
  /** Differences other than 0. */
  readonly n: number
  readonly zeros: number
  /** The sum of the ranks of the positive differences, and of the negative ones; equal differences share the mean of their ranks. */
  readonly w_plus: number
  readonly w_minus: number
  /** Two-sided. */
  readonly p: number
  readonly by: "exact" | "normal"
  /** (w_plus − w_minus) / (w_plus + w_minus), from −1 to 1: the matched-pairs rank-biserial correlation (Kerby 2014). */
  readonly rank_biserial: MetricValue
}

const exactUpTo = 50

/** Twice the rank of each number, so that the mean of two neighbouring ranks is whole; and the sizes of the groups of equal ones. */
const doubledRanks = (sizes: ReadonlyArray<number>): { readonly ranks: ReadonlyArray<number>; readonly ties: ReadonlyArray<number> } => {
  const order = [...sizes.keys()].sort((left, right) => (sizes[left] ?? 0) - (sizes[right] ?? 0))
  const ranks = sizes.map(() => 0)
  const ties: Array<number> = []
  for (let first = 0; first < order.length; ) {
    let last = first
    while (last + 1 < order.length && sizes[order[last + 1] ?? 0] === sizes[order[first] ?? 0]) last += 1
    for (let at = first; at <= last; at++) ranks[order[at] ?? 0] = first + last + 2
    ties.push(last - first + 1)
    first = last + 1
  }
  return { ranks, ties }
}

/** P(sum of the doubled ranks whose coin shows heads ≤ `most`): how many of the 2^n subsets, counted sum by sum. */
const exactTail = (ranks: ReadonlyArray<number>, most: number): number => {
  const ways = new Float64Array(most + 1)
  ways[0] = 1
  // Counts stay below 2^50, so they are exact.
  for (const rank of ranks) for (let sum = most; sum >= rank; sum--) ways[sum] = (ways[sum] ?? 0) + (ways[sum - rank] ?? 0)
  return ways.reduce((total, count) => total + count, 0) / 2 ** ranks.length
}

const sumOf = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, each) => sum + each, 0)

/** The test of b − a, one difference for each sample. Throws RangeError on a difference that is not finite. */
export const wilcoxonSignedRank = (differences: ReadonlyArray<number>): Wilcoxon => {
  const wrong = differences.findIndex((value) => !Number.isFinite(value))
  if (wrong !== -1)
    throw new RangeError(
      `a signed-rank test is made of finite numbers; difference ${wrong} of ${differences.length} is ${differences[wrong]}`
    )
  const changed = differences.filter((value) => value !== 0)
  const n = changed.length
  const { ranks, ties } = doubledRanks(changed.map(Math.abs))
  const plus = sumOf(ranks.filter((_, index) => (changed[index] ?? 0) > 0))
  const all = sumOf(ranks)
  const least = Math.min(plus, all - plus)
  const known = { n, zeros: differences.length - n, w_plus: plus / 2, w_minus: (all - plus) / 2 }
  if (n === 0) return { ...known, p: 1, by: "exact", rank_biserial: { insufficient: "every difference is 0" } }
  const rank_biserial = (2 * plus - all) / all
  if (n <= exactUpTo) return { ...known, p: Math.min(1, 2 * exactTail(ranks, least)), by: "exact", rank_biserial }
  const tied = sumOf(ties.map((size) => size * size * size - size))
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - tied / 2) / 24)
  return { ...known, p: 2 * normalAbove(Math.abs(least / 2 - (n * (n + 1)) / 4) / deviation), by: "normal", rank_biserial }
}
