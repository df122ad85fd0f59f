/**
 * The steps from scored images to numbers, done once: columns, matching, order. What is asked of them afterwards is how often every
 * image counts.
 */
import type { ClassLabel, MetricValue } from "@feagi-trainer/contracts"
import { type Accumulator, accumulate, accumulatorOf, type Table } from "./Accumulate.ts"
import { IMAGE_TYPE } from "./CocoImage.ts"
import { collect } from "./Collect.ts"
import type { Columns } from "./Columns.ts"
import { match } from "./Match.ts"
import { type DetectionOptions, pointsOf, sigmasOf } from "./Options.ts"
import { canonical, type Row } from "./Rows.ts"
import { rulesOf } from "./Rules.ts"
import { summary } from "./Summary.ts"
import type { Task } from "./Task.ts"

export interface Evaluation {
  readonly options: DetectionOptions
  readonly classes: ReadonlyArray<ClassLabel>
  /** The images in the order that decides ties. */
  readonly rows: ReadonlyArray<Row>
  readonly columns: Columns
  readonly accumulator: Accumulator
}

/** @param unordered all of them checked by the task */
export const evaluate = ({ options, classes }: Task, unordered: Iterable<Row>): Evaluation => {
  const rows = canonical(unordered)
  const columns = collect(rows, { iouType: options.iou_type, points: pointsOf(options), classes })
  const matched = match(columns, options.iou_type, sigmasOf(options))
  return { options, classes, rows, columns, accumulator: accumulatorOf(matched, rulesOf[options.iou_type]) }
}

const unknownOf = ({ target, prediction }: Row): number => {
  let unknown = 0
  for (const each of [target, prediction])
    if ("custom" in each && each.custom.type === IMAGE_TYPE) unknown += (each.custom.value as { readonly unknown: number }).unknown
  return unknown
}

/** How much was scored; these have no direction. */
const counts = ({ rows, columns }: Evaluation, weights: Uint32Array): Readonly<Record<string, number>> => {
  let [images, abstained, unknown, truths, detections] = [0, 0, 0, 0, 0]
  for (const [index, row] of rows.entries()) {
    const weight = weights[index] ?? 0
    images += weight
    if ("abstain" in row.prediction) abstained += weight
    unknown += weight * unknownOf(row)
  }
  for (const image of columns.truths.image) truths += weights[image] ?? 0
  for (const image of columns.detections.image) detections += weights[image] ?? 0
  return { images, abstained, truths, detections, unknown_category: unknown }
}

/** The values when image n occurs `weights[n]` times, and what they were made of. */
export const valuesOf = (
  evaluation: Evaluation,
  weights: Uint32Array
): { readonly values: Readonly<Record<string, MetricValue>>; readonly table: Table } => {
  const table = accumulate(evaluation.accumulator, weights)
  return {
    values: { ...summary(table, evaluation.options.iou_type, evaluation.classes), ...counts(evaluation, weights) },
    table
  }
}

export const once = (images: number): Uint32Array => new Uint32Array(images).fill(1)
