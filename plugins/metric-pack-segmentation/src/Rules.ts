/**
 * What the protocols of this plugin have in common: the rules by which masks are judged, the measure, and examples that are computed.
 *
 * Sharp edge: a change of anything here changes what the protocols mean; a number that would be another one needs protocols with other ids.
 */
import type { Protocol, TypedPrediction, TypedTarget } from "@feagi-trainer/contracts"

const target = (labels: ReadonlyArray<number>, ignore_label: number | null): TypedTarget => ({
  segmentation_mask: { width: 4, height: 1, labels, ignore_label }
})
const prediction = (labels: ReadonlyArray<number>): TypedPrediction => ({
  segmentation_mask: { width: 4, height: 1, labels, unpredicted_label: 255 }
})
const metric_pack = { plugin: "@feagi-trainer/metric-pack-segmentation#segmentation", options: { empty_class: "excluded" } }
const classes = [
  { class_id: 0, label: "ground" },
  { class_id: 1, label: "road" },
  { class_id: 2, label: "car" }
]

export const segmentationRules = {
  output_type: "segmentation_mask",
  primary_metric: "miou",
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0,
  rules: {
    ties: {
      value: { label_of_a_pixel: "exactly-one" },
      text: "A pixel has exactly one label on either side, so nothing is tied."
    },
    matching: {
      value: { by: "pixel", ignored: "nowhere", unpredicted: ["total", "false-negative"], abstention: "every-pixel-unpredicted" },
      text: "A pixel of the prediction belongs to the pixel of the target at the same place; a pixel that the target ignores counts nowhere, and one that is not predicted counts in the total and as a false negative of its class."
    },
    averaging: {
      value: { pixels: "pooled", mean: "classes", empty_class: "excluded" },
      text: "Pixels of all samples are pooled, each class is divided once, and the mean is over the classes that occur on either side."
    }
  },
  metric_pack,
  vectors: [
    {
      name: "pooled over two samples, with an ignored and an unpredicted pixel",
      metric_pack,
      classes,
      samples: [
        { sample_id: "a", target: target([0, 0, 1, 9], 9), prediction: prediction([0, 1, 1, 2]) },
        { sample_id: "b", target: target([0, 0, 0, 0], null), prediction: prediction([0, 0, 255, 0]) }
      ],
      // ground 4 / 6, road 1 / 2, car occurs on neither side
      values: {
        pixel_accuracy: 5 / 7,
        "iou/ground": 4 / 6,
        "iou/road": 0.5,
        "iou/car": { insufficient: "no pixel is of this class or was answered with it" },
        miou: (4 / 6 + 1 / 2) / 2,
        unpredicted: 1 / 7
      }
    },
    {
      name: "an abstention is a mask of unpredicted pixels",
      metric_pack,
      classes,
      samples: [
        { sample_id: "a", target: target([0, 0, 1, 1], null), prediction: prediction([0, 0, 1, 1]) },
        { sample_id: "b", target: target([1, 1, 1, 1], null), prediction: { abstain: { reason: "silent" } } }
      ],
      values: { pixel_accuracy: 0.5, "iou/ground": 1, "iou/road": 2 / 6, miou: (1 + 2 / 6) / 2, unpredicted: 0.5, answered: 0.5 }
    }
  ]
} as const satisfies Partial<Protocol>
