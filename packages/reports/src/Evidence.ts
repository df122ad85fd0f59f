/** The sections that carry the result: every seed, controls, learning, confusion, classes and gates. An empty section says why it is empty. */
import type { Figure } from "@feagi-trainer/charts"
import { type Block, left, right, type Section, type TableBlock, type Text } from "./Content.ts"
import { conditionsFigure, confusionFigure, learningFigure, rewardFigure } from "./Figures.ts"
import { type GroupReport, isMissing, type ReportCondition, type SeedStatistic } from "./GroupReport.ts"
import { exact, hasInterval, range, score } from "./Numbers.ts"
import {
  controlsOf,
  hashText,
  intervalWords,
  meanText,
  metricOf,
  primary,
  recipeOf,
  sharedIntervalName,
  statOf,
  statusPiece,
  valueText
} from "./Read.ts"
import { measureFigures, validationFigure } from "./TrainingFigures.ts"

const words = (text: string): Block => ({ kind: "paragraph", text: [text] })

export const seedSection = (report: GroupReport): Section => {
  const recipe = recipeOf(report)
  const metrics = [report.primary_metric.name, ...report.further_metrics.filter((name) => name !== report.primary_metric.name)]
  const stats = metrics.map((metric) => statOf(recipe, metric))
  const phase = report.protocol.reported_phase
  const learned = (run: (typeof recipe.runs)[number]) => run.phases.find((each) => each.phase === phase)?.learned_hash ?? null
  const table: TableBlock = {
    kind: "table",
    caption: `Every seed of the ${recipe.title} in phase ${phase}`,
    columns: [left("seed"), ...metrics.map(right), left("status"), left(`${report.learned_state} hash`), left("run")],
    rows: recipe.runs.map((run) => [
      [run.seed],
      ...metrics.map((metric) => valueText(metricOf(report, run, metric))),
      [statusPiece(run.status)],
      hashText(learned(run)),
      [{ as: "code", text: run.run_id }]
    ]),
    foot: [
      [["mean"], ...stats.map(meanText), [], [], []],
      [[sharedIntervalName(stats)], ...stats.map((stat): Text => [intervalWords(stat)]), [], [], []],
      ...iqmRow(recipe.iqm, metrics)
    ]
  }
  return {
    id: "seeds",
    title: "Every seed",
    blocks: [words(recipe.description), recipe.runs.length === 0 ? words("No run was started.") : table]
  }
}

