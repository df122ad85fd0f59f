/** The figures of a report. Sharp edge: the confusion matrices of the seeds are added cell by cell; a cell unknown in one seed is unknown. */
import type { BarsFigure, CurveFigure, MatrixFigure } from "@feagi-trainer/charts"
import { type GroupReport, isMissing, type SeedStatistic } from "./GroupReport.ts"
import { hasInterval } from "./Numbers.ts"
import { primary, recipeOf, sharedIntervalName } from "./Read.ts"
import { counted } from "./Text.ts"

/** The primary metric of every condition with its interval, and the baselines as lines. */
export const conditionsFigure = (report: GroupReport): BarsFigure => {
  const { conditions, baselines, primary_metric, protocol } = report
  const stats = conditions.map((condition) => primary(report, condition))
  const end = (key: "ci_low" | "ci_high") => stats.map((stat) => (isMissing(stat) || !hasInterval(stat) ? null : stat[key]))
  const whiskers = stats.some((stat) => !isMissing(stat) && hasInterval(stat))
  const better = primary_metric.direction === "higher-is-better" ? "higher is better" : "lower is better"
  return {
    kind: "bars",
    id: "conditions",
    title: `Mean ${protocol.reported_phase} ${primary_metric.name} by condition`,
    description: [
      `Mean ${primary_metric.name} over the seeds of each condition in phase ${protocol.reported_phase}; ${better}.`,
      ...(whiskers ? [`Whiskers: ${sharedIntervalName(stats)}.`] : []),
      ...(baselines.length === 0 ? [] : [`Dashed: ${baselines.map(({ name }) => name).join(", ")}.`])
    ].join(" "),
    x: { label: "condition" },
    y: { label: primary_metric.name },
    categories: conditions.map(({ title }) => title),
    series: [
      {
        name: `mean ${primary_metric.name}`,
        values: stats.map((stat) => (isMissing(stat) ? null : stat.mean)),
        ...(whiskers ? { low: end("ci_low"), high: end("ci_high") } : {})
      }
    ],
    ...(baselines.length === 0
      ? {}
      : { reference: baselines.map(({ name, value }) => ({ label: name.replace(/ baseline$/, ""), y: value })) })
  }
}

const meanOf = (stat: SeedStatistic): number | null => (isMissing(stat) ? null : stat.mean)

/** One line per seed and their mean with its band, in front of all; nothing when no curve was recorded. */
export const learningFigure = (report: GroupReport): CurveFigure | undefined => {
  const { learning_measure } = report
  const { runs, learning_curve } = recipeOf(report)
  const recorded = runs.filter((run) => run.learning_curve.length > 0)
  if (recorded.length === 0) return undefined
  const band = learning_curve.flatMap(({ epoch, stat }) =>
    isMissing(stat) || !hasInterval(stat) ? [] : [[epoch, stat.ci_low, stat.ci_high] as const]
  )
  const many = recorded.length > 1 && learning_curve.length > 0
  const interval = sharedIntervalName(learning_curve.map(({ stat }) => stat))
  return {
    kind: "curve",
    id: "learning-curve",
    title: `Training: ${learning_measure.label} per epoch`,
    description: [
      learning_measure.description,
      many ? `One line per seed and their mean${band.length === 0 ? "" : `; band: ${interval}`}.` : "One line per seed."
    ].join(" "),
    x: { label: "epoch", scale: "linear" },
    y: { label: learning_measure.label, scale: "linear" },
    series: [
      ...(many
        ? [
            {
              name: "mean",
              points: learning_curve.map(({ epoch, stat }) => [epoch, meanOf(stat)] as const),
              ...(band.length === 0 ? {} : { band })
            }
          ]
        : []),
      ...recorded.map((run) => ({
        name: `seed ${run.seed}`,
        points: run.learning_curve.map(({ epoch, value }) => [epoch, isMissing(value) ? null : value] as const)
      }))
    ]
  }
}

/** One line per seed, and a second one where the policy shaped what the task gave; nothing when no reward was recorded. */
export const rewardFigure = (report: GroupReport): CurveFigure | undefined => {
  const rewarded = recipeOf(report).runs.flatMap(({ seed, reward_curve }) =>
    reward_curve === undefined || reward_curve.length === 0 ? [] : [{ seed, curve: reward_curve }]
  )
  if (rewarded.length === 0) return undefined
  const shaped = rewarded.some(({ curve }) => curve.some((each) => each.raw !== each.shaped))
  return {
    kind: "curve",
    id: "reward-curve",
    title: "Training: mean reward per epoch",
    description: [
      "Raw is what the task gave for an answer, shaped what the reward policy made of it before it became events.",
      shaped ? "Two lines per seed." : "Here both are the same; one line per seed."
    ].join(" "),
    x: { label: "epoch", scale: "linear" },
    y: { label: "mean reward", scale: "linear" },
    series: rewarded.flatMap(({ seed, curve }) => [
      { name: shaped ? `seed ${seed}, raw` : `seed ${seed}`, points: curve.map(({ epoch, raw }) => [epoch, raw] as const) },
      ...(shaped ? [{ name: `seed ${seed}, shaped`, points: curve.map((each) => [each.epoch, each.shaped] as const) }] : [])
    ])
  }
}

/** The sum over the seeds of the recipe that have a matrix; nothing when none has. */
export const confusionFigure = (report: GroupReport): MatrixFigure | undefined => {
  const { runs } = recipeOf(report)
  const matrices = runs.flatMap(({ confusion }) => confusion ?? [])
  const [first] = matrices
  if (first === undefined) return undefined
  const sum = (row: number, column: number): number | null =>
    matrices.reduce<number | null>((total, { values }) => {
      const value = values[row]?.[column] ?? null
      return total === null || value === null ? null : total + value
    }, 0)
  return {
    kind: "matrix",
    id: "confusion",
    title: matrices.length === 1 ? "Truth and prediction" : `Truth and prediction, sum of ${counted(matrices.length, "seed")}`,
    description: `Counts in phase ${report.protocol.reported_phase} over ${matrices.length} of ${counted(runs.length, "seed")}; a row is a true class, shade is the share of its row.`,
    rows: first.rows,
    columns: first.columns,
    values: first.rows.categories.map((_, row) => first.columns.categories.map((__, column) => sum(row, column))),
    ...(first.unit === undefined ? {} : { unit: first.unit })
  }
}
