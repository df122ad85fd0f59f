/**
 * From counts to the values of the pack `sequence-tags`: once for a fold, and once for each resample.
 *
 *   token accuracy = right tags / tags      F1 = 2 · both / (in the targets + in the answers)
 *
 * of a tag over tokens (scikit-learn's `f1_score`), of a type over spans (seqeval). Sharp edges: averages are over the tags and types that
 * occur on either side, `O` among the tags; where seqeval says 0 because there is nothing to divide by, this is InsufficientData.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import type { SpanScheme } from "./Spans.ts"
import type { TagCounts, TagRow } from "./TagCounts.ts"

/** Of one tag or type: in the targets, in the answers, right. */
export interface Tally {
  readonly name: string
  readonly truth: number
  readonly answers: number
  readonly both: number
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, each) => total + each, 0)

const ratio = (part: number, whole: number, missing: string): MetricValue => (whole === 0 ? { insufficient: missing } : part / whole)

const noSegment = "no sequence was scored"

const supportOf = ({ answers, unanswered }: TagRow): number => sum(answers.map(({ count }) => count)) + unanswered

/** Every tag that occurs, by code unit. */
export const tagTallies = ({ rows }: TagCounts): ReadonlyArray<Tally> => {
  const tallies = new Map<string, { truth: number; answers: number; both: number }>()
  const of = (tag: string) => {
    const own = tallies.get(tag) ?? { truth: 0, answers: 0, both: 0 }
    tallies.set(tag, own)
    return own
  }
  for (const row of rows) {
    of(row.tag).truth += supportOf(row)
    for (const { tag, count } of row.answers) {
      of(tag).answers += count
      if (tag === row.tag) of(tag).both += count
    }
  }
  return [...tallies].map(([name, tally]) => ({ name, ...tally })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Never without one of the two: a tally is of something that occurs. */
export const f1Of = ({ truth, answers, both }: Omit<Tally, "name">): number => (2 * both) / (truth + answers)

const averages = ["micro", "macro", "weighted"]

/** Names of averages belong to the averages: a tag `macro` is called `tag:macro`. */
const keyOf = (prefix: string, name: string): string => (averages.includes(name) || name.startsWith(prefix) ? `${prefix}${name}` : name)

/** F1 of each, and on average. `missing` says why there is none where nothing occurs. */
const f1Values = (name: string, prefix: string, tallies: ReadonlyArray<Tally>, missing: string): Readonly<Record<string, MetricValue>> => {
  const truth = sum(tallies.map((each) => each.truth))
  return {
    [`${name}/micro`]: ratio(2 * sum(tallies.map(({ both }) => both)), truth + sum(tallies.map(({ answers }) => answers)), missing),
    [`${name}/macro`]: ratio(sum(tallies.map(f1Of)), tallies.length, missing),
    [`${name}/weighted`]: ratio(
      sum(tallies.map((each) => each.truth * f1Of(each))),
      truth,
      tallies.length === 0 ? missing : "none of them is in the targets, so that nothing has a weight"
    ),
    ...Object.fromEntries(tallies.map((each) => [`${name}/${keyOf(prefix, each.name)}`, f1Of(each)]))
  }
}

export const tagValues =
  (scheme: SpanScheme) =>
  (counts: TagCounts): Readonly<Record<string, MetricValue>> => {
    const { segments, abstained, exact, rows } = counts
    const tokens = sum(rows.map(supportOf))
    const tags = tagTallies(counts)
    const none = segments === 0 ? noSegment : "no sequence has a tag"
    const spans = counts.spans.map(({ type, ...rest }): Tally => ({ name: type, ...rest }))
    const [truth, answers, both] = [
      sum(spans.map((each) => each.truth)),
      sum(spans.map((each) => each.answers)),
      sum(spans.map((each) => each.both))
    ]
    return {
      exact_match: ratio(exact, segments, noSegment),
      token_accuracy: ratio(sum(tags.map((each) => each.both)), tokens, none),
      ...f1Values("f1", "tag:", tags, none),
      ...(scheme === "none"
        ? {}
        : {
            span_precision: ratio(both, answers, segments === 0 ? noSegment : "no answer has a span"),
            span_recall: ratio(both, truth, segments === 0 ? noSegment : "no target has a span"),
            ...f1Values("span_f1", "type:", spans, segments === 0 ? noSegment : "neither the targets nor the answers have a span")
          }),
      abstained: ratio(abstained, segments, noSegment)
    }
  }

/** All conventions in one line. */
export const tagSignature = (scheme: SpanScheme): string =>
  [
    "sequence-tags:1",
    "abstention=wrong,false-negative",
    "exact_match=all-tags",
    "f1=2tp/(2tp+fp+fn)",
    "tags=observed,outside-counted",
    "weighted=support",
    scheme === "none"
      ? "spans=none"
      : `spans=${scheme === "conlleval" ? "conlleval" : `strict-${scheme}`},types=observed,version:seqeval-1.2.2`,
    "undefined=insufficient"
  ].join("|")
