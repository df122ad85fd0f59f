/**
 * What the scores of one sample are worth by themselves: whether they are probabilities, what they lose, which class they name first.
 *
 * Sharp edges: the natural logarithm is the engine's `Math.log` (V8's own code, the same on every machine). Scores of the highest rank
 * may tie; then the class that comes last in class order is named, and with two classes the first, as scikit-learn does.
 */
import type { ScoreTable } from "./ScoreTable.ts"

/** How far the sum of a row may be from 1: what rounding every score to two decimals can do, and never more than 0.05. */
export const sumTolerance = (width: number): number => Math.min(0.05, 0.005 * width)

/** 0.33 three times is 0.01 away from 1 and a little more in doubles. */
const rounding = 1e-9

/**
 * scikit-learn clips probabilities to [ε, 1 − ε] before it takes their logarithm, ε being that of doubles. Below 1 that moves a loss by less
 * than a mean keeps here (2^-50), so only 0 is clipped.
 */
const epsilon = 2 ** -52

export interface RowFacts {
  /** 1 where every score is from 0 to 1 and their sum is 1 within the tolerance. */
  readonly proper: Uint8Array
  readonly sums: Float64Array
  readonly lowest: Float64Array
  readonly highest: Float64Array
  /** How many classes are named before the true one; 0 = the scores are right. Meaningless where the true class has no column. */
  readonly ranks: Uint32Array
  /** −ln of the score of the true class, at least ε. Meaningless where the row is not proper, like those that follow. */
  readonly logLosses: Float64Array
  /** Σ over the classes of (score − 1 or 0)². */
  readonly squares: Float64Array
}

/** Computed once for all resamples. */
export const rowFacts = ({ rows, width, truth, scores }: ScoreTable): RowFacts => {
  const facts = {
    proper: new Uint8Array(rows),
    sums: new Float64Array(rows),
    lowest: new Float64Array(rows),
    highest: new Float64Array(rows),
    ranks: new Uint32Array(rows),
    logLosses: new Float64Array(rows),
    squares: new Float64Array(rows)
  }
  const tolerance = sumTolerance(width)
  // With two classes an equal score does not put the later class first.
  const laterWins = width !== 2
  for (let row = 0; row < rows; row++) {
    const from = row * width
    const true_ = truth[row] ?? -1
    const own = scores[from + true_] ?? 0
    let total = 0
    let lowest = Number.POSITIVE_INFINITY
    let highest = Number.NEGATIVE_INFINITY
    let rank = 0
    let square = 0
    for (let column = 0; column < width; column++) {
      const score = scores[from + column] ?? 0
      total += score
      if (score < lowest) lowest = score
      if (score > highest) highest = score
      if (score > own || (score === own && (laterWins ? column > true_ : column < true_))) rank += 1
      const miss = column === true_ ? score - 1 : score
      square += miss * miss
    }
    facts.sums[row] = total
    facts.lowest[row] = lowest
    facts.highest[row] = highest
    facts.ranks[row] = rank
    if (lowest < 0 || highest > 1 || Math.abs(total - 1) > tolerance + rounding) continue
    facts.proper[row] = 1
    facts.logLosses[row] = -Math.log(Math.max(own, epsilon))
    facts.squares[row] = square
  }
  return facts
}
