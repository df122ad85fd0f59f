/**
 * The protocols `detection-holdout` and `detection-train-test`, version 1: learn on one part of the data, be judged on boxes of another by
 * the rules of COCO.
 *
 * Sharp edge: they are compared by id and version. What would change a number is another protocol with another id.
 */
import type { Protocol, ProtocolVector } from "@feagi-trainer/contracts"

const metric_pack = { plugin: "@feagi-trainer/metric-pack-detection#detection", options: { iou_type: "bbox" } }
const classes = [
  { class_id: 0, label: "cat" },
  { class_id: 1, label: "dog" }
]

type Box = readonly [class_id: number, x: number, y: number, width: number, height: number]

const truth = ([class_id, x, y, width, height]: Box, crowd = false) => ({ class_id, x, y, width, height, crowd })
const found = ([class_id, x, y, width, height]: Box, score: number) => ({ class_id, x, y, width, height, score })

const vectors: ReadonlyArray<ProtocolVector> = [
  {
    name: "two truths, found by the first and the third of three detections: 51 levels of recall at precision 1, 50 at 2/3",
    metric_pack,
    classes,
    samples: [
      {
        sample_id: "a",
        target: { bbox_set: [truth([0, 0, 0, 40, 40]), truth([0, 100, 0, 40, 40])] },
        prediction: {
          bbox_set: [found([0, 0, 0, 40, 40], 0.9), found([0, 300, 300, 40, 40], 0.8), found([0, 100, 0, 40, 40], 0.7)]
        }
      }
    ],
    values: {
      AP: 0.8349834983498357,
      AR1: 0.5,
      AR100: 1,
      APm: 0.8349834983498357,
      APs: { insufficient: "no image has an object of up to 32² pixels that has to be found" },
      "AP/dog": { insufficient: 'no image has an object of "dog" that has to be found' }
    }
  },
  {
    name: "an overlap of exactly 0.75 counts at 0.75, and an abstention misses what is there",
    metric_pack,
    classes,
    samples: [
      {
        sample_id: "a",
        target: { bbox_set: [truth([1, 0, 0, 20, 20])] },
        prediction: { bbox_set: [found([1, 0, 0, 20, 15], 0.5)] }
      },
      { sample_id: "b", target: { bbox_set: [truth([1, 0, 0, 20, 20])] }, prediction: { abstain: { reason: "silent" } } }
    ],
    values: { AP: 0.3029702970297029, AP50: 0.5049504950495048, AP75: 0.5049504950495048, AR100: 0.3, abstained: 1 }
  },
  {
    name: "equal scores keep the order of the images, and what lies on a crowd counts nowhere",
    metric_pack,
    classes,
    samples: [
      {
        sample_id: "b",
        target: { bbox_set: [truth([0, 0, 0, 40, 40])] },
        prediction: { bbox_set: [found([0, 0, 0, 40, 40], 0.5)] }
      },
      {
        sample_id: "a",
        target: { bbox_set: [truth([0, 200, 200, 100, 100], true)] },
        prediction: { bbox_set: [found([0, 210, 210, 10, 10], 0.9), found([0, 0, 0, 40, 40], 0.5)] }
      }
    ],
    values: { AP: 0.5, AR1: 1 }
  }
]

const shared: Omit<Protocol, "id" | "phases"> = {
  kind: "protocol",
  spec: 1,
  version: 1,
  output_type: "bbox_set",
  primary_metric: "AP",
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0,
  metric_pack,
  rules: {
    thresholds: {
      value: { overlap: "0.50:0.05:0.95", at_threshold: "counts", recall_levels: 101, areas: [0, 1024, 9216], detections: [1, 10, 100] },
      text: "A detection finds a truth when their intersection over union is at least the threshold, for ten thresholds from 0.50 to 0.95; areas of 32² and 96² square pixels belong to the range on either side; of an image and a class the 100 best detections count."
    },
    ties: {
      value: { scores: "sample-id,then-order", overlaps: "later-truth" },
      text: "Detections of equal score stand in the order of their images, by the code units of the sample id, and within an image as they were given; of two truths that a detection overlaps alike it takes the later one."
    },
    matching: {
      value: { order: "score-descending", truth: "largest-free-overlap", crowd: "ignored", out_of_area: "ignored" },
      text: "Best score first, a detection takes the free truth of its class that it overlaps most; a crowd may be taken any number of times and what takes it counts neither as right nor as wrong, like truths and unmatched detections outside of the range of area."
    },
    averaging: {
      value: { precision: "interpolated-at-101-levels", mean: "classes-with-truths" },
      text: "Average precision is the mean, over 101 levels of recall, of the best precision at that recall or beyond; every number is a mean over the thresholds and over the classes that have something to find."
    }
  },
  vectors
}

export const detectionHoldout: Protocol = {
  ...shared,
  id: "detection-holdout",
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "validate", split: "val", learns: false, scored: true },
    { name: "test", split: "test", learns: false, scored: true }
  ]
}

export const detectionTrainTest: Protocol = {
  ...shared,
  id: "detection-train-test",
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "test", split: "test", learns: false, scored: true }
  ]
}
