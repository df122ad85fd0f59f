/**
 * How much a detection and a truth overlap, by kind: boxes and masks by intersection over union, keypoints by object keypoint similarity.
 * The formulas are those of `bbIou` and `rleIou` of maskApi and of `computeOks` of pycocotools, in their order of operations.
 *
 * Sharp edges: over a crowd the intersection is divided by the detection alone. Masks of different sizes overlap by −1, so that they never
 * match. `Math.exp` is the engine's; it may differ from C's in the last bit, and is the same on every V8.
 */
import type { Columns } from "./Columns.ts"
import { commonPixels, maskArea } from "./mask/Mask.ts"
import type { IouType } from "./Rules.ts"

/** @param detection row of the detections @param truth row of the truths, of the same image and category */
export type Overlap = (detection: number, truth: number) => number

const boxes = ({ truths, detections }: Pick<Columns, "truths" | "detections">): Overlap => {
  const [given, found, crowd] = [truths.box, detections.box, truths.crowd]
  return (detection, truth) => {
    const d = 4 * detection
    const g = 4 * truth
    const [dx, dy, dw, dh] = [found[d] ?? 0, found[d + 1] ?? 0, found[d + 2] ?? 0, found[d + 3] ?? 0]
    const [gx, gy, gw, gh] = [given[g] ?? 0, given[g + 1] ?? 0, given[g + 2] ?? 0, given[g + 3] ?? 0]
    const width = Math.min(dw + dx, gw + gx) - Math.max(dx, gx)
    if (width <= 0) return 0
    const height = Math.min(dh + dy, gh + gy) - Math.max(dy, gy)
    if (height <= 0) return 0
    const common = width * height
    return common / (crowd[truth] === 1 ? dw * dh : dw * dh + gw * gh - common)
  }
}

const masks = ({ truths, detections }: Columns): Overlap => {
  const areas = detections.masks.map(maskArea)
  const truthAreas = truths.masks.map(maskArea)
  const boxesOverlap = boxes({ truths, detections })
  return (detection, truth) => {
    const [found, given] = [detections.masks[detection], truths.masks[truth]]
    if (found === undefined || given === undefined) return 0
    // The boxes of masks hold all of their pixels.
    if (boxesOverlap(detection, truth) === 0) return 0
    if (found.height !== given.height || found.width !== given.width) return -1
    const common = commonPixels(found, given)
    if (common === 0) return 0
    const area = areas[detection] ?? 0
    return common / (truths.crowd[truth] === 1 ? area : area + (truthAreas[truth] ?? 0) - common)
  }
}

/** numpy's sum of a few numbers: eight running sums, then the rest. */
const sumLikeNumpy = (terms: Float64Array, count: number): number => {
  if (count < 8) {
    let sum = 0
    for (let index = 0; index < count; index++) sum += terms[index] ?? 0
    return sum
  }
  const whole = count - (count % 8)
  const lane = (offset: number): number => {
    let sum = terms[offset] ?? 0
    for (let index = offset + 8; index < whole; index += 8) sum += terms[index] ?? 0
    return sum
  }
  let sum = lane(0) + lane(1) + (lane(2) + lane(3)) + (lane(4) + lane(5) + (lane(6) + lane(7)))
  for (let index = whole; index < count; index++) sum += terms[index] ?? 0
  return sum
}

/** Added to an area before it divides: numpy's `spacing(1)`. */
export const EPSILON = 2 ** -52

const keypoints = ({ truths, detections, points }: Columns, sigmas: ReadonlyArray<number>): Overlap => {
  const variances = sigmas.map((sigma) => (sigma * 2) ** 2)
  const terms = new Float64Array(points)
  return (detection, truth) => {
    const [d, g] = [2 * points * detection, 2 * points * truth]
    const [bx, by] = [truths.box[4 * truth] ?? 0, truths.box[4 * truth + 1] ?? 0]
    const [bw, bh] = [truths.box[4 * truth + 2] ?? 0, truths.box[4 * truth + 3] ?? 0]
    const [left, right, top, bottom] = [bx - bw, bx + bw * 2, by - bh, by + bh * 2]
    let labelled = 0
    for (let point = 0; point < points; point++) if ((truths.visible[points * truth + point] ?? 0) > 0) labelled += 1
    let count = 0
    for (let point = 0; point < points; point++) {
      const x = detections.points[d + 2 * point] ?? 0
      const y = detections.points[d + 2 * point + 1] ?? 0
      let dx: number
      let dy: number
      if (labelled > 0) {
        if ((truths.visible[points * truth + point] ?? 0) === 0) continue
        dx = x - (truths.points[g + 2 * point] ?? 0)
        dy = y - (truths.points[g + 2 * point + 1] ?? 0)
      } else {
        // Nobody labelled a point: how far outside of the box, made three times as large, the answer lies.
        dx = Math.max(0, left - x) + Math.max(0, x - right)
        dy = Math.max(0, top - y) + Math.max(0, y - bottom)
      }
      const error = (dx * dx + dy * dy) / (variances[point] ?? 1) / ((truths.area[truth] ?? 0) + EPSILON) / 2
      terms[count++] = Math.exp(-error)
    }
    return sumLikeNumpy(terms, count) / count
  }
}

/** @param sigmas one per keypoint; not looked at for boxes and masks */
export const overlapOf = (iouType: IouType, columns: Columns, sigmas: ReadonlyArray<number>): Overlap =>
  iouType === "bbox" ? boxes(columns) : iouType === "segm" ? masks(columns) : keypoints(columns, sigmas)
