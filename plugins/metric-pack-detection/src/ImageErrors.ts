/**
 * What was right and wrong on every image, at an overlap of 0.50 and over all areas: for tables of the worst images, for slices of errors
 * and for pictures of them.
 *
 * Sharp edge: right, wrong and missed leave out what is ignored (crowds, and detections on them), so that they do not always add up to the
 * truths and the detections of the image.
 */
import type { MetricContext, Scored } from "@feagi-trainer/contracts"
import { type Evaluation, evaluate } from "./Evaluation.ts"
import type { DetectionOptions } from "./Options.ts"
import { rowsOf, taskOf } from "./Task.ts"

export interface ImageErrors {
  readonly sample_id: string
  /** Detections that found a truth. */
  readonly true_positives: number
  /** Detections that found none. */
  readonly false_positives: number
  /** Truths that no detection found. */
  readonly false_negatives: number
}

/** One row per image, in the order of the evaluation. */
export const errorsOf = ({ rows, columns, accumulator }: Evaluation): ReadonlyArray<ImageErrors> => {
  const { matched } = accumulator
  const [hits, wrongs, missed] = [0, 1, 2].map(() => new Uint32Array(rows.length))
  if (hits === undefined || wrongs === undefined || missed === undefined) return []
  const bump = (list: Uint32Array, image: number): void => {
    list[image] = (list[image] ?? 0) + 1
  }
  const [right, wrong] = [matched.right[0], matched.wrong[0]]
  for (let at = 0; at < matched.image.length; at++) {
    const image = matched.image[at] ?? 0
    if (((right?.[at] ?? 0) & 1) !== 0) bump(hits, image)
    if (((wrong?.[at] ?? 0) & 1) !== 0) bump(wrongs, image)
  }
  for (let row = 0; row < columns.truths.count; row++)
    if (((matched.ignored[row] ?? 0) & 1) === 0 && ((matched.found[row] ?? 0) & 1) === 0) bump(missed, columns.truths.image[row] ?? 0)
  return rows.map(({ sample_id }, image) => ({
    sample_id,
    true_positives: hits[image] ?? 0,
    false_positives: wrongs[image] ?? 0,
    false_negatives: missed[image] ?? 0
  }))
}

/** The same from samples. Throws RangeError that names the first one that cannot be scored. */
export const imageErrors = (
  options: DetectionOptions,
  context: MetricContext,
  samples: ReadonlyArray<Scored>
): ReadonlyArray<ImageErrors> => {
  const task = taskOf(options, context)
  return errorsOf(evaluate(task, rowsOf(task, samples)))
}
