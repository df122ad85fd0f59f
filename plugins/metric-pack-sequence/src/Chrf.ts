/**
 * chrF of a corpus (Popović 2015), and chrF++ with words beside the characters (Popović 2017), as sacreBLEU computes them, from 0 to 100:
 *
 *   chrF = (1 + β²) · P · R / (β² · P + R)
 *
 * P and R are the shares of the n-grams of answers and of references that match, averaged over the orders that both sides have.
 * Sharp edges: characters are code points without the blanks between words; of several references the one that suits the segment best
 * counts, and the others do not.
 */
import { codePointsOf, wordsOf } from "./Blanks.ts"
import { countsOf, matches, ordersOf, vocabulary } from "./Ngrams.ts"
import type { ReferenceCounts } from "./References.ts"
import { sacreBleuSignature } from "./SacreBleu.ts"
import type { TextOptions } from "./TextOptions.ts"

/** Three whole numbers per order, characters first, then words: n-grams of the answer, of the reference, matches. */
export type ChrfCounts = ReadonlyArray<number>

/** Stands for a share of nothing under `chrf_eps_smoothing`. */
const EPS = 1e-16

/** The chrF of counts, from 0 to 100; 0 where no order has n-grams on both sides. */
export const chrfScore = (options: TextOptions, counts: ChrfCounts): number => {
  const orders = options.chrf_char_order + options.chrf_word_order
  const factor = options.chrf_beta ** 2
  let smoothed = 0
  let [precision, recall, both] = [0, 0, 0]
  for (let order = 0; order < orders; order++) {
    const [answer = 0, reference = 0, found = 0] = counts.slice(3 * order, 3 * order + 3)
    const p = answer > 0 ? found / answer : EPS
    const r = reference > 0 ? found / reference : EPS
    const denominator = factor * p + r
    smoothed += denominator > 0 ? ((1 + factor) * p * r) / denominator : EPS
    if (answer > 0 && reference > 0) {
      precision += p
      recall += r
      both += 1
    }
  }
  if (options.chrf_eps_smoothing) return (100 * smoothed) / orders
  if (both === 0) return 0
  const [p, r] = [precision / both, recall / both]
  return p + r === 0 ? 0 : 100 * (((1 + factor) * p * r) / (factor * p + r))
}

const punctuation = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

/** Words with one sign of punctuation cut off, at the end or else at the beginning: `(hi)` gives `(hi` and `)`. */
const chrfWords = (text: string): ReadonlyArray<string> =>
  wordsOf(text).flatMap((word) => {
    if (word.length === 1) return [word]
    if (punctuation.has(word.slice(-1))) return [word.slice(0, -1), word.slice(-1)]
    return punctuation.has(word.slice(0, 1)) ? [word.slice(0, 1), word.slice(1)] : [word]
  })

/** For each order the three numbers of the answer, which is the first text, against each of the others. */
const against = (texts: ReadonlyArray<Int32Array>, longest: number): ReadonlyArray<ReadonlyArray<number>> => {
  const orders = ordersOf(texts, longest)
  return texts.slice(1).map((_, which) =>
    orders.flatMap(({ ids, different }) => {
      const [answer = new Int32Array(), reference = new Int32Array()] = [ids[0], ids[which + 1]]
      // sacreBLEU does not count n-grams of the answer in an order that the reference is too short for.
      return reference.length === 0 ? [0, 0, 0] : [answer.length, reference.length, matches(answer, countsOf(reference, different))]
    })
  )
}

/** The counts of one segment against the reference that gives it the highest chrF; of equal ones the first. */
export const chrfCounts =
  (options: TextOptions) =>
  (answer: string, references: ReadonlyArray<string>): ChrfCounts => {
    const texts = [answer, ...references].map((text) => (options.chrf_lowercase ? text.toLowerCase() : text))
    const characters = against(
      texts.map((text) => codePointsOf(text, options.chrf_whitespace)),
      options.chrf_char_order
    )
    const numbers = vocabulary()
    const words =
      options.chrf_word_order === 0
        ? []
        : against(
            texts.map((text) => numbers(chrfWords(text))),
            options.chrf_word_order
          )
    let best: ChrfCounts = []
    let highest = -1
    for (const [which, own] of characters.entries()) {
      const counts = [...own, ...(words[which] ?? [])]
      const score = references.length === 1 ? 0 : chrfScore(options, counts)
      if (score > highest) {
        highest = score
        best = counts
      }
    }
    return best
  }

/**
 * What sacreBLEU prints after `chrF2|`. The β stands in the name of its score and not in its signature, so that a β other than 2 puts the
 * name in front here.
 */
export const chrfSignature = (options: TextOptions, references: ReferenceCounts): string => {
  const signature = sacreBleuSignature(references, {
    case: options.chrf_lowercase ? "lc" : "mixed",
    eff: !options.chrf_eps_smoothing,
    nc: options.chrf_char_order,
    nw: options.chrf_word_order,
    space: options.chrf_whitespace
  })
  return options.chrf_beta === 2 ? signature : `chrF${options.chrf_beta}${"+".repeat(options.chrf_word_order)}|${signature}`
}
