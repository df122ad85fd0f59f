/**
 * From scored images to columns of numbers. What the wire leaves open is decided here, as pycocotools does when it loads results: the area
 * of a detection is that of its box unless it says another one.
 *
 * Sharp edges: a box of a `bbox_set` target without `area` has the area of the box; without `crowd` it is none. A sample of `keypoints` is
 * one person without a declared area: the smallest rectangle around its labelled points stands for it, a person without such a rectangle
 * need not be found, and the score of an answer is the mean of the scores of its points.
 */
import { type ClassLabel, isAbstain } from "@feagi-trainer/contracts"
import { IMAGE_TYPE, type ImagePrediction, type ImageTarget } from "./CocoImage.ts"
import type { Columns } from "./Columns.ts"
import { type Mask, maskBox } from "./mask/Mask.ts"
import type { Row } from "./Rows.ts"
import type { IouType } from "./Rules.ts"

/** Columns that grow. */
interface Growing {
  readonly image: Array<number>
  readonly category: Array<number>
  readonly area: Array<number>
  readonly box: Array<number>
  readonly masks: Array<Mask>
  readonly points: Array<number>
}

interface Collecting {
  readonly truths: Growing & {
    readonly crowd: Array<number>
    readonly ignored: Array<number>
    readonly idZero: Array<number>
    readonly visible: Array<number>
  }
  readonly detections: Growing & { readonly score: Array<number> }
}

const growing = (): Growing => ({ image: [], category: [], area: [], box: [], masks: [], points: [] })

const frozen = ({ image, category, area, box, masks, points }: Growing) => ({
  count: image.length,
  image: Int32Array.from(image),
  category: Int32Array.from(category),
  area: Float64Array.from(area),
  box: Float64Array.from(box),
  masks,
  points: Float64Array.from(points)
})

export interface Source {
  readonly iouType: IouType
  readonly points: number
  readonly classes: ReadonlyArray<ClassLabel>
}

/** @param rows in canonical order; all of them were checked when they were added */
export const collect = (rows: ReadonlyArray<Row>, { iouType, points, classes }: Source): Columns => {
  const positions = new Map(classes.map(({ class_id }, position) => [class_id, position]))
  const into: Collecting = {
    truths: { ...growing(), crowd: [], ignored: [], idZero: [], visible: [] },
    detections: { ...growing(), score: [] }
  }
  for (const [image, { target, prediction }] of rows.entries()) {
    if ("bbox_set" in target)
      for (const { class_id, x, y, width, height, area, crowd } of target.bbox_set) {
        pushRow(into.truths, image, positions.get(class_id) ?? 0, area ?? width * height)
        into.truths.box.push(x, y, width, height)
        pushTruth(into, crowd === true ? 1 : 0, crowd === true ? 1 : 0, 0)
      }
    else if ("keypoints" in target) pushPerson(into, image, target.keypoints)
    else if ("custom" in target && target.custom.type === IMAGE_TYPE)
      pushTargets(into, image, imageValue<ImageTarget>(target.custom), positions, iouType)

    if (isAbstain(prediction)) continue
    if ("bbox_set" in prediction)
      for (const { class_id, x, y, width, height, area, score } of prediction.bbox_set) {
        pushRow(into.detections, image, positions.get(class_id) ?? 0, area ?? width * height)
        into.detections.box.push(x, y, width, height)
        into.detections.score.push(score ?? 0)
      }
    else if ("keypoints" in prediction) pushPose(into, image, prediction.keypoints)
    else if ("custom" in prediction && prediction.custom.type === IMAGE_TYPE)
      pushPredictions(into, image, imageValue<ImagePrediction>(prediction.custom), positions, iouType)
  }
  const { truths, detections } = into
  return {
    images: rows.length,
    categories: classes.length,
    points,
    truths: {
      ...frozen(truths),
      crowd: Uint8Array.from(truths.crowd),
      ignored: Uint8Array.from(truths.ignored),
      idZero: Uint8Array.from(truths.idZero),
      visible: Uint8Array.from(truths.visible)
    },
    detections: { ...frozen(detections), score: Float64Array.from(detections.score) }
  }
}

/** What `add` has checked. */
const imageValue = <Value>({ value }: { readonly value: unknown }): Value => value as Value

