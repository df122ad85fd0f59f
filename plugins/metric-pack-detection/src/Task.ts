/**
 * What options and context say together: which output type is scored, over which classes, and what a sample has to be like. Everything that
 * takes samples (fold, atoms, errors per image) checks them by it.
 *
 * Sharp edge: a pose of the wire names no class, so that all poses are of one class and the declared classes are not looked at.
 */
import type { ClassLabel, MetricContext, Scored } from "@feagi-trainer/contracts"
import { IMAGE_TYPE } from "./CocoImage.ts"
import { type DetectionOptions, pointsOf } from "./Options.ts"
import { checkedRow, type Row, type RowRules } from "./Rows.ts"

export interface Task {
  readonly options: DetectionOptions
  readonly classes: ReadonlyArray<ClassLabel>
  readonly rules: RowRules
}

/** The output types that the options can score. */
const typesOf = ({ iou_type }: DetectionOptions): ReadonlyArray<string> =>
  iou_type === "segm" ? [IMAGE_TYPE] : [iou_type === "bbox" ? "bbox_set" : "keypoints", IMAGE_TYPE]

/** Throws RangeError when the options do not fit the output type, or the classes are not usable. */
export const taskOf = (options: DetectionOptions, { output_type, classes: declared }: MetricContext): Task => {
  const type = typeof output_type === "string" ? output_type : output_type.custom
  const known = typesOf(options)
  if (!known.includes(type))
    throw new RangeError(`the metric pack detection with iou_type "${options.iou_type}" scores ${known.join(" or ")}, not ${type}`)
  const classes = type === "keypoints" ? [{ class_id: 0, label: "person" }] : declared
  if (classes.length === 0) throw new RangeError("the metric pack detection needs at least one declared class")
  const ids = new Set(classes.map(({ class_id }) => class_id))
  if (ids.size < classes.length) {
    const repeated = classes.map(({ class_id }) => class_id).filter((id, index, all) => all.indexOf(id) !== index)
    throw new RangeError(`class ids are declared more than once: ${[...new Set(repeated)].join(", ")}`)
  }
  const rules = { iouType: options.iou_type, type, points: pointsOf(options), isDeclared: (id: number) => ids.has(id) }
  return { options, classes, rules }
}

/** All samples, kept by reference. Throws RangeError that names the first one that cannot be scored. */
export const rowsOf = ({ rules }: Task, samples: ReadonlyArray<Scored>): ReadonlyArray<Row> =>
  samples.map((sample) => checkedRow(rules, sample))
