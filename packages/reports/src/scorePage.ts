/**
 * Scored answers as a page: the numbers with their intervals and signatures, what they look like, and what they were made of.
 *
 * Sharp edge: it says nothing of whoever answered. What files do not hold (a seed, a split, a brain) is not in it.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import { problemsOfData } from "./Check.ts"
import { type Block, fact, left, right, type Section, type TableBlock, type Text, type Tile } from "./Content.ts"
import { isMissing } from "./GroupReport.ts"
import { exact, percent, score } from "./Numbers.ts"
import type { Page } from "./Page.ts"
import { valueText } from "./Read.ts"
import { ReportError } from "./ReportError.ts"
import type { ReportedMetric, ScoreReport } from "./ScoreReport.ts"
import { counted, listed } from "./Text.ts"

/** Tiles above the table. */
const headlines = 4

const better = { "higher-is-better": "higher is better", "lower-is-better": "lower is better" } as const

/** `@scope/package#detection@0.1.0` → `detection`. */
const nameOf = (pack: string): string => pack.replace(/^.*#/, "").replace(/@[^@]*$/, "")

const intervalText = ({ interval }: ReportedMetric): string =>
  interval === undefined ? "no interval" : `${score(interval.low)} to ${score(interval.high)}`

const tileOf = (metric: ReportedMetric): Tile => ({
  label: metric.name,
  value: isMissing(metric.value) ? { as: "open", text: "no data" } : score(metric.value),
  note: isMissing(metric.value)
    ? metric.value.insufficient
    : [
        ...(metric.interval === undefined ? [] : [intervalText(metric)]),
        ...(metric.direction === undefined ? [] : [better[metric.direction]])
      ].join("; ") || "no direction"
})

const resultSection = (report: ScoreReport): Section => {
  const { metrics, intervals, scored, missing, abstained } = report
  const withInterval = metrics.some(({ interval }) => interval !== undefined)
  const [first] = metrics
  const headline: Text =
    first === undefined
      ? ["No metric has a value."]
      : isMissing(first.value)
        ? [{ as: "strong", text: `No ${first.name}` }, `: ${first.value.insufficient}`]
        : [`${first.name} is `, { as: "strong", text: score(first.value) }, ` over ${counted(scored, "sample")}.`]
  const table: TableBlock = {
    kind: "table",
    caption: "Every metric",
    columns: [left("metric"), right("value"), ...(withInterval ? [right("interval")] : []), left("read as")],
    rows: metrics.map((metric) => [
      [metric.name],
      valueText(metric.value),
      ...(withInterval ? [[metric.interval === undefined ? "none" : intervalText(metric)]] : []),
      [metric.direction === undefined ? "neither is better" : better[metric.direction]]
    ])
  }
  const covered = `${counted(scored, "sample")} scored, ${missing} of them without any prediction, ${abstained} abstained from.`
  const method =
    intervals === undefined
      ? "The values have no interval: they tell what these samples gave, not how another sample would differ."
      : `The intervals are ${percent(intervals.confidence)}, by ${intervals.method} over the samples, ${intervals.resamples} resamples from seed ${intervals.seed}${intervals.wilson.length === 0 ? "" : `, and Wilson's for ${listed(intervals.wilson)}`}: they tell how the value would differ on other samples of the same kind, and nothing of other trainings.`
  return {
    id: "result",
    title: "Result",
    blocks: [
      { kind: "verdict", text: headline, tiles: metrics.slice(0, headlines).map(tileOf) },
      table,
      { kind: "paragraph", text: [{ as: "strong", text: "How far this goes." }, ` ${covered} ${method}`] }
    ]
  }
}

const figureSection = ({ figures }: ScoreReport): Section => ({
  id: "figures",
  title: "What it looks like",
  blocks:
    figures.length === 0
      ? [{ kind: "paragraph", text: ["The metric pack draws no figure of these samples."] }]
      : figures.map((figure): Block => ({ kind: "figure", figure }))
})

const furtherSection = ({ further }: ScoreReport): ReadonlyArray<Section> =>
  further.length === 0
    ? []
    : [
        {
          id: "further",
          title: "Further values",
          blocks: [
            {
              kind: "folded",
              summary: `${counted(further.length, "value")} under the names of the pack`,
              blocks: [
                {
                  kind: "table",
                  caption: "Every further value of the pack",
                  columns: [left("value"), right("number")],
                  rows: further.map(({ name, value }) => [[name], furtherText(value)])
                }
              ]
            }
          ]
        }
      ]

const furtherText = (value: MetricValue): Text => (isMissing(value) || !Number.isInteger(value) ? valueText(value) : [exact(value)])

const originSection = ({ files, pack, trainer_version, metrics }: ScoreReport): Section => {
  const signatures = [...new Set(metrics.map(({ signature }) => signature))]
  return {
    id: "provenance",
    title: "Provenance",
    blocks: [
      {
        kind: "facts",
        caption: "Made by",
        facts: [
          ["metric pack", [{ as: "code", text: pack }]],
          ["trainer", [trainer_version]]
        ]
      },
      {
        kind: "table",
        caption: "Files",
        columns: [left("file"), left("role"), right("bytes"), left("SHA-256")],
        rows: files.map(({ name, role, bytes, sha256 }) => [[name], [role], [String(bytes)], [fact(sha256)]])
      },
      {
        kind: "table",
        caption: "Signatures: two numbers compare only where these are the same",
        columns: [left("signature"), left("of")],
        rows: signatures.map((signature) => [
          [{ as: "code", text: signature }],
          [
            signatures.length === 1
              ? "every metric"
              : metrics
                  .filter((metric) => metric.signature === signature)
                  .map(({ name }) => name)
                  .join(", ")
          ]
        ])
      }
    ]
  }
}

/** @throws ReportError with every problem of the report. */
export const scorePage = (report: ScoreReport): Page => {
  const problems = problemsOfData(report)
  if (problems.length > 0) throw new ReportError(problems)
  return {
    title: report.title,
    lede: `What the metric pack ${nameOf(report.pack)} measures of ${counted(report.scored, "sample")}.`,
    origin: ["metric pack ", { as: "code", text: report.pack }, ` · trainer ${report.trainer_version}`],
    sections: [
      resultSection(report),
      figureSection(report),
      ...furtherSection(report),
      originSection(report),
      {
        id: "repeat",
        title: "How to repeat it",
        blocks: [
          report.commands.length === 0
            ? { kind: "paragraph", text: ["No command was recorded."] }
            : { kind: "commands", lines: report.commands }
        ]
      }
    ],
    trainer_version: report.trainer_version
  }
}
