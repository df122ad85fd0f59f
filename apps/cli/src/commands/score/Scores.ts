/** What `score` found, and how it is told in a terminal. */
import { type InsufficientData, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import type { Interval, IntervalMethod } from "@feagi-trainer/evaluation"
import { textTable } from "../../textTable.ts"

export interface Scores {
  readonly pack: string
  readonly metrics: Readonly<Record<string, MetricValue>>
  readonly signatures: Readonly<Record<string, string>>
  readonly n: number
  readonly missing: number
  readonly abstained: number
  readonly intervals?: ScoreIntervals
}

/** How the intervals were made, and what they are. */
export interface ScoreIntervals {
  readonly method: IntervalMethod
  readonly confidence: number
  readonly resamples: number
  readonly seed: string
  /** Names of the shares of samples, whose interval is Wilson's and not drawn. */
  readonly wilson: ReadonlyArray<string>
  readonly of: Readonly<Record<string, Interval | InsufficientData>>
}

const shown = (value: MetricValue): string => (isInsufficient(value) ? "–" : String(value))

const ends = (interval: Interval | InsufficientData | undefined): string =>
  interval === undefined || "insufficient" in interval ? "–" : `${interval.low.toPrecision(6)} … ${interval.high.toPrecision(6)}`

export const scoresText = (title: string, { metrics, signatures, n, missing, abstained, intervals }: Scores): string => {
  const reasons = Object.entries(metrics).flatMap(([name, value]) => (isInsufficient(value) ? [`  ${name}: ${value.insufficient}`] : []))
  const distinct = [...new Set(Object.values(signatures))]
  return [
    `${title}: ${n} scored, ${missing} without a prediction, ${abstained} abstained from`,
    "",
    textTable(
      [
        { title: "METRIC", cell: ([name]) => name },
        { title: "VALUE", cell: ([, value]) => shown(value) },
        ...(intervals === undefined
          ? []
          : [
              {
                title: `${Number((intervals.confidence * 100).toPrecision(12))} % INTERVAL`,
                cell: ([name]: readonly [string, MetricValue]) => ends(intervals.of[name])
              }
            ])
      ],
      Object.entries(metrics),
      "no metric has a value"
    ).trimEnd(),
    ...(reasons.length === 0 ? [] : ["", "without a value:", ...reasons]),
    "",
    ...(distinct.length === 1
      ? [`signature ${distinct[0]}`]
      : ["signatures:", ...Object.entries(signatures).map(([name, each]) => `  ${name}  ${each}`)])
  ].join("\n")
}