const pushRow = (into: Growing, image: number, category: number, area: number): void => {
  into.image.push(image)
  into.category.push(category)
  into.area.push(area)
}

const pushTruth = ({ truths }: Collecting, crowd: number, ignored: number, idZero: number): void => {
  truths.crowd.push(crowd)
  truths.ignored.push(ignored)
  truths.idZero.push(idZero)
}

/** Overlap, box and points of one row of an image in columns. */
const pushShape = (into: Growing, value: ImageTarget | ImagePrediction, row: number, iouType: IouType): void => {
  const mask = value.masks?.[row]
  if (iouType === "segm" && mask !== undefined) {
    const own = { height: mask.size[0], width: mask.size[1], runs: mask.counts }
    into.masks.push(own)
    into.box.push(...maskBox(own))
  } else {
    const { bbox } = value
    into.box.push(bbox?.[4 * row] ?? 0, bbox?.[4 * row + 1] ?? 0, bbox?.[4 * row + 2] ?? 0, bbox?.[4 * row + 3] ?? 0)
  }
}

const pushTargets = (
  into: Collecting,
  image: number,
  value: ImageTarget,
  positions: ReadonlyMap<number, number>,
  iouType: IouType
): void => {
  const points = value.keypoints === null || value.category_id.length === 0 ? 0 : value.keypoints.length / value.category_id.length
  for (let row = 0; row < value.category_id.length; row++) {
    const category = positions.get(value.category_id[row] ?? 0)
    if (category === undefined) continue
    pushRow(into.truths, image, category, value.area[row] ?? 0)
    pushShape(into.truths, value, row, iouType)
    const crowd = value.crowd[row] ?? 0
    pushTruth(into, crowd, crowd === 1 || value.num_keypoints?.[row] === 0 ? 1 : 0, value.id_zero.includes(row) ? 1 : 0)
    for (let at = row * points; at < (row + 1) * points; at += 3) {
      into.truths.points.push(value.keypoints?.[at] ?? 0, value.keypoints?.[at + 1] ?? 0)
      into.truths.visible.push((value.keypoints?.[at + 2] ?? 0) > 0 ? 1 : 0)
    }
  }
}

const pushPredictions = (
  into: Collecting,
  image: number,
  value: ImagePrediction,
  positions: ReadonlyMap<number, number>,
  iouType: IouType
): void => {
  const points = value.keypoints === null || value.category_id.length === 0 ? 0 : value.keypoints.length / value.category_id.length
  for (let row = 0; row < value.category_id.length; row++) {
    const category = positions.get(value.category_id[row] ?? 0)
    if (category === undefined) continue
    pushRow(into.detections, image, category, value.area[row] ?? 0)
    pushShape(into.detections, value, row, iouType)
    into.detections.score.push(value.score[row] ?? 0)
    for (let at = row * points; at < (row + 1) * points; at += 3)
      into.detections.points.push(value.keypoints?.[at] ?? 0, value.keypoints?.[at + 1] ?? 0)
  }
}

interface Point {
  readonly x: number
  readonly y: number
  readonly visibility?: number
  readonly score?: number
}

const rectangle = (list: ReadonlyArray<Point>): readonly [number, number, number, number] => {
  if (list.length === 0) return [0, 0, 0, 0]
  const [xs, ys] = [list.map(({ x }) => x), list.map(({ y }) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top]
}

const pushPerson = (into: Collecting, image: number, list: ReadonlyArray<Point>): void => {
  const box = rectangle(list.filter(({ visibility }) => visibility !== 0))
  const area = box[2] * box[3]
  pushRow(into.truths, image, 0, area)
  into.truths.box.push(...box)
  pushTruth(into, 0, area > 0 ? 0 : 1, 0)
  for (const { x, y, visibility } of list) {
    into.truths.points.push(x, y)
    into.truths.visible.push(visibility === 0 ? 0 : 1)
  }
}

const pushPose = (into: Collecting, image: number, list: ReadonlyArray<Point>): void => {
  const box = rectangle(list)
  pushRow(into.detections, image, 0, box[2] * box[3])
  into.detections.box.push(...box)
  into.detections.score.push(list.reduce((sum, { score }) => sum + (score ?? 0), 0) / list.length)
  for (const { x, y } of list) into.detections.points.push(x, y)
}
