/**
 * What a run recorded as four flat tables, for programs that read tables: predictions, metrics, rewards, telemetry.
 *
 * Sharp edge: a number that does not exist is null and never 0; a metric without a value has its reason beside it.
 */
import { type Answer, isInsufficient } from "@feagi-trainer/contracts"
import { readAnswer, readReward, stateOf } from "@feagi-trainer/core"
import { canonical, toUtf8 } from "@feagi-trainer/determinism"
import { type BundleEntry, type Cell, type Table, tableCsv, tableJson, tableParquet } from "@feagi-trainer/store"
import type { RunContent } from "./RunContent.ts"

/** The one value of an answer or target that names a class, if it does. */
const classOf = (value: unknown): { readonly class_id: number | null; readonly label: string | null } => {
  const inner: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "class") : undefined
  const [class_id, label] = typeof inner === "object" && inner !== null ? [Reflect.get(inner, "class_id"), Reflect.get(inner, "label")] : []
  return { class_id: typeof class_id === "number" ? class_id : null, label: typeof label === "string" ? label : null }
}

const isAbstention = (answer: Answer): boolean => typeof answer === "object" && answer !== null && "abstain" in answer

const predictions = ({ predictions: rows }: RunContent): Table => ({
  columns: [
    { name: "phase", type: "text" },
    { name: "epoch", type: "integer" },
    { name: "index", type: "integer" },
    { name: "sample_id", type: "text" },
    { name: "tick", type: "integer" },
    { name: "abstained", type: "boolean" },
    { name: "prediction_class_id", type: "integer", nullable: true },
    { name: "target_class_id", type: "integer", nullable: true },
    { name: "target_label", type: "text", nullable: true },
    { name: "prediction", type: "json" },
    { name: "target", type: "json", nullable: true }
  ],
  rows: rows.map(({ line, tick }): ReadonlyArray<Cell> => {
    const { phase, epoch, index, sample_id, prediction, target } = readAnswer(line)
    const wanted = classOf(target)
    return [
      phase,
      epoch,
      index,
      sample_id,
      tick,
      isAbstention(prediction),
      classOf(prediction).class_id,
      wanted.class_id,
      wanted.label,
      canonical(prediction),
      target === null ? null : canonical(target)
    ]
  })
})

const metrics = ({ events }: RunContent): Table => ({
  columns: [
    { name: "phase", type: "text" },
    { name: "metric", type: "text" },
    { name: "value", type: "number", nullable: true },
    { name: "insufficient", type: "text", nullable: true },
    { name: "scorecard_id", type: "text" }
  ],
  rows: stateOf(events).phases.flatMap(({ phase, metrics: values, scorecard_id }) =>
    Object.keys(values ?? {})
      .sort()
      .flatMap((metric): ReadonlyArray<ReadonlyArray<Cell>> => {
        const value = values?.[metric]
        if (value === undefined || scorecard_id === undefined) return []
        return [
          isInsufficient(value) ? [phase, metric, null, value.insufficient, scorecard_id] : [phase, metric, value, null, scorecard_id]
        ]
      })
  )
})

const rewards = ({ rewards: rows }: RunContent): Table => ({
  columns: [
    { name: "phase", type: "text" },
    { name: "epoch", type: "integer" },
    { name: "index", type: "integer" },
    { name: "sample_id", type: "text" },
    { name: "raw", type: "number" },
    { name: "shaped", type: "number" },
    { name: "feedback", type: "json", nullable: true }
  ],
  rows: rows.map(({ line }): ReadonlyArray<Cell> => {
    const { phase, epoch, index, sample_id, raw, shaped, feedback } = readReward(line)
    return [phase, epoch, index, sample_id, raw, shaped, feedback === null ? null : canonical(feedback)]
  })
})

/** One row for each figure of each step. */
const telemetry = ({ telemetry: rows }: RunContent): Table => ({
  columns: [
    { name: "step", type: "integer" },
    { name: "phase", type: "text" },
    { name: "samples", type: "integer" },
    { name: "figure", type: "text" },
    { name: "value", type: "number" }
  ],
  rows: rows.flatMap(({ phase, samples, figures }, step) =>
    Object.keys(figures)
      .sort()
      .flatMap((figure): ReadonlyArray<ReadonlyArray<Cell>> => {
        const value = figures[figure]
        return value === undefined ? [] : [[step, phase, samples, figure, value]]
      })
  )
})

const tables = { predictions, metrics, rewards, telemetry } as const

/** `tables/<name>.csv`, `.json` and `.parquet` of all four. */
export const tableEntries = async (content: RunContent): Promise<ReadonlyArray<BundleEntry>> => {
  const entries = Object.entries(tables).map(async ([name, make]): Promise<ReadonlyArray<BundleEntry>> => {
    const table = make(content)
    return [
      { name: `tables/${name}.csv`, bytes: toUtf8(tableCsv(table)) },
      { name: `tables/${name}.json`, bytes: toUtf8(tableJson(table)) },
      { name: `tables/${name}.parquet`, bytes: await tableParquet(table) }
    ]
  })
  return (await Promise.all(entries)).flat()
}
