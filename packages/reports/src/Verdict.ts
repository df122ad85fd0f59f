/**
 * The result in words: the mean with its interval, how it lies to baselines and controls, and what the numbers cannot say. Sharp edge: every
 * sentence is a consequence of fields of the report; "above" and "below" compare whole intervals, and overlap is called overlap.
 */
import type { MetricStat } from "@feagi-trainer/contracts"
import type { Piece, Section, Text, Tile } from "./Content.ts"
import { type GroupReport, isMissing, type SeedStatistic } from "./GroupReport.ts"
import { hasInterval, percent, range, score } from "./Numbers.ts"
import { controlsOf, intervalName, intervalWords, primary, recipeOf } from "./Read.ts"
import { counted, listed } from "./Text.ts"

export const replayPiece = ({ replay }: GroupReport): Piece => {
  if (replay === undefined) return { as: "open", text: "not replayed" }
  return { as: replay.verdict === "EQUAL" ? "good" : "bad", text: replay.verdict }
}

const measured = ({ protocol, primary_metric }: GroupReport): string => `${protocol.reported_phase} ${primary_metric.name}`

/** The one line that says what came out. */
export const verdictText = (report: GroupReport): Text => {
  const stat = primary(report, recipeOf(report))
  const what = measured(report)
  const replay: Text = report.replay === undefined ? ["not replayed."] : ["replay ", replayPiece(report)]
  if (isMissing(stat)) return [{ as: "strong", text: `No mean ${what}` }, `: ${stat.insufficient}; `, ...replay]
  if (!hasInterval(stat))
    return [`The ${what} is `, { as: "strong", text: score(stat.mean) }, " with one seed, so there is no interval; ", ...replay]
  return [
    `Mean ${what} `,
    { as: "strong", text: score(stat.mean) },
    ` over ${counted(stat.n, "seed")}, ${intervalName(stat)} ${range(stat)}; `,
    ...replay
  ]
}

type Relation = readonly [verb: string, object: string]

/** How the recipe lies to a single number: whole interval or, with one seed, value. */
const against = (stat: MetricStat, name: string, value: number): Relation => {
  const object = `the ${name} (${score(value)})`
  if (stat.ci_low > value) return ["lies above", object]
  if (stat.ci_high < value) return ["lies below", object]
  return [hasInterval(stat) ? "contains" : "equals", object]
}

const besides = (stat: MetricStat, title: string, other: SeedStatistic): Relation => {
  if (isMissing(other)) return ["has no counterpart in", `the control ${title} (${other.insufficient})`]
  if (!hasInterval(other)) return against(stat, `only seed of the control ${title}`, other.mean)
  const object = `the interval of the control ${title} (${range(other)})`
  if (stat.ci_low > other.ci_high) return ["lies above", object]
  if (stat.ci_high < other.ci_low) return ["lies below", object]
  return [hasInterval(stat) ? "overlaps" : "lies within", object]
}

/** One sentence; what is said of several is said once. */
const comparisons = (report: GroupReport): string => {
  const stat = primary(report, recipeOf(report))
  if (isMissing(stat)) return ""
  const found = [
    ...report.baselines.map(({ name, value }) => against(stat, name, value)),
    ...controlsOf(report).map((control) => besides(stat, control.title, primary(report, control)))
  ]
  const objects = (verb: string) => listed(found.flatMap(([each, object]) => (each === verb ? [object] : [])))
  const said = [...new Set(found.map(([verb]) => verb))].map((verb) => `${verb} ${objects(verb)}`)
  return said.length === 0 ? "" : `The ${hasInterval(stat) ? "interval" : "value"} ${said.join("; it ")}.`
}

const tiles = (report: GroupReport): ReadonlyArray<Tile> => {
  const stat = primary(report, recipeOf(report))
  const ofSeeds = (each: SeedStatistic): string => {
    if (isMissing(each)) return each.insufficient
    return hasInterval(each) ? `${intervalName(each)} ${intervalWords(each)}` : "one seed, no interval"
  }
  const mean = (each: SeedStatistic): Piece => (isMissing(each) ? { as: "open", text: "no data" } : score(each.mean))
  return [
    { label: `mean ${measured(report)}`, value: mean(stat), note: ofSeeds(stat) },
    ...report.baselines.map(({ name, value, detail }) => ({ label: name, value: score(value), note: detail })),
    ...controlsOf(report).map((control) => {
      const other = primary(report, control)
      return { label: `control: ${control.title}`, value: mean(other), note: ofSeeds(other) }
    }),
    {
      label: "replay",
      value: replayPiece(report),
      note: report.replay === undefined ? "no replay was recorded" : `of run ${report.replay.run_id}`
    }
  ]
}

