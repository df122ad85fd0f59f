/** What the counts look like: which tag was answered with which, and F1 by tag and type. Beyond 30 tags the rarest are left out. */
import type { Figure } from "@feagi-trainer/contracts"
import type { SpanScheme } from "./Spans.ts"
import type { TagCounts } from "./TagCounts.ts"
import { f1Of, type Tally, tagTallies } from "./TagValues.ts"

const MOST = 30

/** The most frequent, by code unit again. */
const shown = (tallies: ReadonlyArray<Tally>): ReadonlyArray<Tally> =>
  [...tallies]
    .sort((a, b) => b.truth + b.answers - a.truth - a.answers || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .sort((a, b) => (a.name < b.name ? -1 : 1))

const leftOut = (tallies: ReadonlyArray<Tally>): string =>
  tallies.length > MOST ? ` The ${tallies.length - MOST} rarest of ${tallies.length} are left out.` : ""

const bars = (id: string, what: string, tallies: ReadonlyArray<Tally>): ReadonlyArray<Figure> =>
  tallies.length === 0
    ? []
    : [
        {
          kind: "bars",
          id,
          title: `F1 by ${what}`,
          description: `One bar for each ${what} that occurs, from 0 to 1.${leftOut(tallies)}`,
          x: { label: what },
          y: { label: "F1" },
          categories: shown(tallies).map(({ name }) => name),
          series: [{ name: "F1", values: shown(tallies).map(f1Of) }]
        }
      ]

export const tagFigures = (scheme: SpanScheme, counts: TagCounts): ReadonlyArray<Figure> => {
  const tallies = tagTallies(counts)
  if (tallies.length === 0) return []
  const tags = shown(tallies).map(({ name }) => name)
  const rows = new Map(counts.rows.map((row) => [row.tag, row]))
  const truth = tags.filter((tag) => rows.has(tag))
  const spans = counts.spans.map(({ type, ...rest }) => ({ name: type, ...rest }))
  return [
    {
      kind: "matrix",
      id: "tag-confusion",
      title: "Tags against answers",
      description: `How many tokens of each tag (rows) got each answer (columns); the last column counts those without an answer.${leftOut(tallies)}`,
      rows: { label: "target", categories: truth },
      columns: { label: "answer", categories: [...tags, "abstained"] },
      values: truth.map((tag) => {
        const row = rows.get(tag)
        const answers = new Map(row?.answers.map((each) => [each.tag, each.count]))
        return [...tags.map((each) => answers.get(each) ?? 0), row?.unanswered ?? 0]
      }),
      unit: "tokens"
    },
    ...bars("tag-f1", "tag", tallies),
    ...(scheme === "none" ? [] : bars("span-f1", "type of span", spans))
  ]
}
