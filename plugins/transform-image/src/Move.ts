/**
 * Where everything goes when a picture is cut, turned, mirrored or stretched: its pixels, and with them boxes, keypoints and masks.
 *
 * Sharp edge: a box that leaves the picture in part is cut, and its `area` is left out, for nobody knows how much of it is left; a box that
 * leaves it altogether is no target any more. A keypoint outside keeps its place in the list and gets visibility 0. A pixel of a mask that
 * comes from outside of the picture has the class `ignore_label`, and where there is none the sample is refused.
 */
import {
  type BoundingBox,
  type IRSample,
  type Keypoint,
  type SegmentationMaskTarget,
  TrainerError,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { type Picture, type Size, sampleFault } from "./Picture.ts"

interface Box extends Size {
  readonly x: number
  readonly y: number
}

export interface Move extends Size {
  /** The picture that comes in; the move's own size is that of what comes out. */
  readonly from: Size
  /** Whether something can leave the picture. */
  readonly loses: boolean
  /** Size of what was one pixel. */
  readonly area: number
  /** The incoming pixel, counted row by row, that stands at an outgoing place; −1 when it is outside. */
  readonly source: (x: number, y: number) => number
  readonly point: (x: number, y: number) => readonly [x: number, y: number]
  readonly box: (box: Box) => Box
}

export interface Turns {
  /** Rows become columns, before anything is mirrored. */
  readonly transpose: boolean
  /** Left and right change places. */
  readonly flipX: boolean
  /** Top and bottom change places. */
  readonly flipY: boolean
}

/** The eight ways to lay a picture on its own grid. */
export const laid = (from: Size, { transpose, flipX, flipY }: Turns): Move => {
  const [width, height] = transpose ? [from.height, from.width] : [from.width, from.height]
  return {
    from,
    width,
    height,
    loses: false,
    area: 1,
    source: (x, y) => {
      const [right, down] = [flipX ? width - 1 - x : x, flipY ? height - 1 - y : y]
      return transpose ? right * from.width + down : down * from.width + right
    },
    point: (x, y) => {
      const [right, down] = transpose ? [y, x] : [x, y]
      return [flipX ? width - right : right, flipY ? height - down : down]
    },
    box: (box) => {
      const { x, y, width: wide, height: high } = transpose ? { x: box.y, y: box.x, width: box.height, height: box.width } : box
      return { x: flipX ? width - x - wide : x, y: flipY ? height - y - high : y, width: wide, height: high }
    }
  }
}

/** The part of a picture in a window, which may reach beyond it. */
export const cut = (from: Size, { x: left, y: top, width, height }: Box): Move => ({
  from,
  width,
  height,
  loses: true,
  area: 1,
  source: (x, y) => {
    const [right, down] = [left + x, top + y]
    return right >= 0 && right < from.width && down >= 0 && down < from.height ? down * from.width + right : -1
  },
  point: (x, y) => [x - left, y - top],
  box: (box) => ({ ...box, x: box.x - left, y: box.y - top })
})

/** Every pixel is that of the incoming one in which its centre lies. */
export const stretched = (from: Size, { width, height }: Size): Move => {
  const scaleX = (x: number) => (x * width) / from.width
  const scaleY = (y: number) => (y * height) / from.height
  const nearest = (place: number, before: number, after: number) => Math.floor(((2 * place + 1) * before) / (2 * after))
  return {
    from,
    width,
    height,
    loses: false,
    area: (width * height) / (from.width * from.height),
    source: (x, y) => nearest(y, from.height, height) * from.width + nearest(x, from.width, width),
    point: (x, y) => [scaleX(x), scaleY(y)],
    box: (box) => ({ x: scaleX(box.x), y: scaleY(box.y), width: scaleX(box.width), height: scaleY(box.height) })
  }
}

export const movePixels = ({ channels, pixels }: Picture, move: Move, outside: ReadonlyArray<number> = []): Picture => {
  const { width, height } = move
  const moved = new Uint8Array(width * height * channels)
  let to = 0
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const at = move.source(x, y)
      for (let channel = 0; channel < channels; channel += 1)
        moved[to++] = (at < 0 ? outside[channel] : pixels[at * channels + channel]) ?? 0
    }
  return { width, height, channels, pixels: moved }
}

const moveBox = (box: BoundingBox, move: Move): ReadonlyArray<BoundingBox> => {
  const moved = move.box(box)
  const { area, ...rest } = box
  const [left, top] = [Math.max(0, moved.x), Math.max(0, moved.y)]
  const [right, bottom] = [Math.min(move.width, moved.x + moved.width), Math.min(move.height, moved.y + moved.height)]
  const whole = moved.x >= 0 && moved.y >= 0 && moved.x + moved.width <= move.width && moved.y + moved.height <= move.height
  if (whole || !move.loses) return [{ ...rest, ...moved, ...(area === undefined ? {} : { area: area * move.area }) }]
  return left < right && top < bottom ? [{ ...rest, x: left, y: top, width: right - left, height: bottom - top }] : []
}

const movePoint = (keypoint: Keypoint, move: Move): Keypoint => {
  const [x, y] = move.point(keypoint.x, keypoint.y)
  const gone = move.loses && (x < 0 || y < 0 || x >= move.width || y >= move.height)
  return { ...keypoint, x, y, ...(gone ? { visibility: 0 } : {}) }
}

const moveMask = (operation: string, sample: IRSample, mask: SegmentationMaskTarget, move: Move): SegmentationMaskTarget | TrainerError => {
  const { width, height } = move
  const [wanted, got] = [`${move.from.width} × ${move.from.height}`, `${mask.width} × ${mask.height}, ${mask.labels.length} labels`]
  if (mask.width !== move.from.width || mask.height !== move.from.height || mask.labels.length !== mask.width * mask.height)
    return sampleFault(operation, "MASK", sample, "the mask is not as large as the picture", wanted, got)
  const labels: Array<number> = []
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const label = mask.labels[move.source(x, y)] ?? mask.ignore_label
      if (label === null)
        return sampleFault(
          operation,
          "MASK",
          sample,
          "the mask has no class for what comes from outside of the picture",
          "an ignore_label",
          "none"
        )
      labels.push(label)
    }
  return { ...mask, width, height, labels }
}

/** The target of a sample after the move. What has no place in a picture stays as it is. */
export const moveTarget = (operation: string, sample: IRSample, move: Move): TypedTarget | null | TrainerError => {
  const { target } = sample
  if (target === null) return null
  if ("bbox_set" in target) return { bbox_set: target.bbox_set.flatMap((box) => moveBox(box, move)) }
  if ("keypoints" in target) return { keypoints: target.keypoints.map((point) => movePoint(point, move)) }
  if (!("segmentation_mask" in target)) return target
  const mask = moveMask(operation, sample, target.segmentation_mask, move)
  return mask instanceof TrainerError ? mask : { segmentation_mask: mask }
}
