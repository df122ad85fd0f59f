/**
 * The records of COCO: pictures, categories, annotations. Pure: a record in, what it means and what is wrong with it out.
 *
 * Only what the samples are made of is read, and masks always, so that a broken one is found whatever the task is. Sharp edge:
 * `iscrowd` and `area` may be left out (no crowd, no area); everything else that a task needs may not.
 */
import { createHash } from "node:crypto"
import { showValue } from "@feagi-trainer/contracts"
import { type Box, readBox, type Size, SLACK_PIXELS } from "./Box.ts"
import { badField, type Fault, type Fields, fieldsOf, isNoNumber, numbersOf } from "./Fields.ts"
import type { Json } from "./json/JsonCursor.ts"
import type { Boxes, Task } from "./Options.ts"
import { readSegmentation, type Segmentation } from "./Segmentation.ts"

/** Pixels that a picture may have: more than any camera's, and few enough for a mask in memory. */
export const MAX_PIXELS = 0x3fff ** 2

export interface ImageRecord extends Size {
  readonly id: number
  readonly file_name: string
}

export interface CategoryRecord {
  readonly id: number
  readonly name: string
  /** Number of keypoints; 0 when it names none. */
  readonly keypoints: number
}

export interface Annotation {
  readonly id: number
  readonly image_id: number
  readonly category_id: number
  /** As written: see the option `boxes`. */
  readonly box: Box | null
  /** In pixels, of the mask where there is one. */
  readonly area: number | null
  readonly crowd: boolean
  readonly mask: Segmentation | null
  /** `[x, y, visibility, …]`. */
  readonly keypoints: ReadonlyArray<number> | null
}

export const readImage = (value: Json, faults: Array<Fault>): ImageRecord | undefined => {
  const fields = fieldsOf(value, faults)
  if (fields === undefined) return undefined
  const [id, file_name, width, height] = [
    fields.whole("id", 0),
    fields.text("file_name"),
    fields.whole("width", 1),
    fields.whole("height", 1)
  ]
  if (id === undefined || file_name === undefined || width === undefined || height === undefined) return undefined
  if (width * height > MAX_PIXELS) {
    faults.push({
      code: "TOO-LARGE",
      path: ["width"],
      message: "the picture is too large",
      expected: `at most ${MAX_PIXELS} pixels`,
      actual: `${width} × ${height}`
    })
    return undefined
  }
  return { id, file_name, width, height }
}

export const readCategory = (value: Json, faults: Array<Fault>): CategoryRecord | undefined => {
  const fields = fieldsOf(value, faults)
  const [id, name] = [fields?.whole("id", 0), fields?.text("name")]
  const { keypoints } = fields?.value ?? {}
  return id === undefined || name === undefined ? undefined : { id, name, keypoints: Array.isArray(keypoints) ? keypoints.length : 0 }
}

export type References = Pick<Annotation, "id" | "image_id" | "category_id">

/** What an annotation refers to, which has to be known before the rest can be read. */
export const readReferences = (fields: Fields): References | undefined => {
  const [id, image_id, category_id] = [fields.whole("id", 0), fields.whole("image_id", 0), fields.whole("category_id", 0)]
  return id === undefined || image_id === undefined || category_id === undefined ? undefined : { id, image_id, category_id }
}

/** Undefined when anything is wrong. */
export const readAnnotation = (fields: Fields, references: References, task: Task, boxes: Boxes, size: Size): Annotation | undefined => {
  const { value, faults } = fields
  const before = faults.length
  const { bbox, area, iscrowd, segmentation } = value
  const box = bbox === undefined && task === "segmentation" ? null : readBox(bbox, bbox === undefined ? [] : ["bbox"], boxes, size, faults)
  const mask = readSegmentation(segmentation, size, faults)
  if (area !== undefined && !(typeof area === "number" && area >= 0) && !isNoNumber(area))
    faults.push(badField(["area"], '"area", a number from 0', area))
  if (iscrowd !== undefined && iscrowd !== 0 && iscrowd !== 1) faults.push(badField(["iscrowd"], '"iscrowd", 0 or 1', iscrowd))
  if (task === "segmentation" && mask === null && faults.length === before && !isNoNumber(segmentation))
    faults.push({
      code: "NO-MASK",
      path: segmentation === undefined ? [] : ["segmentation"],
      message: "an annotation without a mask",
      expected: "polygons or runs",
      actual: showValue(segmentation),
      help: 'take task = "instances" for boxes alone, or draw the mask'
    })
  const keypoints = task === "keypoints" ? readKeypoints(fields, size) : null
  const broken =
    isNoNumber(area) || isNoNumber(segmentation) || (box === null && bbox !== undefined) || (keypoints === null && task === "keypoints")
  if (faults.length > before || broken) return undefined
  return { ...references, box, area: typeof area === "number" ? area : null, crowd: iscrowd === 1, mask, keypoints }
}

const readKeypoints = ({ value, faults }: Fields, size: Size): ReadonlyArray<number> | null => {
  const { keypoints, num_keypoints } = value
  const numbers = numbersOf(keypoints)
  if (numbers === "silent") return null
  if (
    numbers === undefined ||
    numbers.length % 3 !== 0 ||
    numbers.some((each, index) => index % 3 === 2 && each !== 0 && each !== 1 && each !== 2)
  ) {
    const expected = "x, y and visibility (0, 1 or 2) of every keypoint"
    faults.push({
      code: "BAD-KEYPOINTS",
      path: keypoints === undefined ? [] : ["keypoints"],
      message: "these are no keypoints",
      expected,
      actual: showValue(keypoints)
    })
    return null
  }
  const out = numbers.findIndex((each, index) => {
    if (index % 3 === 2 || numbers[index - (index % 3) + 2] === 0) return false
    return each < -SLACK_PIXELS || each > (index % 3 === 0 ? size.width : size.height) + SLACK_PIXELS
  })
  if (out >= 0)
    faults.push({
      code: "KEYPOINT-OUTSIDE",
      path: ["keypoints", out],
      message: "a labelled keypoint outside of its picture",
      expected: `${out % 3 === 0 ? `x from 0 to ${size.width}` : `y from 0 to ${size.height}`}`,
      actual: String(numbers[out])
    })
  const labelled = labelledKeypoints(numbers)
  if (num_keypoints !== undefined && num_keypoints !== labelled && !isNoNumber(num_keypoints))
    faults.push({
      code: "KEYPOINT-COUNT",
      path: ["num_keypoints"],
      message: "the number of labelled keypoints is not that of the list",
      expected: String(labelled),
      actual: showValue(num_keypoints)
    })
  return numbers
}

/** How many have a visibility above 0. */
export const labelledKeypoints = (keypoints: ReadonlyArray<number>): number =>
  keypoints.reduce((count, each, index) => (index % 3 === 2 && each > 0 ? count + 1 : count), 0)

/** SHA-256 of what an annotation says, however it was written: without its ids, the mask only where it is the target. */
export const annotationHash = (annotation: Annotation, label: string, task: Task): Buffer => {
  const { box, area, crowd, mask, keypoints } = annotation
  return createHash("sha256")
    .update(JSON.stringify([label, box, area, crowd, task === "segmentation" ? mask : null, keypoints]))
    .digest()
}

/** The content of a sample: the bytes of its picture (their SHA-256; null when it is not opened), its size and its annotations. */
export const sampleHash = (picture: string | null, { width, height }: Size, annotations: ReadonlyArray<string>): string =>
  createHash("sha256")
    .update(JSON.stringify([picture, width, height, annotations]))
    .digest("hex")
