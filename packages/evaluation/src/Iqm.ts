/**
 * The interquartile mean over seeds: the mean of the middle half, which one lucky or one failed seed does not move.
 *
 * From Agarwal, Schwarzer, Castro, Courville, Bellemare: Deep Reinforcement Learning at the Edge of the Statistical Precipice (NeurIPS 2021,
 * arXiv 2108.13264). Sharp edge: whole values are cut, as many as fit into a quarter, so that fewer than four values are not cut at all and
 * give their plain mean.
 */
import { type InsufficientData, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { ExactSum, SeedTree } from "@feagi-trainer/determinism"
import { atomIntervals } from "./AtomIntervals.ts"
import type { PairedOptions } from "./Paired.ts"
import type { Interval } from "./Wilson.ts"

/**
 * Sorted, ⌊n/4⌋ values cut from either end, the mean of the rest: `scipy.stats.trim_mean(x, 0.25)`, which the paper's own library takes. The
 * sum is exact, so the order of the seeds cannot be seen. Throws RangeError on a value that is not finite.
 */
export const interquartileMean = (values: ReadonlyArray<number>): number | InsufficientData => {
  const wrong = values.findIndex((value) => !Number.isFinite(value))
  if (wrong !== -1)
    throw new RangeError(`an interquartile mean is made of finite numbers; value ${wrong} of ${values.length} is ${values[wrong]}`)
  if (values.length === 0) return { insufficient: "there is no value" }
  const cut = Math.floor(values.length / 4)
  const middle = values.toSorted((a, b) => a - b).slice(cut, values.length - cut)
  return ExactSum.value(ExactSum.addAll(ExactSum.empty, middle)) / middle.length
}

/**
 * The interquartile mean of one metric over the seeds. A seed without a number makes it insufficient: leaving the seed out would keep only
 * those that went well.
 */
export const interquartileMeanOf = (values: ReadonlyArray<MetricValue>): number | InsufficientData => {
  const without = values.filter(isInsufficient)
  const [example] = without
  return example === undefined
    ? interquartileMean(values.filter((value) => typeof value === "number"))
    : { insufficient: `${without.length} of ${values.length} seeds have no value: ${example.insufficient}` }
}

export interface InterquartileMean {
  readonly value: number | InsufficientData
  readonly interval: Interval | InsufficientData
}

/**
 * The interquartile mean of all runs of all tasks, with the percentile interval of the stratified bootstrap: the runs of each task are drawn
 * anew from that task, as the paper does it. One list of values for each task; one task is one list. Draws from the stream `iqm/bootstrap` of
 * the seed. Throws RangeError on a task without a value, on a value that is not finite and on options that cannot be drawn with.
 */
export const interquartileMeanInterval = (
  tasks: ReadonlyArray<ReadonlyArray<number>>,
  { seed, resamples, confidence }: PairedOptions
): InterquartileMean => {
  const empty = tasks.findIndex((values) => values.length === 0)
  if (empty !== -1) throw new RangeError(`every task needs at least one value; task ${empty} of ${tasks.length} has none`)
  // Sorted within their task, so that the order of the seeds cannot be seen.
  const values = tasks.flatMap((each) => each.toSorted((a, b) => a - b))
  const none = { insufficient: "there is no value" }
  if (values.length === 0) return { value: none, interval: none }
  const found = atomIntervals({
    atoms: {
      count: values.length,
      atomOf: Uint32Array.from(values.keys()),
      values: (multiplicity) => ({
        iqm: interquartileMean(values.flatMap((value, index) => Array.from({ length: multiplicity[index] ?? 0 }, () => value)))
      })
    },
    strata: Uint32Array.from(tasks.flatMap((each, task) => each.map(() => task))),
    words: SeedTree.root(seed).child("iqm/bootstrap").random(),
    resamples,
    confidence,
    method: "percentile"
  })
  return { value: found.values.iqm ?? none, interval: found.intervals.iqm ?? none }
}
