/**
 * Two runs over the same samples: how far apart, how sure. The same samples make it paired: what is hard for both cancels out.
 *
 * Sharp edges: every difference is b − a, so positive means that b is better; the percentile interval of the bootstrap is too narrow
 * below about 30 samples, which is why a verdict also asks the exact test.
 */
import { type Diagnostic, isAbstain, type Scored } from "@feagi-trainer/contracts"
import { canonical, SeedTree } from "@feagi-trainer/determinism"
import { checkResamples } from "./AtomIntervals.ts"
import { checkConfidence } from "./Critical.ts"
import { mcNemarExact } from "./McNemar.ts"
import { redraw } from "./Multinomial.ts"
import { sampleList } from "./SampleList.ts"
import type { Interval } from "./Wilson.ts"

export interface PairedOptions {
  /** Master of the draws: an integer from 0 to 2^64 − 1 or a text. */
  readonly seed: bigint | number | string
  /** How many times the samples are drawn anew, and at most how many assignments of the permutation test are looked at. */
  readonly resamples: number
  readonly confidence: number
}

export type PairedVerdict = "a-better" | "b-better" | "no-difference-shown"

export interface PairedComparison {
  readonly n: number
  readonly a: number
  readonly b: number
  /** b − a, in shares of the samples. */
  readonly diff: number
  /** Of `diff`, by the percentile bootstrap (Efron 1979). */
  readonly interval: Interval
  /** McNemar's exact test, two-sided. */
  readonly p: number
  readonly only_a: number
  readonly only_b: number
  /** A side is better when the interval excludes 0 and p < 1 − confidence; else no difference is shown, which is not equality. */
  readonly verdict: PairedVerdict
}

/** The quantile of sorted numbers, linear between neighbours (Hyndman and Fan 1996, type 7). `sorted` is not empty. */
export const quantile = (sorted: ReadonlyArray<number>, share: number): number => {
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below]
  if (low === undefined) throw new RangeError(`a quantile needs numbers and a share from 0 to 1; got ${sorted.length} and ${share}`)
  const high = sorted[below + 1] ?? low
  return low + (high - low) * (at - below)
}

/** Throws RangeError unless `options` can be drawn with. */
export const checkPaired = ({ resamples, confidence }: PairedOptions): void => {
  checkConfidence(confidence)
  checkResamples(resamples)
}

/**
 * Compares which samples two runs got right; position i is the same sample in both.
 * Throws RangeError on different lengths, no sample, a confidence outside (0, 1) or fewer than 1 resample.
 */
export const comparePaired = (
  aCorrect: ReadonlyArray<boolean>,
  bCorrect: ReadonlyArray<boolean>,
  options: PairedOptions
): PairedComparison => {
  checkPaired(options)
  const n = aCorrect.length
  if (n !== bCorrect.length)
    throw new RangeError(`a paired comparison needs the same samples on both sides; got ${n} and ${bCorrect.length}`)
  if (n === 0) throw new RangeError("a paired comparison needs at least one sample")
  const gains = aCorrect.map((correct, index) => Number(bCorrect[index]) - Number(correct))
  const only_a = gains.filter((gain) => gain < 0).length
  const only_b = gains.filter((gain) => gain > 0).length
  // Three atoms: lost, as before, won.
  const draw = redraw({ count: 3, atomOf: Uint32Array.from(gains, (gain) => gain + 1) })
  const words = SeedTree.root(options.seed).child("compare/bootstrap").random()
  const times = new Uint32Array(3)
  const sums = Array.from({ length: options.resamples }, () => {
    draw(words, times)
    return (times[2] ?? 0) - (times[0] ?? 0)
  }).sort((left, right) => left - right)
  const low = quantile(sums, (1 - options.confidence) / 2) / n
  const high = quantile(sums, (1 + options.confidence) / 2) / n
  const p = mcNemarExact(only_a, only_b)
  const right = aCorrect.filter(Boolean).length
  return {
    n,
    a: right / n,
    b: (right - only_a + only_b) / n,
    diff: (only_b - only_a) / n,
    interval: { low, high, confidence: options.confidence },
    p,
    only_a,
    only_b,
    verdict: p + options.confidence >= 1 ? "no-difference-shown" : low > 0 ? "b-better" : high < 0 ? "a-better" : "no-difference-shown"
  }
}

/**
 * Whether a sample of output type class was answered with its class; an abstention is wrong.
 * Throws RangeError naming the sample for any other type: right or wrong is a question only classes answer.
 */
export const isCorrect = ({ sample_id, target, prediction }: Scored): boolean => {
  if (!("class" in target))
    throw new RangeError(`sample "${sample_id}": its target is of type ${Object.keys(target).join()}, expected class`)
  if (isAbstain(prediction)) return false
  if (!("class" in prediction)) {
    throw new RangeError(`sample "${sample_id}": its prediction is of type ${Object.keys(prediction).join()}, expected class`)
  }
  return prediction.class.class_id === target.class.class_id
}

export type Pairing =
  | { readonly ok: true; readonly pairs: ReadonlyArray<readonly [a: Scored, b: Scored]> }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

const repeated = (all: ReadonlyArray<Scored>): ReadonlyArray<string> => {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const { sample_id } of all) (seen.has(sample_id) ? twice : seen).add(sample_id)
  return [...twice]
}

/** The samples of two runs side by side, in the order of `a`. Not ok when either lacks a sample, has one twice, or their targets differ. */
export const pairBySample = (a: ReadonlyArray<Scored>, b: ReadonlyArray<Scored>): Pairing => {
  const idsOfA = new Set(a.map(({ sample_id }) => sample_id))
  const byId = new Map(b.map((each) => [each.sample_id, each]))
  const pairs = a.flatMap((left) => {
    const right = byId.get(left.sample_id)
    return right === undefined ? [] : [[left, right] as const]
  })
  const diagnostics = [
    { what: "only the first run has", ids: a.flatMap(({ sample_id }) => (byId.has(sample_id) ? [] : [sample_id])) },
    { what: "only the second run has", ids: b.flatMap(({ sample_id }) => (idsOfA.has(sample_id) ? [] : [sample_id])) },
    { what: "the first run repeats", ids: repeated(a) },
    { what: "the second run repeats", ids: repeated(b) },
    {
      what: "the two runs have different targets for",
      ids: pairs.flatMap(([left, right]) => (canonical(left.target) === canonical(right.target) ? [] : [left.sample_id]))
    }
  ].flatMap(({ what, ids }): ReadonlyArray<Diagnostic> => {
    const [first] = ids
    if (first === undefined) return []
    const message = `a paired comparison needs the same samples on both sides; ${what} ${sampleList(ids)}`
    const help = "compare two runs of the same phase over the same split"
    return [{ code: "FT5020", severity: "error", message, sample_id: first, count: ids.length, help }]
  })
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, pairs }
}
