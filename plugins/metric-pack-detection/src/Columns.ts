/**
 * Everything that was scored as columns of numbers: the form in which it is matched. Images stand in the order that decides ties, and
 * within an image truths and detections stand in the order in which they were given.
 *
 * Sharp edge: `category` is a position among the declared categories, never an id.
 */
import type { Mask } from "./mask/Mask.ts"

/** What truths and detections share; the rows of one image stand together, images in ascending order. */
export interface Shapes {
  readonly count: number
  readonly image: Int32Array
  readonly category: Int32Array
  /** Square pixels, as declared: it decides the range of area, never the overlap. */
  readonly area: Float64Array
  /** x, y, width, height of every row. */
  readonly box: Float64Array
  /** One per row, for masks. */
  readonly masks: ReadonlyArray<Mask>
  /** x, y of every keypoint of every row, for keypoints. */
  readonly points: Float64Array
}

export interface Truths extends Shapes {
  /** 1: a region that covers a group. It may be found any number of times and never has to be. */
  readonly crowd: Uint8Array
  /** 1: need not be found, whatever its area. */
  readonly ignored: Uint8Array
  /** 1: has the annotation id 0, which pycocotools takes for "not matched": finding it counts as a false positive. */
  readonly idZero: Uint8Array
  /** Per keypoint of every row: above 0 when it is labelled. */
  readonly visible: Uint8Array
}

export interface Detections extends Shapes {
  readonly score: Float64Array
}

export interface Columns {
  /** How many images. */
  readonly images: number
  /** How many declared categories. */
  readonly categories: number
  /** Points of a person; 0 without keypoints. */
  readonly points: number
  readonly truths: Truths
  readonly detections: Detections
}
