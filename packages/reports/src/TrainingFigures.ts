/**
 * The figures of a learner with an optimiser: its measures by step, and what was measured between the epochs; nothing where there is neither.
 * Sharp edge: a point is the mean of a window of steps, drawn at the last of them, and the description says how wide the window is.
 */
import type { Axis, CurveFigure } from "@feagi-trainer/charts"
import { type GroupReport, isMissing, type ReportRun, type ReportTraining } from "./GroupReport.ts"
import { recipeOf } from "./Read.ts"
import { listed } from "./Text.ts"

interface Known {
  readonly description: string
  readonly reaches?: Axis["reaches"]
  /** Falls by orders of magnitude: drawn on a logarithmic axis where it does. */
  readonly falls?: boolean
}

/** Measures whose name says all to those who train gradient models, explained to the others; in this order. */
const known: ReadonlyMap<string, Known> = new Map<string, Known>([
  ["loss", { description: "What the optimiser makes smaller, over the samples of a step before it changes the weights.", falls: true }],
  ["learning_rate", { description: "How far a step may go, as the schedule says." }],
  ["gradient_norm", { description: "Length of the gradient of all weights together, before it is clipped.", falls: true }],
  [
    "coherence",
    {
      description:
        "Cosine between the gradient of a step and that of the step before: at 1 both say the same, below 0 they undo each other.",
      reaches: [-1, 1]
    }
  ]
])

interface Trained {
  readonly seed: string
  readonly training: ReportTraining
}

const trainedOf = (report: GroupReport): ReadonlyArray<Trained> =>
  recipeOf(report).runs.flatMap(({ seed, training }) => (training === undefined ? [] : [{ seed, training }]))

/** The loss comes first; the primary metric is left out, because the learning curve shows it. */
const namesOf = (report: GroupReport, trained: ReadonlyArray<Trained>): ReadonlyArray<string> => {
  const names = new Set(trained.flatMap(({ training }) => training.windows.flatMap(({ means }) => Object.keys(means))))
  names.delete(report.primary_metric.name)
  return [...[...known.keys()].filter((name) => names.has(name)), ...[...names].filter((name) => !known.has(name)).sort()]
}

/** From the first window that has the measure: a coherence has none in the first step. */
const pointsOf = ({ windows }: ReportTraining, name: string): CurveFigure["series"][number]["points"] => {
  const has = ({ means }: (typeof windows)[number]) => Object.hasOwn(means, name)
  const first = windows.findIndex(has)
  return first === -1 ? [] : windows.slice(first).map((window) => [window.step, has(window) ? (window.means[name] ?? null) : null] as const)
}

/** From here on a linear axis shows only where the line begins. */
const wide = 100

/** Whether all values are positive and the largest is many times the smallest. */
const spread = (values: ReadonlyArray<number>): boolean => {
  const least = Math.min(...values)
  return values.length > 0 && least > 0 && Math.max(...values) / least >= wide
}

const measureFigure = (trained: ReadonlyArray<Trained>, name: string): CurveFigure => {
  const { description, reaches, falls = false } = known.get(name) ?? { description: "As the learner tells it." }
  const window = trained[0]?.training.window ?? 1
  const series = trained.map(({ seed, training }) => ({ name: `seed ${seed}`, points: pointsOf(training, name) }))
  const logarithmic = falls && spread(series.flatMap(({ points }) => points.flatMap(([, value]) => value ?? [])))
  return {
    kind: "curve",
    id: `measure-${name}`,
    title: `Training: ${name.replaceAll("_", " ")} by optimiser step`,
    description: [
      description,
      "One line per seed.",
      ...(window === 1 ? [] : [`A point is the mean over ${window} steps, at the last of them.`]),
      ...(logarithmic ? ["The axis is logarithmic."] : [])
    ].join(" "),
    x: { label: "optimiser step", scale: "linear" },
    y: { label: name.replaceAll("_", " "), scale: logarithmic ? "log" : "linear", ...(reaches === undefined ? {} : { reaches }) },
    series
  }
}

/** One figure per measure, the loss first; empty where no optimiser told of its steps. */
export const measureFigures = (report: GroupReport): ReadonlyArray<CurveFigure> => {
  const trained = trainedOf(report)
  return namesOf(report, trained).map((name) => measureFigure(trained, name))
}

const stopText = ({ seed, validations = [] }: ReportRun): ReadonlyArray<string> =>
  validations.filter(({ stops }) => stops).map(({ epoch }) => `seed ${seed} behind epoch ${epoch}`)

/** The primary metric of the validation by epoch, one line per seed; nothing where there was no validation. */
export const validationFigure = (report: GroupReport): CurveFigure | undefined => {
  const { primary_metric } = report
  const validated = recipeOf(report).runs.flatMap((run) =>
    run.validations === undefined || run.validations.length === 0 ? [] : [{ ...run, validations: run.validations }]
  )
  if (validated.length === 0) return undefined
  const parts = [...new Set(validated.flatMap(({ validations }) => validations.map(({ part }) => part)))]
  const stopped = validated.flatMap(stopText)
  return {
    kind: "curve",
    id: "validation-curve",
    title: `Validation: ${primary_metric.name} by epoch`,
    description: [
      `${primary_metric.name} over part ${listed(parts)}, answered behind the epoch and without learning. One line per seed.`,
      ...(stopped.length === 0 ? [] : [`The training ended early because it got no better: ${listed(stopped)}.`])
    ].join(" "),
    x: { label: "epoch", scale: "linear" },
    y: { label: primary_metric.name, scale: "linear" },
    series: validated.map(({ seed, validations }) => ({
      name: `seed ${seed}`,
      points: validations.map(({ epoch, value }) => [epoch, isMissing(value) ? null : value] as const)
    }))
  }
}
