/**
 * Whether a score of 0.8 is right in eight of ten cases: the reliability of the class that the scores name first, in bins of equal width,
 * and the expected calibration error (Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017):
 *
 *   ECE = Σ over the bins of |right − Σ highest score| / n
 *
 * Sharp edges: it is the scores that are judged, not the answer given beside them, so an abstention with scores counts. A score on an
 * edge belongs to the bin below it, edges being i·(1/bins) in double arithmetic as in numpy's `linspace`; 0 belongs to the first bin.
 */
import { FixedSum } from "./FixedSum.ts"
import type { RowFacts } from "./Probabilities.ts"

export interface Bin {
  readonly high: number
  readonly samples: number
  /** Of them, how often the class with the highest score is the true one. */
  readonly right: number
  /** Sum of the highest scores. */
  readonly confidence: number
}

/** The bin of each row, by its highest score. Rows whose scores are no probabilities are put into some bin and must not be counted. */
export const binsOf = ({ highest }: RowFacts, bins: number): Uint16Array => {
  const step = 1 / bins
  return Uint16Array.from(highest, (score) => {
    let bin = Math.min(bins - 1, Math.max(0, Math.ceil(score * bins) - 1))
    // One step at most: the product above may have been rounded across an edge.
    while (bin > 0 && score <= bin * step) bin -= 1
    while (bin < bins - 1 && score > (bin + 1) * step) bin += 1
    return bin
  })
}

/** @param times how often each row occurs. */
export const reliability = (facts: RowFacts, binOf: Uint16Array, bins: number, times: Uint32Array): ReadonlyArray<Bin> => {
  const samples = new Float64Array(bins)
  const right = new Float64Array(bins)
  const sums = Array.from({ length: bins }, () => new FixedSum())
  for (let row = 0; row < times.length; row++) {
    const count = times[row] ?? 0
    if (count === 0) continue
    const bin = binOf[row] ?? 0
    samples[bin] = (samples[bin] ?? 0) + count
    if (facts.ranks[row] === 0) right[bin] = (right[bin] ?? 0) + count
    sums[bin]?.add(facts.highest[row] ?? 0, count)
  }
  return sums.map((sum, bin) => ({
    high: (bin + 1) / bins,
    samples: samples[bin] ?? 0,
    right: right[bin] ?? 0,
    confidence: sum.value()
  }))
}

/** From 0 to 1. `bins` hold at least one sample. */
export const expectedCalibrationError = (bins: ReadonlyArray<Bin>): number => {
  const samples = bins.reduce((total, bin) => total + bin.samples, 0)
  return bins.reduce((total, { right, confidence }) => total + Math.abs(right - confidence), 0) / samples
}
