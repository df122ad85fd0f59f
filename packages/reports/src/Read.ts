/** Looking things up in a report: the recipe, the reported phase, values and statistics as text. A value that is not there is said in words. */
import type { MetricStat, MetricValue } from "@feagi-trainer/contracts"
import { fact, type Piece, type Text } from "./Content.ts"
import { type GroupReport, isMissing, type ReportCondition, type ReportRun, type SeedStatistic } from "./GroupReport.ts"
import { hasInterval, percent, range, score } from "./Numbers.ts"

/** The recipe of a checked report. */
export const recipeOf = ({ conditions }: GroupReport): ReportCondition => {
  const found = conditions.find(({ role }) => role === "recipe")
  if (found === undefined) throw new RangeError("a report without a recipe")
  return found
}

export const controlsOf = ({ conditions }: GroupReport): ReadonlyArray<ReportCondition> =>
  conditions.filter(({ role }) => role === "control")

const own = <A>(record: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

export const metricOf = ({ protocol }: GroupReport, run: ReportRun, metric: string): MetricValue => {
  const phase = run.phases.find((each) => each.phase === protocol.reported_phase)
  if (phase === undefined) return { insufficient: `the run did not reach phase ${protocol.reported_phase}, its status is ${run.status}` }
  return own(phase.metrics, metric) ?? { insufficient: `not scored in phase ${protocol.reported_phase}` }
}

export const statOf = (condition: ReportCondition, metric: string): SeedStatistic =>
  own(condition.stats, metric) ?? { insufficient: "no statistic was stored" }

/** The statistic of the primary metric. */
export const primary = ({ primary_metric }: GroupReport, condition: ReportCondition): SeedStatistic =>
  statOf(condition, primary_metric.name)

export const valueText = (value: MetricValue): Text =>
  isMissing(value) ? ["no data", { as: "note", text: value.insufficient }] : [score(value)]

export const meanText = (stat: SeedStatistic): Text =>
  isMissing(stat) ? ["no data", { as: "note", text: stat.insufficient }] : [score(stat.mean)]
export const intervalWords = (stat: SeedStatistic): string => {
  if (isMissing(stat)) return "no data"
  return hasInterval(stat) ? range(stat) : "none, one seed"
}

export const intervalName = ({ confidence_level }: MetricStat): string => `${percent(confidence_level)} interval`

/** What all statistics of a report call their interval; "interval" where they differ or there is none. */
export const sharedIntervalName = (stats: ReadonlyArray<SeedStatistic>): string => {
  const names = new Set(stats.flatMap((stat) => (isMissing(stat) || !hasInterval(stat) ? [] : [intervalName(stat)])))
  const [only] = names
  return names.size === 1 && only !== undefined ? only : "interval"
}

/** What went as it should is plain, so that the rest stands out. */
export const statusPiece = (status: string): Piece => {
  if (status === "completed") return status
  return { as: status === "failed" || status === "cancelled" ? "bad" : "open", text: status }
}

export const hashText = (hash: string | null): Text => (hash === null ? ["none"] : [fact(hash)])
