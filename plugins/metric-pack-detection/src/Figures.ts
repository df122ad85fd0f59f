/**
 * What a detector looks like: precision over recall, average precision per category, the images with the most errors, as a table and drawn.
 *
 * Sharp edge: a category without anything to find has no curve and no bar, and nothing that was scored on it shows there.
 */
import { type Figure, isInsufficient } from "@feagi-trainer/contracts"
import type { Table, Tally } from "./Accumulate.ts"
import type { Evaluation } from "./Evaluation.ts"
import { errorsOf, type ImageErrors } from "./ImageErrors.ts"
import { overlayOf, type Ranked } from "./overlayOf.ts"
import { AT_50, AT_75, overlapThresholds, recallLevels } from "./Rules.ts"
import { averagePrecision, classKeys } from "./Summary.ts"

const R = recallLevels.length
const SHOWN_CLASSES = 20
const SHOWN_CURVES = 8
const SHOWN_IMAGES = 20
const DRAWN_IMAGES = 4

type Points = ReadonlyArray<readonly [number, number | null]>

/** Precision at the levels of recall, averaged over the present categories and the thresholds given. */
const meanCurve = (tallies: ReadonlyArray<Tally>, thresholds: ReadonlyArray<number>): Points =>
  recallLevels.map((recall, level) => {
    let sum = 0
    for (const { precision } of tallies) for (const t of thresholds) sum += precision[t * R + level] ?? 0
    return [recall, sum / (tallies.length * thresholds.length)]
  })

/** Precision over recall of one or more categories. @param table tallies of all of them */
const precisionRecall = (table: Table, categories: ReadonlyArray<number>, thresholds: ReadonlyArray<number>): Points => {
  const present = categories.flatMap((category) => table[category]?.[0] ?? []).filter(({ positives }) => positives > 0)
  return present.length === 0 ? [] : meanCurve(present, thresholds)
}

/** From 0 to 1 on both sides, however good the detector is. */
const axes = {
  x: { label: "recall", scale: "linear", reaches: [0, 1] },
  y: { label: "precision", scale: "linear", reaches: [0, 1] }
} as const

const overall = (table: Table): ReadonlyArray<Figure> => {
  const categories = table.map((_, index) => index)
  const series = (
    [
      ["IoU 0.50", [AT_50]],
      ["IoU 0.75", [AT_75]],
      ["mean of IoU 0.50 to 0.95", overlapThresholds.map((_, index) => index)]
    ] as const
  ).map(([name, at]) => ({ name, points: precisionRecall(table, categories, at), style: "step" as const }))
  if (series.some(({ points }) => points.length === 0)) return []
  return [
    {
      kind: "curve",
      id: "precision-recall",
      title: "Precision over recall, all categories",
      description:
        "Precision that is still reached at each recall, averaged over the categories, for three overlaps; right and high is good.",
      ...axes,
      series
    }
  ]
}

const byTruths = (table: Table): ReadonlyArray<number> =>
  table
    .map((tallies, category) => ({ category, positives: tallies[0]?.positives ?? 0 }))
    .filter(({ positives }) => positives > 0)
    .sort((left, right) => right.positives - left.positives || left.category - right.category)
    .map(({ category }) => category)

const perClass = (table: Table, keys: ReadonlyArray<string>): ReadonlyArray<Figure> => {
  const frequent = byTruths(table)
  if (frequent.length < 2) return []
  const shown = frequent.slice(0, SHOWN_CLASSES)
  const orGap = (category: number, at: number | undefined): number | null => {
    const tally = table[category]?.[0]
    const value = tally === undefined ? undefined : averagePrecision(tally, at, "")
    return value === undefined || isInsufficient(value) ? null : value
  }
  const some = shown.length < frequent.length ? `the ${shown.length} most frequent of ${frequent.length} categories` : "every category"
  return [
    {
      kind: "curve",
      id: "precision-recall-per-category",
      title: "Precision over recall at IoU 0.50, per category",
      description: "One curve for each of the most frequent categories.",
      ...axes,
      series: frequent
        .slice(0, SHOWN_CURVES)
        .map((category) => ({ name: keys[category] ?? "", points: precisionRecall(table, [category], [AT_50]), style: "step" as const }))
    },
    {
      kind: "bars",
      id: "ap-per-category",
      title: "Average precision per category",
      description: `AP over IoU 0.50 to 0.95 and AP at IoU 0.50 of ${some}, the most frequent first.`,
      x: { label: "category" },
      y: { label: "average precision" },
      categories: shown.map((category) => keys[category] ?? ""),
      series: [
        { name: "AP", values: shown.map((category) => orGap(category, undefined)) },
        { name: "AP50", values: shown.map((category) => orGap(category, AT_50)) }
      ]
    }
  ]
}

const errorCount = ({ false_positives, false_negatives }: ImageErrors): number => false_positives + false_negatives

const worstOf = (errors: ReadonlyArray<ImageErrors>): ReadonlyArray<Ranked> =>
  errors
    .map((each, image) => ({ ...each, image }))
    .filter((each) => errorCount(each) > 0)
    .sort((left, right) => errorCount(right) - errorCount(left) || left.image - right.image)
    .slice(0, SHOWN_IMAGES)

const worstTable = (worst: ReadonlyArray<Ranked>, images: number): ReadonlyArray<Figure> =>
  worst.length === 0
    ? []
    : [
        {
          kind: "table",
          id: "worst-images",
          title: "Images with the most errors",
          description: `Images with wrong or missed objects at IoU 0.50, the most errors first: ${worst.length} of ${images}.`,
          columns: [
            { key: "image", label: "image", align: "left" },
            { key: "tp", label: "right", align: "right" },
            { key: "fp", label: "wrong", align: "right" },
            { key: "fn", label: "missed", align: "right" }
          ],
          rows: worst.map((each) => [each.sample_id, each.true_positives, each.false_positives, each.false_negatives])
        }
      ]

export const figures = (evaluation: Evaluation, table: Table): ReadonlyArray<Figure> => {
  const keys = classKeys(evaluation.classes)
  const worst = worstOf(errorsOf(evaluation))
  const ids = new Set<string>()
  const drawable = worst.filter(({ sample_id }) => !ids.has(sample_id) && ids.add(sample_id)).slice(0, DRAWN_IMAGES)
  return [
    ...overall(table),
    ...perClass(table, keys),
    ...worstTable(worst, evaluation.rows.length),
    ...drawable.map((each) => overlayOf(evaluation, keys, each))
  ]
}
