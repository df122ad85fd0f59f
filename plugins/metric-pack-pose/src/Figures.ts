/**
 * What the errors look like: how they are spread, how many samples are recalled at which threshold, and which samples are worst.
 *
 * Sharp edge: an abstention is in no histogram; it lowers the recall curves, which therefore end below 1.
 */
import type { Figure } from "@feagi-trainer/contracts"
import { shareBelow } from "./Columns.ts"
import type { Model } from "./Models.ts"
import { degrees } from "./Quaternion.ts"
import type { Row } from "./Rows.ts"
import type { Table } from "./Values.ts"

const bins = 20
const curvePoints = 100
const worstShown = 10

/** The least of 1, 2, 5, 10, 20 … times a power of ten that is above the value, so that axes end at a round number. */
const roundAbove = (value: number): number => {
  for (let power = -9; power <= 9; power += 1)
    for (const step of [1, 2, 5]) {
      // Divided where it is small: 1e-9 is nearer to a power of ten than a product is.
      const edge = power < 0 ? step / 10 ** -power : step * 10 ** power
      if (edge > value) return edge
    }
  return 2 * value
}

const histogram = (
  head: { readonly id: string; readonly title: string; readonly label: string; readonly unit: string },
  values: Float64Array,
  most: number
): ReadonlyArray<Figure> => {
  if (values.length === 0) return []
  const end = Math.min(most, roundAbove(values.at(-1) ?? 0))
  const edges = Array.from({ length: bins + 1 }, (_, index) => (end * index) / bins)
  const counts = Array.from({ length: bins }, () => 0)
  for (const value of values) {
    const found = edges.findIndex((edge, index) => index > 0 && value < edge)
    const bin = found === -1 ? bins - 1 : found - 1
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return [
    {
      kind: "histogram",
      ...head,
      description: `How many answered samples have which ${head.label}, from 0 to ${end} ${head.unit}.`,
      edges,
      counts
    }
  ]
}

const recallCurve = ({ groups, count, options }: Table): ReadonlyArray<Figure> => {
  const [all] = groups
  if (all?.points === undefined || count === 0) return []
  const { points } = all
  const ones = new Uint32Array(count).fill(1)
  const { auc_max } = options
  return [
    {
      kind: "curve",
      id: "recall",
      title: "Recall over the threshold of ADD",
      description: `Which share of all samples has an ADD, and an ADD-S, below each threshold from 0 to ${auc_max} m.`,
      x: { label: "threshold", unit: "m", scale: "linear" },
      y: { label: "recall", scale: "linear", reaches: [0, 1] },
      series: [
        { name: "ADD", column: points.add },
        { name: "ADD-S", column: points.adds }
      ].map(({ name, column }) => ({
        name,
        points: Array.from({ length: curvePoints + 1 }, (_, index) => {
          const threshold = (auc_max * index) / curvePoints
          return [threshold, shareBelow(column, ones, threshold, count)] as const
        })
      }))
    }
  ]
}

const byCodeUnits = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

const worst = (rows: ReadonlyArray<Row>, models: ReadonlyArray<Model>): ReadonlyArray<Figure> => {
  const answered = rows.flatMap(({ sample_id, object, errors }) => (errors === null ? [] : [{ sample_id, object, errors }]))
  if (answered.length === 0) return []
  const first = ({ errors }: (typeof answered)[number]): number => errors.points?.add ?? errors.rotation
  const chosen = answered
    .sort(
      (left, right) =>
        first(right) - first(left) ||
        right.errors.rotation - left.errors.rotation ||
        byCodeUnits(left.sample_id, right.sample_id) ||
        byCodeUnits(JSON.stringify(left), JSON.stringify(right))
    )
    .slice(0, worstShown)
  return [
    {
      kind: "table",
      id: "worst",
      title: "Worst samples",
      description: `The ${chosen.length} answered samples with the largest ${models.length === 0 ? "rotation error" : "ADD"}, the worst first.`,
      columns: [
        { key: "sample", label: "sample", align: "left" },
        { key: "object", label: "object", align: "left" },
        { key: "rotation", label: "rotation", unit: "°", align: "right" },
        { key: "translation", label: "translation", unit: "m", align: "right" },
        { key: "add", label: "ADD", unit: "m", align: "right" },
        { key: "adds", label: "ADD-S", unit: "m", align: "right" }
      ],
      rows: chosen.map(({ sample_id, object, errors: { rotation, translation, points } }) => [
        sample_id,
        models[object]?.name ?? null,
        degrees(rotation),
        translation,
        points?.add ?? null,
        points?.adds ?? null
      ])
    }
  ]
}

const perObject = ({ groups, count, options }: Table): ReadonlyArray<Figure> => {
  const objects = groups.slice(1)
  if (objects.length < 2 || count === 0) return []
  const ones = new Uint32Array(count).fill(1)
  return [
    {
      kind: "bars",
      id: "per-object",
      title: "Recall per object",
      description: `Which share of the samples of each object has an ADD, and an ADD-S, below ${options.add_threshold} of its diameter; a missing bar is an object without samples.`,
      x: { label: "object" },
      y: { label: "recall" },
      categories: objects.map(({ suffix }) => suffix.slice(1)),
      series: (["add", "adds"] as const).map((name) => ({
        name: name === "add" ? "ADD" : "ADD-S",
        values: objects.map(({ rows, shares }) =>
          shares === undefined || rows.length === 0 ? null : shareBelow(shares[name], ones, options.add_threshold, rows.length)
        )
      }))
    }
  ]
}

/** The figures of a result, in the order in which they are shown. */
export const figuresOf = (rows: ReadonlyArray<Row>, models: ReadonlyArray<Model>, table: Table): ReadonlyArray<Figure> => {
  const [all] = table.groups
  return [
    ...recallCurve(table),
    ...perObject(table),
    ...histogram(
      { id: "rotation-errors", title: "Rotation errors", label: "rotation error", unit: "°" },
      all?.degrees.values ?? new Float64Array(),
      180
    ),
    ...histogram(
      { id: "translation-errors", title: "Translation errors", label: "translation error", unit: "m" },
      all?.translation.values ?? new Float64Array(),
      Number.MAX_VALUE
    ),
    ...worst(rows, models)
  ]
}
