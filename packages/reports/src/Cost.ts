/**
 * What the group cost, apart from what it is worth: a table per phase of the recipe, a column per seed. Sharp edge: a figure that a seed
 * lacks is said to be lacking and never 0, and an estimate names its model in every row.
 */
import { left, right, type Section, type TableBlock, type Text } from "./Content.ts"
import type { GroupReport, ReportCost } from "./GroupReport.ts"
import { significant } from "./Numbers.ts"
import { recipeOf } from "./Read.ts"

type Figure = ReportCost["figures"][number]

const labelText = ({ label, model }: Figure): Text => (model === undefined ? [label] : [label, { as: "note", text: model }])

export const costSection = (report: GroupReport): Section => {
  const { runs } = recipeOf(report)
  const recorded = runs.flatMap(({ seed, cost }) => (cost === undefined || cost.length === 0 ? [] : [{ seed, cost }]))
  const phases = [...new Set(recorded.flatMap(({ cost }) => cost.map(({ phase }) => phase)))]
  const table = (phase: string): TableBlock => {
    const figures = recorded.map(({ cost }) => cost.find((each) => each.phase === phase)?.figures ?? [])
    const known = [...new Map(figures.flat().map((each) => [each.name, each])).values()]
    return {
      kind: "table",
      caption: `Phase ${phase}`,
      columns: [left("figure"), ...recorded.map(({ seed }) => right(`seed ${seed}`)), left("unit"), left("how")],
      rows: known.map((figure) => [
        [figure.name],
        ...figures.map((of): Text => {
          const found = of.find(({ name }) => name === figure.name)
          return [found === undefined ? "no data" : significant(found.value)]
        }),
        [figure.unit === "1" ? "share" : figure.unit],
        labelText(figure)
      ])
    }
  }
  return {
    id: "cost",
    title: "What it cost",
    blocks:
      phases.length === 0
        ? [{ kind: "paragraph", text: ["No telemetry was recorded."] }]
        : [
            {
              kind: "paragraph",
              text: ["Figures of the machine that ran it. They are in no hash, and no metric is made of them; another machine has others."]
            },
            ...phases.map(table)
          ]
  }
}
