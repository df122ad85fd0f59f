/**
 * A results file of COCO: a list of detections. What a detection does not say is derived as `loadRes` of pycocotools does it, and that
 * depends on the first record of the file: with `bbox` the area is that of the box and a missing mask is the box; otherwise with
 * `segmentation` area and box are those of the mask; otherwise with `keypoints` they are those of the rectangle around the points.
 *
 * Sharp edges: the area decides in which range of area a detection counts, so that masks beside boxes are judged by the area of the box.
 * A detection of an image that the ground truth does not have is refused; one of a category that it does not have is left out and counted.
 */
import { type ImagePrediction, type MaskValue, maskValue } from "../CocoImage.ts"
import { type Mask, maskArea, maskBox } from "../mask/Mask.ts"
import { polygonMask } from "../mask/polygonMask.ts"
import { type DetectionOptions, pointsOf } from "../Options.ts"
import type { IouType } from "../Rules.ts"
import { codes } from "./Codes.ts"
import { FARTHEST, readMask, type Size } from "./readMask.ts"
import { readKeypoints, type TruthFile } from "./readTruths.ts"
import { expectKind, fieldOf, missing, onceMore, readFinite, readFour, readWhole, type Source } from "./records.ts"

/** What the first record has, and so all records have to have. */
type Form = "bbox" | "segmentation" | "keypoints"

const IMAGE_ID = 1
const CATEGORY_ID = 2
const SCORE = 4
const BBOX = 8
const SEGMENTATION = 16
const KEYPOINTS = 32

/** The detections of one image while the file is read. */
interface Growing {
  readonly category_id: Array<number>
  readonly score: Array<number>
  readonly area: Array<number>
  readonly bbox: Array<number> | null
  readonly masks: Array<MaskValue> | null
  readonly keypoints: Array<number> | null
  unknown: number
}

const growing = (iouType: IouType): Growing => ({
  category_id: [],
  score: [],
  area: [],
  bbox: iouType === "segm" ? null : [],
  masks: iouType === "segm" ? [] : null,
  keypoints: iouType === "keypoints" ? [] : null,
  unknown: 0
})

/**
 * The detections of every image of the ground truth, in its order and within an image in that of the file.
 * @param truths left out when there is no ground truth to look images up in
 */
export const readResults = (source: Source, options: DetectionOptions, truths: TruthFile | undefined): ReadonlyArray<ImagePrediction> => {
  const { reader, record } = source
  const images = (truths?.images ?? []).map(() => growing(options.iou_type))
  if (expectKind(source, "array", "", "a list of detections")) {
    const read = recordReader(source, options, truths, images)
    reader.array((index) => {
      record.index = index
      if (expectKind(source, "object", "", "an object with image_id, category_id and score")) read()
    })
    record.index = -1
  }
  reader.end()
  return images
}

const formOf = (bits: number, boxCount: number): Form | undefined =>
  (bits & BBOX) !== 0 && boxCount !== 0
    ? "bbox"
    : (bits & SEGMENTATION) !== 0
      ? "segmentation"
      : (bits & KEYPOINTS) !== 0
        ? "keypoints"
        : undefined

/** Reads a record; what it holds so far lies in variables, because there are hundreds of thousands of them. */
const recordReader = (
  source: Source,
  options: DetectionOptions,
  truths: TruthFile | undefined,
  images: ReadonlyArray<Growing>
): (() => void) => {
  const { reader } = source
  const positions = new Map(truths?.images.map(({ id }, position) => [id, position]))
  const known = new Set(truths?.categories.map(({ class_id }) => class_id))
  /** Takes what belongs to no image or to no category. */
  const nowhere = growing(options.iou_type)
  const box = [0, 0, 0, 0]
  let boxCount = 0
  let [bits, imageId, category, score] = [0, 0, 0, 0]
  let [boxAt, segmentationAt, keypointsAt] = [-1, -1, -1]
  let form: Form | undefined
  let isFirst = true

  const bitOf = (key: string, bit: number, at: number): void => {
    bits = (bits & bit) === 0 ? bits | bit : onceMore(source, bits, bit, key, at)
  }
  /** The place of the value, which is read over. */
  const passed = (): number => {
    reader.peek()
    const at = reader.at
    reader.skip()
    return at
  }
  const take = (key: string, at: number): void => {
    switch (key) {
      case "image_id":
        bitOf(key, IMAGE_ID, at)
        imageId = readWhole(source, key)
        break
      case "category_id":
        bitOf(key, CATEGORY_ID, at)
        category = readWhole(source, key)
        break
      case "score":
        bitOf(key, SCORE, at)
        score = readFinite(source, key)
        break
      case "bbox":
        bitOf(key, BBOX, at)
        reader.peek()
        boxAt = reader.at
        boxCount = readFour(source, key, box)
        break
      case "segmentation":
        bitOf(key, SEGMENTATION, at)
        segmentationAt = passed()
        break
      case "keypoints":
        bitOf(key, KEYPOINTS, at)
        keypointsAt = passed()
        break
      default:
        reader.skip()
    }
  }
  const derive = deriver(source, options, truths)

  return () => {
    const start = reader.at
    bits = 0
    reader.object(take)
    const end = reader.at
    if (isFirst) {
      form = formOf(bits, boxCount)
      isFirst = false
      if (form === undefined)
        missing(source, start, "", "bbox, segmentation or keypoints", "the first detection says what all of them have")
    }
    if ((bits & IMAGE_ID) === 0) missing(source, start, "image_id", "a whole number")
    if ((bits & CATEGORY_ID) === 0) missing(source, start, "category_id", "a whole number")
    if ((bits & SCORE) === 0) missing(source, start, "score", "a number")
    const position = positions.get(imageId)
    if (truths !== undefined && (bits & IMAGE_ID) !== 0 && position === undefined && !Number.isNaN(imageId))
      source.findings.add({
        code: codes.unknownImage,
        message: "is an image that the ground truth does not have",
        at: start,
        field: fieldOf(source, "image_id"),
        image: imageId,
        expected: `one of ${positions.size} images`,
        actual: String(imageId),
        help: "score these results with the ground truth that they were made for"
      })
    const image = images[position ?? -1] ?? nowhere
    if (!known.has(category)) image.unknown += 1
    const into = known.has(category) ? image : nowhere
    into.category_id.push(category)
    into.score.push(score)
    if (form !== undefined)
      derive(form, into, {
        start,
        bits,
        position: position ?? 0,
        box,
        boxCount: (bits & BBOX) === 0 ? undefined : boxCount,
        boxAt,
        segmentationAt,
        keypointsAt
      })
    reader.at = end
  }
}

