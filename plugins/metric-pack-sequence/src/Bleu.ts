/**
 * BLEU of a corpus (Papineni et al. 2002) as sacreBLEU computes it, from 0 to 100:
 *
 *   BLEU = BP · exp(Σ ln p_n / 4)        BP = 1 where the answers are at least as long as the references, else exp(1 − r / h)
 *
 * p_n is the share of the n-grams of the answers that a reference has, h the words of the answers, r those of the references nearest in
 * length. Sharp edge: all counts are of the corpus. BLEU is no mean over segments, and the BLEU of a half says little of the whole.
 */

import { withoutTrailingBlanks } from "./Blanks.ts"
import { bleuTokenizers } from "./BleuTokenizers.ts"
import { countsOf, matches, ordersOf, vocabulary } from "./Ngrams.ts"
import type { ReferenceCounts } from "./References.ts"
import { sacreBleuSignature } from "./SacreBleu.ts"
import type { TextOptions } from "./TextOptions.ts"

export const BLEU_ORDER = 4

/** Counts of a segment or of a corpus. `correct[n - 1]` of `total[n - 1]` n-grams of the answers are in a reference. */
export interface BleuCounts {
  readonly answerLength: number
  readonly referenceLength: number
  readonly correct: ReadonlyArray<number>
  readonly total: ReadonlyArray<number>
}

/** Values of the smoothing methods that need one, where none is given (Chen and Cherry 2014). */
const smoothDefaults = { floor: 0.1, "add-k": 1 } as const

export const smoothValue = ({ smooth_method, smooth_value }: TextOptions): number | undefined =>
  smooth_method === "floor" || smooth_method === "add-k" ? (smooth_value ?? smoothDefaults[smooth_method]) : undefined

/** The length nearest to `length`; of two equally near the shorter. */
const nearest = (length: number, lengths: ReadonlyArray<number>): number =>
  lengths.reduce((best, each) => {
    const [near, nearer] = [Math.abs(length - best), Math.abs(length - each)]
    return nearer < near || (nearer === near && each < best) ? each : best
  })

/** The counts of one segment against its references, of which there is at least one. */
export const bleuCounts = (options: TextOptions): ((answer: string, references: ReadonlyArray<string>) => BleuCounts) => {
  const tokenize = bleuTokenizers[options.tokenize]
  const prepare = (text: string) => tokenize(withoutTrailingBlanks(options.lowercase ? text.toLowerCase() : text))
  return (answer, references) => {
    const numbers = vocabulary()
    const texts = [answer, ...references].map((text) => numbers(prepare(text)))
    const lengths = texts.map(({ length }) => length)
    const [answerLength = 0, ...referenceLengths] = lengths
    const orders = ordersOf(texts, BLEU_ORDER)
    return {
      answerLength,
      referenceLength: nearest(answerLength, referenceLengths),
      correct: orders.map(({ ids: [own = new Int32Array(), ...others], different }) => {
        // An n-gram may be used as often as the reference that has it most often.
        const [most = new Int32Array(), ...rest] = others.map((other) => countsOf(other, different))
        for (const counts of rest) for (let id = 0; id < different; id++) most[id] = Math.max(most[id] ?? 0, counts[id] ?? 0)
        return matches(own, most)
      }),
      total: orders.map(({ ids: [own = new Int32Array()] }) => own.length)
    }
  }
}

export interface BleuScore {
  readonly score: number
  /** In percent, one per order, smoothed. */
  readonly precisions: ReadonlyArray<number>
  readonly brevityPenalty: number
}

/** ln 0, where a precision is 0 and nothing smooths it: far enough down that exp gives 0. */
const LOG_ZERO = -9999999999

/** BLEU of summed counts. Math.exp and Math.log are those of the engine, the same in every V8. */
export const bleuScore = (options: TextOptions, { answerLength, referenceLength, correct, total }: BleuCounts): BleuScore => {
  const value = smoothValue(options) ?? 0
  const brevityPenalty = answerLength >= referenceLength ? 1 : answerLength > 0 ? Math.exp(1 - referenceLength / answerLength) : 0
  const precisions = correct.map(() => 0)
  if (correct.every((count) => count === 0)) return { score: 0, precisions, brevityPenalty }
  let halved = 1
  let order = BLEU_ORDER
  for (const [at, count] of correct.entries()) {
    const added = options.smooth_method === "add-k" && at > 0 ? value : 0
    const [right, all] = [count + added, (total[at] ?? 0) + added]
    if (all === 0) break
    if (options.effective_order) order = at + 1
    if (right !== 0) precisions[at] = (100 * right) / all
    else if (options.smooth_method === "exp") {
      halved *= 2
      precisions[at] = 100 / (halved * all)
    } else if (options.smooth_method === "floor") precisions[at] = (100 * value) / all
  }
  const logs = precisions.slice(0, order).reduce((sum, precision) => sum + (precision === 0 ? LOG_ZERO : Math.log(precision)), 0)
  // The mean of equal logarithms may be a rounding too large, and e to it then more than 100.
  return { score: Math.min(100, brevityPenalty * Math.exp(logs / order)), precisions, brevityPenalty }
}

/** Two decimals as Python writes them: a tie goes to the even digit, where JavaScript takes the larger one. */
const twoDecimals = (value: number): string => {
  const tie = Number.isInteger(value * 8) && !Number.isInteger(value * 4)
  const below = Math.floor(value * 100)
  return tie ? ((below % 2 === 0 ? below : below + 1) / 100).toFixed(2) : value.toFixed(2)
}

/** What sacreBLEU prints after `BLEU|`. */
export const bleuSignature = (options: TextOptions, references: ReferenceCounts): string => {
  const value = smoothValue(options)
  return sacreBleuSignature(references, {
    case: options.lowercase ? "lc" : "mixed",
    eff: options.effective_order,
    tok: options.tokenize,
    smooth: value === undefined ? options.smooth_method : `${options.smooth_method}[${twoDecimals(value)}]`
  })
}
