/**
 * How many references segments have. BLEU, chrF and ROUGE need it for their signatures, TER for the mean length of the references.
 *
 * Sharp edge: the mean of a segment is words by references, a fraction. Words are summed apart for each number of references, so that
 * what is summed is whole and the order of the segments cannot be seen.
 */
import { Schema } from "effect"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** Segments that have the same number of references, and the words of TER in those references together. */
export const ReferenceCount = Schema.Struct({ references: Count, segments: Count, words: Count })
export type ReferenceCount = typeof ReferenceCount.Type

/** By ascending number of references, each number once. */
export const ReferenceCounts = Schema.Array(ReferenceCount)
export type ReferenceCounts = typeof ReferenceCounts.Type

export const mergeReferences = (left: ReferenceCounts, right: ReferenceCounts): ReferenceCounts => {
  const counts = new Map(left.map((each) => [each.references, each]))
  for (const each of right) {
    const own = counts.get(each.references)
    const both = own === undefined ? each : { ...each, segments: own.segments + each.segments, words: own.words + each.words }
    counts.set(each.references, both)
  }
  return [...counts.values()].sort((a, b) => a.references - b.references)
}

/** How many segments there are. */
export const segmentsOf = (counts: ReferenceCounts): number => counts.reduce((sum, { segments }) => sum + segments, 0)

/** Sum over the segments of the mean length of their references, rounded once for each number of references. */
export const meanWords = (counts: ReferenceCounts): number => counts.reduce((sum, each) => sum + each.words / each.references, 0)

/** The number of references, or `var` where segments differ in it. */
export const numberOfReferences = (counts: ReferenceCounts): string => (counts.length === 1 ? String(counts[0]?.references) : "var")
