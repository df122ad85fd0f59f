/**
 * The numbers that COCO's evaluation is made of (T.-Y. Lin et al., "Microsoft COCO", 2014; `Params` of pycocotools): thresholds of overlap,
 * levels of recall, ranges of area, limits of detections.
 *
 * Sharp edge: the thresholds are those of numpy's `linspace`, to the last bit, because an overlap that lies on one of them counts.
 */

export const iouTypes = ["bbox", "segm", "keypoints"] as const
export type IouType = (typeof iouTypes)[number]

const linspace = (from: number, to: number, count: number): ReadonlyArray<number> => {
  const step = (to - from) / (count - 1)
  return Array.from({ length: count }, (_, index) => (index === count - 1 ? to : index * step + from))
}

/** 0.50, 0.55, …, 0.95. */
export const overlapThresholds = linspace(0.5, 0.95, 10)
/** 0, 0.01, …, 1: where precision is read off. */
export const recallLevels = linspace(0, 1, 101)
/** Positions of 0.50 and 0.75 among the thresholds. */
export const AT_50 = 0
export const AT_75 = 5

export interface AreaRange {
  /** How it ends the name of a value: `APs`. */
  readonly suffix: "" | "s" | "m" | "l"
  /** In square pixels, both ends included. */
  readonly from: number
  readonly to: number
}

const all: AreaRange = { suffix: "", from: 0, to: 1e10 }
const small: AreaRange = { suffix: "s", from: 0, to: 1024 }
const medium: AreaRange = { suffix: "m", from: 1024, to: 9216 }
const large: AreaRange = { suffix: "l", from: 9216, to: 1e10 }

export interface Rules {
  /** The first one is all of them. */
  readonly areas: ReadonlyArray<AreaRange>
  /** How many detections of an image and a category count; the best ones by score. */
  readonly limit: number
  /** Recall is told for these as well, over all areas. */
  readonly lowerLimits: ReadonlyArray<number>
}

const instances: Rules = { areas: [all, small, medium, large], limit: 100, lowerLimits: [1, 10] }

export const rulesOf: Readonly<Record<IouType, Rules>> = {
  bbox: instances,
  segm: instances,
  keypoints: { areas: [all, medium, large], limit: 20, lowerLimits: [] }
}

/** Standard deviations of the 17 keypoints of COCO, relative to the square root of the area of the person. */
export const cocoSigmas: ReadonlyArray<number> = [
  0.26, 0.25, 0.25, 0.35, 0.35, 0.79, 0.79, 0.72, 0.72, 0.62, 0.62, 1.07, 1.07, 0.87, 0.87, 0.89, 0.89
].map((each) => each / 10)

/** The 17 points by name, in their order. */
export const cocoPoints: ReadonlyArray<string> = [
  "nose",
  "left eye",
  "right eye",
  "left ear",
  "right ear",
  "left shoulder",
  "right shoulder",
  "left elbow",
  "right elbow",
  "left wrist",
  "right wrist",
  "left hip",
  "right hip",
  "left knee",
  "right knee",
  "left ankle",
  "right ankle"
]

/** Which of them are joined in a drawing (`skeleton` of the category person, counted from 0). */
export const cocoLimbs: ReadonlyArray<readonly [number, number]> = [
  [15, 13],
  [13, 11],
  [16, 14],
  [14, 12],
  [11, 12],
  [5, 11],
  [6, 12],
  [5, 6],
  [5, 7],
  [6, 8],
  [7, 9],
  [8, 10],
  [1, 2],
  [0, 1],
  [0, 2],
  [1, 3],
  [2, 4],
  [3, 5],
  [4, 6]
]