const stepOf = ({ primary_metric }: GroupReport, samples: ReadonlyArray<number>): string => {
  const [count] = samples
  if (count === undefined) return ""
  if (samples.length > 1) return `The seeds were scored on different numbers of samples: ${listed(samples.map(String))}.`
  const step = primary_metric.name === "accuracy" && count > 0 ? `, so its accuracy moves in steps of one in ${count}` : ""
  return `Each seed is scored on ${counted(count, "sample")}${step}.`
}

/** What a reader has to know before believing the numbers; facts of this group and no more. */
export const caveats = (report: GroupReport): string => {
  const { protocol, interval_method, primary_metric, preconditions, replay } = report
  const recipe = recipeOf(report)
  const stat = primary(report, recipe)
  const samples = [
    ...new Set(
      recipe.runs.flatMap((run) => run.phases.filter(({ phase }) => phase === protocol.reported_phase).map((each) => each.samples))
    )
  ].sort((a, b) => a - b)
  const open = report.conditions.flatMap(({ title, runs }) =>
    runs.filter(({ status }) => status !== "completed").map(({ seed, status }) => `seed ${seed} of "${title}" is ${status}`)
  )
  const marked = report.conditions.flatMap(({ title, runs }) =>
    runs.flatMap(({ seed, marks = [] }) => marks.map((mark) => `seed ${seed} of "${title}": ${mark}`))
  )
  const controls = controlsOf(report)
  const unknown = preconditions.filter(({ state }) => state === "unknown").map(({ name }) => name)
  const few = controls.flatMap((control) => {
    const other = primary(report, control)
    return !isMissing(other) && !isMissing(stat) && other.n !== stat.n ? [`"${control.title}" has ${counted(other.n, "seed")}`] : []
  })
  const sentences = [
    isMissing(stat)
      ? ""
      : hasInterval(stat)
        ? `The mean is over ${counted(stat.n, "seed")}.`
        : "There is one seed, which says nothing about others.",
    !isMissing(stat) && hasInterval(stat) && stat.stddev === 0 ? "All seeds gave the same value, so the interval has no width." : "",
    open.length === 0 ? "" : `Not every run completed: ${listed(open)}.`,
    marked.length === 0 ? "" : `Not every result is what a run that went through would have: ${marked.join("; ")}.`,
    isMissing(stat) || !hasInterval(stat)
      ? ""
      : `The interval is ${interval_method}, at ${percent(stat.confidence_level)}: it tells how the result varies between seeds, not how it would vary on other samples.`,
    protocol.split === "shared-by-seeds" ? "All seeds share one split, so no number here tells how the result varies between splits." : "",
    protocol.split === "drawn-per-seed" ? "Each seed draws its own split." : "",
    stepOf(report, samples),
    isMissing(stat) || !hasInterval(stat) || primary_metric.range === undefined
      ? ""
      : stat.ci_high > primary_metric.range[1] || stat.ci_low < primary_metric.range[0]
        ? `The interval leaves the range of ${primary_metric.name}, ${primary_metric.range[0]} to ${primary_metric.range[1]}, because its method knows no bounds.`
        : "",
    controls.length === 0 ? "No control was run, so the result is not set against a learner that cannot learn." : "",
    few.length === 0 ? "" : `The controls do not all have as many seeds as the recipe: ${listed(few)}.`,
    replay === undefined ? "No run was replayed." : "",
    unknown.length === 0 ? "" : `Preconditions of reproducibility that are unknown: ${listed(unknown)}.`
  ]
  return sentences.filter((sentence) => sentence !== "").join(" ")
}

export const verdictSection = (report: GroupReport): Section => {
  const compared = comparisons(report)
  return {
    id: "result",
    title: "Result",
    blocks: [
      { kind: "verdict", text: verdictText(report), tiles: tiles(report) },
      ...(compared === "" ? [] : [{ kind: "paragraph", text: [compared] } as const]),
      { kind: "paragraph", text: [{ as: "strong", text: "How far this goes." }, ` ${caveats(report)}`] }
    ]
  }
}