/** A row that is there where it was computed. */
const iqmRow = (iqm: ReportCondition["iqm"], metrics: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<Text>> =>
  iqm === undefined
    ? []
    : [[["interquartile mean"], ...metrics.map((metric) => valueText(iqm[metric] ?? { insufficient: "not computed" })), [], [], []]]

const seedsOf = ({ conditions }: GroupReport): ReadonlyArray<string> => [
  ...new Set(conditions.flatMap(({ runs }) => runs.map(({ seed }) => seed)))
]

export const controlSection = (report: GroupReport): Section => {
  const { conditions, primary_metric, protocol } = report
  const controls = controlsOf(report)
  const stats = conditions.map((condition) => primary(report, condition))
  const cell = (seed: string) => (condition: (typeof conditions)[number]) => {
    const run = condition.runs.find((each) => each.seed === seed)
    return run === undefined ? ["not run"] : valueText(metricOf(report, run, primary_metric.name))
  }
  const table: TableBlock = {
    kind: "table",
    caption: `Seed by seed: ${primary_metric.name} in phase ${protocol.reported_phase}`,
    columns: [left("seed"), ...conditions.map(({ title }) => right(title))],
    rows: seedsOf(report).map((seed) => [[seed], ...conditions.map(cell(seed))]),
    foot: [
      [["mean"], ...stats.map(meanText)],
      [
        ["standard deviation"],
        ...stats.map((stat): Text => [isMissing(stat) ? "no data" : hasInterval(stat) ? score(stat.stddev) : "none, one seed"])
      ],
      [[sharedIntervalName(stats)], ...stats.map((stat): Text => [intervalWords(stat)])]
    ]
  }
  const items: ReadonlyArray<Text> = [
    ...controls.map(({ title, description }): Text => [{ as: "strong", text: title }, `: ${description}`]),
    ...report.baselines.map(({ name, value, detail }): Text => [{ as: "strong", text: name }, `, ${score(value)}: ${detail}`])
  ]
  return {
    id: "controls",
    title: "Controls and baselines",
    blocks: [
      { kind: "figure", figure: conditionsFigure(report) },
      ...(items.length === 0 ? [] : [{ kind: "list", items } as const]),
      ...(controls.length === 0 ? [words("No control was run.")] : []),
      ...(report.baselines.length === 0 ? [words("No baseline was given.")] : []),
      ...(controls.length === 0 ? [] : [table])
    ]
  }
}

const drawn = (figure: Figure | undefined): ReadonlyArray<Block> => (figure === undefined ? [] : [{ kind: "figure", figure }])

/** Only brains learn by reward: of another learner nothing is said where none was recorded. */
const rewardBlocks = (report: GroupReport): ReadonlyArray<Block> => {
  const figure = rewardFigure(report)
  return figure === undefined && report.learned_state === "connectome" ? [words("No reward was recorded.")] : drawn(figure)
}

/** What moved beside the loss is read when the loss does not fall: it stands behind a fold. */
const measureBlocks = (report: GroupReport): ReadonlyArray<Block> => {
  const [loss, ...others] = measureFigures(report)
  if (others.length === 0) return drawn(loss)
  return [
    ...drawn(loss),
    { kind: "folded", summary: "Further measures by optimiser step", blocks: others.map((figure) => ({ kind: "figure", figure })) }
  ]
}

export const learningSection = (report: GroupReport): Section => {
  const figure = learningFigure(report)
  return {
    id: "learning",
    title: "Learning",
    blocks: [
      figure === undefined ? words("No learning curve was recorded.") : { kind: "figure", figure },
      ...drawn(validationFigure(report)),
      ...measureBlocks(report),
      ...rewardBlocks(report)
    ]
  }
}

export const confusionSection = (report: GroupReport): Section => {
  const figure = confusionFigure(report)
  return {
    id: "confusion",
    title: "Confusion",
    blocks: [figure === undefined ? words("No confusion matrix was recorded.") : { kind: "figure", figure }]
  }
}

/**
 * What the metric pack draws beside the confusion matrix, of the first seed that has any: curves of several seeds over one another could
 * not be read, and which seed is shown is not chosen by its result.
 */
export const figureSection = (report: GroupReport): Section => {
  const run = recipeOf(report).runs.find(({ figures }) => figures !== undefined && figures.length > 0)
  return {
    id: "figures",
    title: "Figures of the metric pack",
    blocks:
      run === undefined
        ? [words("The metric pack draws nothing else.")]
        : [
            words(`Seed ${run.seed} in phase ${report.protocol.reported_phase}.`),
            ...(run.figures ?? []).map((figure): Block => ({ kind: "figure", figure }))
          ]
  }
}

const averages = ["macro", "micro", "weighted"]
/** What classifiers have for a class, and what segmentations have. */
const perClass = ["precision", "recall", "f1", "iou", "dice", "accuracy"]
/** How much of a class there is: the metric, and how its column is called. */
const supports = [["support", "samples"] as const, ["pixels", "pixels"] as const]

const withInterval = (stat: SeedStatistic): Text => {
  if (isMissing(stat)) return ["no data", { as: "note", text: stat.insufficient }]
  if (!hasInterval(stat)) return [score(stat.mean)]
  return [score(stat.mean), { as: "note", text: stat.stddev === 0 ? "the same in all seeds" : range(stat) }]
}

const supportText = (stat: SeedStatistic): Text => {
  if (isMissing(stat)) return ["no data", { as: "note", text: stat.insufficient }]
  return [Number.isInteger(stat.mean) ? exact(stat.mean) : score(stat.mean)]
}

export const classSection = (report: GroupReport): Section => {
  const recipe = recipeOf(report)
  const known = (name: string) => Object.hasOwn(recipe.stats, name)
  // A class may bear the name of an average; metric packs then call it class:macro.
  const keys = report.dataset.classes.map((label) => [label, averages.includes(label) ? `class:${label}` : label] as const)
  const metrics = perClass.filter((metric) => keys.some(([, key]) => known(`${metric}/${key}`)))
  if (metrics.length === 0) return { id: "classes", title: "Classes", blocks: [words("No value per class was recorded.")] }
  const support = supports.find(([metric]) => keys.some(([, key]) => known(`${metric}/${key}`)))
  const shown = averages.filter((name) => metrics.some((metric) => known(`${metric}/${name}`)))
  const stats = keys.flatMap(([, key]) => metrics.map((metric) => statOf(recipe, `${metric}/${key}`)))
  const row = (label: string, key: string, isClass: boolean): ReadonlyArray<Text> => [
    [label],
    ...(support === undefined ? [] : [isClass ? supportText(statOf(recipe, `${support[0]}/${key}`)) : []]),
    ...metrics.map((metric) => withInterval(statOf(recipe, `${metric}/${key}`)))
  ]
  const table: TableBlock = {
    kind: "table",
    caption: `Means over seeds in phase ${report.protocol.reported_phase}${stats.some((stat) => !isMissing(stat) && hasInterval(stat)) ? `, with ${sharedIntervalName(stats)}` : ""}`,
    columns: [left("class"), ...(support === undefined ? [] : [right(support[1])]), ...metrics.map(right)],
    rows: keys.map(([label, key]) => row(label, key, true)),
    ...(shown.length === 0 ? {} : { foot: shown.map((name) => row(`${name} average`, name, false)) })
  }
  return { id: "classes", title: "Classes", blocks: [table] }
}

export const gateSection = ({ gates }: GroupReport): Section => ({
  id: "gates",
  title: "Gates",
  blocks: [
    gates.length === 0
      ? words("No gate was set.")
      : {
          kind: "table",
          caption: "Bounds set for this group",
          columns: [left("gate"), left("bound"), right("value"), left("outcome")],
          rows: gates.map(({ name, bound, value, passed }) => [
            [name],
            [bound],
            valueText(value),
            [passed ? { as: "good", text: "passed" } : { as: "bad", text: "failed" }]
          ])
        }
  ]
})
