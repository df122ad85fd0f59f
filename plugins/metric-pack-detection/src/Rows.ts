/**
 * What the pack remembers: every scored image as it is, in a list that grows without being copied. Everything is computed at the end, from
 * the images in an order of their own.
 *
 * Sharp edge: average precision is no sum over images, so nothing smaller would do; a shard weighs as much as its images.
 */
import { isAbstain, type Scored, TypedPrediction, TypedTarget } from "@feagi-trainer/contracts"
import { type Chunk, Schema } from "effect"
import { IMAGE_TYPE, readImagePrediction, readImageTarget } from "./CocoImage.ts"
import type { IouType } from "./Rules.ts"

export const Row = Schema.Struct({ sample_id: Schema.String, target: TypedTarget, prediction: TypedPrediction })
export type Row = typeof Row.Type

export const Rows = Schema.toCodecJson(Schema.Chunk(Row))
export type Rows = Chunk.Chunk<Row>

/** What a sample is checked against before it is kept. */
export interface RowRules {
  readonly iouType: IouType
  /** `bbox_set`, `keypoints` or the type of images in columns. */
  readonly type: string
  readonly points: number
  readonly isDeclared: (classId: number) => boolean
}

const refuse = (sample: string, side: string, why: string): never => {
  throw new RangeError(`sample "${sample}": its ${side} cannot be scored: ${why}`)
}

const typeOf = (value: TypedTarget | TypedPrediction): string =>
  "custom" in value ? value.custom.type : (Object.keys(value)[0] ?? "nothing")

const boxFields = ["x", "y", "width", "height"] as const

const checkBoxes = (
  boxes: ReadonlyArray<
    Readonly<Record<(typeof boxFields)[number] | "class_id", number>> & { readonly score?: number; readonly area?: number }
  >,
  { isDeclared }: RowRules,
  needsScore: boolean
): string | undefined => {
  for (const [index, box] of boxes.entries()) {
    const bad = boxFields.find((field) => !Number.isFinite(box[field]))
    if (bad !== undefined) return `${bad} of box ${index} is ${box[bad]}, expected a finite number`
    if (!isDeclared(box.class_id)) return `box ${index} is of class ${box.class_id}, which is none of the declared classes`
    if (box.area !== undefined && !Number.isFinite(box.area)) return `area of box ${index} is ${box.area}, expected a finite number`
    if (needsScore && !Number.isFinite(box.score)) return `score of box ${index} is ${box.score ?? "missing"}, expected a finite number`
  }
  return undefined
}

const checkPoints = (
  list: ReadonlyArray<{ readonly x: number; readonly y: number; readonly score?: number }>,
  points: number,
  needsScore: boolean
): string | undefined => {
  if (list.length !== points) return `it has ${list.length} keypoints, expected ${points} as oks_sigmas says`
  for (const [index, { x, y, score }] of list.entries()) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return `keypoint ${index} is at ${x}, ${y}, expected finite numbers`
    if (needsScore && !Number.isFinite(score)) return `score of keypoint ${index} is ${score ?? "missing"}, expected a finite number`
  }
  return undefined
}

const fault = (value: TypedTarget | TypedPrediction, side: "target" | "prediction", rules: RowRules): string | undefined => {
  const type = typeOf(value)
  if (type !== rules.type) return `it is of type ${type}, expected ${rules.type}`
  if ("bbox_set" in value) return checkBoxes(value.bbox_set, rules, side === "prediction")
  if ("keypoints" in value) return checkPoints(value.keypoints, rules.points, side === "prediction")
  if (!("custom" in value)) return undefined
  const read = (side === "target" ? readImageTarget : readImagePrediction)(value.custom.value, rules.iouType, rules.points)
  if (typeof read === "string") return read
  const foreign = read.category_id.find((id) => !rules.isDeclared(id))
  return foreign === undefined ? undefined : `it has a row of category ${foreign}, which is none of the declared classes`
}

/** Target and answer by reference. Throws RangeError that names the sample when it is of another type or not whole. */
export const checkedRow = (rules: RowRules, { sample_id, target, prediction }: Scored): Row => {
  const wrongTarget = fault(target, "target", rules)
  if (wrongTarget !== undefined) refuse(sample_id, "target", wrongTarget)
  const wrongAnswer = isAbstain(prediction) ? undefined : fault(prediction, "prediction", rules)
  if (wrongAnswer !== undefined) refuse(sample_id, "prediction", wrongAnswer)
  return { sample_id, target, prediction }
}

const imageId = ({ target }: Row): number | undefined =>
  "custom" in target && target.custom.type === IMAGE_TYPE ? (target.custom.value as { readonly image_id: number }).image_id : undefined

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/**
 * The rows in the order that decides between equal scores: by the number of the image where there is one, otherwise by the code units of
 * the sample id. Equal ids with different content are told apart by their text, so that the order of adding never shows.
 */
export const canonical = (rows: Iterable<Row>): ReadonlyArray<Row> =>
  [...rows].sort(
    (left, right) =>
      (imageId(left) ?? 0) - (imageId(right) ?? 0) ||
      compareText(left.sample_id, right.sample_id) ||
      (left.target === right.target && left.prediction === right.prediction ? 0 : compareText(JSON.stringify(left), JSON.stringify(right)))
  )
