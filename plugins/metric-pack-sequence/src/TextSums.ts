/**
 * All that the pack `sequence` remembers: sums of whole numbers over the segments. A segment has the same form as a corpus, so that adding
 * one is merging with one, and shards, orders and resumed runs cannot differ by a bit.
 *
 * Sharp edges: the places of the numbers depend on the options, so sums made under other options do not belong together. The F of a ROUGE
 * is kept in whole multiples of 2⁻⁵², the grain of a double from 1 to 2, in two parts of 26 bits each, which sum exactly.
 */
import { Schema } from "effect"
import { BLEU_ORDER, type BleuCounts, bleuCounts } from "./Bleu.ts"
import { type ChrfCounts, chrfCounts, chrfScore } from "./Chrf.ts"
import { mergeReferences, ReferenceCounts } from "./References.ts"
import { type RougeName, rougeNames, rougeScores } from "./Rouge.ts"
import { terCounts } from "./Ter.ts"
import type { TextOptions } from "./TextOptions.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const TextSums = Schema.Struct({
  /** See `placesOf`. */
  sums: Schema.Array(Count),
  references: ReferenceCounts
})
export type TextSums = typeof TextSums.Type

/** Bins of the two histograms: chrF of segments by 5, and answer by reference length by 0.1, the last bin open. */
export const BINS = 20

/** Where each number stands. */
export interface Places {
  readonly abstained: number
  readonly exact: number
  readonly bleu: number
  readonly chrf: number
  readonly chrfLength: number
  readonly edits: number
  readonly rouge: number
  /** From here on numbers for figures only. */
  readonly chrfBins: number
  readonly ratioBins: number
  readonly length: number
}

export const placesOf = (options: TextOptions): Places => {
  const chrf = 2 + 2 + 2 * BLEU_ORDER
  const chrfLength = 3 * (options.chrf_char_order + options.chrf_word_order)
  const edits = chrf + chrfLength
  const rouge = edits + 1
  const chrfBins = rouge + 2 * rougeNames.length
  return {
    abstained: 0,
    exact: 1,
    bleu: 2,
    chrf,
    chrfLength,
    edits,
    rouge,
    chrfBins,
    ratioBins: chrfBins + BINS,
    length: chrfBins + 2 * BINS
  }
}

export const noText = (options: TextOptions): TextSums => ({
  sums: Array.from({ length: placesOf(options).length }, () => 0),
  references: []
})

const HALF = 2 ** 26

const rougeParts = (score: number): readonly [high: number, low: number] => {
  const units = Math.round(score * HALF * HALF)
  const high = Math.floor(units / HALF)
  return [high, units - high * HALF]
}

const binOf = (share: number): number => Math.min(BINS - 1, Math.floor(share * BINS))

/** A segment as it is scored. `answer` is left out when there was none, which counts as an empty one that is not right. */
export interface Segment {
  readonly answer: string | undefined
  readonly references: ReadonlyArray<string>
}

/** The numbers of one segment. */
export const measure = (options: TextOptions): ((segment: Segment) => TextSums) => {
  const places = placesOf(options)
  const [bleu, chrf, ter] = [bleuCounts(options), chrfCounts(options), terCounts(options)]
  return ({ answer, references }) => {
    const given = answer ?? ""
    const sums = Array.from({ length: places.length }, () => 0)
    const put = (from: number, numbers: ReadonlyArray<number>): void => {
      for (const [at, number] of numbers.entries()) sums[from + at] = number
    }
    const one = (at: number): void => put(at, [1])
    if (answer === undefined) one(places.abstained)
    else if (references.includes(answer)) one(places.exact)
    const { answerLength, referenceLength, correct, total } = bleu(given, references)
    put(places.bleu, [answerLength, referenceLength, ...correct, ...total])
    const characters = chrf(given, references)
    put(places.chrf, characters)
    const { edits, words } = ter(given, references)
    put(places.edits, [edits])
    const rouge = rougeScores(given, references)
    put(
      places.rouge,
      rougeNames.flatMap((name) => rougeParts(rouge[name]))
    )
    one(places.chrfBins + binOf(chrfScore(options, characters) / 100))
    if (referenceLength > 0) one(places.ratioBins + binOf(answerLength / referenceLength / 2))
    return { sums, references: [{ references: references.length, segments: 1, words }] }
  }
}

/** The segments of both. Throws RangeError when they were counted under options of another shape. */
export const mergeText = (left: TextSums, right: TextSums): TextSums => {
  if (left.sums.length !== right.sums.length)
    throw new RangeError(
      `${left.sums.length} sums cannot be merged with ${right.sums.length}: both must come from the same chrf_char_order and chrf_word_order`
    )
  return {
    sums: left.sums.map((sum, at) => sum + (right.sums[at] ?? 0)),
    references: mergeReferences(left.references, right.references)
  }
}

export const bleuOf = ({ bleu }: Places, sums: ReadonlyArray<number>): BleuCounts => ({
  answerLength: sums[bleu] ?? 0,
  referenceLength: sums[bleu + 1] ?? 0,
  correct: sums.slice(bleu + 2, bleu + 2 + BLEU_ORDER),
  total: sums.slice(bleu + 2 + BLEU_ORDER, bleu + 2 + 2 * BLEU_ORDER)
})

export const chrfOf = ({ chrf, chrfLength }: Places, sums: ReadonlyArray<number>): ChrfCounts => sums.slice(chrf, chrf + chrfLength)

/** The sum of the F of one kind, rounded once. */
export const rougeOf = ({ rouge }: Places, sums: ReadonlyArray<number>, name: RougeName): number => {
  const at = rouge + 2 * rougeNames.indexOf(name)
  return (sums[at] ?? 0) / HALF + (sums[at + 1] ?? 0) / (HALF * HALF)
}
