/**
 * All that the pack `sequence-tags` remembers: which tag was answered with which, how many spans of each type there are on either side and
 * on both. Whole numbers in lists sorted by code unit, so that the same sequences give the same state in whatever order they came.
 *
 * Sharp edge: tags are those that occur. A tag nobody wrote and nobody answered is not there.
 */
import { Schema } from "effect"
import { type Span, type SpanScheme, spansOf } from "./Spans.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** A tag of the targets: its answers with their numbers, and how often there was no answer. */
const TagRow = Schema.Struct({
  tag: Schema.String,
  answers: Schema.Array(Schema.Struct({ tag: Schema.String, count: Count })),
  unanswered: Count
})
export type TagRow = typeof TagRow.Type

/** Spans of one type: in the targets, in the answers, and in both with the same ends. */
const SpanCount = Schema.Struct({ type: Schema.String, truth: Count, answers: Count, both: Count })
export type SpanCount = typeof SpanCount.Type

export const TagCounts = Schema.Struct({
  segments: Count,
  abstained: Count,
  exact: Count,
  rows: Schema.Array(TagRow),
  spans: Schema.Array(SpanCount)
})
export type TagCounts = typeof TagCounts.Type

export const noTags: TagCounts = { segments: 0, abstained: 0, exact: 0, rows: [], spans: [] }

export const byCodeUnit = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Two lists sorted by a key as one; what stands in both is added up. */
const merged = <A>(
  left: ReadonlyArray<A>,
  right: ReadonlyArray<A>,
  keyOf: (item: A) => string,
  add: (left: A, right: A) => A
): ReadonlyArray<A> => {
  const out: Array<A> = []
  let [l, r] = [0, 0]
  for (;;) {
    const [a, b] = [left[l], right[r]]
    if (a === undefined && b === undefined) return out
    const order = a === undefined ? 1 : b === undefined ? -1 : byCodeUnit(keyOf(a), keyOf(b))
    if (order <= 0) l += 1
    if (order >= 0) r += 1
    if (a !== undefined && b !== undefined && order === 0) out.push(add(a, b))
    else if (a !== undefined && order < 0) out.push(a)
    else if (b !== undefined) out.push(b)
  }
}

const tagOf = ({ tag }: { readonly tag: string }): string => tag

const mergeRows = (left: TagRow, right: TagRow): TagRow => ({
  tag: left.tag,
  answers: merged(left.answers, right.answers, tagOf, (a, b) => ({ tag: a.tag, count: a.count + b.count })),
  unanswered: left.unanswered + right.unanswered
})

const mergeSpans = (left: SpanCount, right: SpanCount): SpanCount => ({
  type: left.type,
  truth: left.truth + right.truth,
  answers: left.answers + right.answers,
  both: left.both + right.both
})

/** The sequences of both. */
export const mergeTags = (left: TagCounts, right: TagCounts): TagCounts => ({
  segments: left.segments + right.segments,
  abstained: left.abstained + right.abstained,
  exact: left.exact + right.exact,
  rows: merged(left.rows, right.rows, tagOf, mergeRows),
  spans: merged(left.spans, right.spans, ({ type }) => type, mergeSpans)
})

const sorted = <A>(counts: ReadonlyMap<string, A>): ReadonlyArray<readonly [string, A]> =>
  [...counts].sort(([left], [right]) => byCodeUnit(left, right))

const rowsOf = (truth: ReadonlyArray<string>, answer: ReadonlyArray<string> | undefined): ReadonlyArray<TagRow> => {
  const rows = new Map<string, { unanswered: number; readonly answers: Map<string, number> }>()
  for (const [at, tag] of truth.entries()) {
    const row = rows.get(tag) ?? { unanswered: 0, answers: new Map<string, number>() }
    rows.set(tag, row)
    const given = answer?.[at]
    if (given === undefined) row.unanswered += 1
    else row.answers.set(given, (row.answers.get(given) ?? 0) + 1)
  }
  return sorted(rows).map(([tag, { answers, unanswered }]) => ({
    tag,
    answers: sorted(answers).map(([own, count]) => ({ tag: own, count })),
    unanswered
  }))
}

const spanCounts = (truth: ReadonlyArray<Span>, answers: ReadonlyArray<Span>): ReadonlyArray<SpanCount> => {
  const counts = new Map<string, SpanCount>()
  const add = ({ type }: Span, part: Omit<SpanCount, "type">): void => {
    counts.set(type, mergeSpans(counts.get(type) ?? { type, truth: 0, answers: 0, both: 0 }, { type, ...part }))
  }
  // Spans of one side do not overlap, so that where one begins says which one it is.
  const starts = new Map(answers.map((span) => [span.from, span]))
  for (const span of truth) {
    const other = starts.get(span.from)
    add(span, { truth: 1, answers: 0, both: other?.to === span.to && other.type === span.type ? 1 : 0 })
  }
  for (const span of answers) add(span, { truth: 0, answers: 1, both: 0 })
  return sorted(counts).map(([, count]) => count)
}

/** The counts of one sequence. `answer` has as many tags as `truth`, or is left out when there was none. */
export const countTags = (scheme: SpanScheme, truth: ReadonlyArray<string>, answer: ReadonlyArray<string> | undefined): TagCounts => ({
  segments: 1,
  abstained: answer === undefined ? 1 : 0,
  exact: answer?.every((tag, at) => tag === truth[at]) === true ? 1 : 0,
  rows: rowsOf(truth, answer),
  spans: scheme === "none" ? [] : spanCounts(spansOf(truth, scheme), answer === undefined ? [] : spansOf(answer, scheme))
})

/** A number of the counts by its place: of which list, under which tag or type, under which answer or side. */
type Cell = readonly [list: "segments" | "abstained" | "exact" | "answer" | "unanswered" | "span", first: string, second: string]

/** The counts as one list of numbers with their places, and back. */
export const cellsOf = (counts: TagCounts): ReadonlyArray<readonly [Cell, number]> => [
  [["segments", "", ""], counts.segments],
  [["abstained", "", ""], counts.abstained],
  [["exact", "", ""], counts.exact],
  ...counts.rows.flatMap(
    ({ tag, answers, unanswered }): ReadonlyArray<readonly [Cell, number]> => [
      [["unanswered", tag, ""], unanswered],
      ...answers.map(({ tag: answer, count }): readonly [Cell, number] => [["answer", tag, answer], count])
    ]
  ),
  ...counts.spans.flatMap(
    ({ type, truth, answers, both }): ReadonlyArray<readonly [Cell, number]> => [
      [["span", type, "truth"], truth],
      [["span", type, "answers"], answers],
      [["span", type, "both"], both]
    ]
  )
]

/** A number at its place, everything else zero. */
const single = ([list, first, second]: Cell, count: number): TagCounts => {
  switch (list) {
    case "answer":
      return { ...noTags, rows: [{ tag: first, answers: [{ tag: second, count }], unanswered: 0 }] }
    case "unanswered":
      return { ...noTags, rows: [{ tag: first, answers: [], unanswered: count }] }
    case "span":
      return { ...noTags, spans: [{ type: first, truth: 0, answers: 0, both: 0, [second]: count }] }
    default:
      return { ...noTags, [list]: count }
  }
}

/** The counts that have these numbers. Rows of zeros do not stay. */
export const countsOfCells = (cells: ReadonlyArray<readonly [Cell, number]>): TagCounts =>
  cells.reduce((counts, [cell, count]) => (count === 0 ? counts : mergeTags(counts, single(cell, count))), noTags)
