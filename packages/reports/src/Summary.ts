/**
 * A report as a table for the terminal: at most 80 columns, no colour, nothing that moves the cursor. Sharp edge: conditions that do not fit
 * beside each other follow below, and names too long for their column are cut with an ellipsis; the exact ones are in the report.
 */
import { assertReport } from "./Check.ts"
import { type GroupReport, isMissing, type ReportCondition } from "./GroupReport.ts"
import { score } from "./Numbers.ts"
import { controlsOf, intervalWords, metricOf, primary, recipeOf, sharedIntervalName } from "./Read.ts"
import { columnsOf, counted, fitted, listed, padEnd, padStart, wrapped } from "./Text.ts"

const width = 80
const gap = 2

/** Only a brain has a reward that can be silenced. */
const knownControls = ({ learned_state }: GroupReport): ReadonlyArray<readonly [id: string, title: string]> => [
  ["shuffled-labels", "shuffled labels"],
  ...(learned_state === "connectome" ? [["silent-reward", "silent reward"] as const] : [])
]

interface Grid {
  readonly names: ReadonlyArray<string>
  readonly columns: ReadonlyArray<ReadonlyArray<string>>
}

/** The first column names the rows; the others stand as many side by side as fit. */
const gridLines = ({ names, columns }: Grid): ReadonlyArray<string> => {
  const first = Math.min(24, Math.max(...names.map(columnsOf)))
  const sizes = columns.map((cells) => Math.min(width - first - gap, Math.max(...cells.map(columnsOf))))
  const groups: Array<Array<number>> = [[]]
  let used = first
  for (const [index, size] of sizes.entries()) {
    if (used + gap + size > width && groups.at(-1)?.length !== 0) {
      groups.push([])
      used = first
    }
    groups.at(-1)?.push(index)
    used += gap + size
  }
  return groups.flatMap((group, at) => [
    ...(at === 0 ? [] : [""]),
    ...names.map((name, row) =>
      [
        padEnd(fitted(name, first), first),
        ...group.map((index) => padStart(fitted(columns[index]?.[row] ?? "", sizes[index] ?? 0), sizes[index] ?? 0))
      ]
        .join(" ".repeat(gap))
        .trimEnd()
    )
  ])
}

/** Reasons for missing values, numbered where they stand in the table. */
class Notes {
  readonly reasons: Array<string> = []

  mark(reason: string): string {
    const found = this.reasons.indexOf(reason)
    if (found === -1) this.reasons.push(reason)
    return `no data [${found === -1 ? this.reasons.length : found + 1}]`
  }
}

const columnOf = (report: GroupReport, condition: ReportCondition, seeds: ReadonlyArray<string>, notes: Notes): ReadonlyArray<string> => {
  const stat = primary(report, condition)
  return [
    fitted(condition.title, 22),
    ...seeds.map((seed) => {
      const run = condition.runs.find((each) => each.seed === seed)
      if (run === undefined) return "not run"
      const value = metricOf(report, run, report.primary_metric.name)
      return isMissing(value) ? notes.mark(value.insufficient) : score(value)
    }),
    isMissing(stat) ? notes.mark(stat.insufficient) : score(stat.mean),
    isMissing(stat) ? "none" : intervalWords(stat)
  ]
}

/** "name  text", the text in as many lines as it needs. */
const entry = (name: string, text: string, indent: number): ReadonlyArray<string> =>
  wrapped(text, width - indent).map((line, index) => padEnd(index === 0 ? fitted(name, indent - gap) : "", indent) + line)

/**
 * Per-seed values of the primary metric under every condition, mean, interval, baselines, gates and the verdict of the replay, as aligned
 * plain text that ends with a line break. Controls that were not run are named.
 *
 * @throws ReportError with every problem of the report.
 */
export const summaryText = (report: GroupReport): string => {
  assertReport(report)
  const { conditions, primary_metric, protocol, baselines, gates, replay } = report
  const recipe = recipeOf(report)
  const notes = new Notes()
  const seeds = [...new Set(conditions.flatMap(({ runs }) => runs.map(({ seed }) => seed)))]
  const stats = conditions.map((condition) => primary(report, condition))
  const grid = gridLines({
    names: ["seed", ...seeds, "mean", sharedIntervalName(stats)],
    columns: [recipe, ...controlsOf(report)].map((condition) => columnOf(report, condition, seeds, notes))
  })
  const absent = knownControls(report)
    .filter(([id]) => !conditions.some((condition) => condition.id === id))
    .map(([, title]) => title)
  const rest: ReadonlyArray<readonly [string, string]> = [
    ...baselines.map(({ name, value }) => [name, score(value)] as const),
    ...(absent.length === 0 ? [] : [["controls", `${listed(absent)}: not run`] as const]),
    ...gates.map(({ name, bound, value, passed }) => {
      const found = isMissing(value) ? notes.mark(value.insufficient) : score(value)
      return [`gate ${name}`, `${passed ? "passed" : "FAILED"}: ${found}, wanted ${bound}`] as const
    }),
    ["replay", replay === undefined ? "not replayed" : `${replay.verdict}, run ${replay.run_id}`],
    ...(replay?.detail === undefined ? [] : [["", replay.detail] as const])
  ]
  const indent = Math.min(28, Math.max(...rest.map(([name]) => columnsOf(name))) + gap)
  return [
    ...wrapped(report.title, width),
    ...wrapped(
      `${primary_metric.name} in phase ${protocol.reported_phase}, ${counted(recipe.runs.length, "seed")}, group ${report.group_id}`,
      width
    ),
    "",
    ...grid,
    "",
    ...rest.flatMap(([name, text]) => entry(name, text, indent)),
    ...notes.reasons.flatMap((reason, index) => entry(`[${index + 1}]`, reason, indent)),
    ""
  ]
    .map((line) => line.trimEnd())
    .join("\n")
}
