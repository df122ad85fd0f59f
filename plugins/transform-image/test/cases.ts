/** Every operation of the package under options of every kind, with small pictures that it has to take. */
import { readFileSync } from "node:fs"
import { type ImageShape, type IRSample, imageFrame, type TypedTarget } from "@feagi-trainer/contracts"
import { type Case, sampleOf } from "../../transform-tabular/test/support.ts"
import {
  imageCrop,
  imageDecode,
  imageFlip,
  imageMask,
  imageNormalise,
  imageRandomBrightness,
  imageRandomCrop,
  imageRandomFlip,
  imageRandomRotate,
  imageResize,
  imageRotate,
  imageStandardise
} from "../src/index.ts"

export const pixels = (width: readonly [number, number], height: readonly [number, number], channels: number): ImageShape => ({
  kind: "image",
  values: "uint8",
  width,
  height,
  channels: [channels, channels]
})

export const picture = (sample_id: string, width: number, channels: number, bytes: ReadonlyArray<number>, target?: TypedTarget): IRSample =>
  sampleOf(sample_id, {
    modality: "image",
    payload: { bytes: Uint8Array.from(bytes) },
    coordinate_frame: imageFrame({ width, height: bytes.length / width / channels, channels }),
    ...(target === undefined ? {} : { target })
  })

/** Bytes that repeat late, so that every pixel can be told from the others. */
export const ramp = (length: number, step = 7): ReadonlyArray<number> => Array.from({ length }, (_, index) => (index * step) % 256)

export const file = (name: string, size = { width: 48, height: 36 }): IRSample =>
  sampleOf(name, {
    modality: "image",
    payload: { bytes: new Uint8Array(readFileSync(new URL(`pictures/${name}`, import.meta.url))) },
    coordinate_frame: imageFrame({ ...size, channels: 3 })
  })
export const files: ImageShape = { kind: "image", values: "encoded", width: [36, 48], height: [36, 48], channels: [1, 4] }

export const boxes: TypedTarget = {
  bbox_set: [
    { class_id: 1, x: 0.5, y: 1, width: 2, height: 1.5, area: 3, label: "whole" },
    { class_id: 2, x: 3, y: 2, width: 2, height: 1, area: 1.25, crowd: true }
  ]
}
export const points: TypedTarget = {
  keypoints: [
    { x: 0.5, y: 0.5, visibility: 2 },
    { x: 4.5, y: 2.5, visibility: 1 },
    { x: 2, y: 1 }
  ]
}
export const mask = (width: number, height: number, ignore_label: number | null = 255): TypedTarget => ({
  segmentation_mask: { width, height, labels: ramp(width * height, 1).map((value) => value), ignore_label }
})

/** 5 × 3 grey. */
export const grey = [
  picture("boxes", 5, 1, ramp(15, 17), boxes),
  picture("points", 5, 1, ramp(15, 5), points),
  picture("mask", 5, 1, ramp(15, 11), mask(5, 3)),
  picture("class", 5, 1, ramp(15, 3))
]
/** 4 × 4 and 3 × 5, RGB. */
export const colour = [picture("square", 4, 3, ramp(48)), picture("high", 3, 3, ramp(45, 13), mask(3, 5))]
const alpha = [picture("a", 3, 4, ramp(36, 19)), picture("b", 3, 4, ramp(36, 23))]

const ofGrey = { shape: pixels([5, 5], [3, 3], 1), samples: grey }
const ofColour = { shape: pixels([3, 4], [4, 5], 3), samples: colour }
const ofAlpha = { shape: pixels([3, 3], [3, 3], 4), samples: alpha }
const degrees = { degrees: 20, kernel: "linear", outside: [9] }

export const cases: ReadonlyArray<Case> = [
  {
    name: "decode-grey",
    transform: imageDecode,
    options: { channels: 1, alpha: { background: [255, 255, 255] }, orientation: "apply" },
    shape: pixels([3, 3], [3, 3], 4),
    samples: alpha
  },
  { name: "decode-alpha", transform: imageDecode, options: { channels: 4, alpha: "refuse", orientation: "refuse" }, ...ofColour },
  { name: "resize-nearest", transform: imageResize, options: { width: 3, height: 4, kernel: "nearest", fit: "fill" }, ...ofGrey },
  { name: "resize-cubic", transform: imageResize, options: { width: 7, height: 2, kernel: "cubic", fit: "fill" }, ...ofGrey },
  { name: "resize-cover", transform: imageResize, options: { width: 3, height: 3, kernel: "linear", fit: "cover" }, ...ofColour },
  {
    name: "resize-contain",
    transform: imageResize,
    options: { width: 6, height: 5, kernel: "lanczos3", fit: { contain: { background: [1, 2, 3] } } },
    ...ofColour
  },
  { name: "resize-alpha", transform: imageResize, options: { width: 5, height: 2, kernel: "box", fit: "fill" }, ...ofAlpha },
  { name: "crop", transform: imageCrop, options: { x: 1, y: 1, width: 3, height: 2 }, ...ofGrey },
  { name: "flip-horizontal", transform: imageFlip, options: { axis: "horizontal" }, ...ofGrey },
  { name: "flip-vertical", transform: imageFlip, options: { axis: "vertical" }, ...ofColour },
  { name: "rotate-quarter", transform: imageRotate, options: { by: { quarter_turns: 1 } }, ...ofGrey },
  { name: "rotate-half", transform: imageRotate, options: { by: { quarter_turns: 2 } }, ...ofColour },
  { name: "rotate-degrees", transform: imageRotate, options: { by: degrees }, ...ofGrey },
  { name: "rotate-degrees-nearest", transform: imageRotate, options: { by: { ...degrees, kernel: "nearest" } }, ...ofGrey },
  {
    name: "mask-rectangle",
    transform: imageMask,
    options: { keep: { rectangle: { x: 1, y: 0.5, width: 2.5, height: 2 } }, outside: [200] },
    ...ofGrey
  },
  {
    name: "mask-circle",
    transform: imageMask,
    options: { keep: { circle: { x: 2, y: 2, radius: 1.6 } }, outside: [0, 9, 255] },
    ...ofColour
  },
  { name: "normalise", transform: imageNormalise, options: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }, ...ofColour },
  { name: "standardise", transform: imageStandardise, options: { constant: "refuse" }, ...ofColour },
  { name: "random-flip", transform: imageRandomFlip, options: { axis: "horizontal", probability: 0.5 }, ...ofGrey },
  { name: "random-crop", transform: imageRandomCrop, options: { padding: 2, outside: [77] }, ...ofGrey },
  { name: "random-brightness", transform: imageRandomBrightness, options: { max: 40 }, ...ofAlpha },
  { name: "random-rotate", transform: imageRandomRotate, options: { max_degrees: 45, kernel: "nearest", outside: [0] }, ...ofGrey }
]
