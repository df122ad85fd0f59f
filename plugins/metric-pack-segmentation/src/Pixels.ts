/**
 * One sample, counted pixel by pixel: which class each pixel is of and which one it was answered with.
 *
 * A pixel with the target's `ignore_label` counts nowhere, whatever was answered there. A pixel with the answer's `unpredicted_label`
 * counts in the total and against the class of its target, and for no other class; a sample without an answer is such pixels only.
 * Sharp edge: without an `unpredicted_label` every label is an answer, 255 too.
 */
import { isAbstain, type Scored, type SegmentationMaskPrediction, type SegmentationMaskTarget } from "@feagi-trainer/contracts"
import type { ClassKeys } from "./ClassKeys.ts"

export interface Pixels {
  /** By the class of the target: pixels by the class of the answer, those without one last. A class without pixels has no row. */
  readonly rows: ReadonlyArray<Float64Array | undefined>
  /** Pixels that are not ignored. */
  readonly counted: number
  readonly wrong: number
  readonly answered: boolean
}

/** A target and its answer, found to be masks of one size; `answer` is undefined for an abstention. */
export interface MaskPair {
  readonly target: SegmentationMaskTarget
  readonly answer: SegmentationMaskPrediction | undefined
}

const refused = (sampleId: string, message: string): RangeError => new RangeError(`sample "${sampleId}": ${message}`)

const checkSize = (
  sampleId: string,
  side: string,
  { width, height, labels }: SegmentationMaskTarget | SegmentationMaskPrediction
): void => {
  if (labels.length !== width * height)
    throw refused(sampleId, `its ${side} is ${width} × ${height} pixels and has ${labels.length} labels, expected ${width * height}`)
}

/** Throws RangeError, with the sample, where a side is no mask or the two are not of one size. */
export const maskPair = ({ sample_id, target, prediction }: Scored): MaskPair => {
  const kind = (value: object): string => Object.keys(value).join(", ") || "nothing"
  if (!("segmentation_mask" in target)) throw refused(sample_id, `its target is of type ${kind(target)}, expected segmentation_mask`)
  const truth = target.segmentation_mask as SegmentationMaskTarget
  checkSize(sample_id, "target", truth)
  if (isAbstain(prediction)) return { target: truth, answer: undefined }
  if (!("segmentation_mask" in prediction))
    throw refused(sample_id, `its prediction is of type ${kind(prediction)}, expected segmentation_mask`)
  const answer = prediction.segmentation_mask as SegmentationMaskPrediction
  checkSize(sample_id, "prediction", answer)
  if (answer.width !== truth.width || answer.height !== truth.height)
    throw refused(
      sample_id,
      `its prediction is ${answer.width} × ${answer.height} pixels and its target ${truth.width} × ${truth.height}, expected one size`
    )
  return { target: truth, answer }
}

const undeclared = (
  sampleId: string,
  side: "target" | "prediction",
  label: number,
  at: number,
  width: number,
  classes: number
): RangeError =>
  refused(
    sampleId,
    `its ${side} has label ${label} at column ${at % width}, row ${Math.floor(at / width)}, which is none of the ${classes} declared classes${
      side === "target" ? ", and not its ignore_label" : ", and not its unpredicted_label"
    }`
  )

/** Throws RangeError, with sample and pixel, at a label of no declared class. */
export const countPixels = ({ labels: names, positions }: ClassKeys, sampleId: string, { target, answer }: MaskPair): Pixels => {
  const classes = names.length
  const rows: Array<Float64Array | undefined> = Array.from({ length: classes }, () => undefined)
  const { labels: truths, ignore_label: ignored, width } = target
  const answers = answer?.labels
  const unpredicted = answer?.unpredicted_label
  let counted = 0
  let right = 0
  // Neighbours mostly are alike: a pair of labels is looked up once and counted for as long as it goes on.
  for (let at = 0, next = 0; at < truths.length; at = next) {
    const truth = truths[at] ?? -1
    const said = answers === undefined ? undefined : answers[at]
    next = at + 1
    while (next < truths.length && truths[next] === truth && (answers === undefined || answers[next] === said)) next += 1
    if (truth === ignored) continue
    const row = positions[truth] ?? -1
    if (row === -1) throw undeclared(sampleId, "target", truth, at, width, classes)
    let column = classes
    if (said !== undefined && said !== unpredicted) {
      column = positions[said] ?? -1
      if (column === -1) throw undeclared(sampleId, "prediction", said, at, width, classes)
    }
    const pixels = next - at
    let counts = rows[row]
    if (counts === undefined) {
      counts = new Float64Array(classes + 1)
      rows[row] = counts
    }
    counts[column] = (counts[column] ?? 0) + pixels
    counted += pixels
    if (column === row) right += pixels
  }
  return { rows, counted, wrong: counted - right, answered: answer !== undefined }
}
