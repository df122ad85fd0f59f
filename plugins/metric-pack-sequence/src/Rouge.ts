/**
 * ROUGE of one segment (Lin 2004) as the package rouge-score computes it without a stemmer, from 0 to 1:
 *
 *   P = matches / units of the answer      R = matches / units of the reference      F = 2 · P · R / (P + R)
 *
 * Units are words (ROUGE-1), pairs of words (ROUGE-2), or words of a longest common subsequence (ROUGE-L; ROUGE-Lsum: of each line of the
 * reference with all lines of the answer). Sharp edges: a word is a run of a–z and 0–9 after lower case, so that text in another script
 * has no words and scores 0; of several references the one with the highest F counts, for each kind on its own.
 */
import { countsOf, matches, ordersOf, vocabulary } from "./Ngrams.ts"

export const rougeNames = ["rouge1", "rouge2", "rougeL", "rougeLsum"] as const
export type RougeName = (typeof rougeNames)[number]

/** The release of rouge-score that the numbers are equal to. */
export const ROUGE_SCORE = "0.1.2"

const rougeWords = (text: string): ReadonlyArray<string> => text.toLowerCase().match(/[a-z0-9]+/g) ?? []

const fMeasure = (hits: number, answer: number, reference: number): number => {
  if (hits === 0) return 0
  const [precision, recall] = [hits / answer, hits / reference]
  return (2 * precision * recall) / (precision + recall)
}

/** Length of the longest common subsequence, in one row of the table. */
const commonLength = (left: Int32Array, right: Int32Array): number => {
  const row = new Int32Array(right.length + 1)
  for (const word of left) {
    let diagonal = 0
    for (let at = 1; at <= right.length; at++) {
      const above = row[at] ?? 0
      row[at] = word === right[at - 1] ? diagonal + 1 : Math.max(above, row[at - 1] ?? 0)
      diagonal = above
    }
  }
  return row[right.length] ?? 0
}

/** Marks the positions in `reference` of one longest common subsequence: read from the ends, a step along the answer only where it is longer. */
const markCommon = (reference: Int32Array, answer: Int32Array, marks: Uint8Array): void => {
  const width = answer.length + 1
  const table = new Int32Array((reference.length + 1) * width)
  for (let i = 1; i <= reference.length; i++)
    for (let j = 1; j < width; j++)
      table[i * width + j] =
        reference[i - 1] === answer[j - 1]
          ? (table[(i - 1) * width + j - 1] ?? 0) + 1
          : Math.max(table[(i - 1) * width + j] ?? 0, table[i * width + j - 1] ?? 0)
  let [i, j] = [reference.length, answer.length]
  while (i > 0 && j > 0) {
    if (reference[i - 1] === answer[j - 1]) {
      marks[i - 1] = 1
      i -= 1
      j -= 1
    } else if ((table[i * width + j - 1] ?? 0) > (table[(i - 1) * width + j] ?? 0)) j -= 1
    else i -= 1
  }
}

const linesOf = (text: string): ReadonlyArray<string> => text.split("\n").filter((line) => line !== "")

/** Words of the references' lines that stand in a common subsequence with any line of the answer; none more often than either side has it. */
const unionHits = (reference: ReadonlyArray<Int32Array>, answer: ReadonlyArray<Int32Array>): number => {
  const left = [reference, answer].map((lines) => {
    const counts = new Map<number, number>()
    for (const line of lines) for (const word of line) counts.set(word, (counts.get(word) ?? 0) + 1)
    return counts
  })
  let hits = 0
  for (const line of reference) {
    const marks = new Uint8Array(line.length)
    for (const other of answer) markCommon(line, other, marks)
    for (const [at, word] of line.entries()) {
      if (marks[at] !== 1 || !left.every((counts) => (counts.get(word) ?? 0) > 0)) continue
      hits += 1
      for (const counts of left) counts.set(word, (counts.get(word) ?? 0) - 1)
    }
  }
  return hits
}

type Scores = Readonly<Record<RougeName, number>>

const scoresOf = (answer: string, reference: string): Scores => {
  const numbers = vocabulary()
  const [own, other] = [numbers(rougeWords(answer)), numbers(rougeWords(reference))]
  const [f1, f2] = ordersOf([own, other], 2).map(({ ids: [mine = own, theirs = other], different }) =>
    fMeasure(matches(mine, countsOf(theirs, different)), mine.length, theirs.length)
  )
  const rougeL = fMeasure(commonLength(own, other), own.length, other.length)
  const [ownLines, otherLines] = [linesOf(answer), linesOf(reference)]
  // One line against one line is ROUGE-L.
  const single = ownLines.length <= 1 && otherLines.length <= 1
  const lines = (texts: ReadonlyArray<string>) => texts.map((line) => numbers(rougeWords(line)))
  const rougeLsum = single ? rougeL : fMeasure(unionHits(lines(otherLines), lines(ownLines)), own.length, other.length)
  return { rouge1: f1 ?? 0, rouge2: f2 ?? 0, rougeL, rougeLsum }
}

/** The F of each kind against the reference that gives the highest. */
export const rougeScores = (answer: string, references: ReadonlyArray<string>): Scores => {
  const best: Record<RougeName, number> = { rouge1: 0, rouge2: 0, rougeL: 0, rougeLsum: 0 }
  for (const reference of references) {
    const scores = scoresOf(answer, reference)
    for (const name of rougeNames) best[name] = Math.max(best[name], scores[name])
  }
  return best
}
