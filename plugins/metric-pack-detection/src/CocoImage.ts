/**
 * The output type `@feagi-trainer/metric-pack-detection#image`: all truths of one image, and all detections of it, in columns. It holds
 * what `bbox_set` and `keypoints` of the wire do not: masks, several persons, their areas, and the number of the image.
 *
 * Sharp edges: rows stand in the order of their file, because it decides between equal scores. Masks are runs (see Mask.ts) that fill
 * their size exactly. A list that a kind does not need is null.
 */
import type { TypedPrediction, TypedTarget } from "@feagi-trainer/contracts"
import type { Mask } from "./mask/Mask.ts"
import type { IouType } from "./Rules.ts"

export const IMAGE_TYPE = "@feagi-trainer/metric-pack-detection#image"

// Aliases, because an interface is no JsonValue.
export type MaskValue = {
  /** Height, width. */
  readonly size: readonly [number, number]
  readonly counts: ReadonlyArray<number>
}

export const maskValue = ({ height, width, runs }: Mask): MaskValue => ({ size: [height, width], counts: runs })

type Rows = {
  readonly category_id: ReadonlyArray<number>
  /** Square pixels. */
  readonly area: ReadonlyArray<number>
  /** x, y, width, height of every row: for boxes and keypoints. */
  readonly bbox: ReadonlyArray<number> | null
  /** One per row: for masks. */
  readonly masks: ReadonlyArray<MaskValue> | null
  /** x, y, visibility of every keypoint of every row: for keypoints. */
  readonly keypoints: ReadonlyArray<number> | null
  /** How many rows of undeclared categories were left out. */
  readonly unknown: number
}

export type ImageTarget = Rows & {
  /** Decides the order of images, as a number. */
  readonly image_id: number
  /** Height, width; null when the file does not say. */
  readonly size: readonly [number, number] | null
  /** The name of its picture; null when the file does not say. */
  readonly file: string | null
  readonly crowd: ReadonlyArray<0 | 1>
  /** Keypoints that count; for keypoints. A person with 0 need not be found. */
  readonly num_keypoints: ReadonlyArray<number> | null
  /** Rows whose annotation id is 0. */
  readonly id_zero: ReadonlyArray<number>
}

export type ImagePrediction = Rows & {
  readonly score: ReadonlyArray<number>
}

/** The truths of one image as a target. What the columns have to be like is checked when they are scored. */
export const imageTarget = (value: ImageTarget): TypedTarget => ({ custom: { type: IMAGE_TYPE, value } })
/** The detections of one image as an answer; the same holds. */
export const imagePrediction = (value: ImagePrediction): TypedPrediction => ({ custom: { type: IMAGE_TYPE, value } })

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A list of `length` finite numbers. */
const isNumbers = (value: unknown, length: number): value is ReadonlyArray<number> => {
  if (!Array.isArray(value) || value.length !== length) return false
  for (let index = 0; index < length; index++) if (!Number.isFinite(value[index])) return false
  return true
}

const isSize = (value: unknown): value is readonly [number, number] =>
  isNumbers(value, 2) && value.every((each) => Number.isSafeInteger(each) && each >= 0)

const isMask = (value: unknown): value is MaskValue => {
  if (!isRecord(value) || !isSize(value.size) || !Array.isArray(value.counts)) return false
  let pixels = 0
  for (const run of value.counts) {
    if (!Number.isSafeInteger(run) || run < 0) return false
    pixels += run
  }
  return pixels === value.size[0] * value.size[1]
}

/** The first thing that is wrong with the rows, or undefined. */
const rowsFault = (value: Readonly<Record<string, unknown>>, iouType: IouType, points: number): string | undefined => {
  const ids = value.category_id
  if (!Array.isArray(ids) || !ids.every(Number.isSafeInteger)) return '"category_id" has to be a list of whole numbers'
  const rows = ids.length
  if (!isNumbers(value.area, rows)) return `"area" has to be a list of ${rows} finite numbers`
  if (iouType !== "segm" && !isNumbers(value.bbox, 4 * rows)) return `"bbox" has to be a list of ${4 * rows} finite numbers`
  const masks = value.masks
  if (iouType === "segm" && !(Array.isArray(masks) && masks.length === rows && masks.every(isMask)))
    return `"masks" has to be a list of ${rows} masks {size, counts} whose counts fill their size`
  if (iouType === "keypoints" && !isNumbers(value.keypoints, 3 * points * rows))
    return `"keypoints" has to be a list of ${3 * points * rows} finite numbers: x, y, visibility of ${points} points, ${rows} times`
  if (!Number.isSafeInteger(value.unknown)) return '"unknown" has to be a whole number'
  return undefined
}

const targetFault = (value: unknown, iouType: IouType, points: number): string | undefined => {
  if (!isRecord(value)) return "it has to be an object"
  if (!Number.isSafeInteger(value.image_id)) return '"image_id" has to be a whole number'
  if (value.file !== null && typeof value.file !== "string") return '"file" has to be null or the name of a picture'
  if (value.size !== null && !isSize(value.size)) return '"size" has to be null or [height, width]'
  const fault = rowsFault(value, iouType, points)
  if (fault !== undefined) return fault
  const rows = (value.category_id as ReadonlyArray<number>).length
  const crowd = value.crowd
  if (!isNumbers(crowd, rows) || !crowd.every((each) => each === 0 || each === 1)) return `"crowd" has to be a list of ${rows} times 0 or 1`
  if (iouType === "keypoints" && !isNumbers(value.num_keypoints, rows)) return `"num_keypoints" has to be a list of ${rows} numbers`
  const zero = value.id_zero
  return Array.isArray(zero) && zero.every((each) => Number.isSafeInteger(each) && each >= 0 && each < rows)
    ? undefined
    : '"id_zero" has to be a list of rows'
}

const predictionFault = (value: unknown, iouType: IouType, points: number): string | undefined => {
  if (!isRecord(value)) return "it has to be an object"
  const fault = rowsFault(value, iouType, points)
  if (fault !== undefined) return fault
  const rows = (value.category_id as ReadonlyArray<number>).length
  return isNumbers(value.score, rows) ? undefined : `"score" has to be a list of ${rows} finite numbers`
}

/** The value as what it says it is, or what is wrong with it. */
export const readImageTarget = (value: unknown, iouType: IouType, points: number): ImageTarget | string =>
  targetFault(value, iouType, points) ?? (value as ImageTarget)

export const readImagePrediction = (value: unknown, iouType: IouType, points: number): ImagePrediction | string =>
  predictionFault(value, iouType, points) ?? (value as ImagePrediction)