interface RecordParts {
  readonly start: number
  readonly bits: number
  readonly position: number
  /** x, y, width, height, when there are four numbers. */
  readonly box: ReadonlyArray<number>
  /** How many numbers the box has, −1 when it is none; undefined without one. */
  readonly boxCount: number | undefined
  readonly boxAt: number
  readonly segmentationAt: number
  readonly keypointsAt: number
}

/** Appends area, box, mask and keypoints of a record, or tells what is missing. */
const deriver = (source: Source, options: DetectionOptions, truths: TruthFile | undefined) => {
  const { reader, findings } = source
  const { iou_type } = options
  const points = pointsOf(options)
  const sizes = truths?.images.map(({ size }) => size)

  // Nobody knows the size of an image without a ground truth; any will do to look at the rest of the file.
  const sizeAt = (position: number): Size => (sizes === undefined ? [1, 1] : (sizes[position] ?? null))

  const hasBox = ({ start, boxCount, boxAt }: RecordParts): boolean => {
    if (boxCount === undefined) missing(source, start, "bbox", "[x, y, width, height], as the first detection has it")
    else if (boxCount >= 0 && boxCount !== 4)
      findings.add({
        code: codes.badField,
        message: "is no box",
        at: boxAt,
        field: fieldOf(source, "bbox"),
        expected: "x, y, width, height",
        actual: `${boxCount} numbers`
      })
    return boxCount === 4
  }
  const maskOf = ({ start, bits, position, segmentationAt }: RecordParts): Mask | undefined => {
    if ((bits & SEGMENTATION) === 0) {
      missing(source, start, "segmentation", "runs or polygons", "score boxes with --option iou_type=bbox")
      return undefined
    }
    reader.at = segmentationAt
    return readMask(source, "segmentation", sizeAt(position))
  }
  const keypointsOf = ({ start, bits, keypointsAt }: RecordParts): ReadonlyArray<number> | null => {
    if ((bits & KEYPOINTS) === 0) {
      missing(source, start, "keypoints", "x, y and visibility of every keypoint")
      return null
    }
    reader.at = keypointsAt
    return readKeypoints(source, points)
  }
  /** The mask of a box, as a polygon of its corners. */
  const boxMask = (box: ReadonlyArray<number>, size: Size): Mask | undefined => {
    const [x = 0, y = 0, width = 0, height = 0] = box
    if (size !== null && box.every((each) => Math.abs(each) <= FARTHEST))
      return polygonMask([x, y, x, y + height, x + width, y + height, x + width, y], size[0], size[1])
    findings.add({
      code: codes.badMask,
      message: "is no mask",
      field: fieldOf(source, "segmentation"),
      expected: `a segmentation, or a box within ${FARTHEST} pixels on an image with height and width`,
      actual: "neither"
    })
    return undefined
  }

  return (form: Form, into: Growing, parts: RecordParts): void => {
    let { box } = parts
    if (form === "bbox") {
      if (!hasBox(parts)) return
      into.area.push((box[2] ?? 0) * (box[3] ?? 0))
      if (iou_type === "segm") {
        const mask = (parts.bits & SEGMENTATION) === 0 ? boxMask(box, sizeAt(parts.position)) : maskOf(parts)
        if (mask !== undefined) into.masks?.push(maskValue(mask))
      }
    } else if (form === "segmentation") {
      const mask = maskOf(parts)
      if (mask === undefined) return
      into.area.push(maskArea(mask))
      into.masks?.push(maskValue(mask))
      if (iou_type !== "segm" && (parts.boxCount === undefined || !hasBox(parts))) box = maskBox(mask)
    }
    if (form === "keypoints" || iou_type === "keypoints") {
      const keypoints = keypointsOf(parts)
      if (keypoints === null) return
      if (into.keypoints !== null) for (const each of keypoints) into.keypoints.push(each)
      if (form === "keypoints") {
        const { area, rectangle } = extentOf(keypoints)
        into.area.push(area)
        box = rectangle
        if (iou_type === "segm") missing(source, parts.start, "segmentation", "runs or polygons", "score with --option iou_type=keypoints")
      }
    }
    into.bbox?.push(box[0] ?? 0, box[1] ?? 0, box[2] ?? 0, box[3] ?? 0)
  }
}

/** The smallest rectangle around all points, labelled or not, and its area. */
const extentOf = (keypoints: ReadonlyArray<number>): { readonly area: number; readonly rectangle: ReadonlyArray<number> } => {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let at = 0; at < keypoints.length; at += 3) {
    const [x, y] = [keypoints[at] ?? 0, keypoints[at + 1] ?? 0]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return { area: (right - left) * (bottom - top), rectangle: [left, top, right - left, bottom - top] }
}
